package requestlog

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"roundhouse/proxycore"
)

func TestATailShowsFailuresAndTheSlowestFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Options{})
		ctx, cancel := context.WithCancel(t.Context())
		batches := l.Tail(ctx, Filter{Models: []string{"gpt-4o"}})
		synctest.Wait()
		for i := range 400 {
			r := record(i)
			switch {
			case i%100 == 50:
				r.Outcome = proxycore.UpstreamError
			case i == 217:
				r.Started = r.Ended.Add(-time.Minute)
			case i%4 == 1:
				r.Final = false
			case i%4 == 2:
				r.Model = "claude"
			case i == 3:
				r.RequestBody = []byte("body")
			}
			l.Record(r)
		}
		b := <-batches
		var failed, slow int
		for _, e := range b.Entries {
			if e.Outcome.Failed() {
				failed++
			}
			if e.RequestID == "request-217" {
				slow++
			}
			if e.RequestBody != nil {
				t.Error("a body is shown")
			}
		}
		// 100 of each remainder of 4; of remainder 1 only the slow one is final, of remainder 2 the four failures match.
		if b.Matched != 205 || b.Failed != 4 || b.Dropped != 0 || len(b.Entries) != mostShown || failed != 4 || slow != 1 {
			t.Errorf("matched %d, failed %d, dropped %d, shown %d with %d failures and %d slow", b.Matched, b.Failed, b.Dropped, len(b.Entries), failed, slow)
		}
		if !slices.IsSortedFunc(b.Entries, oldestFirst) {
			t.Error("not oldest first")
		}
		for range 2 * recentSize {
			l.Record(record(0))
		}
		time.Sleep(tailPause)
		if b := <-batches; b.Matched != recentSize || b.Dropped != recentSize {
			t.Errorf("matched %d, dropped %d", b.Matched, b.Dropped)
		}
		cancel()
		if _, open := <-batches; open {
			t.Error("still open after the end")
		}
	})
}

func TestATailSendsFourBatchesASecondAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Options{})
		ctx, cancel := context.WithCancel(t.Context())
		batches := l.Tail(ctx, Filter{})
		done := make(chan struct{})
		go func() {
			defer close(done)
			for i := 0; ctx.Err() == nil; i++ {
				l.Record(record(i))
				time.Sleep(10 * time.Millisecond)
			}
		}()
		var n int
		var matched int64
		for began := time.Now(); time.Since(began) < 5*time.Second; n++ {
			matched += (<-batches).Matched
		}
		cancel()
		<-done
		if n < 19 || n > 20 || matched < 475 {
			t.Errorf("%d batches with %d records in 5 s", n, matched)
		}
	})
}

func TestEachComesOneAtATimeAndSaysHowManyOfTheOldestItLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(Options{})
		ctx, cancel := context.WithCancel(t.Context())
		entries := l.Each(ctx, Filter{})
		synctest.Wait()
		for i := range 1000 {
			l.Record(record(i))
		}
		began := time.Now()
		first := <-entries
		for range 19 {
			if next := <-entries; next.Dropped != 0 {
				t.Errorf("%d were dropped before %s", next.Dropped, next.RequestID)
			}
		}
		if first.RequestID != "request-900" || first.Dropped != 900 {
			t.Errorf("the first is %s, %d were dropped before", first.RequestID, first.Dropped)
		}
		if took := time.Since(began); took < 950*time.Millisecond || took > 1050*time.Millisecond {
			t.Errorf("20 records took %v", took)
		}
		cancel()
		for range entries {
		}
	})
}

func TestChoosingIsFairWhenAllFail(t *testing.T) {
	var found []*Entry
	for i := range 100 {
		r := record(i)
		r.Outcome = proxycore.Timeout
		found = append(found, &Entry{ID: int64(i), Record: r})
	}
	got := choose(found)
	if len(got) != mostShown || got[0].ID != 0 || got[mostShown-1].ID != 95 {
		t.Errorf("%d chosen, from %d to %d", len(got), got[0].ID, got[len(got)-1].ID)
	}
}
