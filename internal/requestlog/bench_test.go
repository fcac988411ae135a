package requestlog

import (
	"context"
	"fmt"
	"testing"

	"roundhouse/internal/database/databasetest"
)

// BenchmarkRecord is what logging costs the request's own goroutine.
func BenchmarkRecord(b *testing.B) {
	l := New(Options{QueueSize: 1000})
	r := record(1)
	b.ReportAllocs()
	for b.Loop() {
		l.Record(r)
		if len(l.queue.entries) == 1000 {
			l.queue.drop(1000)
		}
	}
}

// BenchmarkWrite is what the rows alone cost behind it; op is one record.
func BenchmarkWrite(b *testing.B) {
	l := New(Options{DB: databasetest.Open(b), QueueSize: 4 * batchSize})
	w := &writer{log: l}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		r := record(n)
		r.RequestID = fmt.Sprintf("%032x", n)
		r.GroupID, r.KeyID = int64(n%10+1), int64(n*7919%100+1)
		l.Record(r)
		if n++; n%batchSize == 0 {
			if err := w.flush(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
