package stats

import (
	"context"
	"slices"
	"sync"
	"time"
)

// historySize is how many seconds of live values are remembered.
const historySize = 300

// history holds the last live values, so that a page that opens is not blank.
type history struct {
	mu      sync.Mutex // guards samples
	samples []sample   // oldest first
}

// sample is one second: the cluster's, and that of each group that had traffic in its window.
type sample struct {
	all    Live
	groups map[int64]Live
}

// History is what Live yielded in the last 300 seconds for a group, or for all when group is nil, oldest first. It
// begins with Run.
func (s *Stats) History(group *int64) []Live {
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	values := make([]Live, len(s.history.samples))
	for i, sampled := range s.history.samples {
		values[i] = sampled.all
		if group == nil {
			continue
		}
		value, busy := sampled.groups[*group]
		if !busy {
			value = Live{Time: sampled.all.Time, InFlight: sampled.all.InFlight, OpenStreams: sampled.all.OpenStreams}
		}
		values[i] = value
	}
	return values
}

// remember takes a sample each second until ctx is cancelled.
func (s *Stats) remember(ctx context.Context) {
	for {
		now := time.Now()
		turn := time.NewTimer(untilNextSecond(now))
		select {
		case <-ctx.Done():
			turn.Stop()
			return
		case <-turn.C:
		}
		at := time.Now()
		s.beat(at)
		s.sample(at)
	}
}

func (s *Stats) sample(at time.Time) {
	taken := sample{all: s.now(at, nil, nil), groups: map[int64]Live{}}
	for _, group := range s.busyGroups(at) {
		taken.groups[group] = s.now(at, &group, nil)
	}
	s.history.mu.Lock()
	defer s.history.mu.Unlock()
	s.history.samples = append(s.history.samples, taken)
	if beyond := len(s.history.samples) - historySize; beyond > 0 {
		s.history.samples = slices.Delete(s.history.samples, 0, beyond)
	}
}

// busyGroups are those that had traffic in the window.
func (s *Stats) busyGroups(at time.Time) []int64 {
	seen := map[int64]bool{}
	var groups []int64
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	for _, r := range s.rings(&Live{}, at, nil) {
		for back := int64(1); back <= window; back++ {
			for v := range r.views(at.Unix() - back) {
				if !seen[v.group] {
					seen[v.group] = true
					groups = append(groups, v.group)
				}
			}
		}
	}
	return groups
}

// untilNextSecond ends just after the second has turned, so that the last one is whole.
func untilNextSecond(now time.Time) time.Duration {
	return now.Truncate(time.Second).Add(time.Second + 5*time.Millisecond).Sub(now)
}
