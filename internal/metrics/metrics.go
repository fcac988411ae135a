package metrics

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"roundhouse/proxycore"
)

const (
	namespace = "roundhouse"
	// mostGroups bounds the values of the label "group"; what comes after them counts as otherGroup.
	mostGroups = 500
	otherGroup = "other"
)

// seconds are the bounds of latencies: an answer of a cache takes milliseconds, one that thinks takes minutes.
var seconds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320, 640}

// Options are what is asked for at every scrape; each field is needed.
type Options struct {
	Version, Commit string
	// Figures are the data plane's own.
	Figures func() proxycore.Figures
	// Pipeline is how the request log is doing.
	Pipeline func() Pipeline
	// Keys counts every group's keys; ctx ends when the scrape does.
	Keys func(ctx context.Context) ([]Keys, error)
	// Snapshot is the configuration in force.
	Snapshot func() Snapshot
	// LinesLost counts lines of the program's own log that could not be written.
	LinesLost func() int64
	Logger    *slog.Logger
}

// Pipeline is the way of records to the database. Written, Dropped and Rejected count since the process started.
type Pipeline struct {
	Waiting                    int
	JournalBytes               int64
	Written, Dropped, Rejected int64
}

// Keys are a group's by state; Cooling ones are active too.
type Keys struct {
	Group                              string
	Active, Invalid, Disabled, Cooling int64
}

// Snapshot is what the data plane serves by.
type Snapshot struct {
	// Since is when it was put in force, in seconds since 1970; 0 when there is none.
	Since float64
	// Faulty says that it is not what the database holds.
	Faulty bool
}

// Metrics counts one node's records.
type Metrics struct {
	registry  *prometheus.Registry
	logger    *slog.Logger
	requests  *prometheus.CounterVec
	attempts  *prometheus.CounterVec
	duration  *prometheus.HistogramVec
	firstByte *prometheus.HistogramVec
	tokens    *prometheus.CounterVec
	bytes     *prometheus.CounterVec

	mu     sync.Mutex // guards groups
	groups map[string]bool
}

// New returns metrics of their own registry, with those of Go and of the process beside them.
func New(o Options) *Metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	}
	histogram := func(name, help string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: seconds}, []string{"group"})
	}
	m := &Metrics{
		registry:  prometheus.NewRegistry(),
		logger:    o.Logger,
		requests:  counter("requests_total", "Requests that ended, by the group asked and how they ended.", "group", "outcome"),
		attempts:  counter("attempts_total", "Attempts at an upstream, by the group that made them and how they ended.", "group", "outcome"),
		duration:  histogram("request_duration_seconds", "Time of the attempt that answered, by the group asked."),
		firstByte: histogram("request_first_byte_seconds", "Time until the first byte of the answer's body, by the group asked."),
		tokens:    counter("tokens_total", "Tokens by the group asked; cached and cache_write are part of input, reasoning of output.", "group", "kind"),
		bytes:     counter("bytes_total", "Bytes of bodies by the group asked.", "group", "direction"),
		groups:    map[string]bool{},
	}
	m.registry.MustRegister(m.requests, m.attempts, m.duration, m.firstByte, m.tokens, m.bytes, newScraped(o),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Observe counts a record; it takes a few microseconds and waits for nobody. Our own validations are not traffic, nor is what
// showed no valid proxy key: strangers are counted by the data plane.
func (m *Metrics) Observe(r proxycore.Record) {
	if r.Probe || r.ProxyKeyID == 0 && !r.Trial {
		return
	}
	answering := m.group(r.GroupName, r.GroupID)
	if r.AttemptNumber > 0 {
		m.attempts.WithLabelValues(answering, string(r.Outcome)).Inc()
	}
	asked := answering
	if r.ParentID != 0 {
		asked = m.group(r.ParentName, r.ParentID)
	}
	u := &r.Usage
	m.add(m.tokens, asked, "input", u.Input)
	m.add(m.tokens, asked, "output", u.Output)
	m.add(m.tokens, asked, "cached", u.Cached)
	m.add(m.tokens, asked, "cache_write", u.CacheWrite)
	m.add(m.tokens, asked, "reasoning", u.Reasoning)
	if !r.Final {
		return
	}
	m.requests.WithLabelValues(asked, string(r.Outcome)).Inc()
	m.add(m.bytes, asked, "request", r.RequestBytes)
	m.add(m.bytes, asked, "response", r.ResponseBytes)
	if r.AttemptNumber > 0 {
		m.duration.WithLabelValues(asked).Observe(r.Ended.Sub(r.Started).Seconds())
	}
	if r.FirstByte >= 0 && r.AttemptNumber > 0 {
		m.firstByte.WithLabelValues(asked).Observe(r.FirstByte.Seconds())
	}
}

// add adds what there is; a counter never falls.
func (m *Metrics) add(to *prometheus.CounterVec, group, kind string, n int64) {
	if n > 0 {
		to.WithLabelValues(group, kind).Add(float64(n))
	}
}

// group is the label's value. A name that is no group's, which a client may have made up, is none.
func (m *Metrics) group(name string, id int64) string {
	if id == 0 {
		return ""
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.groups[name] {
		if len(m.groups) >= mostGroups {
			return otherGroup
		}
		m.groups[name] = true
	}
	return name
}

// Handler serves the metrics at /metrics. What cannot be asked at the moment is left out and logged.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: complaints{m.logger}, ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: 4,
	}))
	return mux
}

// complaints are the library's.
type complaints struct{ logger *slog.Logger }

func (c complaints) Println(v ...any) { c.logger.Warn("metrics: a part is left out", "error", v) }
