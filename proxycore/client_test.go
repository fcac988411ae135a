package proxycore_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// wire speaks raw HTTP to the gateway.
func (r *rig) wire() (net.Conn, *bufio.Reader) {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.front.Listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return conn, bufio.NewReader(conn)
}

const rawHead = "POST /proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\n"

func TestAClientsFaultsAreItsOwn(t *testing.T) {
	for _, s := range []struct {
		name    string
		send    string
		then    func(net.Conn)
		outcome proxycore.Outcome
		status  string // of the answer; empty when there need be none
	}{
		{name: "breaks its body off", send: rawHead + "Content-Length: 100\r\n\r\n{\"model\"", then: func(c net.Conn) { c.Close() }, outcome: proxycore.ClientAbort},
		{name: "resets within its body", send: rawHead + "Content-Length: 100\r\n\r\n{\"model\"", then: hardReset, outcome: proxycore.ClientAbort},
		{name: "closes half within its body", send: rawHead + "Content-Length: 100\r\n\r\n{", then: func(c net.Conn) { c.(*net.TCPConn).CloseWrite() }, outcome: proxycore.ClientAbort, status: "499"},
		{name: "sends chunks that are none", send: rawHead + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n", outcome: proxycore.BadRequest, status: "400"},
		{name: "falls silent within its body", send: rawHead + "Content-Length: 100\r\n\r\n{", outcome: proxycore.BadRequest, status: "408"},
		{name: "sends more chunks than allowed", send: rawHead + "Transfer-Encoding: chunked\r\n\r\n7d1\r\n" + strings.Repeat("x", 2001) + "\r\n0\r\n\r\n", outcome: proxycore.BadRequest, status: "413"},
		{name: "announces too much and asks first", send: rawHead + "Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n", outcome: proxycore.BadRequest, status: "413"},
	} {
		t.Run(s.name, func(t *testing.T) {
			up := newUpstream(t, good)
			silence := time.Minute
			if s.status == "408" {
				silence = 200 * time.Millisecond
			}
			r := newRig(t, proxycore.Options{MaxBody: 2000, ReadSilence: silence}, openGroup(t, keySet("key-a"), up.URL))
			conn, br := r.wire()
			io.WriteString(conn, s.send)
			if s.then != nil {
				s.then(conn)
			}
			if s.status != "" {
				line, err := br.ReadString('\n')
				if err != nil || !strings.Contains(line, " "+s.status+" ") {
					t.Errorf("%q %v", line, err)
				}
			}
			if rec := r.final(t); rec.Outcome != s.outcome || rec.AttemptNumber != 0 {
				t.Errorf("%+v", rec)
			}
			if up.total() != 0 || r.gateway.KeyState(groupID, 1).Charges != 0 {
				t.Error("it reached the upstream or the key")
			}
		})
	}
}

func TestAClientThatLeavesWhileItWaitsHurtsNobody(t *testing.T) {
	gone := make(chan struct{}, 1)
	up := newUpstream(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		gone <- struct{}{}
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	conn, _ := r.wire()
	fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", rawHead, len(chatBody), chatBody)
	eventually(t, "the upstream is asked", func() bool { return up.total() == 1 })
	conn.Close()
	<-gone
	if rec := r.final(t); rec.Outcome != proxycore.ClientAbort || rec.StatusCode != 499 || rec.Charged != proxycore.ChargedClient {
		t.Errorf("%+v", rec)
	}
	if state := r.gateway.UpstreamState(groupID, up.URL); state.ConsecutiveFailures != 0 || up.total() != 1 {
		t.Errorf("%+v, %d hits", state, up.total())
	}
}

func TestAClientThatStopsReadingIsCut(t *testing.T) {
	stopped := make(chan struct{}, 1)
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("x"), 32<<10)); err != nil {
				break
			}
		}
		stopped <- struct{}{}
	})
	r := newRig(t, proxycore.Options{WriteSilence: 200 * time.Millisecond}, openGroup(t, keySet("key-a"), up.URL))
	conn, _ := r.wire()
	fmt.Fprintf(conn, "%sContent-Length: %d\r\n\r\n%s", rawHead, len(chatBody), chatBody)
	<-stopped
	if rec := r.final(t); rec.Outcome != proxycore.ClientAbort {
		t.Errorf("%+v", rec)
	}
}

// TestAnUpstreamsSilenceIsNotTheClients holds that a client is given its time anew while nothing comes for it, beyond the
// WriteTimeout that the server gives an answer.
func TestAnUpstreamsSilenceIsNotTheClients(t *testing.T) {
	const silence = 500 * time.Millisecond
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: one\n\n")
		_ = http.NewResponseController(w).Flush()
		time.Sleep(2 * silence)
		io.WriteString(w, "data: two\n\n")
	})
	r := newRig(t, proxycore.Options{WriteSilence: silence}, openGroup(t, keySet("key-a"), up.URL))
	limited := httptest.NewUnstartedServer(r.gateway)
	limited.Config.WriteTimeout = silence
	limited.Start()
	t.Cleanup(limited.Close)
	q := r.request(http.MethodPost, "/v1/chat/completions", chatBody)
	q.URL.Host = limited.Listener.Addr().String()
	r.wantStatus(r.do(q), 200)
	if rec := r.final(t); rec.Outcome != proxycore.OK || rec.ResponseBytes != int64(len("data: one\n\ndata: two\n\n")) {
		t.Errorf("%+v", rec)
	}
}

