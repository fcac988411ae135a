package requestlog

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// start runs the log until the test ends or stop is called, which returns what Run returned.
func start(t *testing.T, l *Log) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx) }()
	var result error
	stopped := false
	stop = func() error {
		cancel()
		if !stopped {
			stopped, result = true, <-done
		}
		return result
	}
	t.Cleanup(func() { stop() })
	return stop
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came true: %s", what)
		}
	}
}

// quiet keeps expected complaints out of a test's output.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func record(n int) proxycore.Record {
	ended := time.Now().UTC()
	return proxycore.Record{RequestID: fmt.Sprintf("request-%d", n), Started: ended.Add(-ms(12)), Ended: ended, Final: true, AttemptNumber: 1,
		GroupID: 1, GroupName: "openai", Dialect: dialect.OpenAI, KeyID: 7, ProxyKeyID: 3, Model: "gpt-4o", Method: "POST",
		Path: "/v1/chat/completions", Upstream: "https://upstream.example", StatusCode: 200, Outcome: proxycore.OK, Charged: proxycore.ChargedNobody,
		ClientIP: "192.0.2.1", Header: ms(3), FirstByte: ms(4)}
}

func query(t *testing.T, l *Log, f Filter) []*Entry {
	t.Helper()
	p, err := l.Query(context.Background(), f, mostFirst, "")
	if err != nil {
		t.Fatal(err)
	}
	return p.Entries
}

func TestARecordIsReadAsItWasWritten(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t), Node: 42})
	started := time.UnixMilli(1_790_000_000_123).UTC()
	want := proxycore.Record{RequestID: "r", UpstreamRequestID: "u", Started: started, Ended: started.Add(ms(1500)), AttemptNumber: 2,
		GroupID: 11, GroupName: "member", ParentID: 12, ParentName: "all", Dialect: dialect.Anthropic,
		KeyID: 1 << 40, KeyFingerprint: proxycore.Fingerprint{0, 1, 2, 3, 0xfe, 0xff}, ProxyKeyID: 5, ProxyKeyFingerprint: proxycore.Fingerprint{9, 8, 7, 6, 5, 4},
		Model: "モデル", UpstreamModel: "claude", Method: "POST", Path: "/v1/messages?a=%27'--&b=\\", Upstream: "https://up.example/v1", StatusCode: 529,
		Outcome: proxycore.RateLimited, Charged: proxycore.ChargedKey, Cooled: 30 * time.Second, Stream: true, Trial: true,
		Wait: ms(5), Connect: 0, Header: ms(700), FirstByte: -1, RequestBytes: 1 << 33, ResponseBytes: 77,
		Usage:    dialect.Usage{Input: 10, Output: 20, Cached: 3, CacheWrite: 4, Reasoning: 5, Known: true, ServiceTier: "default"},
		ClientIP: "2001:db8::1", UserAgent: "sdk/1 'quoted'", Error: "overloaded; try \"later\"?", RequestBody: []byte(`{"model":"モデル"}`)}
	bare := record(2)
	bare.KeyID, bare.ProxyKeyID, bare.Connect, bare.Header, bare.FirstByte = 0, 0, -1, -1, -1
	bare.Started, bare.Ended = want.Ended, want.Ended // ids never fall
	stop := start(t, l)
	l.Record(want)
	l.Record(bare)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	for _, w := range []proxycore.Record{want, bare} {
		got, err := l.Request(context.Background(), w.RequestID)
		if err != nil || len(got) != 1 {
			t.Fatalf("%d entries, error %v", len(got), err)
		}
		if got[0].Node != 42 || !got[0].Time().Equal(w.Ended) || !reflect.DeepEqual(got[0].Record, w) {
			t.Errorf("read   %#v\nwrote  %#v", *got[0], w)
		}
		one, err := l.Get(context.Background(), got[0].ID)
		if err != nil || !reflect.DeepEqual(one, got[0]) {
			t.Errorf("by id %+v, error %v", one, err)
		}
	}
}

