package proxycore_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// seen is what an upstream was asked last.
type seen struct {
	mu     sync.Mutex // guards all that follows
	header http.Header
	host   string
	target string
	body   string
}

func (s *seen) note(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body := bodyOf(r)
		s.mu.Lock()
		s.header, s.host, s.target, s.body = r.Header, r.Host, r.RequestURI, body
		s.mu.Unlock()
		answer(w, r)
	}
}

func TestRedirectsAndOverridesSpliceBytes(t *testing.T) {
	var asked seen
	up := newUpstream(t, asked.note(good))
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "gpt-4o", To: "gpt-4o-2024"}}
	group.ParamOverrides = json.RawMessage(`{"temperature":0.5,"user":null}`)
	r := newRig(t, proxycore.Options{}, group)
	sent := `{ "seed":9007199254740993,"model" : "gpt-4o", "user":"me" ,"temperature":1}`
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", sent)), 200)
	if !strings.Contains(asked.body, `"seed":9007199254740993,"model" : "gpt-4o-2024"`) || !strings.Contains(asked.body, `"temperature":0.5`) ||
		strings.Contains(asked.body, `"user"`) {
		t.Errorf("%s", asked.body)
	}
	if rec := r.final(t); rec.Model != "gpt-4o" || rec.UpstreamModel != "gpt-4o-2024" {
		t.Errorf("%+v", rec)
	}
}

func TestACodedBodyIsEditedWhereItCanBeReadAndRefusedWhereNot(t *testing.T) {
	var asked seen
	up := newUpstream(t, asked.note(good))
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "gpt-4o", To: "other"}}
	r := newRig(t, proxycore.Options{}, group)
	q := r.request(http.MethodPost, "/v1/chat/completions", gzipped(`{"model":"gpt-4o"}`))
	q.Header.Set("Content-Encoding", "gzip")
	r.wantStatus(r.do(q), 200)
	if asked.body != `{"model":"other"}` || asked.header.Get("Content-Encoding") != "" {
		t.Errorf("%q %v", asked.body, asked.header)
	}
	group.RedirectStrict = true
	r.config.Groups = []proxycore.GroupConfig{group}
	r.swap()
	q = r.request(http.MethodPost, "/v1/chat/completions", "\x1b\x00")
	q.Header.Set("Content-Encoding", "br")
	r.wantStatus(r.do(q), 415)
}

func TestHeaderRulesComeLast(t *testing.T) {
	var asked seen
	up := newUpstream(t, asked.note(good))
	group := openGroup(t, keySet("key-a"), up.URL)
	group.HeaderRules = []proxycore.HeaderRule{
		{Set: true, Name: "x-mixed", Value: "${GROUP_NAME}/${API_KEY}/${CLIENT_IP}/${WHO}/${TIMESTAMP_S}"},
		{Set: true, Name: "Host", Value: "models.test"},
		{Name: "User-Agent"},
		{Name: "Authorization"},
	}
	r := newRig(t, proxycore.Options{}, group)
	r.wantStatus(r.chat(), 200)
	mixed := asked.header.Get("X-Mixed")
	if !strings.HasPrefix(mixed, "openai/key-a/127.0.0.1/${WHO}/") || len(mixed) != len("openai/key-a/127.0.0.1/${WHO}/")+10 {
		t.Errorf("%q", mixed)
	}
	if _, there := asked.header["User-Agent"]; there || asked.host != "models.test" || asked.header.Get("Authorization") != "" {
		t.Errorf("%q %v", asked.host, asked.header)
	}
}

