package stats

import (
	"context"
	"log/slog"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/internal/database"
)

// Options says what stats are made of.
type Options struct {
	DB *database.DB
	// Node is this process's number in the cluster; it adds to rollup rows of its own.
	Node int
	// Figures are the data plane's own; nil means none.
	Figures func() (inFlight, openStreams int)
	// Tell carries a pulse to the other nodes, each second; nil tells nobody. It must not block.
	Tell func(Pulse)
	// Fence is for what the leader alone deletes.
	Fence database.Fence
	// Now is the time by which rollups grow old; nil is the time of day.
	Now    func(ctx context.Context) (time.Time, error)
	Logger *slog.Logger
}

// Stats counts one node's traffic and reads the whole cluster's.
type Stats struct {
	options Options
	models  models
	live    live
	history history
}

// New returns stats that know nothing yet.
func New(options Options) *Stats {
	if options.Figures == nil {
		options.Figures = func() (int, int) { return 0, 0 }
	}
	if options.Tell == nil {
		options.Tell = func(Pulse) {}
	}
	if options.Now == nil {
		options.Now = func(context.Context) (time.Time, error) { return time.Now(), nil }
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	return &Stats{options: options, live: live{others: map[int]*elsewhere{}}, models: models{admitted: map[int64]map[view]map[string]bool{}}}
}

// sql builds statements in the database's own language.
func (s *Stats) sql() *entsql.DialectBuilder {
	if s.options.DB.Engine == database.SQLite {
		return entsql.Dialect(dialect.SQLite)
	}
	return entsql.Dialect(s.options.DB.Name())
}