func TestTextsThatNoDatabaseTakes(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t)})
	stop := start(t, l)
	models := []string{strings.Repeat("m", 300), "nul\x00nul", "broken \xff\xfe utf-8", strings.Repeat("語", 200), strings.Repeat("\x00", 400), "fine"}
	for i, m := range models {
		r := record(i)
		r.Model = m
		r.Error = strings.Repeat("é\x00", 5000)
		r.Path = "/" + strings.Repeat("\xc3/", 5000)
		r.RequestBody = bytes.Repeat([]byte{'a', 0, 0xff, 0xe8}, 64<<10)
		l.Record(r)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if c := l.Counts(); c.Written != int64(len(models)) || c.Rejected != 0 {
		t.Fatalf("counts %+v", c)
	}
	want := []string{strings.Repeat("m", 255), "nul\uFFFDnul", "broken \uFFFD utf-8", strings.Repeat("語", 85), strings.Repeat("\uFFFD", 85), "fine"}
	for i, m := range want {
		got, err := l.Request(context.Background(), fmt.Sprintf("request-%d", i))
		if err != nil || len(got) != 1 {
			t.Fatalf("%d entries, error %v", len(got), err)
		}
		if got[0].Model != m {
			t.Errorf("model %q, want %q", got[0].Model, m)
		}
		for _, text := range []string{got[0].Error, got[0].Path, string(got[0].RequestBody)} {
			if !utf8.ValidString(text) || strings.Contains(text, "\x00") || len(text) < 2000 {
				t.Errorf("%d bytes, valid %v", len(text), utf8.ValidString(text))
			}
		}
	}
}

func TestAFullQueueDropsAndCounts(t *testing.T) {
	l := New(Options{QueueSize: 10})
	for i := range 25 {
		l.Record(record(i))
	}
	if c := l.Counts(); c.Waiting != 10 || c.Dropped != 15 {
		t.Fatalf("counts %+v", c)
	}
}

func TestBodiesThatWaitAreBounded(t *testing.T) {
	l := New(Options{})
	body := bytes.Repeat([]byte("b"), bodyBound)
	for i := range bodiesBound/bodyBound + 5 {
		r := record(i)
		r.RequestBody = body
		l.Record(r)
	}
	with := l.unwritten(func(e *Entry) bool { return e.RequestBody != nil })
	if c := l.Counts(); c.Dropped != 0 || len(with) != bodiesBound/bodyBound {
		t.Fatalf("counts %+v, %d bodies", c, len(with))
	}
}

func TestIdsOnlyRise(t *testing.T) {
	c := clock{node: 9}
	at := time.UnixMilli(1_790_000_000_000)
	last := int64(0)
	for i := range 20_000 {
		if i == 10_000 {
			at = at.Add(-time.Hour)
		}
		id := c.next(at)
		if id <= last || id>>nodeShift&mostNode != 9 {
			t.Fatalf("id %x after %x", id, last)
		}
		last = id
	}
	if got := timeOf(last).Sub(time.UnixMilli(1_790_000_000_000)); got > 5*time.Millisecond {
		t.Errorf("20,000 records of one millisecond took %v of ids", got)
	}
}

func TestIdsGoOnAboveTheTable(t *testing.T) {
	db := databasetest.Open(t)
	first := New(Options{DB: db, Node: 1})
	stop := start(t, first)
	late := record(1)
	late.Ended = late.Ended.Add(time.Hour)
	first.Record(late)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	second := New(Options{DB: db, Node: 2})
	stop = start(t, second)
	eventually(t, "the table was asked", func() bool {
		second.mu.Lock()
		defer second.mu.Unlock()
		return second.clock.last > 0
	})
	second.Record(record(2))
	second.Record(record(3))
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	var order []string
	for _, e := range query(t, second, Filter{}) {
		order = append(order, e.RequestID)
	}
	if got := strings.Join(order, " "); got != "request-3 request-2 request-1" {
		t.Errorf("newest first: %s", got)
	}
}

func TestTheIntervalIsHeldAndAFullBatchDoesNotWait(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t), Interval: func() time.Duration { return time.Hour }})
	stop := start(t, l)
	for i := range batchSize {
		l.Record(record(i))
	}
	eventually(t, "a full batch is written", func() bool { return l.Counts().Written == batchSize })
	l.Record(record(batchSize))
	if got := query(t, l, Filter{RequestID: fmt.Sprintf("request-%d", batchSize)}); len(got) != 1 {
		t.Errorf("a record that waits was found %d times", len(got))
	}
	if c := l.Counts(); c.Written != batchSize || c.Waiting != 1 {
		t.Errorf("counts %+v", c)
	}
	if err := stop(); err != nil || l.Counts().Written != batchSize+1 {
		t.Errorf("error %v, counts %+v", err, l.Counts())
	}
	l.Record(record(-1))
	if c := l.Counts(); c.Dropped != 1 {
		t.Errorf("a record after the end: counts %+v", c)
	}
}
