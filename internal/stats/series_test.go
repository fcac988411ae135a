package stats

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/proxycore"
)

// someTraffic is what random records of the last days come to.
func someTraffic(t *testing.T, s *Stats, now time.Time, back time.Duration) []proxycore.Record {
	r := rand.New(rand.NewPCG(3, 5))
	records := make([]proxycore.Record, 600)
	for i := range records {
		records[i] = anyRecord(r, now.Add(-time.Duration(r.Int64N(int64(back)))).UTC())
		records[i].StatusCode, records[i].AttemptNumber = pick(r, 200, 201, 204), 1 // so that models have rows of their own
	}
	rollUp(t, s, records...)
	return records
}

// sum adds points up, without latencies.
func sum(points []Point) (total Point) {
	for _, p := range points {
		total.Successes += p.Successes
		total.Failures += p.Failures
		total.ClientFaults += p.ClientFaults
		total.Retries += p.Retries
		total.InputTokens += p.InputTokens
	}
	return total
}

func TestEveryBucketIsThereAndHoldsWhatEndedInIt(t *testing.T) {
	ctx := context.Background()
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now()
	records := someTraffic(t, s, now, 40*time.Hour)
	from := now.Add(-41 * time.Hour)
	for _, o := range []Outline{
		{From: from.Add(20 * time.Hour), To: now, Bucket: Minute1}, {From: from, To: now.Add(time.Hour), Bucket: Hour1},
		{From: from, To: now, Bucket: Day1}, {From: from, To: now, Bucket: Day1, Zone: "Asia/Tokyo"}, {From: from, To: now, Bucket: Day1, Zone: "America/Los_Angeles"},
	} {
		for _, scope := range []Scope{{}, {GroupID: 2}, {GroupID: 9}, {Model: "a"}} {
			if o.Bucket == Minute1 && scope.Model != "" {
				continue
			}
			name := fmt.Sprintf("bucket %d zone %s scope %+v", o.Bucket, o.Zone, scope)
			points, err := s.Series(ctx, scope, o)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			for i, p := range points {
				end := o.To.Add(48 * time.Hour)
				if i+1 < len(points) {
					end = points[i+1].Time
				}
				requests := int64(0)
				for _, r := range records {
					if !counts(&r) || r.Ended.Before(p.Time) || !r.Ended.Before(end) || scope.Model != "" && (r.Model != scope.Model) {
						continue
					}
					if scope.GroupID != 0 && !slices.ContainsFunc(views(&r), func(v view) bool { return v.group == scope.GroupID }) {
						continue
					}
					if r.Final {
						requests++
					}
				}
				if got := p.Successes + p.Failures + p.ClientFaults; got != requests || (p.P95 != nil) != (requests > 0) {
					t.Errorf("%s: %v has %d requests, want %d; p95 %v", name, p.Time, got, requests, p.P95)
				}
			}
		}
	}
}

func TestDaysOfAZoneBeginAtItsMidnight(t *testing.T) {
	s := New(Options{DB: databasetest.Open(t)})
	for _, c := range []struct{ zone, from, to, want string }{
		{"Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:00:00Z", "03-27T23 03-28T23 03-29T22"},
		{"Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-26T00:00:00Z", "10-24T22 10-25T23"},
		{"Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-24T22:00:00Z", "04-22T22 04-23T22 04-24T21"},
		{"UTC", "2026-02-28T23:59:59Z", "2026-03-01T00:00:01Z", "02-28T00 03-01T00"},
	} {
		from, _ := time.Parse(time.RFC3339, c.from)
		to, _ := time.Parse(time.RFC3339, c.to)
		points, err := s.Series(context.Background(), Scope{}, Outline{From: from, To: to, Bucket: Day1, Zone: c.zone})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, p := range points {
			got += " " + p.Time.Format("01-02T15")
		}
		if got != " "+c.want {
			t.Errorf("%s: days begin at%s, want %s", c.zone, got, c.want)
		}
	}
}

