package requestlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/proxycore"
)

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func anyRecord(r *rand.Rand, n int, ended time.Time) proxycore.Record {
	rec := record(n)
	rec.RequestID = fmt.Sprintf("request-%d", n/2)
	rec.UpstreamRequestID = pick(r, "", fmt.Sprintf("up-%d", n))
	rec.Started, rec.Ended = ended.Add(-ms(r.Int64N(5000))), ended
	rec.Final, rec.AttemptNumber = n%2 == 1, n%2+1
	rec.GroupID = int64(1 + r.IntN(3))
	rec.GroupName = fmt.Sprint("group-", rec.GroupID)
	rec.ParentName = pick(r, "", "all")
	rec.KeyID = int64(r.IntN(4))
	rec.KeyFingerprint = proxycore.Fingerprint{1, byte(rec.KeyID)}
	rec.ProxyKeyID = int64(r.IntN(3))
	rec.Model = pick(r, "gpt-4o", "gpt-4o-mini", "claude", "")
	rec.Path = pick(r, "/v1/chat/completions", "/v1/models?a=%25", "/V1/chat", "/v1/x_y", "/v1/xzy")
	rec.Upstream = pick(r, "", "https://a.example", "https://b.example")
	rec.StatusCode = pick(r, 200, 201, 400, 429, 500, 503, 0)
	rec.Outcome = pick(r, proxycore.OK, proxycore.RateLimited, proxycore.UpstreamError, proxycore.ClientAbort, proxycore.Refused)
	rec.Charged = pick(r, proxycore.ChargedNobody, proxycore.ChargedKey, proxycore.ChargedUpstream)
	rec.Stream, rec.Probe = r.IntN(2) == 0, r.IntN(10) == 0
	rec.FirstByte = pick(r, -1, ms(r.Int64N(3000)))
	rec.ClientIP = pick(r, "192.0.2.1", "192.0.2.2")
	rec.Error = pick(r, "", "Too many requests", "100% of the quota_used", "connection refused", "what!_%")
	return rec
}

func anyFilter(r *rand.Rand, begin, end time.Time) Filter {
	var f Filter
	at := func() time.Time {
		return begin.Add(time.Duration(r.Int64N(int64(end.Sub(begin))))).Truncate(time.Microsecond)
	}
	set := []func(){
		func() { f.From = at() }, func() { f.To = at() },
		func() {
			f.From, f.To, f.ErrorContains = begin, end, pick(r, "QUOTA", "100%", "quota_used", "!_", "too many", "%", "nothing")
		},
		func() { f.GroupID = int64(1 + r.IntN(4)) },
		func() { f.GroupNames = []string{pick(r, "group-1", "none"), "group-2"} },
		func() { f.ParentGroupName = "all" },
		func() { f.KeyID = int64(1 + r.IntN(3)) },
		func() { f.Key = fmt.Sprintf("010%d00000000", r.IntN(4)) },
		func() { f.ProxyKeyID = int64(1 + r.IntN(2)) },
		func() { f.Models = []string{"claude", pick(r, "gpt-4o", "GPT-4O")} },
		func() { yes := r.IntN(2) == 0; f.Success = &yes },
		func() { f.Outcomes = []proxycore.Outcome{proxycore.Refused, proxycore.UpstreamError} },
		func() { f.Charged = proxycore.ChargedKey },
		func() { yes := r.IntN(2) == 0; f.Final = &yes },
		func() { f.StatusFrom, f.StatusTo = 400, pick(r, 0, 499) },
		func() { f.StatusTo = 399 },
		func() { yes := r.IntN(2) == 0; f.Stream = &yes },
		func() { f.ClientIP = "192.0.2.2" },
		func() { f.Upstream = "https://a.example" },
		func() { f.PathPrefix = pick(r, "/v1/x_", "/v1/models?a=%", "/v1/", "/V1") },
		func() { f.RequestID = pick(r, "request-", "up-") + fmt.Sprint(r.IntN(400)) },
		func() { f.MinDuration = ms(r.Int64N(5000)) },
		func() { f.MinFirstByte = ms(r.Int64N(3000)) },
		func() { f.Probes = true },
	}
	for range 1 + r.IntN(3) {
		set[r.IntN(len(set))]()
	}
	return f
}

// all reads every page and returns the ids.
func all(t *testing.T, l *Log, f Filter, first int) []int64 {
	t.Helper()
	var ids []int64
	after := ""
	for {
		p, err := l.Query(context.Background(), f, first, after)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Entries) > first {
			t.Fatalf("%d entries on a page of %d", len(p.Entries), first)
		}
		for _, e := range p.Entries {
			ids = append(ids, e.ID)
		}
		if !p.More {
			return ids
		}
		after = p.EndCursor
	}
}

// Half of the records are in the table and half still wait; every filter must find in both exactly what it means, whatever
// the size of a page, and when every scan stops after its first chunk.
func TestEveryFilterFindsWhatItMeans(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	ctx := context.Background()
	l := New(Options{DB: databasetest.Open(t)})
	begin := time.Now().UTC().Add(-time.Hour)
	const n = 1200
	end := begin.Add(n * 700 * time.Microsecond)
	var entries []*Entry
	for i := range n {
		l.Record(anyRecord(r, i, begin.Add(time.Duration(i)*700*time.Microsecond)))
	}
	entries = l.queue.front(n)
	if err := l.insert(ctx, entries[:n/2]); err != nil {
		t.Fatal(err)
	}
	l.queue.drop(n / 4) // what lies between is in both places, as during a commit
	slices.SortFunc(entries, newestFirst)
	for i := range 150 {
		f := anyFilter(r, begin, end)
		if f.Check() != nil || f.ErrorContains != "" && !(f.From.Equal(begin) && f.To.After(begin)) {
			continue
		}
		l.budget = scanBudget
		if i%2 == 0 {
			l.budget = 0
		}
		var want []int64
		for _, e := range entries {
			if f.Matches(e) {
				want = append(want, e.ID)
			}
		}
		if got := all(t, l, f, 30+r.IntN(171)); !slices.Equal(got, want) {
			t.Errorf("filter %+v found %d, want %d", f, len(got), len(want))
		}
	}
}

