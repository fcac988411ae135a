package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// command runs the program with a command that ends by itself and returns its status and all it printed.
func command(t *testing.T, env map[string]string, args ...string) (int, string) {
	t.Helper()
	printed := &output{}
	status := run(context.Background(), args, func(name string) string { return env[name] }, printed, printed)
	return status, printed.String()
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An installation without encryption is given a key, then another while it serves, then none, and works after each.
func TestEncryptionIsSwitchedOnRotatedAndSwitchedOff(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	dir := t.TempDir()
	first, second := strings.Repeat("3c", 32), "correct horse battery staple"
	firstFile, secondFile := write(t, "first", first+"\n"), write(t, "second", second+"\r\n")
	works := func(g *gateway) {
		t.Helper()
		if status, body := g.chat("openai", hello); status != http.StatusOK {
			t.Errorf("%d %s", status, body)
		}
	}
	migrate := func(want int, text string, args ...string) {
		t.Helper()
		status, printed := command(t, onServer(t, dir, nil), append([]string{"migrate-keys", "--data-dir", dir}, args...)...)
		if status != want || !strings.Contains(printed, text) {
			t.Fatalf("%q: status %d, %s", args, status, printed)
		}
		for _, secret := range []string{first, second} {
			if strings.Contains(printed, secret) {
				t.Errorf("it printed a key: %s", printed)
			}
		}
	}

	g := startIn(t, dir, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	works(g)
	migrate(exitFailed, "still running: 1; stop every node", "--to-file", firstFile)
	works(g)
	g.close()
	migrate(exitOK, "1 values sealed", "--to-file", firstFile)
	migrate(exitOK, "Nothing to do", "--to-file", firstFile)
	if status, printed := command(t, onServer(t, dir, nil), "serve", "--data-dir", dir, "--port", "0"); status != exitFailed || !strings.Contains(printed, "ENCRYPTION_KEY") {
		t.Errorf("without the key it started: %d %s", status, printed)
	}

	g = startIn(t, dir, map[string]string{"ENCRYPTION_KEY": first})
	works(g)
	migrate(exitFailed, "not the key", "--from-file", secondFile, "--to-file", write(t, "third", "another"))
	migrate(exitOK, "under the new key", "--from-file", firstFile, "--to-file", secondFile)
	works(g)
	g.close()
	g = startIn(t, dir, map[string]string{"ENCRYPTION_KEY": second})
	works(g)
	g.close()

	migrate(exitOK, "write --from-file", "--from", second)
	g = startIn(t, dir, nil)
	works(g)
}

func TestMigrateKeysSaysWhatIsWrong(t *testing.T) {
	empty := write(t, "empty", "\n")
	for name, c := range map[string]struct {
		args   []string
		status int
		text   string
	}{
		"no keys":       {nil, exitUsage, "no key is given"},
		"empty file":    {[]string{"--to-file", empty}, exitUsage, "is empty"},
		"missing file":  {[]string{"--to-file", empty + "-not"}, exitUsage, "no such file"},
		"a stray word":  {[]string{"--to", "x", "hunter2-secret"}, exitUsage, "not understood"},
		"no database":   {[]string{"--to", "x", "--data-dir", t.TempDir()}, exitFailed, "find the database"},
		"asks for help": {[]string{"--help"}, exitOK, "--from-file OLD"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			status, printed := command(t, nil, append([]string{"migrate-keys"}, c.args...)...)
			if status != c.status || !strings.Contains(printed, c.text) || strings.Contains(printed, "hunter2") {
				t.Errorf("status %d, %s", status, printed)
			}
		})
	}
	status, printed := command(t, map[string]string{"ENCRYPTION_KEY_TO": "x"}, "migrate-keys", "--data-dir", t.TempDir())
	if status != exitFailed || !strings.Contains(printed, "find the database") {
		t.Errorf("the environment was not read: %d %s", status, printed)
	}
}
