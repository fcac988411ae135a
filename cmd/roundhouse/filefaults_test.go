package main

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// usedInstallation has been at work with a SQLite file, and is stopped.
func usedInstallation(t *testing.T, dir string) (p *process, file string) {
	t.Helper()
	if !onSQLite() {
		t.Skip("SQLite's files")
	}
	p = startProcessIn(t, dir, map[string]string{"AUTH_KEY": "admin-key-of-the-tests"})
	p.group("openai", "OPENAI", "http://127.0.0.1:9/v1", keyNames(200)...)
	p.close()
	return p, filepath.Join(dir, "roundhouse.db")
}

// D3, D4: a file that is no whole database is refused at the start with what to do, and left as it is.
func TestABrokenFileIsRefusedAndLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		damage func(content []byte) []byte
		says   string
	}{
		"emptied": {func([]byte) []byte { return nil }, "restore a backup"},
		"its first page overwritten": {func(b []byte) []byte {
			return append(bytes.Repeat([]byte("junk"), 1024), b[4096:]...)
		}, "put a backup in its place"},
		"all but its first page overwritten": {func(b []byte) []byte {
			return append(b[:4096:4096], bytes.Repeat([]byte{0xa5}, len(b)-4096)...)
		}, "put a backup in its place"},
	} {
		t.Run(name, func(t *testing.T) {
			p, file := usedInstallation(t, t.TempDir())
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			damaged := c.damage(content)
			if err := os.WriteFile(file, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			p.refuses(c.says)
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, damaged) {
				t.Errorf("the file was changed, error %v", err)
			}
		})
	}
}

// D3: a disk that takes no writes is said at the start. While a gateway runs it is to it as a full one: see
// TestTheDatabaseIsAwayForAWhile.
func TestAReadOnlyDiskIsSaid(t *testing.T) {
	dir := t.TempDir()
	mountSmall(t, dir)
	p, _ := usedInstallation(t, dir)
	remountReadOnly(t, dir)
	p.refuses("right to write")
}

// D4: what befalls the file of a gateway that runs stops no request, since none needs it.
func TestADatabaseThatBreaksStopsNoRequest(t *testing.T) {
	if !onSQLite() {
		t.Skip("SQLite's files")
	}
	t.Parallel()
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, t.TempDir(), nil)
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(20)...)
	p.await("the group to serve", func() bool { status, _ := p.chat("openai", hello); return status == http.StatusOK })
	for _, name := range []string{"roundhouse.db", "roundhouse.db-wal"} {
		file, err := os.OpenFile(filepath.Join(p.dir, name), os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		size, err := file.Seek(0, 2)
		if err == nil {
			_, err = file.WriteAt(bytes.Repeat([]byte{0xa5}, int(size)), 0)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = file.Close()
	}
	c := p.gather(4, 0)
	p.await("a thousand answers", func() bool { return c.count() > 1000 })
	c.stop()
	if c.failed.Load() > 0 || c.broken.Load() > 0 {
		t.Errorf("%d requests failed, %d broke", c.failed.Load(), c.broken.Load())
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	<-p.stopped // it may say that records are left, for which there is no place
	p.stopped <- exitOK
}
