package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

func TestAdministratorSetsUpAGroupAndAClientUsesIt(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	keys := keyNames(3)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keys...)

	for range 6 {
		if status, body := g.chat("openai", hello); status != http.StatusOK || !strings.Contains(body, `"choices"`) {
			t.Fatalf("%d %s", status, body)
		}
	}
	seen := map[string]int{}
	for _, r := range upstream.Requests() {
		seen[r.Key]++
		if strings.Contains(string(r.Raw), g.proxy) {
			t.Fatalf("the upstream saw the proxy key:\n%s", r.Raw)
		}
	}
	for _, key := range keys {
		if seen[key] != 2 {
			t.Errorf("rotation is not fair: %v", seen)
		}
	}
	g.await("six records", func() bool { return len(g.records(map[string]any{"groupId": id})) == 6 })
	for _, r := range g.records(nil) {
		if r.Outcome != "OK" || r.Attempt != "FINAL" || r.Model != "gpt-4.1-nano" || r.InputTokens == nil || r.OutputTokens == nil || r.KeyID == nil {
			t.Errorf("%+v", r)
		}
	}
	for _, k := range g.keys(id) {
		if k.Status != "ACTIVE" || k.ConsecutiveFailures != 0 {
			t.Errorf("%+v", k)
		}
	}
}

// Three keys, one revoked and one at its limit, a thousand requests paced over ten seconds: no client sees it.
func TestARevokedKeyAndALimitedOneUnderSteadyTraffic(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, map[string]string{"MAX_CONCURRENT_REQUESTS": "0"}) // a busy machine lets requests pile up
	keys := keyNames(3)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keys...)
	upstream.Always(keys[0], upstreamtest.Answer{Status: http.StatusUnauthorized})
	upstream.Script(keys[1], upstreamtest.Answer{Status: http.StatusTooManyRequests, RetryAfter: "2"})

	const requests = 1000
	begin := time.Now()
	pace := time.NewTicker(10 * time.Second / requests)
	defer pace.Stop()
	var clients sync.WaitGroup
	var mu sync.Mutex
	failures := map[string]int{}
	for range requests {
		<-pace.C
		clients.Go(func() {
			status, body, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", hello)
			if err != nil || status != http.StatusOK {
				mu.Lock()
				failures[fmt.Sprintf("%d %.200s %v", status, body, err)]++
				mu.Unlock()
			}
		})
	}
	clients.Wait()
	if len(failures) > 0 {
		t.Fatalf("clients saw %v", failures)
	}

	g.await("the revoked key to be INVALID", func() bool { return g.keys(id)[0].Status == "INVALID" })
	rows := g.keys(id)
	if rows[1].Status != "ACTIVE" || rows[2].Status != "ACTIVE" || rows[2].ConsecutiveFailures != 0 {
		t.Errorf("%+v", rows)
	}
	g.await("every final record", func() bool { return len(g.records(map[string]any{"attempt": "FINAL"})) == requests })

	charged := g.records(map[string]any{"keyId": rows[0].ID, "charged": "KEY"})
	if len(charged) != 3 {
		t.Errorf("the revoked key was charged %d times, not 3", len(charged))
	}
	for i, due := range []time.Duration{0, time.Second, 3 * time.Second} {
		if i >= len(charged) {
			break
		}
		at := charged[len(charged)-1-i].time(t)
		if off := at.Sub(begin) - due; off < -200*time.Millisecond || off > 3*time.Second {
			t.Errorf("charge %d came after %v, not about %v", i+1, at.Sub(begin), due)
		}
	}
	limited := g.records(map[string]any{"keyId": rows[1].ID, "outcomes": []string{"RATE_LIMITED"}})
	if len(limited) != 1 {
		t.Fatalf("the limited key was limited %d times, not once", len(limited))
	}
	told := limited[0].time(t)
	after := 0
	for _, r := range g.records(map[string]any{"keyId": rows[1].ID}) {
		// What was under way when the key was limited may end a little later.
		switch since := r.time(t).Sub(told); {
		case since > 500*time.Millisecond && since < 1900*time.Millisecond:
			t.Errorf("the limited key was used after %v", since)
		case since > 2*time.Second:
			after++
		}
	}
	if after < 100 {
		t.Errorf("the limited key came back for %d requests only", after)
	}
}

func TestMalformedRequestsChargeNoKey(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	var clients sync.WaitGroup
	for range 8 {
		clients.Go(func() {
			for range 125 {
				if status, body, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", `{"model":`); status != http.StatusBadRequest {
					t.Errorf("%d %s %v", status, body, err)
					return
				}
			}
		})
	}
	clients.Wait()
	g.await("a thousand records", func() bool {
		return len(g.records(map[string]any{"groupId": id, "outcomes": []string{"REFUSED"}})) == 1000
	})
	for _, k := range g.keys(id) {
		if k.Status != "ACTIVE" || k.ConsecutiveFailures != 0 || k.Fault != "NONE" {
			t.Errorf("%+v", k)
		}
	}
	if charged := g.records(map[string]any{"charged": "KEY"}); len(charged) != 0 {
		t.Errorf("%d charges", len(charged))
	}
}

