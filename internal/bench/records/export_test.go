package records

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"roundhouse/internal/files"
)

// exported counts lines and forgets them, as a client that writes to a disk would.
type exported struct {
	header http.Header
	lines  int
	// heap is the most memory in use that was seen, looked at every 50,000 lines.
	heap uint64
}

func (e *exported) Header() http.Header { return e.header }
func (e *exported) WriteHeader(int)     {}
func (e *exported) Flush()              {}
func (e *exported) Write(p []byte) (int, error) {
	before := e.lines
	for _, b := range p {
		if b == '\n' {
			e.lines++
		}
	}
	if before/50_000 != e.lines/50_000 {
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		e.heap = max(e.heap, memory.HeapInuse)
	}
	return len(p), nil
}

// BenchmarkExport sends all standing records as CSV; rows/s is the figure, and heap-MB should not depend on how many there are.
func BenchmarkExport(b *testing.B) {
	h := newHouse(b, standing(b))
	handler := files.New(files.Options{Log: h.Log, Dir: b.TempDir(), Logger: slog.Default()}).Handler()
	var to *exported
	for b.Loop() {
		to = &exported{header: http.Header{}}
		began := time.Now()
		handler.ServeHTTP(to, httptest.NewRequest(http.MethodGet, "/export/logs.csv", nil))
		b.ReportMetric(float64(to.lines)/time.Since(began).Seconds(), "rows/s")
	}
	b.ReportMetric(float64(to.heap)/(1<<20), "heap-MB")
	if to.lines <= *rows {
		b.Errorf("%d lines of %d records", to.lines, *rows)
	}
}
