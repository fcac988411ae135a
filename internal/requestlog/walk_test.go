package requestlog

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
)

// A walk finds what the pages of a query find, in the same order, in the table and waiting.
func TestAWalkFindsWhatPagesFind(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	begin := time.Now().UTC().Truncate(time.Millisecond).Add(-time.Hour)
	l := New(Options{DB: databasetest.Open(t), Logger: quiet()})
	const n = 2*stride + 500
	var written []*Entry
	for i := range n {
		l.Record(anyRecord(r, i, begin.Add(time.Duration(i)*time.Second/2)))
	}
	written = l.queue.front(n - 300)
	for chunk := range slices.Chunk(written, batchSize) {
		if err := l.insert(t.Context(), chunk); err != nil {
			t.Fatal(err)
		}
	}
	l.queue.drop(len(written))
	filters := []Filter{{}, {RequestID: "request-7"}, {RequestID: "up-9"}, {RequestID: "none"}, {Probes: true}}
	for range 40 {
		filters = append(filters, anyFilter(r, begin, begin.Add(n*time.Second/2)))
	}
	for _, f := range filters {
		var walked []int64
		err := l.Walk(t.Context(), f, func(part []*Entry) error {
			for _, e := range part {
				if e.RequestBody != nil {
					t.Error("with a body")
				}
				walked = append(walked, e.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := all(t, l, f, mostFirst); !slices.Equal(walked, want) {
			t.Errorf("%+v: %d by walking and %d by pages", f, len(walked), len(want))
		}
	}
}

func TestAWalkEndsWhenItMust(t *testing.T) {
	l := New(Options{DB: databasetest.Open(t), Logger: quiet()})
	l.Record(record(1))
	enough := errors.New("enough")
	if err := l.Walk(t.Context(), Filter{}, func([]*Entry) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Walk(ctx, Filter{}, func([]*Entry) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	var input *fault.Input
	if err := l.Walk(t.Context(), Filter{Key: "no fingerprint"}, nil); !errors.As(err, &input) {
		t.Error(err)
	}
}
