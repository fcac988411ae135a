package probe_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"roundhouse/internal/probe"
	"roundhouse/internal/upstreamtest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// pool holds keys in memory and notes what is decided of them.
type pool struct {
	mu       sync.Mutex // guards what follows
	keys     map[int64]probe.Key
	decided  []probe.Decision
	starving []int64
	samples  map[int64][]int64
	// dead are the keys whose time has come, by group; rounds when each group was gone through.
	dead   map[int64][]int64
	rounds map[int64]probe.Round
}

func (p *pool) EachDue(_ context.Context, groupID int64, _ time.Duration, do func(int64) error) error {
	p.mu.Lock()
	ids := slices.Clone(p.dead[groupID])
	p.mu.Unlock()
	for _, id := range ids {
		if err := do(id); err != nil {
			return err
		}
	}
	return nil
}

func (p *pool) due(context.Context) ([]probe.Round, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Values(p.rounds)), nil
}

func (p *pool) validated(_ context.Context, groupID int64, at time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	round := p.rounds[groupID]
	round.Last = at
	p.rounds[groupID] = round
	return nil
}

func (p *pool) Plain(_ context.Context, id int64) (probe.Key, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	key, ok := p.keys[id]
	if !ok {
		return key, fmt.Errorf("key %d: %w", id, probe.ErrGone)
	}
	return key, nil
}

func (p *pool) Decide(_ context.Context, d probe.Decision) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.decided = append(p.decided, d)
	return nil
}

func (p *pool) Sample(_ context.Context, groupID int64, n int) ([]int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.samples[groupID][:min(n, len(p.samples[groupID]))], nil
}

func (p *pool) Starving(context.Context) ([]int64, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.starving, nil
}

func (p *pool) decisions() []probe.Decision {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.decided)
}

// key puts a key into the pool.
func (p *pool) key(id, groupID int64, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keys == nil {
		p.keys = map[int64]probe.Key{}
	}
	p.keys[id] = probe.Key{ID: id, GroupID: groupID, Text: text, Revision: 70 + id}
}

