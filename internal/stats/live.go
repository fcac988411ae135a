package stats

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"roundhouse/proxycore"
)

const (
	// ringSize is how many seconds are remembered.
	ringSize = 60
	// window is over how many whole seconds rates and latencies are taken.
	window = 10
	// mostGroups is how many groups a live value names.
	mostGroups = 20
)

// Live is what happens now, in the whole cluster or on one node.
type Live struct {
	Time time.Time
	// InFlight and OpenStreams are of all groups, whatever group was asked for.
	InFlight, OpenStreams int
	// RequestsPerSecond and ErrorRate (0 to 1) are over the last 10 whole seconds, and so are the latencies, in
	// milliseconds; these are nil when there was nothing to measure.
	RequestsPerSecond, ErrorRate float64
	P50, P95, FirstByteP50       *float64
	// The last whole second.
	RequestsLastSecond, FailuresLastSecond, RetriesLastSecond int
	// OutputTokensPerSecond is over the last 10 whole seconds.
	OutputTokensPerSecond float64
	// Groups that were asked in the last second, busiest first, at most 20.
	Groups []GroupLive
}

// GroupLive is a group's part in the last second; the error rate is from 0 to 1.
type GroupLive struct {
	GroupID           int64
	GroupName         string
	RequestsPerSecond float64
	ErrorRate         float64
}

// live holds the last seconds, of this node and of those that told theirs.
type live struct {
	mu      sync.Mutex // guards what follows
	seconds ring
	others  map[int]*elsewhere
}

// ring is what came in each of the last seconds of the clock.
type ring [ringSize]struct {
	at    int64
	views map[view]*groupSecond
}

// at returns where a view is counted in a second, which is the newest.
func (r *ring) at(second int64, v view, name string) *groupSecond {
	slot := &r[second%ringSize]
	if slot.at != second {
		slot.at = second
		slot.views = make(map[view]*groupSecond, len(slot.views))
	}
	g := slot.views[v]
	if g == nil {
		g = &groupSecond{name: name}
		slot.views[v] = g
	}
	return g
}

// views returns what came in a second; nil when that was nothing.
func (r *ring) views(second int64) map[view]*groupSecond {
	if slot := &r[second%ringSize]; slot.at == second {
		return slot.views
	}
	return nil
}

type groupSecond struct {
	name string
	figures
}

// Observe counts a record in the live figures, in the second in which it comes. It takes less than a microsecond and never
// waits for a reader of the database.
func (s *Stats) Observe(r proxycore.Record) {
	if !counts(&r) {
		return
	}
	at := time.Now().Unix()
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	for i, v := range views(&r) {
		name := r.GroupName
		if i == 0 && r.ParentID != 0 {
			name = r.ParentName
		}
		s.live.seconds.at(at, v, name).add(&r)
	}
}

// now is the live value of one group, asked or as a member, or of all when group is nil; on one node, or on all when node is
// nil.
func (s *Stats) now(at time.Time, group *int64, node *int) Live {
	l := Live{Time: at.UTC()}
	var sum, last figures
	busy := map[int64]*groupSecond{}
	s.live.mu.Lock()
	for _, r := range s.rings(&l, at, node) {
		for back := int64(1); back <= window; back++ {
			for v, g := range r.views(at.Unix() - back) {
				if group == nil && v.member || group != nil && v.group != *group {
					continue
				}
				sum.merge(&g.figures)
				if back > 1 {
					continue
				}
				last.merge(&g.figures)
				if v.group != 0 && !v.member {
					if busy[v.group] == nil {
						busy[v.group] = &groupSecond{name: g.name}
					}
					busy[v.group].merge(&g.figures)
				}
			}
		}
	}
	s.live.mu.Unlock()
	for id, g := range busy {
		l.Groups = append(l.Groups, GroupLive{id, g.name, float64(g.requests), rate(g.failures, g.requests)})
	}
	l.RequestsPerSecond = float64(sum.requests) / window
	l.OutputTokensPerSecond = float64(sum.outputTokens) / window
	l.ErrorRate = rate(sum.failures, sum.requests)
	l.P50, l.P95, l.FirstByteP50 = quantile(&sum.durations, 0.5), quantile(&sum.durations, 0.95), quantile(&sum.firstBytes, 0.5)
	l.RequestsLastSecond, l.FailuresLastSecond, l.RetriesLastSecond = int(last.requests), int(last.failures), int(last.retries)
	slices.SortFunc(l.Groups, func(a, b GroupLive) int {
		return cmp.Or(cmp.Compare(b.RequestsPerSecond, a.RequestsPerSecond), cmp.Compare(a.GroupID, b.GroupID))
	})
	l.Groups = l.Groups[:min(mostGroups, len(l.Groups))]
	return l
}

// rings are those of the node, or of all nodes when it is nil, whose requests in flight it adds to l. s.live.mu is held.
func (s *Stats) rings(l *Live, at time.Time, node *int) (rings []*ring) {
	if node == nil || *node == s.options.Node {
		l.InFlight, l.OpenStreams = s.options.Figures()
		rings = append(rings, &s.live.seconds)
	}
	for number, other := range s.live.others {
		if node != nil && *node != number {
			continue
		}
		rings = append(rings, &other.seconds)
		if at.Sub(other.heard) < silent {
			l.InFlight += other.inFlight
			l.OpenStreams += other.openStreams
		}
	}
	return rings
}

// merge adds all that other counted.
func (f *figures) merge(other *figures) {
	values := other.values()
	for i, place := range f.places() {
		*place.(*int64) += values[i].(int64)
	}
	f.durations.Merge(&other.durations)
	f.firstBytes.Merge(&other.firstBytes)
}

// rate is 0 when there is nothing to divide by.
func rate(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

func quantile(h *Histogram, q float64) *float64 {
	if v, ok := h.Quantile(q); ok {
		return &v
	}
	return nil
}
