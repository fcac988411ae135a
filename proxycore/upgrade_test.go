package proxycore_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

const (
	// switching is how an upstream takes a WebSocket.
	switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	// frame is a text frame, farewell a close frame with status 1001.
	frame    = "\x81\x02hi"
	farewell = "\x88\x02\x03\xe9"
)

// openSocket opens a WebSocket as a browser does, with the proxy key among the subprotocols.
func (r *rig) openSocket() *bufio.Reader {
	r.t.Helper()
	conn, err := net.Dial("tcp", r.front.Listener.Addr().String())
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	io.WriteString(conn, "GET /proxy/openai/v1/realtime?model=gpt-4o HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Protocol: realtime, openai-insecure-api-key."+proxyKey+"\r\n\r\n")
	br := bufio.NewReader(conn)
	if res, err := http.ReadResponse(br, nil); err != nil || res.StatusCode != 101 {
		r.t.Fatalf("%v %v", res, err)
	}
	return br
}

func hear(t *testing.T, from io.Reader, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(from, got); err != nil || string(got) != want {
		t.Fatalf("%q %v, want %q", got, err, want)
	}
}

func TestAWebSocketGoesThroughAndIsClosedAtOnceWhenTheGatewayStops(t *testing.T) {
	up := rawUpstream(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		head, _ := readRaw(br)
		if !strings.Contains(string(head), "Authorization: Bearer key-a\r\n") || strings.Contains(string(head), proxyKey) ||
			!strings.Contains(string(head), "Sec-Websocket-Protocol: realtime\r\n") {
			t.Errorf("%s", head)
		}
		io.WriteString(c, switching+frame)
		io.Copy(io.Discard, br)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), "http://"+up))
	socket := r.openSocket()
	hear(t, socket, frame)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.gateway.Close(ctx); err != nil {
		t.Errorf("an open socket held it up: %v", err)
	}
	if rest, _ := io.ReadAll(socket); string(rest) != farewell {
		t.Errorf("%q", rest)
	}
	if rec := r.final(t); rec.Outcome != proxycore.Shutdown || rec.StatusCode != 101 || rec.ResponseBytes != 4 {
		t.Errorf("%+v", rec)
	}
}

func TestAFrameHalfWayIsFinishedBeforeTheFarewell(t *testing.T) {
	more := make(chan struct{})
	up := rawUpstream(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		readRaw(br)
		io.WriteString(c, switching+frame[:3])
		<-more
		io.WriteString(c, frame[3:])
		io.Copy(io.Discard, br)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), "http://"+up))
	socket := r.openSocket()
	hear(t, socket, frame[:3])
	r.gateway.EndSockets()
	close(more)
	if rest, _ := io.ReadAll(socket); string(rest) != frame[3:]+farewell {
		t.Errorf("%q", rest)
	}
	// One that is opened afterwards is told at once, since the server still takes requests for a moment.
	if rest, _ := io.ReadAll(r.openSocket()); !strings.HasSuffix(string(rest), farewell) {
		t.Errorf("%q", rest)
	}
	r.finals(t, 2)
}

func TestASocketsClientThatStopsReadingIsCut(t *testing.T) {
	gone := make(chan struct{})
	up := rawUpstream(t, func(c net.Conn) {
		defer close(gone)
		readRaw(bufio.NewReader(c))
		_, err := io.WriteString(c, switching)
		for err == nil {
			_, err = io.WriteString(c, strings.Repeat(frame, 8<<10))
		}
	})
	r := newRig(t, proxycore.Options{WriteSilence: 200 * time.Millisecond}, openGroup(t, keySet("key-a"), "http://"+up))
	r.openSocket()
	<-gone
	if rec := r.final(t); rec.Outcome != proxycore.ClientAbort || rec.Charged != proxycore.ChargedClient || rec.StatusCode != 101 {
		t.Errorf("%+v", rec)
	}
}

// A socket in which nothing is said is as good as a busy one.
func TestASilentSocketIsNotCut(t *testing.T) {
	const silence = 100 * time.Millisecond
	up := rawUpstream(t, func(c net.Conn) {
		br := bufio.NewReader(c)
		readRaw(br)
		io.WriteString(c, switching+frame)
		time.Sleep(3 * silence)
		io.WriteString(c, frame)
		io.Copy(io.Discard, br)
	})
	r := newRig(t, proxycore.Options{WriteSilence: silence}, openGroup(t, keySet("key-a"), "http://"+up))
	hear(t, r.openSocket(), frame+frame)
}

// Gemini's sockets show their key in the address, where a browser can put it.
func TestASocketsKeyIsSwappedWhereverItIsCarriedAndItsBytesAreCounted(t *testing.T) {
	const path = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
	for carrier, want := range map[dialect.Carrier]string{
		dialect.DialectsOwn: "GET " + path + "?alt=x HTTP/1.1\r\n", dialect.Query: "GET " + path + "?alt=x&key=key-of-test-0 HTTP/1.1\r\n",
	} {
		up := openStage(t, afterRequest(func(a *actor) {
			a.say(switching + frame)
			_, _ = io.ReadFull(a.reader, make([]byte, 8))
			a.say(frame)
		}))
		group := groupAt(t, 1, up.url())
		group.Dialect, group.Carrier = dialect.Gemini, carrier
		r := newRig(t, proxycore.Options{}, group)
		c := r.caller()
		c.ask("GET /proxy/openai" + path + "?key=" + proxyKey + "&alt=x HTTP/1.1\r\nHost: gateway\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
		if res, err := http.ReadResponse(c.reader, nil); err != nil || res.StatusCode != 101 {
			t.Fatalf("%v %v", res, err)
		}
		hear(t, c.reader, frame)
		const masked = "\x81\x82\x00\x00\x00\x00hi"
		c.ask(masked)
		hear(t, c.reader, frame)
		c.wantEnd()
		asked := up.requests()[0]
		if line, _, _ := strings.Cut(asked.head, "Host:"); line != want || strings.Contains(asked.head, proxyKey) {
			t.Errorf("%s: %q", carrier, asked.head)
		}
		if header := asked.header("X-Goog-Api-Key"); (header == keyNamed(0)) != (carrier == dialect.DialectsOwn) {
			t.Errorf("%s: %q", carrier, header)
		}
		rec := r.final(t)
		if rec.Outcome != proxycore.OK || rec.StatusCode != 101 || rec.RequestBytes != 8 || rec.ResponseBytes != 8 || !rec.Stream ||
			!rec.Ended.After(rec.Started) || strings.Contains(rec.Path, proxyKey) {
			t.Errorf("%s: %+v", carrier, rec)
		}
	}
}

// Providers speak HTTP/2, in which nothing is upgraded: a socket needs a connection of the older kind.
func TestASocketToAnUpstreamThatSpeaksHTTP2Opens(t *testing.T) {
	up := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Header.Get("Upgrade") == "" {
			good(w, q)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Errorf("%s: %v", q.Proto, err)
			return
		}
		defer conn.Close()
		io.WriteString(conn, switching+frame)
	}))
	up.EnableHTTP2 = true
	up.StartTLS()
	defer up.Close()
	pool := x509.NewCertPool()
	pool.AddCert(up.Certificate())
	r := newRig(t, proxycore.Options{TLS: &tls.Config{RootCAs: pool}}, openGroup(t, keySet("key-a"), up.URL))
	r.wantStatus(r.chat(), 200)
	hear(t, r.openSocket(), frame)
	r.finals(t, 2)
}
