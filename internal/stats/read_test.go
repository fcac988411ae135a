package stats

import (
	"context"
	"math"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

func TestTheDashboardComparesWithTheWindowBefore(t *testing.T) {
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Date(2026, 3, 2, 10, 30, 30, 0, time.UTC)
	several := func(n int, before time.Duration, outcome proxycore.Outcome, parent int64) {
		for range n {
			r := record(now.Add(-before))
			r.Outcome, r.ParentID = outcome, parent
			rollUp(t, s, r)
		}
	}
	several(3, 0, proxycore.OK, 0)
	several(2, 9*time.Minute, proxycore.Timeout, 9)               // an aggregate's, counted once
	several(5, 12*time.Minute, proxycore.OK, 0)                   // ten minutes before
	several(7, 23*time.Hour+59*time.Minute, proxycore.OK, 0)      // this day, its first minutes
	several(4, 24*time.Hour+1*time.Minute, proxycore.NoKey, 0)    // the day before
	several(6, 47*time.Hour+50*time.Minute, proxycore.OK, 0)      // its first minutes
	several(11, 48*time.Hour+2*time.Minute, proxycore.OK, 0)      // none of both
	several(1, 25*time.Minute, proxycore.ClientAbort, 0)          // counted, not failed
	several(8, 24*time.Hour+20*time.Second, proxycore.Refused, 0) // in the minute in which this day began
	d, err := s.Dashboard(context.Background(), now)
	if err != nil {
		t.Fatal(err)
	}
	day, before := 3.0+2+5+7+1+8, 4.0+6
	for name, pair := range map[string][2]float64{
		"requests per minute": {d.RequestsPerMinute.Value, 5 * 60 / 571.0}, "previous": {d.RequestsPerMinute.Previous, 0.5},
		"requests": {d.Requests.Value, day}, "requests before": {d.Requests.Previous, before},
		"error rate": {d.ErrorRate.Value, 2 / day}, "error rate before": {d.ErrorRate.Previous, 4 / before},
		"input": {d.InputTokens.Value, 7 * day}, "input before": {d.InputTokens.Previous, 7 * before},
		"output": {d.OutputTokens.Value, 5 * day}, "output before": {d.OutputTokens.Previous, 5 * before},
	} {
		if !near(pair[0], pair[1]) {
			t.Errorf("%s is %g, want %g", name, pair[0], pair[1])
		}
	}
	empty, err := New(Options{DB: databasetest.Open(t)}).Dashboard(context.Background(), now)
	if err != nil || empty != (Dashboard{}) {
		t.Errorf("without traffic %+v, error %v", empty, err)
	}
}

func TestTrafficOfAGroup(t *testing.T) {
	ctx := context.Background()
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now()
	for _, before := range []time.Duration{0, 30 * time.Minute, 20 * time.Hour, 6 * 24 * time.Hour, 29 * 24 * time.Hour, 40 * 24 * time.Hour} {
		direct := record(now.Add(-before))
		asMember := direct
		asMember.ParentID, asMember.Outcome = 9, proxycore.UpstreamError
		rollUp(t, s, direct, asMember)
	}
	for w, n := range map[Window]int64{Hour: 2, Day: 3, Week: 4, Month: 5} {
		member, err := s.Traffic(ctx, 1, w)
		if err != nil || member != (Summary{2 * n, n, 0.5, 14 * n, 10 * n}) {
			t.Errorf("%v: member %+v, error %v", time.Duration(w), member, err)
		}
		aggregate, err := s.Traffic(ctx, 9, w)
		if err != nil || aggregate != (Summary{n, n, 1, 7 * n, 5 * n}) {
			t.Errorf("%v: aggregate %+v, error %v", time.Duration(w), aggregate, err)
		}
		all, err := s.AllTraffic(ctx, w)
		if err != nil || len(all) != 2 || all[1] != member || all[9] != aggregate {
			t.Errorf("%v: all %+v, error %v", time.Duration(w), all, err)
		}
	}
	if none, err := s.Traffic(ctx, 77, Day); err != nil || none != (Summary{}) {
		t.Errorf("a group without traffic: %+v, error %v", none, err)
	}
}
