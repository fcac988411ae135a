package stats

import (
	"context"
	"time"
)

// Trend is a figure and the same over the window before.
type Trend struct{ Value, Previous float64 }

// Dashboard is the cluster's traffic at a glance.
type Dashboard struct {
	// RequestsPerMinute is an average over 10 minutes.
	RequestsPerMinute Trend
	// The others are over 24 hours; ErrorRate is from 0 to 1.
	Requests, ErrorRate, InputTokens, OutputTokens Trend
}

// Dashboard reads the rollups, which records reach when they are written.
func (s *Stats) Dashboard(ctx context.Context, now time.Time) (Dashboard, error) {
	const tenMinutes = 10 * minuteSeconds
	at := now.Unix()
	// The minute that is under way counts for as much of it as is over.
	minute := floor(at, minuteSeconds)
	spans := []span{
		{minute - 9*minuteSeconds, at + 1}, {minute - 9*minuteSeconds - tenMinutes, minute - 9*minuteSeconds},
		{at - daySeconds, at + 1}, {at - 2*daySeconds, floor(at-daySeconds, minuteSeconds)},
	}
	sums := make([]figures, len(spans))
	for i, over := range spans {
		var err error
		if sums[i], err = s.total(ctx, over, at); err != nil {
			return Dashboard{}, err
		}
	}
	day, before := &sums[2], &sums[3]
	return Dashboard{
		RequestsPerMinute: Trend{float64(sums[0].requests) * minuteSeconds / float64(at+1-spans[0].from), float64(sums[1].requests) / 10},
		Requests:          Trend{float64(day.requests), float64(before.requests)},
		ErrorRate:         Trend{rate(day.failures, day.requests), rate(before.failures, before.requests)},
		InputTokens:       Trend{float64(day.inputTokens), float64(before.inputTokens)},
		OutputTokens:      Trend{float64(day.outputTokens), float64(before.outputTokens)},
	}, nil
}