func TestAScanThatRunsOutOfTimeSaysHowFarItCame(t *testing.T) {
	ctx := context.Background()
	l := New(Options{DB: databasetest.Open(t)})
	l.budget = 0
	for i := range 3000 {
		r := record(i)
		if i == 100 {
			r.ClientIP = "203.0.113.9"
		}
		l.Record(r)
	}
	if err := l.insert(ctx, l.queue.front(3000)); err != nil {
		t.Fatal(err)
	}
	l.queue.drop(3000)
	f := Filter{ClientIP: "203.0.113.9"}
	pages, after := 0, ""
	for {
		p, err := l.Query(ctx, f, 10, after)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		if len(p.Entries) == 1 {
			if p.Entries[0].RequestID != "request-100" {
				t.Errorf("found %s", p.Entries[0].RequestID)
			}
			break
		}
		if !p.More || p.ScannedTo.IsZero() || p.EndCursor == "" {
			t.Fatalf("page %d: %+v", pages, p)
		}
		after = p.EndCursor
	}
	if pages != 6 {
		t.Errorf("found on page %d, but a chunk is %d of 3000 rows", pages, firstChunk)
	}
	l.budget = time.Minute
	if p, err := l.Query(ctx, f, 10, ""); err != nil || len(p.Entries) != 1 || p.More || !p.ScannedTo.IsZero() {
		t.Errorf("with time: %+v, error %v", p, err)
	}
}

func TestInputThatCannotBeMeant(t *testing.T) {
	l := New(Options{})
	now := time.Now()
	long := strings.Repeat("x", 3000)
	for path, ask := range map[string]func() error{
		"first":               func() error { _, err := l.Query(t.Context(), Filter{}, 201, ""); return err },
		"after":               func() error { _, err := l.Query(t.Context(), Filter{}, 1, "%%%"); return err },
		"filter.to":           func() error { return (&Filter{From: now, To: now.Add(-1)}).Check() },
		"filter.key":          func() error { return (&Filter{Key: "0123"}).Check() },
		"filter.statusTo":     func() error { return (&Filter{StatusFrom: 500, StatusTo: 499}).Check() },
		"filter.models":       func() error { return (&Filter{Models: make([]string, 101)}).Check() },
		"filter.groupNames":   func() error { return (&Filter{GroupNames: []string{"fine", "\xff"}}).Check() },
		"filter.pathPrefix":   func() error { return (&Filter{PathPrefix: long}).Check() },
		"filter.clientIp":     func() error { return (&Filter{ClientIP: "a\x00"}).Check() },
		"filter.from, errors": func() error { _, err := l.Query(t.Context(), Filter{ErrorContains: "x", To: now}, 1, ""); return err },
		"filter.to, errors":   func() error { _, err := l.Query(t.Context(), Filter{ErrorContains: "x", From: now}, 1, ""); return err },
		"filter.from, far errors": func() error {
			_, err := l.Query(t.Context(), Filter{ErrorContains: "x", From: now.AddDate(0, 0, -8), To: now}, 1, "")
			return err
		},
	} {
		want, _, _ := strings.Cut(path, ",")
		var in *fault.Input
		if err := ask(); !errors.As(err, &in) || len(in.Faults) != 1 || in.Faults[0].Path != want {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := New(Options{DB: databasetest.Open(t)}).Get(t.Context(), 1); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("an unknown id: %v", err)
	}
}

func TestBodiesAreLeftOutWhenNobodyAsks(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t)})
	for i := range 2 {
		r := record(i)
		r.RequestBody = []byte("body")
		l.Record(r)
	}
	if err := l.insert(t.Context(), l.queue.front(1)); err != nil {
		t.Fatal(err)
	}
	l.queue.drop(1)
	for without, want := range map[bool]string{false: "body body", true: " "} {
		got := query(t, l, Filter{WithoutBodies: without})
		if len(got) != 2 || string(got[0].RequestBody)+" "+string(got[1].RequestBody) != want {
			t.Errorf("without bodies %v: %d entries, %q", without, len(got), got[0].RequestBody)
		}
	}
}

func TestAttemptsOfOneRequestAreTogether(t *testing.T) {
	ctx := context.Background()
	l := New(Options{DB: databasetest.Open(t)})
	for attempt := range 3 {
		r := record(1)
		r.AttemptNumber, r.Final = attempt+1, attempt == 2
		l.Record(r)
		l.Record(record(100 + attempt))
	}
	if err := l.insert(ctx, l.queue.front(3)); err != nil {
		t.Fatal(err)
	}
	l.queue.drop(3)
	got, err := l.Request(ctx, "request-1")
	if err != nil || len(got) != 3 || got[0].AttemptNumber != 1 || got[1].AttemptNumber != 2 || !got[2].Final {
		t.Errorf("%d attempts, error %v", len(got), err)
	}
	if got, err := l.Request(ctx, "request-2"); err != nil || len(got) != 0 {
		t.Errorf("unknown: %d attempts, error %v", len(got), err)
	}
}
