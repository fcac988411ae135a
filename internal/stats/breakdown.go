package stats

import (
	"context"
	"time"

	"roundhouse/internal/fault"
)

// Row is one subject's traffic in a stretch of time; latencies are in milliseconds and nil when there was nothing to measure.
type Row struct {
	Subject                                 Subject
	Requests, Failures, Retries             int64
	InputTokens, OutputTokens, CachedTokens int64
	P50, P95, FirstByteP95                  *float64
	// PreviousRequests are those of the window before, of the same length.
	PreviousRequests int64
}

// Breakdown tells traffic apart: the busiest first subjects, busiest first, and the rest. It counts whole hours; groups, when
// they are asked for within the last two days, to the minute. Faulty input is a *fault.Input.
func (s *Stats) Breakdown(ctx context.Context, d Dimension, scope Scope, from, to time.Time, first int) ([]Row, error) {
	now := time.Now()
	o := Outline{From: from, To: to, Bucket: Hour1}
	var faults fault.List
	faults.Join("", checkFirst(first))
	if !from.Before(to) {
		faults.Add("to", fault.TooSmall, nil, "is to be later than from")
	}
	if scope.GroupID != 0 && d == ByProxyKey {
		faults.Add("groupId", fault.Exclusive, nil, "proxy keys are counted over all groups")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	window := span{from.Unix(), to.Unix()}
	before := span{2*window.from - window.to, window.from}
	if before.from < now.Unix()-hours.keep {
		o.Bucket, o.zone, o.beyondHours = Day1, time.UTC, true
	}
	sums, err := s.subjects(ctx, d, o, scope, window, now)
	if err != nil {
		return nil, err
	}
	previous, err := s.subjects(ctx, d, o, scope, before, now)
	if err != nil {
		return nil, err
	}
	total := map[Subject]int64{}
	for of := range previous {
		if sums[of] == nil {
			sums[of] = &figures{}
		}
	}
	for of, f := range sums {
		total[of] = f.requests
	}
	named, others := busiest(total, first)
	rows := make([]Row, 0, len(named)+1)
	for _, of := range named {
		rows = append(rows, sums[of].row(of, previous[of]))
	}
	var rest, restBefore figures
	for _, of := range others {
		rest.merge(sums[of])
		if f := previous[of]; f != nil {
			restBefore.merge(f)
		}
	}
	return append(rows, rest.row(Subject{Rest: true}, &restBefore)), nil
}

func (f *figures) row(of Subject, before *figures) Row {
	r := Row{
		Subject: of, Requests: f.requests, Failures: f.failures, Retries: f.retries,
		InputTokens: f.inputTokens, OutputTokens: f.outputTokens, CachedTokens: f.cachedTokens,
		P50: quantile(&f.durations, 0.5), P95: quantile(&f.durations, 0.95), FirstByteP95: quantile(&f.firstBytes, 0.95),
	}
	if before != nil {
		r.PreviousRequests = before.requests
	}
	return r
}

// subjects are the sums of a window by subject.
func (s *Stats) subjects(ctx context.Context, d Dimension, o Outline, scope Scope, window span, now time.Time) (map[Subject]*figures, error) {
	t := d.table(o)
	cover := []part{{t, span{floor(window.from, t.width), window.to}}}
	if t == &hours && window.from >= now.Add(-minutesBack).Unix() {
		cover = parts(window, now.Unix())
	}
	sums := map[Subject]*figures{}
	for _, p := range cover {
		err := s.read(ctx, p.table, p.span, d.column(), scope.conditions(p.table), func(k key, f *figures) {
			of := d.subject(k)
			if sums[of] == nil {
				sums[of] = &figures{}
			}
			sums[of].merge(f)
		})
		if err != nil {
			return nil, err
		}
	}
	return sums, nil
}
