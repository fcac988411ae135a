package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"roundhouse/internal/cluster"
	"roundhouse/internal/config"
	"roundhouse/internal/database"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
)

const migrateKeysUsage = `Lead every stored secret from one ENCRYPTION_KEY to another.

  roundhouse migrate-keys --to-file NEW                   switch encryption on
  roundhouse migrate-keys --from-file OLD --to-file NEW   another key; may run beside running nodes
  roundhouse migrate-keys --from-file OLD                 switch encryption off

Each file holds one key and nothing else. Instead of files the variables ENCRYPTION_KEY_FROM and ENCRYPTION_KEY_TO are
read; ENCRYPTION_KEY itself is not. Database and DATA_DIR are those of the environment, or --data-dir DIR.

Make a backup first. Switching on or off needs every node stopped. Killed half way, run the same command again.
`

// migrateKeys leads the secrets of this configuration's database from one ENCRYPTION_KEY to another.
func migrateKeys(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	keys, rest, err := migrationKeys(args, env, stderr)
	if err == nil && keys.From == "" && keys.To == "" {
		err = errors.New("no key is given")
	}
	if err != nil {
		return misused("migrate-keys", migrateKeysUsage, err, stdout, stderr)
	}
	conf, err := configure("migrate-keys", rest, env, nil)
	if err != nil {
		return misused("migrate-keys", migrateKeysUsage, err, stdout, stderr)
	}
	report, err := migrateDatabase(ctx, conf, keys)
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "migrate-keys stopped: %v\n", err)
		return exitFailed
	}
	tellMigration(stdout, stderr, conf, report, keys.To != "")
	return exitOK
}

// migrationKeys reads the two keys and returns the flags that are configure's. Files win over what is given in the open, and
// both over the environment.
func migrationKeys(args []string, env func(string) string, stderr io.Writer) (keys keyring.Options, rest []string, err error) {
	keys.From, keys.To = env("ENCRYPTION_KEY_FROM"), env("ENCRYPTION_KEY_TO")
	flags := flag.NewFlagSet("migrate-keys", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for name, key := range map[string]*string{"from": &keys.From, "to": &keys.To} {
		flags.Func(name, "", func(value string) error {
			_, _ = fmt.Fprintf(stderr, "warning: --%s shows the key in the shell's history and to every process; write --%s-file PATH\n", name, name)
			*key = value
			return nil
		})
	}
	files := map[string]string{}
	for _, name := range []string{"from-file", "to-file"} {
		flags.Func(name, "", func(path string) error { files[name] = path; return nil })
	}
	flags.Func("data-dir", "", func(dir string) error { rest = []string{"--data-dir", dir}; return nil })
	if err := flags.Parse(args); err != nil {
		return keys, nil, err
	}
	if flags.NArg() > 0 {
		return keys, nil, errors.New("an argument is not understood") // it may be a key
	}
	for name, key := range map[string]*string{"from-file": &keys.From, "to-file": &keys.To} {
		if path, given := files[name]; given {
			if *key, err = keyFile(path); err != nil {
				return keys, nil, fmt.Errorf("--%s: %w", name, err)
			}
		}
	}
	return keys, rest, nil
}

// keyFile reads a key and drops the line's end that editors add.
func keyFile(path string) (string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	key := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if key == "" {
		return "", fmt.Errorf("%s is empty", path)
	}
	return key, nil
}

func migrateDatabase(ctx context.Context, conf config.Config, keys keyring.Options) (report keyring.Report, err error) {
	dsn := conf.DatabaseDSN.Reveal()
	if conf.Engine == config.SQLite {
		if _, err := os.Stat(dsn); err != nil {
			return report, fmt.Errorf("find the database: %w", err) // opening it would make an empty one
		}
	}
	db, err := database.Open(ctx, dsn)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	roster := cluster.NewRoster(cluster.RosterOptions{DB: db.SQL(), Engine: db.Name(), Logger: slog.New(slog.DiscardHandler)})
	keys.Running = func(ctx context.Context) (int, error) {
		nodes, err := roster.Nodes(ctx)
		return len(nodes), err
	}
	return keyring.Migrate(ctx, db, keys)
}

// tellMigration says what was done and what the administrator has to do now.
func tellMigration(stdout, stderr io.Writer, conf config.Config, report keyring.Report, sealed bool) {
	switch report.Move {
	case seal.Arrived:
		_, _ = fmt.Fprintln(stdout, "Nothing to do: the database is under this key already.")
	case seal.Rewrap:
		_, _ = fmt.Fprintln(stdout, "The secrets are under the new key. Start every node with ENCRYPTION_KEY set to it from now on.")
	case seal.SealAll:
		_, _ = fmt.Fprintf(stdout, "Encryption is on: %d values sealed. Start every node with ENCRYPTION_KEY set to the new key.\n", report.Values)
	case seal.UnsealAll:
		_, _ = fmt.Fprintf(stdout, "Encryption is off: %d values unsealed. Start every node without ENCRYPTION_KEY.\n", report.Values)
	}
	if report.Damaged > 0 {
		_, _ = fmt.Fprintf(stderr, "warning: %d values do not open and were left as they are; the console shows such keys as UNSEALABLE\n", report.Damaged)
	}
	if !sealed || conf.Engine != config.SQLite {
		return
	}
	if copies, _ := filepath.Glob(conf.DatabaseDSN.Reveal() + ".before-*"); len(copies) > 0 {
		_, _ = fmt.Fprintf(stderr, "warning: copies made before upgrades are as they were; delete what you need no longer: %s\n", strings.Join(copies, ", "))
	}
}