func statuses(t *testing.T, text string) proxycore.StatusSet {
	t.Helper()
	set, err := proxycore.ParseStatusSet(text)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// settings are the defaults, as far as a validation needs them.
func settings(t *testing.T) proxycore.Settings {
	return proxycore.Settings{
		RequestTimeout: 30 * time.Second, ConnectTimeout: 5 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout: time.Minute, StreamIdleTimeout: time.Minute, Cooldown: 10 * time.Second,
		MaxIdleConns: 10, MaxIdleConnsPerHost: 10, MaxRetries: 3, BlacklistThreshold: 3, ProxyURL: "direct",
		Failover: statuses(t, "401-403,408,429,500-599"), Blacklist: statuses(t, "401-403"),
	}
}

// ring is a prober over a real data plane whose groups 1 and 2 ask the upstreams given.
func ring(t *testing.T, keys *pool, upstreams ...string) *probe.Prober {
	t.Helper()
	gateway := proxycore.New(proxycore.Options{})
	config := proxycore.SnapshotConfig{Digest: func([]byte) (d [32]byte) { return d }}
	for i, url := range upstreams {
		config.Groups = append(config.Groups, proxycore.GroupConfig{
			ID: int64(i + 1), Name: fmt.Sprint("group-", i+1), Enabled: true, Dialect: dialect.OpenAI,
			Upstreams: []proxycore.Upstream{{URL: url, Weight: 1, Enabled: true}}, Settings: settings(t),
			HeaderRules: []proxycore.HeaderRule{{Set: true, Name: "X-Team", Value: "blue"}},
		})
	}
	if err := gateway.Swap(config); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := gateway.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return probe.New(probe.Options{
		Sender: gateway, Keys: keys, Logger: slog.New(slog.DiscardHandler),
		Plan: func(_ context.Context, groupID int64) (probe.Plan, error) {
			return probe.Plan{
				Dialect: dialect.OpenAI, Upstreams: upstreams[groupID-1 : groupID], Concurrency: 2, Timeout: 5 * time.Second,
				Cooldown: 10 * time.Second, Blacklist: statuses(t, "401-403"),
			}, nil
		},
	})
}

// run runs the prober until the test ends.
func run(t *testing.T, p *probe.Prober) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func TestWhatAnAnswerSaysOfTheKey(t *testing.T) {
	secret := "key-of-a-usual-length-0001"
	for name, c := range map[string]struct {
		answer upstreamtest.Answer
		want   probe.Finding
		ok     bool
		status int
	}{
		"answered":           {upstreamtest.Answer{}, probe.Well, true, 200},
		"unauthorized":       {upstreamtest.Answer{Status: 401, Message: "wrong key {key}"}, probe.Dead, false, 401},
		"forbidden":          {upstreamtest.Answer{Status: 403, Code: "no_access"}, probe.Dead, false, 403},
		"region":             {upstreamtest.Answer{Status: 403, Code: "unsupported_country_region_territory"}, probe.Nothing, false, 403},
		"a firewall's page":  {upstreamtest.Answer{Status: 403, Body: "<html>blocked</html>", ContentType: "text/html"}, probe.Nothing, false, 403},
		"bad request":        {upstreamtest.Answer{Status: 400}, probe.Known, false, 400},
		"no such model":      {upstreamtest.Answer{Status: 404}, probe.Known, false, 404},
		"rate limit":         {upstreamtest.Answer{Status: 429, RetryAfter: "7"}, probe.Limited, true, 429},
		"quota used up":      {upstreamtest.Answer{Status: 429, Code: "insufficient_quota"}, probe.Limited, true, 429},
		"server error":       {upstreamtest.Answer{Status: 500}, probe.Nothing, false, 500},
		"conflict":           {upstreamtest.Answer{Status: 409}, probe.Nothing, false, 409},
		"reset":              {upstreamtest.Answer{Fault: upstreamtest.Reset}, probe.Nothing, false, 0},
		"wrong organization": {upstreamtest.Answer{Status: 401, Code: "mismatched_organization"}, probe.Nothing, false, 401},
	} {
		t.Run(name, func(t *testing.T) {
			upstream := upstreamtest.New(t, secret)
			upstream.Always(secret, c.answer)
			var keys pool
			keys.key(5, 1, secret)
			got, err := ring(t, &keys, upstream.URL).Validate(t.Context(), 5, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Finding != c.want || got.OK != c.ok || got.StatusCode != c.status || got.Upstream != upstream.URL || got.Duration <= 0 {
				t.Errorf("got %+v", got)
			}
			if strings.Contains(got.Message, secret) || len(got.Message) > 200 || (c.want == probe.Dead || c.status == 0) && got.Message == "" {
				t.Errorf("message %q", got.Message)
			}
			decided := keys.decisions()
			if (len(decided) == 1) != (c.want != probe.Nothing) {
				t.Fatalf("decided %+v", decided)
			}
			if c.want == probe.Nothing {
				return
			}
			d := decided[0]
			if d.KeyID != 5 || d.Revision != 75 || d.Verdict.Finding != c.want || d.Verdict.Account != (c.answer.Code == "insufficient_quota") {
				t.Errorf("decided %+v", d)
			}
			if c.answer.RetryAfter != "" {
				if wait := d.Until.Sub(d.At); wait != 7*time.Second {
					t.Errorf("it cools for %v", wait)
				}
			}
			if seen := upstream.Requests()[0]; !slices.ContainsFunc(seen.Header, func(h upstreamtest.HeaderLine) bool { return h.Value == "blue" }) {
				t.Error("the validation was not sent as traffic is")
			}
		})
	}
}

func TestAnAdministratorMayNameModelAndUpstream(t *testing.T) {
	upstream := upstreamtest.New(t, "key-a")
	var keys pool
	keys.key(5, 1, "key-a")
	p := ring(t, &keys, upstream.URL)
	model := "gpt-of-mine"
	if _, err := p.Validate(t.Context(), 5, &upstream.URL, &model); err != nil {
		t.Fatal(err)
	}
	if body := string(upstream.Requests()[0].Body); !strings.Contains(body, `"gpt-of-mine"`) {
		t.Errorf("sent %s", body)
	}
	foreign := "https://elsewhere.test"
	if _, err := p.Validate(t.Context(), 5, &foreign, nil); !errors.Is(err, probe.ErrForeignUpstream) {
		t.Errorf("got %v", err)
	}
	if _, err := p.Validate(t.Context(), 99, nil, nil); !errors.Is(err, probe.ErrGone) {
		t.Errorf("got %v", err)
	}
}

func TestOneGroupsDeadKeysNeverDelayAnothers(t *testing.T) {
	slow, fast := upstreamtest.New(t, "slow*"), upstreamtest.New(t, "fast")
	var keys pool
	var suspects []int64
	for id := range int64(20) {
		text := fmt.Sprint("slow-", id)
		keys.key(id, 1, text)
		slow.Always(text, upstreamtest.Answer{Fault: upstreamtest.Hang})
		suspects = append(suspects, id)
	}
	keys.key(100, 2, "fast")
	p := ring(t, &keys, slow.URL, fast.URL)
	run(t, p)
	p.Ask(1, suspects)
	slow.Wait(t, "a validation that hangs", func(upstreamtest.Request) bool { return true })
	began := time.Now()
	p.Ask(2, []int64{100})
	eventually(t, "the other group's key is decided", func() bool { return len(keys.decisions()) == 1 })
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("it took %v", took)
	}
}

// line is a Sender that answers as it is told, after a second.
type line struct {
	mu           sync.Mutex // guards what follows
	status       int
	sent         []int64
	ofGroup      map[int64]int
	running, top int
	// slow is how long a group's answers take; a second when it is not said.
	slow map[int64]time.Duration
}

func (l *line) Send(_ context.Context, q proxycore.SendRequest) (proxycore.SendResult, error) {
	l.mu.Lock()
	l.sent = append(l.sent, q.KeyID)
	if l.ofGroup == nil {
		l.ofGroup = map[int64]int{}
	}
	l.ofGroup[q.GroupID]++
	l.running++
	l.top = max(l.top, l.running)
	status := l.status
	l.mu.Unlock()
	time.Sleep(cmp.Or(l.slow[q.GroupID], time.Second))
	l.mu.Lock()
	l.running--
	l.mu.Unlock()
	result := proxycore.SendResult{Status: status}
	if status >= 500 {
		result.Fault.Class = dialect.Server
	}
	return result, nil
}

func (l *line) tries() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.sent)
}

