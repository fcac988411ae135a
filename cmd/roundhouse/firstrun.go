package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"path/filepath"

	"roundhouse/ent/generated/ent"
	"roundhouse/graph/generated"
	"roundhouse/internal/audit"
	"roundhouse/internal/auth"
	"roundhouse/internal/config"
	"roundhouse/internal/database"
	"roundhouse/internal/keyring"
	"roundhouse/internal/server"
)

// firstProxyKeyRow remembers that a first proxy key was made, so that an administrator who deletes it is not given another.
const firstProxyKeyRow = "first-proxy-key"

// firstRun settles the admin key and, on SQLite, makes the first proxy key.
func (p *program) firstRun(ctx context.Context, conf config.Config) error {
	digest, file, err := auth.AdminKey(ctx, auth.AdminKeyOptions{
		DB: p.db, Digest: p.box.Digest, Given: conf.AuthKey.Reveal(), DataDir: conf.DataDir,
	})
	if err != nil {
		return err
	}
	p.adminKey = file
	p.admin = p.newAdmin(conf, digest)
	if p.db.Engine != database.SQLite {
		return nil
	}
	rows := keyring.Rows(p.db)
	known, err := rows.Load(ctx)
	if err != nil {
		return err
	}
	if _, made := known[firstProxyKeyRow]; made {
		return nil
	}
	key, file, err := auth.FirstProxyKey(conf.DataDir)
	if err != nil {
		return err
	}
	err = p.db.InTx(audit.WithActor(ctx, "Roundhouse"), func(ctx context.Context, tx *ent.Tx) error {
		return p.catalog.SetGlobalProxyKeys(ctx, tx, []string{key})
	})
	if err != nil {
		return fmt.Errorf("make the first proxy key: %w", err)
	}
	p.proxyKey = file
	return rows.Insert(ctx, firstProxyKeyRow, []byte{1})
}

// welcome says where the console is and, the first time, with which keys one comes in: in full when a person reads it, else
// as the files that hold them.
func (p *program) welcome(stdout io.Writer, conf config.Config, addr net.Addr) {
	console := server.URL(addr)
	if conf.ConsoleAddr != "" {
		if tcp, err := net.ResolveTCPAddr("tcp", conf.ConsoleAddr); err == nil {
			console = server.URL(tcp)
		}
	}
	_, _ = fmt.Fprintf(stdout, "\n  Roundhouse %s is running.\n\n  Console     %s\n", version, console)
	if conf.ConsoleAddr != "" {
		_, _ = fmt.Fprintf(stdout, "  Proxy       %s/proxy/\n", server.URL(addr))
	}
	shown := isTerminal(stdout)
	admin := tell(stdout, "Admin key", "sign in with this;", p.adminKey, shown)
	proxy := tell(stdout, "Proxy key", "for your SDK;     ", p.proxyKey, shown)
	if admin || proxy {
		_, _ = fmt.Fprint(stdout, "\n  Keys are shown this once. Ctrl+C stops.\n")
	}
	_, _ = fmt.Fprintln(stdout)
}

// tell prints one line about a key and reports whether the key itself was in it.
func tell(stdout io.Writer, name, use string, file auth.KeyFile, shown bool) bool {
	switch {
	case file.Path == "":
		return false
	case file.Text != "" && shown:
		_, _ = fmt.Fprintf(stdout, "  %s   %s   %s kept in %s\n", name, file.Text, use, filepath.ToSlash(file.Path))
		return true
	}
	_, _ = fmt.Fprintf(stdout, "  %s   in %s\n", name, filepath.ToSlash(file.Path))
	return false
}

// warnings are what the dashboard says of this configuration.
func warnings(conf config.Config, encrypted bool) []*generated.SecurityWarning {
	var all []*generated.SecurityWarning
	if conf.WeakAuthKey() {
		all = append(all, &generated.SecurityWarning{
			Code: "AUTH_KEY_WEAK", Severity: generated.SeverityHigh, Message: "The admin key is short or plain enough to be guessed.",
			Remedy: "Set AUTH_KEY to a long random value, such as what openssl rand -hex 32 prints, and start again.",
		})
	}
	if !encrypted {
		all = append(all, &generated.SecurityWarning{
			Code: "ENCRYPTION_OFF", Severity: generated.SeverityLow, Message: "Keys are stored in clear: whoever reads the database reads them.",
			Remedy: "Set ENCRYPTION_KEY before keys are imported.",
		})
	}
	return all
}