func TestQuestionsThatHaveNoAnswerAreRefused(t *testing.T) {
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now()
	hour := Outline{From: now.Add(-time.Hour), To: now, Bucket: Hour1}
	for name, c := range map[string]struct {
		path  string
		scope Scope
		by    Dimension
		first int
		o     Outline
	}{
		"a group and a model":     {"model", Scope{GroupID: 1, Model: "a"}, ByGroup, 8, hour},
		"minutes of long ago":     {"from", Scope{}, ByGroup, 8, Outline{From: now.Add(-49 * time.Hour), To: now.Add(-48 * time.Hour)}},
		"minutes of models":       {"bucket", Scope{}, ByModel, 8, Outline{From: now.Add(-time.Hour), To: now}},
		"minutes of one model":    {"bucket", Scope{Model: "a"}, ByGroup, 8, Outline{From: now.Add(-time.Hour), To: now}},
		"half an hour from UTC":   {"timeZone", Scope{}, ByGroup, 8, Outline{From: now.Add(-time.Hour), To: now, Bucket: Day1, Zone: "Asia/Kolkata"}},
		"no zone":                 {"timeZone", Scope{}, ByGroup, 8, Outline{From: now.Add(-time.Hour), To: now, Bucket: Day1, Zone: "Mars/Olympus"}},
		"backwards":               {"to", Scope{}, ByGroup, 8, Outline{From: now, To: now, Bucket: Hour1}},
		"too many buckets":        {"to", Scope{}, ByGroup, 8, Outline{From: now.Add(-1501 * time.Hour), To: now, Bucket: Hour1}},
		"proxy keys of one group": {"groupId", Scope{GroupID: 1}, ByProxyKey, 8, hour},
		"none":                    {"first", Scope{}, ByGroup, 0, hour},
		"too many":                {"first", Scope{}, ByGroup, 51, hour},
	} {
		_, err := s.SeriesBy(context.Background(), c.by, c.scope, c.o, c.first)
		var input *fault.Input
		if !errors.As(err, &input) || input.Faults[0].Path != c.path {
			t.Errorf("%s: error %v, want a fault at %s", name, err, c.path)
		}
	}
	if points, err := s.Series(context.Background(), Scope{}, Outline{From: now.Add(-1499 * time.Hour), To: now, Bucket: Hour1}); err != nil || len(points) != 1500 {
		t.Errorf("%d points, error %v", len(points), err)
	}
}

