package proxycore_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/proxycore"
)

func TestARequestGoesThroughAndIsRecorded(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	got := r.chat()
	r.wantStatus(got, 200)
	if got.body != goodAnswer {
		t.Fatalf("body %q", got.body)
	}
	rec := r.final(t)
	if rec.Outcome != proxycore.OK || rec.Charged != proxycore.ChargedNobody || rec.StatusCode != 200 || rec.AttemptNumber != 1 ||
		rec.GroupID != groupID || rec.KeyID != 1 || rec.Model != "gpt-4o" || rec.Path != "/v1/chat/completions" ||
		rec.Upstream != up.URL || rec.ProxyKeyID != 1 || rec.RequestBytes != int64(len(chatBody)) ||
		rec.ResponseBytes != int64(len(goodAnswer)) || rec.Usage.Input != 9 || rec.Usage.Output != 12 || !rec.Usage.Known {
		t.Errorf("record %+v", rec)
	}
	if rec.Header < 0 || rec.FirstByte < rec.Header || rec.Connect < 0 || rec.ClientIP != "127.0.0.1" {
		t.Errorf("times %v %v %v, client %q", rec.Connect, rec.Header, rec.FirstByte, rec.ClientIP)
	}
}

func TestWhatTheClientSentArrivesByteForByte(t *testing.T) {
	var head, body []byte
	up := rawUpstream(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		head, body = readRaw(br)
		_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Two: a\r\nX-Two: b\r\n\r\nok")
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), "http://"+up))
	sent := `{"seed":9007199254740993, "model" : "gpt-4o","x":"<&>\u003c"}`
	conn, err := net.Dial("tcp", r.front.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST /proxy/openai/v1//files%2Fa/b:c/?a=1&&b=%20&c&key="+proxyKey+"&d=%2f HTTP/1.1\r\nHost: gateway\r\n"+
		"X-Many: one\r\nX-Many: two,  three\r\nX-Api-Key: "+proxyKey+"\r\nApi-Key: other\r\nCookie: session=1\r\nX-Forwarded-For: 1.2.3.4\r\n"+
		"Content-Length: "+itoa(len(sent))+"\r\n\r\n"+sent)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, _ := io.ReadAll(res.Body)
	if string(answer) != "ok" || !slices.Equal(res.Header["X-Two"], []string{"a", "b"}) {
		t.Errorf("answer %q %v", answer, res.Header)
	}
	for _, invented := range []string{"Date", "Content-Type"} {
		if _, there := res.Header[invented]; there {
			t.Errorf("%s was invented", invented)
		}
	}
	line, rest, _ := strings.Cut(string(head), "\r\n")
	if want := "POST /v1//files%2Fa/b:c/?a=1&&b=%20&c&d=%2f HTTP/1.1"; line != want {
		t.Errorf("request line %q, want %q", line, want)
	}
	if string(body) != sent {
		t.Errorf("body %q", body)
	}
	if !strings.Contains(rest, "X-Many: one\r\nX-Many: two,  three\r\n") || !strings.Contains(rest, "Authorization: Bearer key-a\r\n") {
		t.Errorf("header %q", rest)
	}
	for _, gone := range []string{proxyKey, "other", "session", "1.2.3.4", "User-Agent", "Accept-Encoding"} {
		if strings.Contains(string(head), gone) {
			t.Errorf("%q reached the upstream: %q", gone, head)
		}
	}
	if rec := r.final(t); strings.Contains(rec.Path, proxyKey) || rec.Path != "/v1//files%2Fa/b:c/?a=1&&b=%20&c&d=%2f" {
		t.Errorf("recorded path %q", rec.Path)
	}
}

