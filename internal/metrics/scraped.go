package metrics

import (
	"context"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// patience is how long a scrape waits for the database.
const patience = 2 * time.Second

// scraped is what others know: asked at every scrape, kept nowhere.
type scraped struct {
	options                                      Options
	build                                        *prometheus.Desc
	inFlight, streams, strangers, lost           *prometheus.Desc
	waiting, journal, written, dropped, rejected *prometheus.Desc
	lines                                        *prometheus.Desc
	keys, cooling                                *prometheus.Desc
	snapshotSince, snapshotFaulty                *prometheus.Desc
}

func newScraped(o Options) *scraped {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
	}
	return &scraped{
		options:        o,
		build:          desc("build_info", "Always 1; the labels say which build runs.", "version", "commit", "goversion"),
		inFlight:       desc("requests_in_flight", "Requests from their admission to their end."),
		streams:        desc("streams_open", "Requests in flight whose streamed answer flows."),
		strangers:      desc("stranger_requests_total", "Requests that never showed a valid proxy key."),
		lost:           desc("stranger_records_dropped_total", "Records of such requests that were left out of the request log."),
		waiting:        desc("log_queue_records", "Records that wait for the database, in memory or in the journal."),
		journal:        desc("log_journal_bytes", "Size of the request log's journal."),
		written:        desc("log_records_written_total", "Records that the database took."),
		dropped:        desc("log_records_dropped_total", "Records that were lost: queue or journal was full, or unreadable."),
		rejected:       desc("log_records_rejected_total", "Records set aside that the database refuses."),
		lines:          desc("program_log_lines_dropped_total", "Lines of the program's own log that could not be written."),
		keys:           desc("keys", "Keys by group and status.", "group", "status"),
		cooling:        desc("keys_cooling", "Active keys that wait out a rate limit for every model, by group.", "group"),
		snapshotSince:  desc("snapshot_timestamp_seconds", "When the configuration in force was put there, in seconds since 1970."),
		snapshotFaulty: desc("snapshot_faulty", "1 when the configuration in force is not what the database holds."),
	}
}

func (s *scraped) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.build, s.inFlight, s.streams, s.strangers, s.lost, s.waiting, s.journal, s.written,
		s.dropped, s.rejected, s.lines, s.keys, s.cooling, s.snapshotSince, s.snapshotFaulty} {
		out <- d
	}
}

func (s *scraped) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	count := func(d *prometheus.Desc, v int64) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v))
	}
	gauge(s.build, 1, s.options.Version, s.options.Commit, runtime.Version())
	figures := s.options.Figures()
	gauge(s.inFlight, float64(figures.InFlight))
	gauge(s.streams, float64(figures.OpenStreams))
	count(s.strangers, figures.Strangers)
	count(s.lost, figures.LostRecords)
	pipeline := s.options.Pipeline()
	gauge(s.waiting, float64(pipeline.Waiting))
	gauge(s.journal, float64(pipeline.JournalBytes))
	count(s.written, pipeline.Written)
	count(s.dropped, pipeline.Dropped)
	count(s.rejected, pipeline.Rejected)
	count(s.lines, s.options.LinesLost())
	snapshot := s.options.Snapshot()
	gauge(s.snapshotSince, snapshot.Since)
	faulty := 0.0
	if snapshot.Faulty {
		faulty = 1
	}
	gauge(s.snapshotFaulty, faulty)
	s.collectKeys(out, gauge)
}

// collectKeys is the one part that asks the database; with an error it is left out.
func (s *scraped) collectKeys(out chan<- prometheus.Metric, gauge func(*prometheus.Desc, float64, ...string)) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	groups, err := s.options.Keys(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(s.keys, err)
		return
	}
	for _, k := range groups[:min(mostGroups, len(groups))] {
		gauge(s.keys, float64(k.Active), k.Group, "active")
		gauge(s.keys, float64(k.Invalid), k.Group, "invalid")
		gauge(s.keys, float64(k.Disabled), k.Group, "disabled")
		gauge(s.cooling, float64(k.Cooling), k.Group)
	}
}
