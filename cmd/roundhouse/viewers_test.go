package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"roundhouse/internal/config"
	"roundhouse/internal/requestlog"
	"roundhouse/proxycore"
)

// A8: more comes by than is kept for a viewer until it looks again: it sees the latest, and is told, to the record, what it was too
// late for. Records are fed to the recorder without HTTP, which could not bring so many, and few are kept.
func TestAViewerIsToldHowManyItLost(t *testing.T) {
	const kept, fed = 100, 20_000
	p, g := unserved(t)
	p.log = requestlog.New(requestlog.Options{DB: p.db, Recent: kept})
	p.resolver.Rooms.Log = p.log
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, _, err := g.dial(ctx, "Bearer "+g.admin)
	if err != nil {
		t.Fatal(err)
	}
	if err := watch(ctx, conn, "0", `subscription { requestTail { matched dropped } }`); err != nil {
		t.Fatal(err)
	}
	batches := tails(ctx, conn)
	feed := func() {
		now := time.Now()
		p.log.Record(proxycore.Record{RequestID: "one of many", Started: now, Ended: now, Final: true, AttemptNumber: 1, Outcome: proxycore.OK})
	}
	firsts := int64(0)
	for watching := false; !watching; firsts++ { // it watches once it has seen one
		feed()
		select {
		case _, watching = <-batches:
		case <-time.After(time.Second):
		}
	}
	for range fed {
		feed()
	}
	var matched, dropped int64
	for matched+dropped < fed {
		b, ok := <-batches
		if !ok {
			t.Fatalf("of %d %d were seen and %d told as lost", fed, matched, dropped)
		}
		matched, dropped = matched+b.Matched, dropped+b.Dropped
	}
	if dropped == 0 || matched == 0 || matched+dropped >= fed+firsts {
		t.Errorf("of %d, and %d before, %d were seen and %d told as lost", fed, firsts, matched, dropped)
	}
	t.Logf("of %d %d were seen and %d told as lost", fed, matched, dropped)
}

// tail is what a viewer is told of at once.
type tail struct{ Matched, Dropped int64 }

// tails reads the tail named 0 of a socket until ctx ends.
func tails(ctx context.Context, conn *websocket.Conn) <-chan tail {
	batches := make(chan tail)
	go func() {
		defer close(batches)
		for {
			var m message
			if wsjson.Read(ctx, conn, &m) != nil {
				return
			}
			var value struct{ Data struct{ RequestTail tail } }
			if m.ID != "0" || m.Type != "next" || json.Unmarshal(m.Payload, &value) != nil {
				continue
			}
			select {
			case batches <- value.Data.RequestTail:
			case <-ctx.Done():
				return
			}
		}
	}()
	return batches
}

// unserved is a program of which the HTTP handler works and nothing else runs.
func unserved(t *testing.T) (*program, *gateway) {
	t.Helper()
	env := onServer(t, t.TempDir(), map[string]string{"AUTH_KEY": "admin-key-of-the-tests", "DATA_DIR": t.TempDir()})
	conf, err := config.Parse(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	p, err := build(context.Background(), conf, slog.New(slog.DiscardHandler), &lines{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(p.handler(conf))
	t.Cleanup(func() {
		p.endSockets()
		server.Close()
		_ = p.db.Close()
	})
	return p, &gateway{t: t, url: server.URL, admin: env["AUTH_KEY"], output: &output{}, stopped: make(chan int, 1)}
}