func TestWrongInputGetsAClearAnswer(t *testing.T) {
	up := newUpstream(t, good)
	off := openGroup(t, keySet("key-a"), up.URL)
	off.ID, off.Name, off.Enabled = 8, "off", false
	r := newRig(t, proxycore.Options{MaxBody: 1000}, openGroup(t, keySet("key-a"), up.URL), off)
	r.config.ProxyKeys = append(r.config.ProxyKeys, proxycore.ProxyKey{ID: 2, Digest: digest([]byte("only-for-off")), GroupID: 8})
	r.swap()
	type story struct {
		name, method, path, key, carrier string
		header                           http.Header
		body                             string
		status                           int
		outcome                          proxycore.Outcome
		shape                            string
	}
	for _, s := range []story{
		{name: "no key", path: "/proxy/openai/v1/models", status: 401, outcome: proxycore.Unauthorized, shape: `"error"`},
		{name: "wrong key, existing group", path: "/proxy/openai/v1/models", key: "nonsense", status: 401, outcome: proxycore.Unauthorized},
		{name: "wrong key, unknown group", path: "/proxy/none/v1/models", key: "nonsense", status: 401, outcome: proxycore.Unauthorized},
		{name: "wrong key, disabled group", path: "/proxy/off/v1/models", key: "nonsense", status: 401, outcome: proxycore.Unauthorized},
		{name: "another group's key", path: "/proxy/openai/v1/models", key: "only-for-off", status: 401, outcome: proxycore.Unauthorized},
		{name: "unknown group", path: "/proxy/none/v1/models", key: proxyKey, status: 404, outcome: proxycore.NotFound},
		{name: "unknown group, Anthropic's carrier", path: "/proxy/none/v1/messages", key: proxyKey, carrier: "X-Api-Key", status: 404, outcome: proxycore.NotFound, shape: `"type":"error"`},
		{name: "disabled group", path: "/proxy/off/v1/models", key: proxyKey, status: 403, outcome: proxycore.NotFound},
		{name: "unknown method", method: "FOO", path: "/proxy/openai/v1/models", key: proxyKey, status: 405, outcome: proxycore.BadRequest},
		{name: "TRACE", method: "TRACE", path: "/proxy/openai/v1/models", key: proxyKey, status: 405, outcome: proxycore.BadRequest},
		{name: "dot segment", path: "/proxy/openai/v1/%2e%2E/x", key: proxyKey, status: 400, outcome: proxycore.BadRequest},
		{name: "dot segment by backslash", path: "/proxy/openai/v1%5c..%5Cx", key: proxyKey, status: 400, outcome: proxycore.BadRequest},
		{name: "h2c", path: "/proxy/openai/v1/models", key: proxyKey, header: http.Header{"Upgrade": {"h2c"}, "Connection": {"Upgrade"}}, status: 426, outcome: proxycore.BadRequest},
		{name: "body over the limit", method: "POST", path: "/proxy/openai/v1/chat/completions", key: proxyKey, body: strings.Repeat("x", 1001), status: 413, outcome: proxycore.BadRequest},
	} {
		t.Run(s.name, func(t *testing.T) {
			r.forget()
			method := s.method
			if method == "" {
				method = http.MethodGet
			}
			q, err := http.NewRequest(method, r.front.URL+s.path, strings.NewReader(s.body))
			if err != nil {
				t.Fatal(err)
			}
			q.URL.Opaque = strings.TrimPrefix(r.front.URL, "http:") + s.path
			for name, values := range s.header {
				q.Header[name] = values
			}
			if s.key != "" && s.carrier == "" {
				q.Header.Set("Authorization", "Bearer "+s.key)
			} else if s.key != "" {
				q.Header.Set(s.carrier, s.key)
			}
			got := r.do(q)
			if got.status != s.status || !strings.Contains(got.body, `"error"`) || !strings.Contains(got.body, s.shape) || got.header.Get("X-Request-Id") == "" {
				t.Errorf("%d %v %q (%v)", got.status, got.header, got.body, got.err)
			}
			if rec := r.final(t); rec.Outcome != s.outcome || rec.StatusCode != s.status || rec.AttemptNumber != 0 {
				t.Errorf("record %+v", rec)
			}
		})
	}
	if up.total() != 0 {
		t.Errorf("the upstream was asked %d times", up.total())
	}
}

func TestEveryCarrierAdmits(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	for _, carry := range []func(*http.Request){
		func(q *http.Request) { q.Header.Set("Authorization", "bearer "+proxyKey) },
		func(q *http.Request) { q.Header.Set("X-Api-Key", proxyKey) },
		func(q *http.Request) { q.Header.Set("Api-Key", proxyKey) },
		func(q *http.Request) { q.Header.Set("X-Goog-Api-Key", proxyKey) },
		func(q *http.Request) { q.URL.RawQuery = "k%65y=" + proxyKey },
		func(q *http.Request) { q.Header.Set("X-Api-Key", "wrong"); q.URL.RawQuery = "key=" + proxyKey },
	} {
		q := r.request(http.MethodPost, "/v1/chat/completions", chatBody)
		q.Header.Del("Authorization")
		carry(q)
		r.wantStatus(r.do(q), 200)
	}
	if up.hitsOf("key-a") != 6 {
		t.Errorf("%v", up.hits)
	}
}

