package requestlog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// criterion is one part of a filter, made so that it fits an entry, and what it means, said by other words than the log's.
type criterion func(f *Filter, e *Entry, r *rand.Rand) (means func(*Entry) bool)

var criteria = []criterion{
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.From = e.Time()
		return func(o *Entry) bool { return !o.Time().Before(f.From) }
	},
	func(f *Filter, e *Entry, r *rand.Rand) func(*Entry) bool {
		f.To = e.Time().Add(time.Duration(1+r.IntN(5000)) * time.Millisecond)
		return func(o *Entry) bool { return o.Time().Before(f.To) }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.GroupID = e.GroupID
		return func(o *Entry) bool { return o.GroupID == e.GroupID }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.GroupNames = []string{"nobody", e.GroupName}
		return func(o *Entry) bool { return o.GroupName == e.GroupName }
	},
	func(f *Filter, _ *Entry, _ *rand.Rand) func(*Entry) bool {
		f.ParentGroupName = "all"
		return func(o *Entry) bool { return o.ParentName == "all" }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.KeyID = e.KeyID
		return func(o *Entry) bool { return e.KeyID == 0 || o.KeyID == e.KeyID }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.Key = fmt.Sprintf("%x", e.KeyFingerprint[:])
		return func(o *Entry) bool { return o.KeyID != 0 && o.KeyFingerprint == e.KeyFingerprint }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.ProxyKeyID = e.ProxyKeyID
		return func(o *Entry) bool { return o.ProxyKeyID == e.ProxyKeyID }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.Models = []string{e.Model, "gpt-9"}
		return func(o *Entry) bool { return o.Model == e.Model }
	},
	func(f *Filter, _ *Entry, r *rand.Rand) func(*Entry) bool {
		want := r.IntN(2) == 0
		f.Success = &want
		return func(o *Entry) bool { return (o.Outcome == "OK") == want }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.Outcomes = []proxycore.Outcome{e.Outcome, proxycore.Timeout}
		return func(o *Entry) bool { return o.Outcome == e.Outcome || o.Outcome == "TIMEOUT" }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.Charged = e.Charged
		return func(o *Entry) bool { return o.Charged == e.Charged }
	},
	func(f *Filter, _ *Entry, r *rand.Rand) func(*Entry) bool {
		want := r.IntN(2) == 0
		f.Final = &want
		return func(o *Entry) bool { return o.Final == want }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.StatusFrom = e.StatusCode
		return func(o *Entry) bool { return o.StatusCode >= e.StatusCode }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.StatusTo = max(e.StatusCode, f.StatusFrom)
		to := f.StatusTo
		return func(o *Entry) bool { return to == 0 || o.StatusCode <= to }
	},
	func(f *Filter, _ *Entry, r *rand.Rand) func(*Entry) bool {
		want := r.IntN(2) == 0
		f.Stream = &want
		return func(o *Entry) bool { return o.Stream == want }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.ClientIP = e.ClientIP
		return func(o *Entry) bool { return o.ClientIP == e.ClientIP }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.Upstream = e.Upstream
		return func(o *Entry) bool { return e.Upstream == "" || o.Upstream == e.Upstream }
	},
	func(f *Filter, e *Entry, r *rand.Rand) func(*Entry) bool {
		runes := []rune(e.Path)
		f.PathPrefix = string(runes[:1+r.IntN(len(runes))])
		return func(o *Entry) bool { return strings.HasPrefix(o.Path, f.PathPrefix) }
	},
	func(f *Filter, e *Entry, r *rand.Rand) func(*Entry) bool {
		f.RequestID = []string{e.RequestID, e.UpstreamRequestID}[r.IntN(2)]
		id := f.RequestID
		return func(o *Entry) bool { return id == "" || o.RequestID == id || o.UpstreamRequestID == id }
	},
	func(f *Filter, e *Entry, _ *rand.Rand) func(*Entry) bool {
		f.MinDuration = e.Ended.Sub(e.Started)
		return func(o *Entry) bool { return o.Ended.Sub(o.Started) >= f.MinDuration }
	},
	func(f *Filter, _ *Entry, r *rand.Rand) func(*Entry) bool {
		f.MinFirstByte = time.Duration(r.IntN(50)) * time.Millisecond
		return func(o *Entry) bool { return f.MinFirstByte == 0 || o.FirstByte >= f.MinFirstByte }
	},
	func(f *Filter, e *Entry, r *rand.Rand) func(*Entry) bool {
		f.ErrorContains = strings.ToUpper([]string{"broke", "50%", "a_b", "!", `\`, "nowhere"}[r.IntN(6)])
		f.From, f.To = e.Time().Add(-24*time.Hour), e.Time().Add(24*time.Hour)
		return func(o *Entry) bool {
			return strings.Contains(strings.ToUpper(o.Error), f.ErrorContains) && !o.Time().Before(f.From) && o.Time().Before(f.To)
		}
	},
}

// various is a record that shares each of its properties with some others.
func various(r *rand.Rand, n int, at time.Time) proxycore.Record {
	of := func(all ...string) string { return all[r.IntN(len(all))] }
	o := proxycore.Record{
		RequestID: fmt.Sprintf("request-%d", n/2), UpstreamRequestID: of("", fmt.Sprintf("req_%d", r.IntN(50))), AttemptNumber: 1 + n%2, Final: r.IntN(3) > 0,
		Started: at.Add(-time.Duration(r.IntN(100)) * time.Millisecond), Ended: at, GroupID: r.Int64N(3) + 1, GroupName: of("a", "b", "größe"),
		ParentName: of("", "all"), Dialect: dialect.OpenAI, KeyID: r.Int64N(4), ProxyKeyID: r.Int64N(3) + 1, Model: of("gpt", "GPT", "モデル"), Method: "POST",
		Path: of("/v1/chat", "/v1/Chat?a=%", "/v1/ünï/models", "/v2_"), Upstream: of("", "https://one.example", "https://two.example"),
		StatusCode: []int{0, 200, 201, 400, 429, 500, 503}[r.IntN(7)], Outcome: []proxycore.Outcome{proxycore.OK, proxycore.RateLimited, proxycore.Timeout, proxycore.ClientAbort}[r.IntN(4)],
		Charged: []proxycore.Charged{proxycore.ChargedNobody, proxycore.ChargedKey}[r.IntN(2)], Stream: r.IntN(2) == 0, Header: -1, Connect: -1,
		FirstByte: time.Duration(r.IntN(60)-1) * time.Millisecond, ClientIP: of("192.0.2.1", "2001:db8::1"), Error: of("", "It Broke", "50% gone", "a_b!", `back\slash`),
	}
	o.KeyFingerprint[0], o.ProxyKeyFingerprint[0] = byte(o.KeyID), byte(o.ProxyKeyID)
	return o
}

func TestEveryFilterInAnyCombinationFindsWhatItMeans(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t)})
	l.budget = time.Minute
	r := rand.New(rand.NewPCG(5, 8))
	const records, written, filters = 600, 500, 400
	begin := time.Now().Add(-time.Hour).Truncate(time.Millisecond).UTC()
	for i := range records {
		l.Record(various(r, i, begin.Add(time.Duration(i/3)*17*time.Millisecond)))
	}
	all := slices.Clone(l.queue.entries)
	if err := l.insert(t.Context(), l.queue.front(written)); err != nil {
		t.Fatal(err)
	}
	l.queue.drop(written)
	slices.Reverse(all)
	matched := 0
	for range filters {
		f := Filter{Probes: true}
		var means []func(*Entry) bool
		for _, i := range r.Perm(len(criteria))[:1+r.IntN(4)] {
			means = append(means, criteria[i](&f, all[r.IntN(records)], r))
		}
		if f.Check() != nil {
			continue // two criteria exclude each other, such as a from after a to
		}
		var want []int64
		for _, e := range all {
			if !slices.ContainsFunc(means, func(m func(*Entry) bool) bool { return !m(e) }) {
				want = append(want, e.ID)
			}
		}
		matched += len(want)
		if got := everyPage(t, l, f, 1+r.IntN(40)); !slices.Equal(got, want) {
			t.Errorf("%+v\nfound %d, meant %d", f, len(got), len(want))
		}
	}
	if matched < 5*filters {
		t.Errorf("only %d matches: the filters mean too little to tell", matched)
	}
}

// everyPage is what all pages of the size show, newest first.
func everyPage(t *testing.T, l *Log, f Filter, size int) (ids []int64) {
	t.Helper()
	for after := ""; ; {
		page, err := l.Query(t.Context(), f, size, after)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		for _, e := range page.Entries {
			ids = append(ids, e.ID)
		}
		if !page.More {
			return ids
		}
		after = page.EndCursor
	}
}
