package proxycore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

const (
	groupID  = 7
	proxyKey = "proxy-key-of-the-tests"
)

func digest(secret []byte) [32]byte { return sha256.Sum256(secret) }

// ledger keeps what the gateway tells.
type ledger struct {
	mu       sync.Mutex // guards all that follows
	records  []proxycore.Record
	verdicts []proxycore.Verdict
}

func (l *ledger) Record(r proxycore.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(l.records, r)
}

func (l *ledger) Judge(v proxycore.Verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.verdicts = append(l.verdicts, v)
}

func (l *ledger) all() []proxycore.Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]proxycore.Record(nil), l.records...)
}

func (l *ledger) judged(kind proxycore.VerdictKind) (found []proxycore.Verdict) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, v := range l.verdicts {
		if v.Kind == kind {
			found = append(found, v)
		}
	}
	return found
}

func (l *ledger) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records, l.verdicts = nil, nil
}

// finals waits for that many FINAL records and returns them.
func (l *ledger) finals(t testing.TB, n int) (found []proxycore.Record) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d final records", n), func() bool {
		found = nil
		for _, r := range l.all() {
			if r.Final {
				found = append(found, r)
			}
		}
		return len(found) >= n
	})
	if len(found) != n {
		t.Fatalf("%d final records, want %d", len(found), n)
	}
	return found
}

// final waits for the only FINAL record.
func (l *ledger) final(t testing.TB) proxycore.Record {
	t.Helper()
	return l.finals(t, 1)[0]
}

func eventually(t testing.TB, what string, met func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; {
		if met() {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// rig is a gateway behind a real server, with one group.
type rig struct {
	*ledger
	t       testing.TB
	gateway *proxycore.Gateway
	front   *httptest.Server
	config  proxycore.SnapshotConfig
}

func settings(t testing.TB) proxycore.Settings {
	t.Helper()
	failover, err := proxycore.ParseStatusSet("401-403,408,429,500-599")
	if err != nil {
		t.Fatal(err)
	}
	blacklist, err := proxycore.ParseStatusSet("401-403")
	if err != nil {
		t.Fatal(err)
	}
	return proxycore.Settings{
		RequestTimeout: 20 * time.Second, ConnectTimeout: 5 * time.Second, ResponseHeaderTimeout: 20 * time.Second,
		IdleConnTimeout: time.Minute, StreamIdleTimeout: 20 * time.Second, Cooldown: 10 * time.Second,
		MaxIdleConns: 200, MaxIdleConnsPerHost: 100, MaxRetries: 3, BlacklistThreshold: 3, ProxyURL: "direct",
		Failover: failover, Blacklist: blacklist,
	}
}

func keySet(keys ...string) *proxycore.KeySet {
	b := proxycore.NewKeySetBuilder(len(keys))
	for i, key := range keys {
		b.Add(int64(i+1), []byte(key), digest([]byte(key)))
	}
	return b.Build()
}

// openGroup is an OPENAI group named "openai" with those upstreams and keys.
func openGroup(t testing.TB, keys *proxycore.KeySet, urls ...string) proxycore.GroupConfig {
	g := proxycore.GroupConfig{ID: groupID, Name: "openai", Enabled: true, Dialect: dialect.OpenAI, Keys: keys, Settings: settings(t)}
	for _, url := range urls {
		g.Upstreams = append(g.Upstreams, proxycore.Upstream{URL: url, Weight: 1, Enabled: true})
	}
	return g
}

func newRig(t testing.TB, options proxycore.Options, groups ...proxycore.GroupConfig) *rig {
	t.Helper()
	r := &rig{t: t, ledger: &ledger{}}
	options.Recorder, options.Judge = r.ledger, r.ledger
	if options.SpillDir == "" {
		options.SpillDir = t.TempDir()
	}
	r.gateway = proxycore.New(options)
	r.config = proxycore.SnapshotConfig{
		Groups: groups, Digest: digest, ProxyKeys: []proxycore.ProxyKey{{ID: 1, Digest: digest([]byte(proxyKey))}},
	}
	r.swap()
	r.front = httptest.NewServer(r.gateway)
	t.Cleanup(func() {
		r.front.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := r.gateway.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return r
}

func (r *rig) swap() {
	r.t.Helper()
	if err := r.gateway.Swap(r.config); err != nil {
		r.t.Fatal(err)
	}
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   string
	err    error
}

func (r *rig) request(method, path, body string) *http.Request {
	r.t.Helper()
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	q, err := http.NewRequest(method, r.front.URL+"/proxy/openai"+path, reader)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+proxyKey)
	if body != "" {
		q.Header.Set("Content-Type", "application/json")
	}
	return q
}

func (r *rig) do(q *http.Request) reply {
	r.t.Helper()
	res, err := r.front.Client().Do(q)
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: string(body), err: err}
}

const chatBody = `{"model":"gpt-4o","messages":[{"role":"user","content":"hi"}]}`

// chat asks for a completion, as most tests do.
func (r *rig) chat() reply {
	r.t.Helper()
	return r.do(r.request(http.MethodPost, "/v1/chat/completions", chatBody))
}

func (r *rig) wantStatus(got reply, want int) {
	r.t.Helper()
	if got.err != nil || got.status != want {
		r.t.Fatalf("status %d (%v): %s; want %d", got.status, got.err, got.body, want)
	}
}

// upstream is a scripted HTTP upstream that counts what each key asked.
type upstream struct {
	*httptest.Server
	mu   sync.Mutex // guards hits
	hits map[string]int
}

func newUpstream(t testing.TB, answer http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{hits: map[string]int{}}
	u.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u.mu.Lock()
		u.hits[keyOf(r)]++
		u.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) hitsOf(key string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.hits[key]
}

func (u *upstream) total() (n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, hits := range u.hits {
		n += hits
	}
	return n
}

func keyOf(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}

const goodAnswer = `{"id":"chatcmpl-1","object":"chat.completion","usage":{"prompt_tokens":9,"completion_tokens":12,"total_tokens":21}}`

func good(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, goodAnswer)
}

// openAIError answers with an error in OpenAI's shape.
func openAIError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"message":"it went wrong","type":"invalid_request_error","param":null,"code":%q}}`, code)
}

func bodyOf(r *http.Request) string {
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	return b.String()
}
