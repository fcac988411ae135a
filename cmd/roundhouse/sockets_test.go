package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"roundhouse/internal/upstreamtest"
)

// watch starts a subscription of this name on a socket.
func watch(ctx context.Context, conn *websocket.Conn, name, query string) error {
	payload, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return err
	}
	return wsjson.Write(ctx, conn, message{Type: "subscribe", ID: name, Payload: payload})
}

func TestSocketsAreToldThatTheServerStops(t *testing.T) {
	// A socket that is only cut when the grace is over is not told: it is longer than the test.
	g := start(t, map[string]string{"SERVER_GRACEFUL_SHUTDOWN_TIMEOUT": "600"})
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, _, err := g.dial(ctx, "Bearer "+g.admin)
	if err != nil {
		t.Fatal(err)
	}
	if err := watch(ctx, conn, "1", `subscription { liveStats { inFlight } }`); err != nil {
		t.Fatal(err)
	}
	if err := wsjson.Read(ctx, conn, &message{}); err != nil {
		t.Fatal(err)
	}
	g.stop()
	for err == nil {
		_, _, err = conn.Read(ctx)
	}
	if code := websocket.CloseStatus(err); code != websocket.StatusGoingAway {
		t.Errorf("closed with %d: %v", code, err)
	}
}

// A thousand screens are open: each sees what happens, and no request waits for any of them.
func TestAThousandViewers(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	var viewers sync.WaitGroup
	for range 1000 {
		conn, _, err := g.dial(ctx, "Bearer "+g.admin)
		if err != nil {
			t.Fatal(err)
		}
		if err := watch(ctx, conn, "tail", `subscription { requestTail { matched dropped } }`); err != nil {
			t.Fatal(err)
		}
		viewers.Go(func() { seeRequests(ctx, t, conn, 10) })
	}
	_, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err == nil || answer == nil || answer.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("one more socket was answered %+v, error %v", answer, err)
	}
	seen := make(chan struct{})
	go func() { viewers.Wait(); close(seen) }()
	for {
		if status, body := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		select {
		case <-seen:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// seeRequests reads until the socket's tail has told of so many.
func seeRequests(ctx context.Context, t *testing.T, conn *websocket.Conn, want int64) {
	defer conn.CloseNow()
	for matched := int64(0); matched < want; {
		var m message
		if err := wsjson.Read(ctx, conn, &m); err != nil {
			t.Errorf("%d of %d seen: %v", matched, want, err)
			return
		}
		switch m.Type {
		case "ping":
			_ = wsjson.Write(ctx, conn, message{Type: "pong"})
		case "next":
			var value struct {
				Data struct {
					RequestTail struct{ Matched, Dropped int64 }
				}
			}
			if err := json.Unmarshal(m.Payload, &value); err != nil || value.Data.RequestTail.Dropped != 0 {
				t.Errorf("%s: %v", m.Payload, err)
			}
			matched += value.Data.RequestTail.Matched
		}
	}
}

// A viewer that takes nothing is closed after ten seconds, and nobody else notices.
func TestAStalledViewerIsClosed(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	socket, stalled := g.stalledSocket(ctx)
	for i := range 30 {
		if err := watch(ctx, stalled, fmt.Sprint(i), `subscription { requestTail { requests { path userAgent error } } }`); err != nil {
			t.Fatal(err)
		}
	}
	long := "/proxy/openai/v1/chat/completions?a=" + strings.Repeat("long", 450)
	closed := make(chan time.Duration, 1)
	go func() {
		began := time.Now()
		for alive(socket) && ctx.Err() == nil {
			<-time.After(50 * time.Millisecond)
		}
		closed <- time.Since(began)
	}()
	for {
		if status, body, err := g.send(http.MethodPost, long, hello); err != nil || status != http.StatusOK {
			t.Fatalf("%d %s %v", status, body, err)
		}
		select {
		case took := <-closed:
			if took < 9*time.Second || took > 30*time.Second { // an unanswered ping would close it after 40
				t.Errorf("the stalled viewer's socket was closed after %v", took)
			}
			return
		default:
		}
	}
}

// stalledSocket opens a socket whose client takes next to nothing and is never read.
func (g *gateway) stalledSocket(ctx context.Context) (net.Conn, *websocket.Conn) {
	g.t.Helper()
	var socket net.Conn
	dialer := &net.Dialer{Control: func(_, _ string, raw syscall.RawConn) error {
		return raw.Control(func(fd uintptr) { _ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4096) })
	}}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		socket = conn
		return conn, err
	}}}
	conn, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/graphql", &websocket.DialOptions{
		Subprotocols: []string{"graphql-transport-ws"}, HTTPClient: client, HTTPHeader: http.Header{"Authorization": {"Bearer " + g.admin}}})
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = conn.CloseNow() })
	if err := wsjson.Write(ctx, conn, message{Type: "connection_init"}); err != nil {
		g.t.Fatal(err)
	}
	if err := wsjson.Read(ctx, conn, &message{}); err != nil {
		g.t.Fatal(err)
	}
	return socket, conn
}

// alive reports whether the other end still takes a message; an unasked-for pong needs no answer.
func alive(socket net.Conn) bool {
	masked := []byte{0x8a, 0x80, 0, 0, 0, 0} // an empty pong of a client (RFC 6455 §5.5.3)
	_, err := socket.Write(masked)
	return err == nil
}
