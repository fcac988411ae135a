package proxycore_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// try sends a trial as the administrator, with whatever key a client of the admin API would show.
func (r *rig) try(pin proxycore.Pin, method, path, body string) reply {
	r.t.Helper()
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.gateway.Try(w, q, pin) }))
	defer front.Close()
	q, err := http.NewRequest(method, front.URL+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer the-admin-key")
	q.Header.Set("Content-Type", "application/json")
	return r.do(q)
}

func pinned(group, id int64, text string) proxycore.Pin {
	return proxycore.Pin{Key: &proxycore.PinnedKey{GroupID: group, ID: id, Text: text, Digest: digest([]byte(text))}}
}

func TestATrialGoesTheWayOfTraffic(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if keyOf(r) == "key-bad" {
			openAIError(w, http.StatusUnauthorized, "invalid_api_key")
			return
		}
		w.Header().Set("X-Request-Id", "theirs")
		good(w, r)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-bad", "key-good"), u.URL))
	// Whichever key the ring begins with, two trials meet the bad one.
	for n := range 2 {
		got := r.try(proxycore.Pin{}, http.MethodPost, "/try/openai/v1/chat/completions?x=1", chatBody)
		r.wantStatus(got, http.StatusOK)
		if got.body != goodAnswer || got.header.Get("X-Request-Id") != "theirs" {
			t.Errorf("%v %s", got.header, got.body)
		}
		if named := got.header.Get("X-Roundhouse-Request"); r.finals(t, n+1)[n].RequestID != named {
			t.Errorf("the answer names request %q", named)
		}
	}
	if u.hitsOf("the-admin-key") != 0 || u.hitsOf("key-bad") != 1 || u.hitsOf("key-good") != 2 {
		t.Errorf("%v", u.hits)
	}
	for _, record := range r.all() {
		if !record.Trial || record.Path != "/v1/chat/completions?x=1" || record.ProxyKeyID != 0 || record.GroupID != groupID {
			t.Errorf("%+v", record)
		}
	}
	if len(r.judged(proxycore.Charge)) != 1 {
		t.Error("a key that refuses traffic is charged, whoever sent it")
	}
}

func TestAPinnedKeyIsAskedAloneAndNotCharged(t *testing.T) {
	statuses := map[string]int{"key-1": 200, "key-2": 401, "key-3": 429, "key-4": 500, "key-gone": 200}
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if status := statuses[keyOf(r)]; status != http.StatusOK {
			openAIError(w, status, "")
			return
		}
		good(w, r)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-1", "key-2", "key-3", "key-4"), u.URL))
	for id, key := range map[int64]string{1: "key-1", 2: "key-2", 3: "key-3", 4: "key-4", 9: "key-gone"} {
		r.forget()
		got := r.try(pinned(groupID, id, key), http.MethodPost, "/try/openai/v1/chat/completions", chatBody)
		r.wantStatus(got, statuses[key])
		if record := r.final(t); record.KeyID != id || record.AttemptNumber != 1 || len(r.all()) != 1 || record.Charged == proxycore.ChargedKey {
			t.Errorf("%+v", record)
		}
		if u.hitsOf(key) != 1 {
			t.Errorf("%s was asked %d times", key, u.hitsOf(key))
		}
		if state := r.gateway.KeyState(groupID, id); state.Charges != 0 || len(state.Models) != 0 || !state.CoolingUntil.IsZero() {
			t.Errorf("%s: %+v", key, state)
		}
	}
}

func TestAPinnedUpstreamIsAskedWhateverItsWeight(t *testing.T) {
	first, second := newUpstream(t, good), newUpstream(t, good)
	g := openGroup(t, keySet("key-1"), first.URL, second.URL)
	g.Upstreams[1].Weight, g.Upstreams[1].Enabled = 0, false
	r := newRig(t, proxycore.Options{}, g)
	for range 3 {
		r.wantStatus(r.try(proxycore.Pin{Upstream: second.URL}, http.MethodPost, "/try/openai/v1/chat/completions", chatBody), http.StatusOK)
	}
	if first.total() != 0 || second.total() != 3 {
		t.Errorf("%d and %d", first.total(), second.total())
	}
}

