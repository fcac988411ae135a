package stats

import (
	"context"
	"fmt"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
)

// month is a store with 30 days of ten groups, every hour of them.
func month(b *testing.B) *Stats {
	s := New(Options{DB: databasetest.Open(b)})
	now := time.Now()
	for hour := range 30 * 24 {
		var records []proxycore.Record
		for group := range 10 {
			for i := range 4 {
				r := record(now.Add(-time.Duration(hour) * time.Hour))
				r.GroupID, r.Started = int64(group+1), r.Ended.Add(-time.Duration(100+group*70+i*300)*time.Millisecond)
				records = append(records, r)
			}
		}
		err := s.options.DB.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error { return s.Rollup(ctx, tx, records) })
		if err != nil {
			b.Fatal(err)
		}
	}
	return s
}

// BenchmarkSeries is a chart of 30 days by the hour, of ten groups together and of one.
func BenchmarkSeries(b *testing.B) {
	s := month(b)
	now := time.Now()
	o := Outline{From: now.AddDate(0, 0, -30), To: now, Bucket: Hour1}
	for _, scope := range []Scope{{}, {GroupID: 3}} {
		b.Run(fmt.Sprintf("group=%d", scope.GroupID), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Series(context.Background(), scope, o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("dashboard", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Dashboard(context.Background(), now); err != nil {
				b.Fatal(err)
			}
		}
	})
}