func TestTheModelListShowsWhatMayBeAsked(t *testing.T) {
	status, stubborn := http.StatusOK, false
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Upstream", "yes")
		w.Header().Set("Content-Type", "application/json")
		list := `{"object":"list","data":[{"id":"gpt-4o","object":"model"}]}`
		if stubborn {
			w.Header().Set("Content-Encoding", "gzip")
			list = gzipped(list)
		}
		w.WriteHeader(status)
		io.WriteString(w, list)
	})
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "mine", To: "gpt-4o"}}
	r := newRig(t, proxycore.Options{}, group)
	got := r.do(r.request(http.MethodGet, "/v1/models", ""))
	if got.status != 200 || !strings.Contains(got.body, `"mine"`) || !strings.Contains(got.body, `"gpt-4o"`) || got.header.Get("X-Upstream") != "yes" {
		t.Errorf("%+v", got)
	}
	// One that codes its answer though it was asked not to, for a client that takes that.
	stubborn = true
	q := r.request(http.MethodGet, "/v1/models", "")
	q.Header.Set("Accept-Encoding", "gzip")
	if got := r.do(q); got.status != 200 || !strings.Contains(got.body, `"mine"`) || got.header.Get("Content-Encoding") != "" {
		t.Errorf("%+v", got)
	}
	stubborn = false
	group.RedirectStrict = true
	r.config.Groups = []proxycore.GroupConfig{group}
	r.swap()
	if got := r.do(r.request(http.MethodGet, "/v1/models", "")); strings.Contains(got.body, `"gpt-4o"`) || !strings.Contains(got.body, `"mine"`) {
		t.Errorf("%+v", got)
	}
	status = http.StatusNotFound
	if got := r.do(r.request(http.MethodGet, "/v1/models", "")); got.status != 404 || strings.Contains(got.body, "mine") {
		t.Errorf("%+v", got)
	}
}

func TestAnAggregateSharesByWeightAndFailsOverAcrossMembers(t *testing.T) {
	one, two, spare := newUpstream(t, good), newUpstream(t, good), newUpstream(t, good)
	member := func(id int64, name, url string, keys ...string) proxycore.GroupConfig {
		g := openGroup(t, keySet(keys...), url)
		g.ID, g.Name = id, name
		return g
	}
	all := proxycore.GroupConfig{
		ID: groupID, Name: "openai", Enabled: true, Aggregate: true, Dialect: dialect.OpenAI, Settings: settings(t),
		Members: []proxycore.Member{{GroupID: 21, Weight: 3}, {GroupID: 22, Weight: 1}, {GroupID: 23, Weight: 1, Priority: 1}},
	}
	r := newRig(t, proxycore.Options{}, all, member(21, "one", one.URL, "key-a"), member(22, "two", two.URL, "key-b"), member(23, "spare", spare.URL, "key-c"))
	for range 40 {
		r.wantStatus(r.chat(), 200)
	}
	if one.total() != 30 || two.total() != 10 || spare.total() != 0 {
		t.Errorf("shares %d, %d, %d", one.total(), two.total(), spare.total())
	}
	rec := r.finals(t, 40)[0]
	if rec.ParentID != groupID || rec.ParentName != "openai" || (rec.GroupID != 21 && rec.GroupID != 22) {
		t.Errorf("%+v", rec)
	}
	one.Listener.Close()
	one.CloseClientConnections()
	for range 20 {
		r.wantStatus(r.chat(), 200)
	}
	two.Listener.Close()
	two.CloseClientConnections()
	for range 5 {
		r.wantStatus(r.chat(), 200)
	}
	if spare.total() == 0 {
		t.Error("the spare was never asked")
	}
}

func TestAProbeIsSentAsTrafficWouldBe(t *testing.T) {
	var asked seen
	up := newUpstream(t, asked.note(byKey(map[string]http.HandlerFunc{"key-bad": failing(401, "invalid_api_key")})))
	group := openGroup(t, nil, up.URL)
	group.ParamOverrides = json.RawMessage(`{"max_tokens":1}`)
	group.HeaderRules = []proxycore.HeaderRule{{Set: true, Name: "X-Tenant", Value: "t"}}
	r := newRig(t, proxycore.Options{}, group)
	send := func(key string) (proxycore.SendResult, error) {
		return r.gateway.Send(context.Background(), proxycore.SendRequest{
			GroupID: groupID, KeyID: 5, Key: key, KeyDigest: digest([]byte(key)), Method: http.MethodPost, Path: "/v1/chat/completions",
			Header: http.Header{"Content-Type": {"application/json"}}, Body: []byte(`{"model":"gpt-4o"}`), Probe: true,
		})
	}
	got, err := send("key-good")
	if err != nil || got.Status != 200 || string(got.Body) != goodAnswer || got.Upstream != up.URL || got.Fault.Class != dialect.None {
		t.Errorf("%+v %v", got, err)
	}
	if !strings.Contains(asked.body, `"max_tokens":1`) || asked.header.Get("X-Tenant") != "t" || asked.header.Get("Authorization") != "Bearer key-good" {
		t.Errorf("%q %v", asked.body, asked.header)
	}
	if rec := r.final(t); !rec.Probe || rec.KeyID != 5 || rec.Outcome != proxycore.OK || rec.Usage.Input != 9 {
		t.Errorf("%+v", rec)
	}
	got, err = send("key-bad")
	if err != nil || got.Status != 401 || got.Fault.Class != dialect.Key || got.Fault.Message == "" {
		t.Errorf("%+v %v", got, err)
	}
	up.Close()
	if _, err = send("key-good"); err == nil {
		t.Error("a dead upstream answered")
	}
	if len(r.judged(proxycore.Charge)) != 0 {
		t.Error("a probe charged")
	}
}

