package stats

import (
	"context"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"
)

// span is the time from one second on, before another.
type span struct{ from, to int64 }

// part is a span of whole buckets of one table.
type part struct {
	table *table
	span
}

// parts covers a span to the minute with as few rows as there are: whole hours, and minutes at its edges. The hour and the
// minute that are not over yet are whole as far as they have come.
func parts(s span, now int64) []part {
	s.from = floor(s.from, minuteSeconds)
	firstHour, endHour := floor(s.from+hourSeconds-1, hourSeconds), floor(s.to, hourSeconds)
	if s.to > now {
		endHour = floor(now, hourSeconds) + hourSeconds
	}
	if firstHour >= endHour {
		return []part{{&minutes, s}}
	}
	all := []part{{&hours, span{firstHour, endHour}}}
	if s.from < firstHour {
		all = append(all, part{&minutes, span{s.from, firstHour}})
	}
	if endHour < s.to {
		all = append(all, part{&minutes, span{endHour, s.to}})
	}
	return all
}

// total is what the groups that were asked counted in a span, over all nodes.
func (s *Stats) total(ctx context.Context, over span, now int64) (figures, error) {
	var sum figures
	for _, p := range parts(over, now) {
		byGroup, err := s.sums(ctx, p, entsql.EQ("member", false))
		if err != nil {
			return figures{}, err
		}
		for _, f := range byGroup {
			sum.merge(f)
		}
	}
	return sum, nil
}

// sums are the counters of a part by group; histograms stay empty.
func (s *Stats) sums(ctx context.Context, p part, where ...*entsql.Predicate) (map[int64]*figures, error) {
	columns := []string{"group_id"}
	for _, c := range counters {
		columns = append(columns, "COALESCE(SUM("+c+"), 0)")
	}
	where = append(slices.Clone(where), entsql.GTE("bucket", p.from), entsql.LT("bucket", p.to))
	query, args := s.sql().Select(columns...).From(entsql.Table(p.table.name)).
		Where(entsql.And(where...)).GroupBy("group_id").Query()
	rows, err := s.options.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", p.table.name, err)
	}
	defer rows.Close()
	found := map[int64]*figures{}
	for rows.Next() {
		var group int64
		var f figures
		if err := rows.Scan(append([]any{&group}, f.places()...)...); err != nil {
			return nil, fmt.Errorf("read %s: %w", p.table.name, err)
		}
		found[group] = &f
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read %s: %w", p.table.name, err)
	}
	return found, nil
}

// Window is how far back a summary looks.
type Window time.Duration

// The windows.
const (
	Hour  Window = Window(time.Hour)
	Day   Window = 24 * Hour
	Week  Window = 7 * Day
	Month Window = 30 * Day
)

// Summary is a group's traffic in a window. ErrorRate is from 0 to 1.
type Summary struct {
	Requests, Failures        int64
	ErrorRate                 float64
	InputTokens, OutputTokens int64
}

// Traffic is what a group served, asked itself or as a member of an aggregate; zero when there was nothing.
func (s *Stats) Traffic(ctx context.Context, group int64, w Window) (Summary, error) {
	all, err := s.summaries(ctx, w, time.Now(), entsql.EQ("group_id", group))
	return all[group], err
}

// AllTraffic is Traffic of every group that had any: one question for a list of groups.
func (s *Stats) AllTraffic(ctx context.Context, w Window) (map[int64]Summary, error) {
	return s.summaries(ctx, w, time.Now())
}

func (s *Stats) summaries(ctx context.Context, w Window, now time.Time, where ...*entsql.Predicate) (map[int64]Summary, error) {
	over := span{now.Add(-time.Duration(w)).Unix(), now.Unix() + 1}
	if w > Day {
		over.from = floor(over.from, hourSeconds) // minutes are not kept for so long
	}
	sums := map[int64]*figures{}
	for _, p := range parts(over, now.Unix()) {
		byGroup, err := s.sums(ctx, p, where...)
		if err != nil {
			return nil, err
		}
		for group, f := range byGroup {
			if sums[group] == nil {
				sums[group] = &figures{}
			}
			sums[group].merge(f)
		}
	}
	all := make(map[int64]Summary, len(sums))
	for group, f := range sums {
		all[group] = Summary{f.requests, f.failures, rate(f.failures, f.requests), f.inputTokens, f.outputTokens}
	}
	return all, nil
}
