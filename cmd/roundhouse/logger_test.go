package main

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// P12: nobody reads what the program prints any more, and the disk of its log file is full: it serves on and counts what it
// could not say.
func TestALogThatCannotBeWrittenStopsNothing(t *testing.T) {
	if !onSQLite() {
		t.Skip("the same on every database")
	}
	small := t.TempDir()
	mountSmall(t, small)
	upstream := upstreamtest.New(t, "key-pooled-*")
	metrics := "127.0.0.1:" + freePort(t)
	p := processIn(t, t.TempDir(), map[string]string{
		"AUTH_KEY": "admin-key-of-the-tests", "METRICS_ADDR": metrics, "LOG_ENABLE_FILE": "true", "LOG_FILE_PATH": filepath.Join(small, "app.log"),
	})
	reader, prints, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	p.begin(prints)
	t.Cleanup(p.close)
	_ = prints.Close()
	p.await("the gateway to be ready", p.ready)
	p.do(`mutation($k: [String!]) { updateSettings(input: {proxyKeys: $k}) { version } }`, map[string]any{"k": []string{p.proxy}})
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	_ = reader.Close()
	t.Cleanup(fillDisk(t, filepath.Join(small, "filler")))
	unlock := lockSQLite(t, filepath.Join(p.dir, "roundhouse.db"))
	p.tellsThatTheDatabaseIsAway() // which is said in the log as well
	unlock()
	if status, body := p.chat("openai", hello); status != http.StatusOK {
		t.Errorf("%d %s", status, body)
	}
	answer, err := http.Get("http://" + metrics + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	lost := regexp.MustCompile(`(?m)^roundhouse_program_log_lines_dropped_total [1-9]`).Find(raw)
	if err != nil || lost == nil {
		t.Errorf("no line is counted as lost, error %v", err)
	}
}
