package graph

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/graph/generated"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/stats"
)

// mostRecentModels is how many models a group shows.
const mostRecentModels = 200

// restName names what has no row of its own.
const restName = "OTHER"

var (
	dimensions = map[generated.Dimension]stats.Dimension{
		generated.DimensionGroup: stats.ByGroup, generated.DimensionModel: stats.ByModel,
		generated.DimensionStatus: stats.ByStatus, generated.DimensionProxyKey: stats.ByProxyKey,
	}
	buckets = map[generated.Bucket]stats.Bucket{
		generated.BucketMinute: stats.Minute1, generated.BucketHour: stats.Hour1, generated.BucketDay: stats.Day1,
	}
)

// charts are the loads of what is drawn for every group.
type charts struct {
	sparks map[stats.Window]map[int64]stats.Spark
	models map[int64][]string
}

func (l *loads) spark(ctx context.Context, groupID int64, window stats.Window) (stats.Spark, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.charts.sparks[window]; !known {
		all, err := l.resolver.Rooms.Stats.AllSparks(ctx, window)
		if err != nil {
			return stats.Spark{}, err
		}
		if l.charts.sparks == nil {
			l.charts.sparks = map[stats.Window]map[int64]stats.Spark{}
		}
		l.charts.sparks[window] = all
	}
	if spark, busy := l.charts.sparks[window][groupID]; busy {
		return spark, nil
	}
	return stats.EmptySpark(window), nil
}

// modelsOf are those that the group was asked for, busiest first, and then the names of its redirects.
func (l *loads) modelsOf(ctx context.Context, groupID int64) ([]string, error) {
	g, err := l.group(ctx, groupID)
	if g == nil || err != nil {
		return []string{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.charts.models == nil {
		if l.charts.models, err = l.resolver.Rooms.Stats.AllModels(ctx); err != nil {
			return nil, err
		}
	}
	models := append([]string{}, l.charts.models[groupID]...)
	for _, redirect := range g.ModelRedirects {
		if !slices.Contains(models, redirect.From) {
			models = append(models, redirect.From)
		}
	}
	return models[:min(mostRecentModels, len(models))], nil
}

func pointView(p stats.Point) *generated.TrafficPoint {
	return &generated.TrafficPoint{
		Time: p.Time, Successes: p.Successes, Failures: p.Failures, Retries: p.Retries,
		ClientFaults: p.ClientFaults, RateLimited: p.RateLimited,
		InputTokens: p.InputTokens, OutputTokens: p.OutputTokens, CachedTokens: p.CachedTokens,
		P50Ms: p.P50, P95Ms: p.P95, P99Ms: p.P99, FirstByteP50Ms: p.FirstByteP50, FirstByteP95Ms: p.FirstByteP95,
	}
}

func rowView(name string, row stats.Row) *generated.BreakdownRow {
	return &generated.BreakdownRow{
		Name: name, GroupID: row.Subject.GroupID, Requests: row.Requests, Failures: row.Failures, Retries: row.Retries,
		InputTokens: row.InputTokens, OutputTokens: row.OutputTokens, CachedTokens: row.CachedTokens,
		P50Ms: row.P50, P95Ms: row.P95, FirstByteP95Ms: row.FirstByteP95, PreviousRequests: row.PreviousRequests,
	}
}

// seriesViews name what each series is about.
func (r *Resolver) seriesViews(ctx context.Context, by generated.Dimension, all []stats.Series) ([]*generated.TrafficSeries, error) {
	names, err := r.subjectNames(ctx, by)
	if err != nil {
		return nil, err
	}
	return each(all, func(s stats.Series) *generated.TrafficSeries {
		return &generated.TrafficSeries{Name: names(s.Subject), GroupID: s.Subject.GroupID, Points: each(s.Points, pointView)}
	}), nil
}

// subjectNames says how subjects of a dimension are called. What was deleted goes by its id.
func (r *Resolver) subjectNames(ctx context.Context, by generated.Dimension) (func(stats.Subject) string, error) {
	byID := map[int64]string{}
	switch by {
	case generated.DimensionGroup:
		groups, err := loadsOf(ctx, r).allGroups(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range groups {
			byID[g.ID] = g.Name
		}
	case generated.DimensionProxyKey:
		keys, err := r.allProxyKeys(ctx)
		if err != nil {
			return nil, err
		}
		byID = keys
	}
	return func(of stats.Subject) string {
		switch {
		case of.Rest:
			return restName
		case by == generated.DimensionModel:
			return of.Model
		case by == generated.DimensionStatus:
			return strconv.Itoa(of.Status)
		}
		id := max(of.GroupID, of.ProxyKeyID)
		if name, known := byID[id]; known {
			return name
		}
		return fmt.Sprintf("#%d", id)
	}, nil
}

// allProxyKeys are the masks of every group's proxy keys and of those that open all.
func (r *Resolver) allProxyKeys(ctx context.Context) (map[int64]string, error) {
	global, err := r.Rooms.Catalog.ProxyKeys(ctx, 0)
	if err != nil {
		return nil, err
	}
	groups, err := loadsOf(ctx, r).allGroups(ctx)
	if err != nil {
		return nil, err
	}
	masks := map[int64]string{}
	for _, k := range global {
		masks[k.ID] = k.Masked
	}
	for _, g := range groups {
		for _, k := range g.ProxyKeys {
			masks[k.ID] = k.Masked
		}
	}
	return masks, nil
}

// outline is a question's stretch of time.
func outline(from, to time.Time, bucket generated.Bucket, zone string) stats.Outline {
	return stats.Outline{From: from, To: to, Bucket: buckets[bucket], Zone: zone}
}

// failingViews leave out keys that have been deleted.
func (r *Resolver) failingViews(ctx context.Context, failing []requestlog.FailingKey) ([]*generated.FailingKey, error) {
	views := make([]*generated.FailingKey, 0, len(failing))
	for _, f := range failing {
		row, err := r.Rooms.Keys.Get(ctx, f.KeyID)
		if isNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		keys, err := r.keyViews(ctx, []*ent.Key{row})
		if err != nil {
			return nil, err
		}
		views = append(views, &generated.FailingKey{Key: keys[0], Failures: f.Failures, LastStatusCode: optional(f.LastStatusCode)})
	}
	return views, nil
}
