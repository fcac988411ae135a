package main

import (
	"net/http"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

const trial = "/try/openai/v1/chat/completions"

func TestTheWorkbenchSendsOneRequestThroughTheDataPlane(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	keys := g.keys(id)
	g.do(`mutation($k: KeySelector!) { disableKeys(keys: $k) { id } }`, map[string]any{"k": map[string]any{"groupId": id, "ids": []string{keys[2].ID}}})

	if status, text := g.file(http.MethodPost, trial, strings.NewReader(hello), "Content-Type: application/json"); status != http.StatusOK || !strings.Contains(text, `"choices"`) {
		t.Fatalf("%d %s", status, text)
	}
	for range 3 {
		status, text := g.file(http.MethodPost, trial, strings.NewReader(hello), "Content-Type: application/json", "X-Roundhouse-Key: "+keys[2].ID, "X-Roundhouse-Upstream: "+upstream.URL+"/v1")
		if status != http.StatusOK {
			t.Fatalf("a disabled key can be tried: %d %s", status, text)
		}
	}
	requests := upstream.Requests()
	for i, r := range requests {
		if i > 0 && r.Key != keyNames(3)[2] {
			t.Errorf("request %d carried %s", i, r.Key)
		}
		if raw := string(r.Raw); strings.Contains(raw, g.admin) || strings.Contains(raw, "Roundhouse-Key") || strings.Contains(raw, "Roundhouse-Upstream") {
			t.Errorf("the upstream was told too much:\n%s", raw)
		}
	}
	g.await("four trials in the log", func() bool {
		records := g.records(map[string]any{"groupId": id})
		for _, r := range records {
			if !r.Trial || r.Outcome != "OK" {
				t.Fatalf("%+v", r)
			}
		}
		return len(records) == 4
	})
}

func TestTheWorkbenchIsForAdministratorsAndHonest(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	other := g.group("other", "OPENAI", upstream.URL+"/v1", "key-pooled-other")
	for _, c := range []struct {
		name   string
		path   string
		header []string
		status int
		says   string
	}{
		{"nobody", trial, []string{"Authorization: "}, http.StatusUnauthorized, "errors"},
		{"a client", trial, []string{"Authorization: Bearer " + g.proxy}, http.StatusUnauthorized, "errors"},
		{"no number", trial, []string{"X-Roundhouse-Key: x"}, http.StatusBadRequest, "BAD_INPUT"},
		{"no such key", trial, []string{"X-Roundhouse-Key: 999"}, http.StatusNotFound, "NOT_FOUND"},
		{"a key of another group", trial, []string{"X-Roundhouse-Key: " + g.keys(other)[0].ID}, http.StatusBadRequest, "another group"},
		{"a foreign upstream", trial, []string{"X-Roundhouse-Upstream: http://127.0.0.1:9"}, http.StatusBadRequest, "upstream"},
		{"no such group", "/try/nobody/v1/models", nil, http.StatusNotFound, "no group"},
		{"the upstream's refusal", trial, []string{"X-Upstream-Do: status=401", "X-Roundhouse-Key: " + g.keys(id)[0].ID}, http.StatusUnauthorized, "error"},
		{"no answer", trial, []string{"X-Upstream-Do: reset"}, http.StatusBadGateway, "no answer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text := g.file(http.MethodPost, c.path, strings.NewReader(hello), append(c.header, "Content-Type: application/json")...)
			if status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%d %s", status, text)
			}
		})
	}
	if k := g.keys(id)[0]; k.Status != "ACTIVE" || k.ConsecutiveFailures != 0 {
		t.Errorf("%+v", k)
	}
}
