package stats

import (
	"context"
	"time"
)

// Live yields the live value of a group, or of all when group is nil, on one node or on all when node is nil: one at once and
// one each second. A reader that is late gets the latest and misses those before. The channel is closed when ctx is cancelled.
func (s *Stats) Live(ctx context.Context, group *int64, node *int) <-chan Live {
	values := make(chan Live)
	go func() {
		defer close(values)
		for {
			now := time.Now()
			next := time.NewTimer(untilNextSecond(now))
			if !offer(ctx, values, s.now(now, group, node), next.C) {
				next.Stop()
				return
			}
		}
	}()
	return values
}

// offer holds a value out until the next is due; it returns false when the watcher has gone.
func offer(ctx context.Context, values chan<- Live, value Live, due <-chan time.Time) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case values <- value:
			values = nil
		case <-due:
			return true
		}
	}
}
