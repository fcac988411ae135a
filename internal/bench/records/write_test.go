package records

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"syscall"
	"testing"
	"time"

	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/keypool"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/stats"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// house is a log with everything that hangs on it, joined as the program joins it.
type house struct {
	*requestlog.Log
	db *database.DB
}

func newHouse(b *testing.B, db *database.DB) *house {
	h := &house{db: db}
	rollups := stats.New(stats.Options{DB: db})
	keys := keypool.New(keypool.Options{DB: db, Bus: cluster.NewLocal(), Logger: slog.Default()})
	h.Log = requestlog.New(requestlog.Options{
		DB: db, JournalDir: b.TempDir(), Logger: slog.Default(), Hooks: []requestlog.Hook{rollups.Rollup, keys.CountUsage},
		RetentionDays: func() int { return retentionDays },
	})
	return h
}

// retentionDays keeps all but the first two days of the standing records.
const retentionDays = 28

// run writes in the background until the function it returns is called, which waits until all is written.
func (h *house) run(b *testing.B) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- h.Run(ctx) }()
	return func() {
		cancel()
		if err := <-stopped; err != nil {
			b.Error(err)
		}
	}
}

// made is the n-th of records such as a busy gateway makes: half of them streams, one in fifty failed.
func made(n int, keys int64) proxycore.Record {
	now := time.Now()
	r := proxycore.Record{RequestID: requestID(now), Started: now.Add(-time.Duration(300+n%700) * time.Millisecond), Ended: now, Final: true, AttemptNumber: 1,
		GroupID: int64(n%groups) + 1, GroupName: "group-1", Dialect: dialect.OpenAI, KeyID: rand.Int64N(keys) + 1, ProxyKeyID: 1,
		Model: []string{"gpt-4.1", "gpt-4.1-mini", "o3"}[n%3], Method: "POST", Path: "/v1/chat/completions", Upstream: "https://upstream.example/v1",
		StatusCode: 200, Outcome: proxycore.OK, Charged: proxycore.ChargedNobody, Stream: n%2 == 0, Header: 80 * time.Millisecond, FirstByte: 90 * time.Millisecond,
		RequestBytes: 800, ResponseBytes: 1200, Usage: dialect.Usage{Input: 100, Output: 200, Known: true}, ClientIP: "198.51.100.7", UserAgent: "OpenAI/Go 3.94.0"}
	if n%50 == 7 {
		r.StatusCode, r.Outcome, r.Charged, r.Error = 502, proxycore.UpstreamError, proxycore.ChargedUpstream, "the upstream answered 502"
	}
	return r
}

// requestID begins with the time, as the gateway's do.
func requestID(now time.Time) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(now.UnixMilli())<<16|rand.Uint64()>>48)
	binary.BigEndian.PutUint64(raw[8:], rand.Uint64())
	return hex.EncodeToString(raw[:])
}

// cpu is what this process has used so far, in user and in system mode.
func cpu(b *testing.B) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// BenchmarkWrite is a record's whole way behind the request: queue, journal, row, rollups and key counters; 4,000 are recorded
// a second, as a busy gateway would. CPU-µs/op is the figure: it includes SQLite, which is a part of the process, and no server.
func BenchmarkWrite(b *testing.B) {
	db := standing(b)
	for _, keys := range []int64{100, 1_000_000} {
		b.Run(map[int64]string{100: "keys=100", 1_000_000: "keys=1000000"}[keys], func(b *testing.B) {
			h := newHouse(b, db)
			stop := h.run(b)
			runtime.GC()
			before, began := cpu(b), time.Now()
			for n := 0; b.Loop(); n++ {
				h.Record(made(n, keys))
				if n%40 == 39 {
					time.Sleep(time.Until(began.Add(time.Duration(n) * time.Second / 4000)))
				}
			}
			stop()
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N), "CPU-µs/op")
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "records/s")
			if counts := h.Counts(); counts.Written != int64(b.N) {
				b.Errorf("%+v of %d", counts, b.N)
			}
		})
	}
}