func TestAddressesOnTheUpstreamBecomeTheGroups(t *testing.T) {
	var url string
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", url+"/v1/files/a%2Fb?key=key-secret-a&x=1")
		w.Header().Set("X-Goog-Upload-URL", url+"/upload/x?upload_id=2&key=key-secret-a")
		w.Header().Set("Set-Cookie", "a=b")
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(201)
	})
	url = up.URL
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-secret-a"), up.URL))
	q := r.request(http.MethodGet, "/v1/files", "")
	q.Header.Set("Accept", "text/html")
	got := r.do(q)
	base := r.front.URL + "/proxy/openai"
	if got.header.Get("Location") != base+"/v1/files/a%2Fb?x=1" || got.header.Get("X-Goog-Upload-Url") != base+"/upload/x?upload_id=2" {
		t.Errorf("%v", got.header)
	}
	if got.header.Get("Set-Cookie")+got.header.Get("Access-Control-Allow-Origin") != "" || got.header.Get("Content-Security-Policy") != "sandbox" {
		t.Errorf("%v", got.header)
	}
}

func TestTheBasePathIsJoinedByteForByte(t *testing.T) {
	for _, c := range []struct{ base, path, want string }{
		{"", "/v1/x", "/v1/x"},
		{"/", "/v1/x", "/v1/x"},
		{"/v1", "/v1/x", "/v1/x"},
		{"/v1", "/x", "/v1/x"},
		{"/v1/", "/v1", "/v1"},
		{"/v1", "/v1beta/x", "/v1/v1beta/x"},
		{"/openai/v1", "/v1//x/", "/openai/v1//x/"},
		{"/api", "/v1/%2f", "/api/v1/%2f"},
		{"/v1beta", "/v1beta/models/a:b", "/v1beta/models/a:b"},
	} {
		var asked seen
		up := newUpstream(t, asked.note(good))
		r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL+c.base))
		q := r.request(http.MethodGet, "", "")
		q.URL.Opaque = strings.TrimPrefix(r.front.URL, "http:") + "/proxy/openai" + c.path
		r.wantStatus(r.do(q), 200)
		if asked.target != c.want {
			t.Errorf("%s + %s = %s, want %s", c.base, c.path, asked.target, c.want)
		}
	}
}

func TestALoopIsCut(t *testing.T) {
	group := openGroup(t, keySet(proxyKey), "http://placeholder.test")
	r := newRig(t, proxycore.Options{}, group)
	group.Upstreams[0].URL = r.front.URL + "/proxy/openai"
	r.config.Groups = []proxycore.GroupConfig{group}
	r.swap()
	r.wantStatus(r.chat(), 508)
}

func TestMetadataAddressesAreRefused(t *testing.T) {
	// Only its resolved address tells of the first.
	names.set("innocent.test", net.IPv4(169, 254, 169, 254))
	for _, url := range []string{"http://innocent.test", "http://100.100.100.200", "http://[fd00:ec2::254]", "http://169.254.169.254", "http://[fe80::1]", "http://0.0.0.0:1", "http://[::ffff:169.254.169.254]"} {
		r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), url))
		r.wantStatus(r.chat(), 502)
		if rec := r.final(t); !strings.Contains(rec.Error, "address refused") {
			t.Errorf("%s: %s", url, rec.Error)
		}
	}
}