func TestTheBusiestAndTheRestAreEverything(t *testing.T) {
	ctx := context.Background()
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now()
	someTraffic(t, s, now, 90*time.Minute)
	o := Outline{From: now.Add(-5 * time.Hour), To: now.Add(time.Hour), Bucket: Hour1}
	whole, err := s.Series(ctx, Scope{}, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []Dimension{ByGroup, ByModel, ByStatus} {
		series, err := s.SeriesBy(ctx, d, Scope{}, o, 2)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := s.Breakdown(ctx, d, Scope{}, o.From, o.To, 2)
		if err != nil {
			t.Fatal(err)
		}
		if len(series) != 3 || len(rows) != 3 || !series[2].Subject.Rest || !rows[2].Subject.Rest {
			t.Fatalf("dimension %d: %d series, %d rows", d, len(series), len(rows))
		}
		var all []Point
		requests := int64(0)
		for i := range series {
			all = append(all, series[i].Points...)
			requests += rows[i].Requests
			total := sum(series[i].Points)
			if series[i].Subject != rows[i].Subject || total.Successes+total.Failures+total.ClientFaults != rows[i].Requests {
				t.Errorf("dimension %d: series of %+v has %+v, row %+v", d, series[i].Subject, total, rows[i])
			}
		}
		if want := sum(whole); sum(all) != want || requests != want.Successes+want.Failures+want.ClientFaults {
			t.Errorf("dimension %d: in all %+v and %d, want %+v", d, sum(all), requests, want)
		}
		if rows[0].Requests < rows[1].Requests {
			t.Errorf("dimension %d: %d before %d", d, rows[0].Requests, rows[1].Requests)
		}
	}
}

func TestABreakdownComparesWithTheWindowBefore(t *testing.T) {
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now().UTC()
	at := func(group int64, before ...time.Duration) {
		for _, b := range before {
			r := record(now.Add(-b))
			r.GroupID = group
			rollUp(t, s, r)
		}
	}
	at(1, 0, 30*time.Minute, 130*time.Minute)
	at(2, 10*time.Minute)
	at(3, 150*time.Minute, 140*time.Minute)
	at(4, 5*time.Hour)
	rows, err := s.Breakdown(context.Background(), ByGroup, Scope{}, now.Add(-2*time.Hour), now.Add(time.Second), 10)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, r := range rows {
		got += fmt.Sprintf(" %d:%d<%d", r.Subject.GroupID, r.Requests, r.PreviousRequests)
	}
	if got != " 1:2<1 2:1<0 3:0<2 0:0<0" {
		t.Errorf("rows%s", got)
	}
}

func TestSparksAndRecentModelsAreByGroup(t *testing.T) {
	ctx := context.Background()
	s := New(Options{DB: databasetest.Open(t)})
	now := time.Now().UTC()
	add := func(before time.Duration, model string, n int) {
		for range n {
			r := record(now.Add(-before))
			r.Model = model
			rollUp(t, s, r)
		}
	}
	add(0, "a", 1)
	add(50*time.Minute, "b", 2)
	add(20*time.Hour, "b", 3)
	add(6*24*time.Hour, "c", 9)
	add(20*24*time.Hour, "d", 11)
	add(40*24*time.Hour, "e", 30)
	for w, want := range map[Window]int64{Hour: 3, Day: 6, Week: 15, Month: 26} {
		all, err := s.AllSparks(ctx, w)
		if err != nil {
			t.Fatal(err)
		}
		points, total := all[1].Points, sum(all[1].Points)
		if len(points) != 24 || total.Successes != want || points[23].Successes == 0 {
			t.Errorf("window %v: %d points, %+v, want %d", time.Duration(w), len(points), total, want)
		}
		if all[1].P95 == nil || EmptySpark(w).P95 != nil {
			t.Errorf("window %v: 95th percentile %v, without traffic %v", time.Duration(w), all[1].P95, EmptySpark(w).P95)
		}
		for i, empty := range EmptySpark(w).Points {
			if i > 0 && empty.Time.Sub(EmptySpark(w).Points[i-1].Time) != time.Duration(w)/24 {
				t.Errorf("window %v: bucket %d begins at %v", time.Duration(w), i, empty.Time)
			}
		}
	}
	models, err := s.AllModels(ctx)
	if err != nil || !slices.Equal(models[1], []string{"c", "b", "a"}) {
		t.Errorf("models %v, error %v", models, err)
	}
}

func TestTheLastSecondsAreRemembered(t *testing.T) {
	s := New(Options{Figures: func() (int, int) { return 4, 2 }})
	now := time.Now()
	s.Observe(record(now))
	for i := range historySize + 20 {
		s.sample(now.Add(time.Duration(i) * time.Second))
	}
	group, other := int64(1), int64(2)
	for name, values := range map[string][]Live{"all": s.History(nil), "group": s.History(&group), "other": s.History(&other)} {
		if len(values) != historySize || values[0].InFlight != 4 || !values[0].Time.Before(values[1].Time) {
			t.Errorf("%s: %d values, the first %+v", name, len(values), values[0])
		}
	}
	fresh := New(Options{})
	fresh.Observe(record(now))
	fresh.sample(now.Add(2 * time.Second))
	if v := fresh.History(&group); len(v) != 1 || v[0].RequestsPerSecond != 0.1 || v[0].P50 == nil {
		t.Errorf("the group's value %+v", v)
	}
	if v := fresh.History(&other); len(v) != 1 || v[0].RequestsPerSecond != 0 {
		t.Errorf("another's value %+v", v)
	}
}