func TestATrialOfAnAggregateFindsTheMemberThatIsPinned(t *testing.T) {
	first, second := newUpstream(t, good), newUpstream(t, good)
	one, two := openGroup(t, keySet("key-of-1"), first.URL), openGroup(t, keySet("key-of-2"), second.URL)
	one.ID, one.Name, two.ID, two.Name = 1, "one", 2, "two"
	r := newRig(t, proxycore.Options{}, one, two,
		proxycore.GroupConfig{
			ID: groupID, Name: "openai", Enabled: true, Aggregate: true, Dialect: dialect.OpenAI, Settings: settings(t),
			Members: []proxycore.Member{{GroupID: 1, Weight: 1}, {GroupID: 2, Weight: 0}},
		})
	for name, pin := range map[string]proxycore.Pin{"key": pinned(2, 1, "key-of-2"), "upstream": {Upstream: second.URL}} {
		r.forget()
		r.wantStatus(r.try(pin, http.MethodPost, "/try/openai/v1/chat/completions", chatBody), http.StatusOK)
		if record := r.final(t); record.GroupID != 2 || record.ParentID != groupID {
			t.Errorf("%s: %+v", name, record)
		}
	}
}

func TestATrialThatCannotBeSentSaysWhy(t *testing.T) {
	u := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-1"), u.URL))
	elsewhere := pinned(groupID, 1, "key-1")
	elsewhere.Upstream = "http://elsewhere.example"
	for _, c := range []struct {
		name, method, path string
		pin                proxycore.Pin
		status             int
		says               string
	}{
		{"no such group", http.MethodPost, "/try/nobody/v1/chat/completions", proxycore.Pin{}, http.StatusNotFound, "no group of this name"},
		{"no group", http.MethodPost, "/elsewhere", proxycore.Pin{}, http.StatusNotFound, "/try/{group}/"},
		{"a key of another group", http.MethodPost, "/try/openai/v1/chat/completions", pinned(8, 1, "key-1"), http.StatusBadRequest, "another group"},
		{"a foreign upstream", http.MethodPost, "/try/openai/v1/chat/completions", elsewhere, http.StatusBadRequest, "this upstream"},
		{"a dot segment", http.MethodPost, "/try/openai/%2e%2e/x", proxycore.Pin{}, http.StatusBadRequest, "dot segment"},
		{"a method", http.MethodTrace, "/try/openai/v1/models", proxycore.Pin{}, http.StatusMethodNotAllowed, "not forwarded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.forget()
			got := r.try(c.pin, c.method, c.path, chatBody)
			if got.err != nil || got.status != c.status || !strings.Contains(got.body, c.says) {
				t.Errorf("%d %s %v", got.status, got.body, got.err)
			}
			if record := r.final(t); !record.Trial || record.StatusCode != c.status {
				t.Errorf("%+v", record)
			}
		})
	}
	if u.total() != 0 {
		t.Errorf("%d requests reached the upstream", u.total())
	}
}

func TestATrialIsStreamedAndItsBreakIsSeen(t *testing.T) {
	more := make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: 1\n\n")
		_ = http.NewResponseController(w).Flush()
		<-more
		panic(http.ErrAbortHandler)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-1"), u.URL))
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) { r.gateway.Try(w, q, proxycore.Pin{}) }))
	defer front.Close()
	res, err := http.Post(front.URL+"/try/openai/v1/chat/completions", "application/json", strings.NewReader(chatBody))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len("data: 1\n\n"))
	if _, err := io.ReadFull(res.Body, first); err != nil {
		t.Fatalf("the first event did not come before the second: %v", err)
	}
	close(more)
	if _, err := io.ReadAll(res.Body); err == nil {
		t.Error("a broken stream ended well")
	}
	if record := r.final(t); !record.Trial || record.Outcome != proxycore.UpstreamTruncated {
		t.Errorf("%+v", record)
	}
}