func TestABadSnapshotChangesNothing(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	for _, spoil := range []func(*proxycore.GroupConfig){
		func(g *proxycore.GroupConfig) { g.Name = "a/b" },
		func(g *proxycore.GroupConfig) { g.Dialect = "KLINGON" },
		func(g *proxycore.GroupConfig) { g.Upstreams = []proxycore.Upstream{{URL: "ftp://x", Weight: 1}} },
		func(g *proxycore.GroupConfig) { g.Upstreams = []proxycore.Upstream{{URL: "http://x", Weight: -1}} },
		func(g *proxycore.GroupConfig) { g.ParamOverrides = json.RawMessage(`[1]`) },
		func(g *proxycore.GroupConfig) { g.Settings.ProxyURL = "gopher://x" },
	} {
		bad := openGroup(t, keySet("key-a"), up.URL)
		spoil(&bad)
		if err := r.gateway.Swap(proxycore.SnapshotConfig{Groups: []proxycore.GroupConfig{bad}, Digest: digest}); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
	r.wantStatus(r.chat(), 200)
}

func TestASlotIsHeldUntilTheFirstByte(t *testing.T) {
	hold := make(chan struct{})
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { <-hold; good(w, r) })
	r := newRig(t, proxycore.Options{MaxConcurrent: 1}, openGroup(t, keySet("key-a"), up.URL))
	first := make(chan reply, 1)
	go func() { first <- r.chat() }()
	eventually(t, "the first holds the slot", func() bool { return up.total() == 1 })
	waiting := make(chan reply, 1)
	go func() { waiting <- r.chat() }()
	eventually(t, "the second waits", func() bool { return r.gateway.Figures().InFlight == 2 })
	got := r.chat()
	r.wantStatus(got, 503)
	if got.header.Get("Retry-After") == "" {
		t.Errorf("%v", got.header)
	}
	r.wantStatus(<-waiting, 503)
	close(hold)
	r.wantStatus(<-first, 200)
	for _, rec := range r.finals(t, 3) {
		if rec.StatusCode == 503 && rec.Outcome != proxycore.Overload {
			t.Errorf("%+v", rec)
		}
	}
}

func TestCloseCutsWhatDoesNotEndAndSaysSo(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: 1\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	answer := make(chan reply, 1)
	go func() { answer <- r.chat() }()
	eventually(t, "the stream flows", func() bool { return r.gateway.Figures().OpenStreams == 1 })
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := r.gateway.Close(ctx); err == nil {
		t.Error("it did not say that it had to cut")
	}
	if got := <-answer; got.err == nil {
		t.Errorf("the client saw a whole answer: %+v", got)
	}
	if rec := r.final(t); rec.Outcome != proxycore.Shutdown {
		t.Errorf("%+v", rec)
	}
	r.wantStatus(r.chat(), 503)
}

func TestAModelListThatFallsSilentIsCut(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"data\":[")
		a.untilLeft()
	}))
	group := groupAt(t, 1, up.url())
	group.Redirects = []proxycore.Redirect{{From: "mine", To: "gpt-4o"}}
	group.Settings.StreamIdleTimeout = 200 * time.Millisecond
	r := newRig(t, proxycore.Options{}, group)
	began := time.Now()
	got := r.do(r.request(http.MethodGet, "/v1/models", ""))
	if got.err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%+v after %v", got, time.Since(began))
	}
	r.wantFinal(proxycore.Timeout, proxycore.ChargedUpstream, 1)
}

func TestAStreamSetByAnOverrideIsRecordedAsOne(t *testing.T) {
	for override, want := range map[string]bool{`{"stream":true}`: true, `{"stream":false}`: false} {
		up := newUpstream(t, good)
		group := openGroup(t, keySet("key-a"), up.URL)
		group.ParamOverrides = json.RawMessage(override)
		r := newRig(t, proxycore.Options{}, group)
		body := fmt.Sprintf(`{"model":"gpt-4o","stream":%v}`, !want)
		r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", body)), 200)
		if rec := r.final(t); rec.Stream != want {
			t.Errorf("%s: %+v", override, rec)
		}
	}
}
