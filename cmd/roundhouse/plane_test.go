package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"roundhouse/internal/upstreamtest"
)

func TestAFullHouseOfRequestsLeavesTheConsoleOpen(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, map[string]string{"MAX_CONCURRENT_REQUESTS": "1"})
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	ctx, cancel := context.WithCancel(context.Background())
	hanging, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+"/proxy/openai/v1/chat/completions", strings.NewReader(hello))
	if err != nil {
		t.Fatal(err)
	}
	hanging.Header.Set("Authorization", "Bearer "+g.proxy)
	hanging.Header.Set("X-Upstream-Do", "hang")
	left := make(chan struct{})
	go func() {
		if answer, err := http.DefaultClient.Do(hanging); err == nil {
			_ = answer.Body.Close()
		}
		close(left)
	}()
	g.await("the slot to be taken", func() bool { return len(upstream.Requests()) == 1 })
	if status, body := g.chat("openai", hello); status != http.StatusServiceUnavailable || !strings.Contains(body, "gateway_overloaded") {
		t.Errorf("%d %s", status, body)
	}
	for _, path := range []string{"/health", "/ready", "/"} {
		if status, body, err := g.send(http.MethodGet, path, ""); err != nil || status != http.StatusOK {
			t.Errorf("%s: %d %s %v", path, status, body, err)
		}
	}
	if keys := g.keys(id); len(keys) != 1 {
		t.Errorf("%+v", keys)
	}
	cancel()
	<-left
	g.await("the slot to be free", func() bool { status, _ := g.chat("openai", hello); return status == http.StatusOK })
}

func TestClientsSocketsAreToldThatTheServerStops(t *testing.T) {
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+keyNames(1)[0] || r.URL.RequestURI() != "/v1/realtime?model=gpt-realtime" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.CloseNow() }()
		for {
			kind, text, err := conn.Read(r.Context())
			if err != nil || conn.Write(r.Context(), kind, text) != nil {
				return
			}
		}
	}))
	defer upstream.Close()
	// A socket that is only cut when the grace is over is not told: it is longer than the test.
	g := start(t, map[string]string{"SERVER_GRACEFUL_SHUTDOWN_TIMEOUT": "600"})
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	dial := func() *websocket.Conn {
		conn, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/proxy/openai/v1/realtime?model=gpt-realtime",
			&websocket.DialOptions{HTTPHeader: http.Header{"Authorization": {"Bearer " + g.proxy}}})
		if err != nil {
			t.Fatalf("%v %+v", err, answer)
		}
		g.sent.Add(1)
		if err := conn.Write(ctx, websocket.MessageText, []byte("hello")); err != nil {
			t.Fatal(err)
		}
		if _, text, err := conn.Read(ctx); err != nil || string(text) != "hello" {
			t.Fatalf("%q %v", text, err)
		}
		return conn
	}
	if err := dial().Close(websocket.StatusNormalClosure, ""); err != nil {
		t.Fatal(err)
	}
	g.await("its record", func() bool {
		records := g.records(map[string]any{"groupId": id})
		return len(records) == 1 && records[0].StatusCode == 101 && records[0].Outcome == "OK" && records[0].Model == "gpt-realtime"
	})
	conn := dial()
	g.stop()
	_, _, err := conn.Read(ctx)
	if code := websocket.CloseStatus(err); code != websocket.StatusGoingAway {
		t.Errorf("closed with %d: %v", code, err)
	}
}
