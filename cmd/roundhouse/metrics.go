package main

import (
	"context"
	"sync/atomic"
	"time"

	"roundhouse/internal/metrics"
	"roundhouse/proxycore"
)

// newMetrics joins what Prometheus is shown.
func (p *program) newMetrics() *metrics.Metrics {
	return metrics.New(metrics.Options{
		Version: version, Commit: commit(), Figures: p.gateway.Figures, Keys: p.keyMetrics, Logger: p.logger,
		Pipeline: func() metrics.Pipeline {
			counts := p.log.Counts()
			return metrics.Pipeline{
				Waiting: counts.Waiting, JournalBytes: p.log.JournalBytes(),
				Written: counts.Written, Dropped: counts.Dropped, Rejected: counts.Rejected,
			}
		},
		LinesLost: p.lines.lost.Load,
		Snapshot: func() metrics.Snapshot {
			return metrics.Snapshot{Since: float64(p.swapped.at.Load()) / 1000, Faulty: p.publisher.LastError() != nil}
		},
	})
}

// keyMetrics are every group's keys by state, in the order of the console.
func (p *program) keyMetrics(ctx context.Context) ([]metrics.Keys, error) {
	groups, err := p.catalog.List(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := p.keys.AllCounts(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]metrics.Keys, len(groups))
	for i, g := range groups {
		c := counts[g.ID]
		all[i] = metrics.Keys{Group: g.Name, Active: c.Active, Invalid: c.Invalid, Disabled: c.Disabled, Cooling: min(p.gateway.CoolingKeys(g.ID), c.Active)}
	}
	return all, nil
}

// timedGateway notes when a configuration was put in force.
type timedGateway struct {
	*proxycore.Gateway
	// at is in milliseconds since 1970.
	at atomic.Int64
}

func (g *timedGateway) Swap(config proxycore.SnapshotConfig) error {
	err := g.Gateway.Swap(config)
	if err == nil {
		g.at.Store(time.Now().UnixMilli())
	}
	return err
}