func (l *line) triesOf(groupID int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ofGroup[groupID]
}

// bubble runs a prober over the line until the story is told.
func bubble(t *testing.T, keys *pool, l *line, plan func() (probe.Plan, error), story func(*probe.Prober)) {
	synctest.Test(t, func(t *testing.T) {
		p := probe.New(probe.Options{
			Sender: l, Keys: keys, Logger: slog.New(slog.DiscardHandler),
			Plan:   func(context.Context, int64) (probe.Plan, error) { return plan() },
			Rounds: keys.due, Validated: keys.validated,
		})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { _ = p.Run(ctx) })
		running.Go(func() { _ = p.Schedule(ctx) })
		synctest.Wait()
		story(p)
		cancel()
		running.Wait()
	})
}

func three() (probe.Plan, error) { return probe.Plan{Dialect: dialect.OpenAI, Concurrency: 3}, nil }

func TestSuspectsAreTriedAtOnceAndSoManyAtATime(t *testing.T) {
	var keys pool
	var ids []int64
	for id := range int64(10) {
		keys.key(id, 1, "key")
		ids = append(ids, id)
	}
	l := &line{status: 400}
	bubble(t, &keys, l, three, func(p *probe.Prober) {
		p.Ask(1, ids)
		p.Ask(1, ids[:2]) // under way already
		time.Sleep(4*time.Second + time.Millisecond)
		l.mu.Lock()
		tries, top := len(l.sent), l.top
		l.mu.Unlock()
		if tries != 10 || top != 3 {
			t.Errorf("%d tries, %d at a time", tries, top)
		}
		time.Sleep(10 * time.Minute)
		if l.tries() != 10 {
			t.Errorf("%d tries after a while", l.tries())
		}
	})
}

func TestASuspectWithoutAnAnswerIsTriedEveryMinute(t *testing.T) {
	var keys pool
	keys.key(1, 1, "key")
	keys.key(2, 1, "key")
	l := &line{status: 503}
	bubble(t, &keys, l, three, func(p *probe.Prober) {
		p.Ask(1, []int64{1})
		time.Sleep(5*time.Minute + 10*time.Second)
		if n := l.tries(); n != 6 {
			t.Errorf("%d tries in five minutes", n)
		}
		l.mu.Lock()
		l.status = 200
		l.mu.Unlock()
		time.Sleep(5 * time.Minute)
		if n := l.tries(); n != 7 || len(keys.decisions()) != 1 {
			t.Errorf("%d tries, decided %v", n, keys.decisions())
		}
	})
}