func TestAResetBeforeTheHeaderIsNeverAnEmpty200(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	status, body := g.chat("openai", hello, "X-Upstream-Do: reset")
	if status != http.StatusBadGateway || !strings.Contains(body, `"error"`) {
		t.Errorf("%d %q", status, body)
	}
}

func TestAResetInAStreamBreaksTheClientsRead(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	stream := strings.Replace(hello, `{"model"`, `{"stream":true,"model"`, 1)
	status, body, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", stream, "X-Upstream-Do: cut=2")
	if status != http.StatusOK || err == nil || !strings.Contains(body, "data:") {
		t.Errorf("status %d, error %v, body %q", status, err, body)
	}
	g.await("the record", func() bool {
		records := g.records(map[string]any{"attempt": "FINAL"})
		return len(records) == 1 && records[0].Outcome == "UPSTREAM_TRUNCATED" && records[0].Charged == "UPSTREAM"
	})
}

func TestChangesTakeEffectWithinASecond(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	if status, body := g.chat("openai", hello); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	for _, step := range []struct {
		change string
		want   int
	}{
		{`mutation { updateGroup(id: ` + id + `, input: {enabled: false}) { version } }`, http.StatusForbidden},
		{`mutation { updateGroup(id: ` + id + `, input: {enabled: true}) { version } }`, http.StatusOK},
		{`mutation { updateGroup(id: ` + id + `, input: {name: "renamed"}) { version } }`, http.StatusNotFound},
		{`mutation { updateGroup(id: ` + id + `, input: {name: "openai"}) { version } }`, http.StatusOK},
	} {
		g.do(step.change, nil)
		answered := time.Now()
		g.await(step.change, func() bool { status, _ := g.chat("openai", hello); return status == step.want })
		if took := time.Since(answered); took > time.Second {
			t.Errorf("%s took %v", step.change, took)
		}
	}
}

func TestWrongInputGetsAClearError(t *testing.T) {
	g := start(t, nil)
	for _, c := range []struct {
		name, query, code, field string
	}{
		{"name with a slash", `mutation { createGroup(input: {name: "a/b", dialect: OPENAI}) { id } }`, "BAD_INPUT", "input.name"},
		{"ftp upstream", `mutation { createGroup(input: {name: "a", dialect: OPENAI, upstreams: [{url: "ftp://x"}]}) { id } }`, "BAD_INPUT", "input.upstreams.0.url"},
		{"negative weight", `mutation { createGroup(input: {name: "a", dialect: OPENAI, upstreams: [{url: "http://x", weight: -1}]}) { id } }`, "BAD_INPUT", "input.upstreams.0.weight"},
		{"unknown dialect", `mutation { createGroup(input: {name: "a", dialect: TELEX}) { id } }`, "BAD_INPUT", ""},
		{"unknown group", `mutation { updateGroup(id: "99", input: {name: "b"}) { id } }`, "NOT_FOUND", ""},
		{"setting out of bounds", `mutation { updateSettings(input: {maxRetries: 21}) { version } }`, "BAD_INPUT", "input.maxRetries"},
		{"not an id", `{ task(id: "x") { id } }`, "BAD_INPUT", "id"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, errs := g.try(c.query, nil)
			if len(errs) != 1 || errs[0].Extensions["code"] != c.code {
				t.Fatalf("%+v", errs)
			}
			if c.field != "" && errs[0].Extensions["field"] != c.field {
				t.Errorf("field %v, not %s", errs[0].Extensions["field"], c.field)
			}
		})
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	known, first := g.chat("openai", hello, "Authorization: Bearer wrong")
	unknown, second := g.chat("nowhere", hello, "Authorization: Bearer wrong")
	if known != http.StatusUnauthorized || unknown != http.StatusUnauthorized {
		t.Errorf("%d %s, %d %s", known, first, unknown, second)
	}
	if status, body := g.chat("nowhere", hello); status != http.StatusNotFound || !strings.Contains(body, `"error"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := g.chat("nowhere", hello, "Authorization: ", "x-api-key: "+g.proxy); status != http.StatusNotFound || !strings.Contains(body, `"type":"error"`) {
		t.Errorf("an Anthropic client is not answered in its shape: %d %s", status, body)
	}
}

func TestImportOfJunk(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:1", "key-pooled-a")
	task := g.importKeys(id, "key-pooled-a\nkey-pooled-b key-pooled-b\r\n"+strings.Repeat("x", 7<<20)+"\n\x01bad\nkey-pooled-c")
	for field, want := range map[string]string{"succeeded": "2", "skipped": "2", "failed": "2"} {
		if got := fmt.Sprint(task[field]); got != want {
			t.Errorf("%s is %s, not %s: %v", field, got, want, task)
		}
	}
}
