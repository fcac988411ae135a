package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// An installation on SQLite, sealed, moves to another database and serves there as before, with its admin key.
func TestAnInstallationMovesToAnotherDatabase(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	file := filepath.Join(t.TempDir(), "roundhouse.db")
	env := map[string]string{"ENCRYPTION_KEY": strings.Repeat("0f", 32), "AUTH_KEY": "admin-key-of-the-tests", "DATABASE_DSN": file}
	g := start(t, env)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	if status, body := g.chat("openai", hello); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	g.await("the record", func() bool { return len(g.records(nil)) == 1 })

	to := databasetest.DSN(t)
	moved := map[string]string{"DATABASE_DSN_FROM": file, "DATABASE_DSN_TO": to}
	if status, printed := command(t, moved, "copy"); status != exitFailed || !strings.Contains(printed, "nodes that run on the sqlite database: 1;") {
		t.Errorf("%d %s", status, printed)
	}
	g.close()
	status, printed := command(t, moved, "copy")
	if status != exitOK || !strings.Contains(printed, "Copied and compared") {
		t.Fatalf("%d %s", status, printed)
	}
	if status, printed := command(t, nil, "copy", "--from", file, "--to", to); status != exitFailed || !strings.Contains(printed, "the target is not empty") {
		t.Errorf("%d %s", status, printed)
	}

	env["DATABASE_DSN"] = to
	g = start(t, env)
	if status, body := g.chat("openai", hello); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	if keys := g.keys(id); len(keys) != 3 {
		t.Errorf("%v", keys)
	}
	g.await("both records", func() bool { return len(g.records(nil)) == 2 })
}

func TestCopySaysWhatIsWrong(t *testing.T) {
	file := write(t, "x.db", "")
	for name, c := range map[string]struct {
		args   []string
		status int
		text   string
	}{
		"help":           {[]string{"--help"}, exitOK, "DATABASE_DSN_TO"},
		"nothing":        {nil, exitUsage, "give --from and --to"},
		"unknown flag":   {[]string{"--source", "x"}, exitUsage, "not defined: -source"},
		"stray argument": {[]string{"--from", file, "--to", "x", "hunter2"}, exitUsage, "not understood"},
		"no such file":   {[]string{"--from", file + "-not", "--to", "x"}, exitUsage, "no such file"},
		"half a DSN":     {[]string{"--from", "me:hunter2@host/db", "--to", "x"}, exitUsage, "--from: neither the address of a database nor the path of a file; write postgres://"},
		"to half a DSN":  {[]string{"--from", file, "--to", "me:hunter2@host/db"}, exitUsage, "--to: neither the address of a database nor the path of a file; write postgres://"},
		"no DSN":         {[]string{"--from", file, "--to", "mongodb://me:hunter2@host/db"}, exitUsage, "--to: an unknown kind of database, mongodb"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			status, printed := command(t, nil, append([]string{"copy"}, c.args...)...)
			if status != c.status || !strings.Contains(printed, c.text) || strings.Contains(printed, "hunter2") {
				t.Errorf("status %d, %s", status, printed)
			}
			if made, _ := os.ReadDir("."); len(made) > 0 {
				t.Errorf("it made %v", made)
			}
		})
	}
}