func TestAStarvingGroupIsTriedAtOnceAndThenEveryMinute(t *testing.T) {
	keys := pool{samples: map[int64][]int64{}}
	for id := range int64(30) {
		keys.key(id, 1, "key")
		keys.samples[1] = append(keys.samples[1], id)
	}
	l := &line{status: 503}
	bubble(t, &keys, l, three, func(p *probe.Prober) {
		for range 30 { // each request that meets no key says so
			p.Ask(1, nil)
			time.Sleep(time.Second)
		}
		if n := l.tries(); n != 10 {
			t.Errorf("%d tries at once", n)
		}
		keys.mu.Lock()
		keys.starving = []int64{1}
		keys.mu.Unlock()
		time.Sleep(3 * time.Minute)
		if n := l.tries(); n != 40 {
			t.Errorf("%d tries after three minutes", n)
		}
		keys.mu.Lock()
		keys.starving = nil
		keys.mu.Unlock()
		time.Sleep(3 * time.Minute)
		if n := l.tries(); n != 40 {
			t.Errorf("%d tries although nothing starves", n)
		}
	})
}

func TestDeadKeysAreTriedAtTheirGroupsInterval(t *testing.T) {
	keys := pool{dead: map[int64][]int64{}, rounds: map[int64]probe.Round{
		1: {GroupID: 1, Interval: time.Hour}, 2: {GroupID: 2, Interval: 24 * time.Hour},
	}}
	for id := range int64(30) {
		group := id/20 + 1
		keys.key(id, group, "key")
		keys.dead[group] = append(keys.dead[group], id)
	}
	l := &line{status: 401}
	bubble(t, &keys, l, three, func(*probe.Prober) {
		time.Sleep(30 * time.Second)
		if n := l.tries(); n != 30 {
			t.Errorf("%d tries at the start of groups that were never gone through", n)
		}
		time.Sleep(50 * time.Minute)
		if n := l.tries(); n != 30 {
			t.Errorf("%d tries before an interval is over", n)
		}
		time.Sleep(20 * time.Minute)
		if n := l.tries(); n != 50 {
			t.Errorf("%d tries after the first group's interval", n)
		}
		keys.mu.Lock()
		defer keys.mu.Unlock()
		if last := keys.rounds[1].Last; time.Since(last) > 20*time.Minute {
			t.Errorf("the round was noted at %v", last)
		}
	})
}

func TestARoundThatWasNotedBeforeTheClockWasSetBackIsDue(t *testing.T) {
	keys := pool{dead: map[int64][]int64{1: {1}}}
	keys.key(1, 1, "key")
	l := &line{status: 401}
	keys.rounds = map[int64]probe.Round{1: {GroupID: 1, Interval: time.Hour, Last: time.Now().AddDate(1, 0, 0)}}
	bubble(t, &keys, l, three, func(*probe.Prober) {
		time.Sleep(30 * time.Second)
		if n := l.tries(); n != 1 {
			t.Errorf("%d tries", n)
		}
	})
}

// A thousand keys that hang for their whole timeout keep their own group busy for an hour, and no other one.
func TestAGroupsLongRoundDelaysNoOthers(t *testing.T) {
	keys := pool{dead: map[int64][]int64{}, rounds: map[int64]probe.Round{
		1: {GroupID: 1, Interval: time.Minute}, 2: {GroupID: 2, Interval: 5 * time.Minute},
	}}
	for id := range int64(1001) {
		group := id/1000 + 1
		keys.key(id, group, "key")
		keys.dead[group] = append(keys.dead[group], id)
	}
	l := &line{status: 401, slow: map[int64]time.Duration{1: 20 * time.Second}}
	bubble(t, &keys, l, three, func(*probe.Prober) {
		time.Sleep(61 * time.Minute)
		if n := l.triesOf(2); n < 11 || n > 14 {
			t.Errorf("the quick group was gone through %d times in an hour", n)
		}
		if n := l.triesOf(1); n < 540 || n > 560 {
			t.Errorf("%d tries of the slow group, three at a time", n)
		}
	})
}

func TestWhatIsGoneIsForgotten(t *testing.T) {
	var keys pool
	keys.key(2, 1, "key")
	disabled := keys.keys[2]
	disabled.Disabled = true
	keys.keys[2] = disabled
	l := &line{status: 503}
	var gone atomic.Bool
	plan := func() (probe.Plan, error) {
		if gone.Load() {
			return probe.Plan{}, probe.ErrGone
		}
		return three()
	}
	bubble(t, &keys, l, plan, func(p *probe.Prober) {
		p.Ask(1, []int64{1, 2}) // deleted, and disabled
		time.Sleep(3 * time.Minute)
		if n := l.tries(); n != 0 {
			t.Errorf("%d tries", n)
		}
		keys.key(3, 1, "key")
		p.Ask(1, []int64{3})
		time.Sleep(10 * time.Second)
		gone.Store(true)
		time.Sleep(3 * time.Minute)
		if n := l.tries(); n != 1 {
			t.Errorf("%d tries of a group that is gone", n)
		}
	})
}
