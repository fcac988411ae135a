package main

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

func TestPrometheusIsShownWhatHappens(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	addr := "127.0.0.1:" + freePort(t)
	g := start(t, map[string]string{"METRICS_ADDR": addr})
	keys := keyNames(2)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keys...)
	for range 3 {
		if status, body := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	if status, _ := g.chat("made-up-by-a-client", hello); status != http.StatusNotFound {
		t.Fatalf("an unknown group answered %d", status)
	}
	scrape := func() string {
		answer, err := http.Get("http://" + addr + "/metrics")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		raw, err := io.ReadAll(answer.Body)
		if err != nil || answer.StatusCode != http.StatusOK {
			t.Fatalf("%d %s %v", answer.StatusCode, raw, err)
		}
		return string(raw)
	}
	var text string
	g.await("the records to be written", func() bool {
		text = scrape()
		return strings.Contains(text, "\nroundhouse_log_records_written_total 4\n")
	})
	for _, line := range []string{
		`roundhouse_requests_total{group="openai",outcome="OK"} 3`,
		`roundhouse_requests_total{group="",outcome="NOT_FOUND"} 1`,
		`roundhouse_attempts_total{group="openai",outcome="OK"} 3`,
		`roundhouse_request_duration_seconds_count{group="openai"} 3`,
		`roundhouse_request_first_byte_seconds_count{group="openai"} 3`,
		`roundhouse_keys{group="openai",status="active"} 2`,
		`roundhouse_keys{group="openai",status="invalid"} 0`,
		`roundhouse_keys_cooling{group="openai"} 0`,
		`roundhouse_requests_in_flight 0`,
		`roundhouse_streams_open 0`,
		`roundhouse_log_queue_records 0`,
		`roundhouse_log_records_dropped_total 0`,
		`roundhouse_snapshot_faulty 0`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("there is no line %s", line)
		}
	}
	for _, part := range []string{"roundhouse_tokens_total{group=\"openai\",kind=\"output\"}", "roundhouse_snapshot_timestamp_seconds 1.", "roundhouse_build_info{", "go_goroutines ", "process_open_fds "} {
		if !strings.Contains(text, "\n"+part) {
			t.Errorf("there is nothing of %s", part)
		}
	}
	for _, secret := range []string{"made-up-by-a-client", g.proxy, g.admin, keys[0]} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}