func TestAStreamIsFlushedAtOnceAndCancelReachesTheUpstream(t *testing.T) {
	step, gone := make(chan struct{}), make(chan time.Time, 1)
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for range step {
			io.WriteString(w, "data: {\"n\":1}\n\n")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
		gone <- time.Now()
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	ctx, cancel := context.WithCancel(context.Background())
	q := r.request(http.MethodPost, "/v1/chat/completions", `{"model":"gpt-4o","stream":true}`).WithContext(ctx)
	go func() { step <- struct{}{}; step <- struct{}{} }()
	res, err := r.front.Client().Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewReader(res.Body)
	for range 2 {
		if line, err := lines.ReadString('\n'); err != nil || line != "data: {\"n\":1}\n" {
			t.Fatalf("%q %v", line, err)
		}
		lines.ReadString('\n')
	}
	if figures := r.gateway.Figures(); figures.InFlight != 1 || figures.OpenStreams != 1 {
		t.Errorf("figures %+v", figures)
	}
	close(step)
	cancel()
	<-gone
	rec := r.final(t)
	if rec.Outcome != proxycore.ClientAbort || rec.Charged != proxycore.ChargedClient || !rec.Stream {
		t.Errorf("record %+v", rec)
	}
	if state := r.gateway.KeyState(groupID, 1); state.Charges != 0 {
		t.Errorf("key %+v", state)
	}
}

func TestAResetBeforeHeadersIsNeverAnEmpty200(t *testing.T) {
	up := rawUpstream(t, func(c net.Conn) {
		readRaw(bufio.NewReader(c))
		hardReset(c)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), "http://"+up))
	got := r.chat()
	r.wantStatus(got, 502)
	rec := r.final(t)
	if rec.Outcome != proxycore.UpstreamError || rec.Charged != proxycore.ChargedUpstream || rec.AttemptNumber != 2 {
		t.Errorf("record %+v", rec)
	}
	for id := range int64(2) {
		if state := r.gateway.KeyState(groupID, id+1); state.Charges != 0 || !state.RestingUntil.IsZero() {
			t.Errorf("key %d: %+v", id+1, state)
		}
	}
}

func TestAResetMidStreamBreaksTheClientsRead(t *testing.T) {
	const event = "data: 1\n"
	read := make(chan struct{}) // closed when the client has the event, which a reset may take away on its way
	up := rawUpstream(t, func(c net.Conn) {
		readRaw(bufio.NewReader(c))
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n"+event+"\r\n")
		<-read
		hardReset(c)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), "http://"+up))
	res, err := r.front.Client().Do(r.request(http.MethodPost, "/v1/chat/completions", chatBody))
	if err != nil {
		close(read)
		t.Fatal(err)
	}
	defer res.Body.Close()
	first := make([]byte, len(event))
	_, err = io.ReadFull(res.Body, first)
	close(read)
	rest, broken := io.ReadAll(res.Body)
	if res.StatusCode != 200 || err != nil || string(first) != event || len(rest) != 0 || broken == nil {
		t.Fatalf("status %d, %q (%v), then %q (%v)", res.StatusCode, first, err, rest, broken)
	}
	rec := r.final(t)
	if rec.Outcome != proxycore.UpstreamTruncated || rec.Charged != proxycore.ChargedUpstream || rec.ResponseBytes != 8 {
		t.Errorf("record %+v", rec)
	}
}

func TestAConnectionThatDiedIdleIsReplacedForFree(t *testing.T) {
	var asked atomic.Int32
	up := rawUpstream(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		readRaw(br)
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		if asked.Add(1) == 1 {
			// The next request on this connection meets a reset.
			br.Peek(1)
			hardReset(c)
		}
	})
	group := openGroup(t, keySet("key-a"), "http://"+up)
	group.Settings.MaxRetries = 0
	r := newRig(t, proxycore.Options{}, group)
	for range 2 {
		if got := r.chat(); got.status != 200 || got.body != "ok" {
			t.Fatalf("%+v", got)
		}
	}
	r.finals(t, 2)
	var repeats int
	for _, rec := range r.all() {
		if !rec.Final {
			repeats++
			if rec.Charged != proxycore.ChargedNobody {
				t.Errorf("record %+v", rec)
			}
		}
	}
	if state := r.gateway.UpstreamState(groupID, "http://"+up); repeats != 1 || state.ConsecutiveFailures != 0 {
		t.Errorf("%d repeats, upstream %+v", repeats, state)
	}
}

// rawUpstream serves each connection by script and closes it afterwards.
func rawUpstream(t testing.TB, serve func(net.Conn)) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				serve(c)
			}()
		}
	}()
	return l.Addr().String()
}

// readRaw reads one request as it is on the wire.
func readRaw(br *bufio.Reader) (head, body []byte) {
	length := 0
	for {
		line, err := br.ReadBytes('\n')
		if err != nil {
			return head, nil
		}
		head = append(head, line...)
		if name, value, ok := strings.Cut(string(line), ":"); ok && strings.EqualFold(name, "content-length") {
			for _, c := range strings.TrimSpace(value) {
				length = length*10 + int(c-'0')
			}
		}
		if bytes.Equal(line, []byte("\r\n")) {
			break
		}
	}
	body = make([]byte, length)
	io.ReadFull(br, body)
	return head, body
}

func hardReset(c net.Conn) {
	c.(*net.TCPConn).SetLinger(0)
	c.Close()
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + itoa(n%10)
}

func bufioOf(c net.Conn) *bufio.Reader { return bufio.NewReader(c) }
