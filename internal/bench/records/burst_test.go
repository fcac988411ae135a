package records

import (
	"context"
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
)

var burst = flag.Duration("burst", 20*time.Second, "how long 15,000 records come a second")

// BenchmarkBurst gives the log 15,000 records a second, more than it writes: the journal holds what the database has not, and
// what was put off is written after, while 200 requests a second are served. record-µs is what the slowest of a thousand waited
// to be taken, paced-p99-ms how long after it was due the slowest answer of a hundred was there.
func BenchmarkBurst(b *testing.B) {
	db := standing(b)
	for b.Loop() {
		h := newHouse(b, db)
		stop := h.run(b)
		url := dataPlane(b, h)
		beside, end := context.WithCancel(context.Background())
		answers := make(chan []time.Duration, 1)
		go func() { answers <- paced(beside, b, url, 200) }()
		var took []time.Duration
		var journal int64
		began := time.Now()
		n := 0
		for ; time.Since(began) < *burst; n++ {
			r := made(n, 100)
			at := time.Now()
			h.Record(r)
			took = append(took, time.Since(at))
			if n%150 == 149 {
				journal = max(journal, h.JournalBytes())
				time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / 15_000)))
			}
		}
		fed := time.Since(began)
		for h.Depth() > 500 { // the paced requests' own are never all written
			time.Sleep(10 * time.Millisecond)
		}
		b.ReportMetric(float64(n)/fed.Seconds(), "records/s")
		b.ReportMetric((time.Since(began) - fed).Seconds(), "drain-s")
		b.ReportMetric(float64(journal)/(1<<20), "journal-MB")
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)*999/1000].Nanoseconds())/1000, "record-µs")
		end()
		served := <-answers
		b.ReportMetric(p99ms(served), "paced-p99-ms")
		stop()
		if counts := h.Counts(); counts.Written != int64(n+len(served)) || counts.Dropped != 0 {
			b.Errorf("%+v of %d", counts, n+len(served))
		}
	}
}

// BenchmarkRetain serves 2,000 requests a second, first alone and then while the standing records of more than 28 days ago are
// deleted, and somebody else writes a row every 10 ms: p99-ms and beside-p99-ms are how long after it was due the slowest answer
// of a hundred was there, wait-ms what the slowest of a hundred writers waited for the database.
func BenchmarkRetain(b *testing.B) {
	db := standing(b)
	for b.Loop() {
		h := newHouse(b, db)
		stop := h.run(b)
		url := dataPlane(b, h)
		served := func() []time.Duration {
			ctx, cancel := context.WithTimeout(context.Background(), *burst)
			defer cancel()
			return paced(ctx, b, url, 2000)
		}
		served() // connections are made
		alone := served()
		before := old(b, h)
		ctx, cancel := context.WithCancel(context.Background())
		go func() { _ = h.Retain(ctx) }()
		waited := make(chan []time.Duration, 1)
		go func() { waited <- waits(ctx, b, db) }()
		beside := served()
		cancel()
		slow := <-waited
		b.ReportMetric(p99ms(alone), "p99-ms")
		b.ReportMetric(p99ms(beside), "beside-p99-ms")
		b.ReportMetric(float64(before-old(b, h))/burst.Seconds(), "deleted/s")
		b.ReportMetric(slow[len(slow)/2].Seconds()*1000, "wait-p50-ms")
		b.ReportMetric(p99ms(slow), "wait-p99-ms")
		stop()
	}
}

// waits writes a row every 10 ms until ctx ends, and returns how long each write took, shortest first.
func waits(ctx context.Context, b *testing.B, db *database.DB) (took []time.Duration) {
	for ctx.Err() == nil {
		began := time.Now()
		err := db.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE key_usages SET failure_count = failure_count WHERE id = 1")
			return err
		})
		if err != nil {
			b.Error(err)
		}
		took = append(took, time.Since(began))
		time.Sleep(10*time.Millisecond - time.Since(began))
	}
	slices.Sort(took)
	return took
}

// old is how many of the standing records are past retention.
func old(b *testing.B, h *house) (n int) {
	limit := time.Now().AddDate(0, 0, -retentionDays).UnixMilli() << 20
	err := h.db.SQL().QueryRow("SELECT COUNT(*) FROM request_logs WHERE id < " + strconv.FormatInt(limit, 10)).Scan(&n)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
