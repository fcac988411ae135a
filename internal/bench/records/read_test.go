package records

import (
	"context"
	"slices"
	"testing"
	"time"

	"roundhouse/internal/requestlog"
	"roundhouse/proxycore"
)

// BenchmarkPage reads pages of 50 of the standing records, as the console does. A scan that finds less than a page says how many
// seconds of the log it came through.
func BenchmarkPage(b *testing.B) {
	h := newHouse(b, standing(b))
	ctx := context.Background()
	first, err := h.Query(ctx, requestlog.Filter{}, 50, "")
	if err != nil || len(first.Entries) != 50 {
		b.Fatal(len(first.Entries), err)
	}
	some, failed := first.Entries[7], false
	deep := deepCursor(b, h)
	for _, c := range []struct {
		name   string
		filter requestlog.Filter
		after  string
	}{
		{"newest", requestlog.Filter{}, ""},
		{"page=10000", requestlog.Filter{}, deep},
		{"group", requestlog.Filter{GroupID: 3}, ""},
		{"group/page=10000", requestlog.Filter{GroupID: 3}, deep},
		{"key", requestlog.Filter{KeyID: some.KeyID}, ""},
		{"request", requestlog.Filter{RequestID: some.RequestID}, ""},
		{"failure", requestlog.Filter{Success: &failed}, ""},
		{"group+failure", requestlog.Filter{GroupID: 8, Success: &failed}, ""},
		{"model", requestlog.Filter{Models: []string{"model-3"}}, ""},
		{"a day of a model", requestlog.Filter{Models: []string{"model-3"}, From: time.Now().AddDate(0, 0, -5), To: time.Now().AddDate(0, 0, -4)}, ""},
		{"scan: an address", requestlog.Filter{ClientIP: "203.0.113.1"}, ""},
		{"scan: a text", requestlog.Filter{ErrorContains: "no such words", From: time.Now().AddDate(0, 0, -6), To: time.Now()}, ""},
		{"scan: an outcome", requestlog.Filter{Outcomes: []proxycore.Outcome{proxycore.StreamError}}, ""},
		{"scan: a request that is not there", requestlog.Filter{RequestID: "req_of-a-provider"}, ""},
	} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			var page requestlog.Page
			for b.Loop() {
				began := time.Now()
				var err error
				if page, err = h.Query(ctx, c.filter, 50, c.after); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, "p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1000, "p99-ms")
			b.ReportMetric(float64(len(page.Entries)), "found")
			if !page.ScannedTo.IsZero() {
				b.ReportMetric(time.Since(page.ScannedTo).Seconds(), "scanned-s")
			}
		})
	}
}

// deepCursor is where the 10,000th page of 50 begins.
func deepCursor(b *testing.B, h *house) string {
	after := ""
	for range 10_000 * 50 / 200 {
		page, err := h.Query(context.Background(), requestlog.Filter{}, 200, after)
		if err != nil {
			b.Fatal(err)
		}
		if !page.More {
			return after // there are fewer
		}
		after = page.EndCursor
	}
	return after
}
