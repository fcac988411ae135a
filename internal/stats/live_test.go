package stats

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"roundhouse/proxycore"
)

func TestLiveFiguresOfTheLastSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{Figures: func() (int, int) { return 5, 2 }})
		ctx, cancel := context.WithCancel(t.Context())
		all := s.Live(ctx, nil, nil)
		if v := <-all; v.InFlight != 5 || v.OpenStreams != 2 || v.P50 != nil || v.RequestsPerSecond != 0 {
			t.Errorf("the first value: %+v", v)
		}
		group := int64(1)
		one := s.Live(ctx, &group, nil)
		<-one
		observe := func(change func(*proxycore.Record)) {
			r := record(time.Now())
			change(&r)
			s.Observe(r)
		}
		for range 20 {
			observe(func(*proxycore.Record) {})
			observe(func(r *proxycore.Record) { r.ParentID, r.ParentName, r.Outcome = 9, "all", proxycore.Timeout })
			observe(func(r *proxycore.Record) { r.Final = false })
			observe(func(r *proxycore.Record) { r.Probe = true })
			observe(func(r *proxycore.Record) { r.ProxyKeyID = 0 })
			observe(func(r *proxycore.Record) { r.GroupID, r.GroupName = 2, "claude" })
		}
		v := <-all
		if v.RequestsLastSecond != 60 || v.FailuresLastSecond != 20 || v.RetriesLastSecond != 20 || !near(v.RequestsPerSecond, 6) || !near(v.ErrorRate, 20/60.0) || !near(v.OutputTokensPerSecond, 40) {
			t.Errorf("all: %+v", v)
		}
		if v.P50 == nil || *v.P50 < 95 || *v.P50 > 105 || v.FirstByteP50 == nil || *v.FirstByteP50 < 38 || *v.FirstByteP50 > 42 {
			t.Errorf("latencies: %v %v", v.P50, v.FirstByteP50)
		}
		if got := fmt.Sprint(v.Groups); got != "[{1 openai 20 0} {2 claude 20 0} {9 all 20 1}]" {
			t.Errorf("groups %s", got)
		}
		if v := <-one; v.RequestsLastSecond != 40 || v.FailuresLastSecond != 20 {
			t.Errorf("group 1: %+v", v)
		}
		time.Sleep(5 * time.Second)
		v = <-all
		if before := v.Time; v.RequestsLastSecond != 0 || !near(v.RequestsPerSecond, 6) || len(v.Groups) != 0 {
			t.Errorf("5 seconds later: %+v", v)
		} else if after := <-all; after.Time.Sub(before) > 1100*time.Millisecond {
			t.Errorf("the next came %v later", after.Time.Sub(before))
		}
		time.Sleep(2 * ringSize * time.Second)
		<-all
		if v := <-all; v.RequestsPerSecond != 0 || v.P95 != nil {
			t.Errorf("much later: %+v", v)
		}
		cancel()
		for range all {
		}
		for range one {
		}
	})
}

func TestALiveValueNamesTheBusiestGroups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(Options{})
		for group := range 30 {
			for range group + 1 {
				r := record(time.Now())
				r.GroupID, r.GroupName = int64(group+1), fmt.Sprint("group-", group)
				s.Observe(r)
			}
		}
		time.Sleep(time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		v := <-s.Live(ctx, nil, nil)
		if len(v.Groups) != mostGroups || v.Groups[0].GroupName != "group-29" || !near(v.Groups[0].RequestsPerSecond, 30) {
			t.Errorf("%d groups, first %+v", len(v.Groups), v.Groups[0])
		}
	})
}

// What nodes tell each other adds up to the cluster's figures, by quantiles too, and each node can be looked at alone.
func TestLiveFiguresAreTheWholeClusters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var here, there *Stats
		carry := func(to **Stats) func(Pulse) {
			return func(p Pulse) {
				payload, err := json.Marshal(p)
				var carried Pulse
				if err != nil || json.Unmarshal(payload, &carried) != nil {
					t.Errorf("%v", err)
				}
				(*to).Hear(carried)
			}
		}
		figures := func() (int, int) { return 2, 1 }
		here = New(Options{Node: 0, Figures: figures, Tell: carry(&there)})
		there = New(Options{Node: 1, Figures: figures, Tell: carry(&here)})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go func() { _ = here.Run(ctx) }()
		go func() { _ = there.Run(ctx) }()
		for range 30 {
			here.Observe(record(time.Now()))
		}
		for range 10 {
			there.Observe(record(time.Now()))
		}
		time.Sleep(4 * time.Second)
		zero, one, two := 0, 1, 2
		for _, c := range []struct {
			node     *int
			requests float64
			inFlight int
		}{{nil, 4, 4}, {&zero, 3, 2}, {&one, 1, 2}, {&two, 0, 0}} {
			for name, s := range map[string]*Stats{"here": here, "there": there} {
				v := <-s.Live(ctx, nil, c.node)
				if !near(v.RequestsPerSecond, c.requests) || v.InFlight != c.inFlight {
					t.Errorf("%s, node %v: %+v", name, c.node, v)
				}
				if c.requests > 0 && v.P95 == nil {
					t.Errorf("%s: no latency", name)
				}
			}
		}
		here.Hear(Pulse{Node: 7, InFlight: 5, Views: []pulseView{{Group: 1, Counters: []int64{1}}}}) // of a version that counts otherwise
		if v := <-here.Live(ctx, nil, nil); v.InFlight != 9 || !near(v.RequestsPerSecond, 4) {
			t.Errorf("%+v", v)
		}
		time.Sleep(2 * silent)
		if v := <-here.Live(ctx, nil, nil); v.InFlight != 4 {
			t.Errorf("a node that fell silent still has requests in flight: %+v", v)
		}
		cancel()
		synctest.Wait()
	})
}

// BenchmarkObserve is what live figures cost the request's own goroutine.
func BenchmarkObserve(b *testing.B) {
	s := New(Options{})
	r := record(time.Now())
	b.ReportAllocs()
	for b.Loop() {
		s.Observe(r)
	}
}