func TestCloseEndsABodyThatIsStillComing(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	conn, _ := r.wire()
	io.WriteString(conn, rawHead+"Content-Length: 100\r\n\r\n{")
	eventually(t, "the body is awaited", func() bool { return r.gateway.Figures().InFlight == 1 })
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	began := time.Now()
	_ = r.gateway.Close(ctx)
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("it took %v, as long as the body may be silent", took)
	}
	if rec := r.final(t); rec.Outcome != proxycore.Shutdown {
		t.Errorf("%+v", rec)
	}
}

func TestTLSUpstreamsAreSpokenToInHTTP2AndNeverUnverified(t *testing.T) {
	var protocol string
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { protocol = r.Proto; good(w, r) }))
	up.EnableHTTP2 = true
	up.StartTLS()
	defer up.Close()
	pool := x509.NewCertPool()
	pool.AddCert(up.Certificate())
	r := newRig(t, proxycore.Options{TLS: &tls.Config{RootCAs: pool}}, openGroup(t, keySet("key-a"), up.URL))
	r.wantStatus(r.chat(), 200)
	if protocol != "HTTP/2.0" {
		t.Errorf("%s", protocol)
	}
	strict := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	strict.wantStatus(strict.chat(), 502)
	if rec := strict.final(t); !strings.Contains(rec.Error, "certificate") {
		t.Errorf("%+v", rec)
	}
}

func TestEachDialectCarriesItsKey(t *testing.T) {
	for _, c := range []struct {
		dialect dialect.Name
		carrier dialect.Carrier
		path    string
		want    func(*http.Request) string
	}{
		{dialect.Anthropic, "", "/v1/messages", func(r *http.Request) string { return r.Header.Get("X-Api-Key") }},
		{dialect.Gemini, "", "/v1beta/models/gemini-2.0-flash:generateContent", func(r *http.Request) string { return r.Header.Get("X-Goog-Api-Key") + r.URL.Query().Get("key") }},
		{dialect.Gemini, "", "/v1beta/openai/chat/completions", keyOf},
		{dialect.OpenAI, dialect.APIKey, "/openai/deployments/x/chat/completions?api-version=1", func(r *http.Request) string { return r.Header.Get("Api-Key") }},
		{dialect.OpenAIResponses, "", "/v1/responses", keyOf},
		{dialect.OpenAI, dialect.Query, "/x?a=1", func(r *http.Request) string { return strings.TrimPrefix(r.URL.RawQuery, "a=1&key=") }},
	} {
		var got string
		up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) { got = c.want(r); good(w, r) })
		group := openGroup(t, keySet("key-a"), up.URL)
		group.Dialect, group.Carrier = c.dialect, c.carrier
		r := newRig(t, proxycore.Options{}, group)
		q := r.request(http.MethodPost, c.path, `{"model":"m"}`)
		q.Header.Del("Authorization")
		q.Header.Set("X-Goog-Api-Key", proxyKey)
		q.Header.Set("X-Api-Key", proxyKey)
		r.wantStatus(r.do(q), 200)
		if got != "key-a" {
			t.Errorf("%s %s: %q", c.dialect, c.path, got)
		}
	}
}

func TestUnknownLengthsAndFilesGoThrough(t *testing.T) {
	var lengths sync.Map
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		lengths.Store(len(bodyOf(r)), true)
		good(w, r)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	for _, size := range []int{10, 100 << 10, 5 << 20} {
		q := r.request(http.MethodPost, "/v1/files", "x")
		q.Body, q.ContentLength = io.NopCloser(bytes.NewReader(make([]byte, size))), -1
		r.wantStatus(r.do(q), 200)
		if _, ok := lengths.Load(size); !ok {
			t.Errorf("%d bytes did not arrive", size)
		}
	}
}

func TestManyAtOnceOverFailingKeysStayWhole(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		body := bodyOf(r)
		if keyOf(r) == "key-a" {
			openAIError(w, 500, "server_error")
			return
		}
		io.WriteString(w, body)
	})
	r := newRig(t, proxycore.Options{MaxConcurrent: 8}, openGroup(t, keySet("key-a", "key-b", "key-c", "key-d", "key-e", "key-f", "key-g", "key-h"), up.URL))
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for n := range 30 {
				sent := fmt.Sprintf(`{"model":"m","x":"%s"}`, strings.Repeat(fmt.Sprint(i), 1000*n))
				got := r.do(r.request(http.MethodPost, "/v1/chat/completions", sent))
				if got.status == 200 && got.body != sent || got.err != nil {
					t.Errorf("another's body came back, or %v", got.err)
				}
			}
		})
	}
	done.Wait()
	if got := len(r.finals(t, 240)); got != 240 {
		t.Errorf("%d records", got)
	}
}
