package graph

import (
	"context"
	"fmt"

	"roundhouse/graph/generated"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/stats"
)

var windows = map[generated.TrafficWindow]stats.Window{
	generated.TrafficWindowHour: stats.Hour, generated.TrafficWindowDay: stats.Day,
	generated.TrafficWindowWeek: stats.Week, generated.TrafficWindowMonth: stats.Month,
}

func trendView(t stats.Trend) *generated.Trend {
	return &generated.Trend{Value: t.Value, Previous: t.Previous}
}

// totalCounts are the keys of one group, or of all that there are.
func (r *Resolver) totalCounts(ctx context.Context, groupID *int64) (*generated.KeyCounts, error) {
	if groupID != nil {
		return r.countsView(ctx, *groupID)
	}
	loads := loadsOf(ctx, r)
	groups, err := loads.allGroups(ctx)
	if err != nil {
		return nil, err
	}
	var sum keypool.Counts
	var cooling int64
	for _, g := range groups {
		counts, err := loads.keyCounts(ctx, g.ID)
		if err != nil {
			return nil, err
		}
		sum.Active += counts.Active
		sum.Invalid += counts.Invalid
		sum.Disabled += counts.Disabled
		cooling += r.Rooms.Health.CoolingKeys(g.ID)
	}
	return countsView(sum, cooling), nil
}

// warnings are those of the configuration, and of proxy keys that could be guessed.
func (r *Resolver) warnings(ctx context.Context) ([]*generated.SecurityWarning, error) {
	all := append([]*generated.SecurityWarning{}, r.Rooms.Warnings...)
	weak, err := r.Rooms.Catalog.WeakProxyKeys(ctx)
	if err != nil {
		return nil, err
	}
	if weak > 0 {
		all = append(all, &generated.SecurityWarning{
			Code: "PROXY_KEY_WEAK", Severity: generated.SeverityMedium,
			Message: fmt.Sprintf("%d proxy keys are short or plain enough to be guessed.", weak),
			Remedy:  "Make new ones without giving a value, hand them out, and delete the weak ones.",
		})
	}
	return all, nil
}

// runningNode refuses a node that does not run.
func (r *Resolver) runningNode(ctx context.Context, id *int64) (*int, error) {
	if id == nil {
		return nil, nil
	}
	nodes, err := r.Rooms.Nodes(ctx)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		if int64(n.Number) == *id {
			return &n.Number, nil
		}
	}
	return nil, fmt.Errorf("node %d: %w", *id, fault.ErrNotFound)
}

// liveNow is what happens now; when the keys cannot be counted their figures are zero rather than the stream at its end.
func (r *Resolver) liveNow(ctx context.Context, groupID *int64, l stats.Live) *generated.LiveStats {
	counts, err := r.totalCounts(withLoads(ctx, r), groupID)
	if err != nil {
		counts = &generated.KeyCounts{}
	}
	return liveView(l, counts)
}

// liveView is one second. What the keys were in a second that is over is not remembered: they are counted as they are now.
func liveView(l stats.Live, counts *generated.KeyCounts) *generated.LiveStats {
	return &generated.LiveStats{
		Time: l.Time, InFlight: l.InFlight, OpenStreams: l.OpenStreams,
		RequestsPerSecond: l.RequestsPerSecond, ErrorRate: l.ErrorRate, P50Ms: l.P50, P95Ms: l.P95, FirstByteP50Ms: l.FirstByteP50,
		RequestsLastSecond: l.RequestsLastSecond, FailuresLastSecond: l.FailuresLastSecond, RetriesLastSecond: l.RetriesLastSecond,
		OutputTokensPerSecond: l.OutputTokensPerSecond, KeyCounts: counts, Nodes: 1,
		Groups: each(l.Groups, func(g stats.GroupLive) *generated.LiveGroupStats {
			return &generated.LiveGroupStats{GroupName: g.GroupName, RequestsPerSecond: g.RequestsPerSecond, ErrorRate: g.ErrorRate}
		}),
	}
}
