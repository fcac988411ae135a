package graph

import (
	"context"
	"sync"

	"roundhouse/internal/catalog"
	"roundhouse/internal/keypool"
	"roundhouse/internal/stats"
)

// loads hold what one answer needs of every group, read once however many fields ask for it. An answer of a subscription
// has its own, so that nothing goes stale on a socket that lives for days.
type loads struct {
	resolver *Resolver

	mu      sync.Mutex // guards what follows, and keeps two fields from reading the same
	groups  map[int64]*catalog.Group
	ordered []*catalog.Group
	counts  map[int64]keypool.Counts
	traffic map[stats.Window]map[int64]stats.Summary
	masks   map[int64]*string
	charts  charts
}

type loadsKey struct{}

func withLoads(ctx context.Context, resolver *Resolver) context.Context {
	return context.WithValue(ctx, loadsKey{}, &loads{resolver: resolver})
}

func loadsOf(ctx context.Context, resolver *Resolver) *loads {
	if l, ok := ctx.Value(loadsKey{}).(*loads); ok {
		return l
	}
	return &loads{resolver: resolver}
}

// forget lets what a mutation changed be read again.
func forget(ctx context.Context) {
	l, ok := ctx.Value(loadsKey{}).(*loads)
	if !ok {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.groups, l.ordered, l.counts, l.traffic = nil, nil, nil, nil
}

// allGroups are every group in order.
func (l *loads) allGroups(ctx context.Context) ([]*catalog.Group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.readGroups(ctx)
	return l.ordered, err
}

// group is nil when there is none of that id.
func (l *loads) group(ctx context.Context, id int64) (*catalog.Group, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.readGroups(ctx); err != nil {
		return nil, err
	}
	return l.groups[id], nil
}

func (l *loads) readGroups(ctx context.Context) error {
	if l.groups != nil {
		return nil
	}
	ordered, err := l.resolver.Rooms.Catalog.List(ctx)
	if err != nil {
		return err
	}
	l.ordered, l.groups = ordered, make(map[int64]*catalog.Group, len(ordered))
	for _, g := range ordered {
		l.groups[g.ID] = g
	}
	return nil
}

func (l *loads) keyCounts(ctx context.Context, groupID int64) (keypool.Counts, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		counts, err := l.resolver.Rooms.Keys.AllCounts(ctx)
		if err != nil {
			return keypool.Counts{}, err
		}
		l.counts = counts
	}
	return l.counts[groupID], nil
}

func (l *loads) trafficOf(ctx context.Context, groupID int64, window stats.Window) (stats.Summary, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.traffic[window]; !known {
		all, err := l.resolver.Rooms.Stats.AllTraffic(ctx, window)
		if err != nil {
			return stats.Summary{}, err
		}
		if l.traffic == nil {
			l.traffic = map[stats.Window]map[int64]stats.Summary{}
		}
		l.traffic[window] = all
	}
	return l.traffic[window][groupID], nil
}

// keyMask shows a key's first and last characters; null when the key has been deleted.
func (l *loads) keyMask(ctx context.Context, id int64) (*string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if mask, known := l.masks[id]; known {
		return mask, nil
	}
	key, err := l.resolver.Rooms.Keys.Get(ctx, id)
	if err != nil && !isNotFound(err) {
		return nil, err
	}
	if l.masks == nil {
		l.masks = map[int64]*string{}
	}
	if l.masks[id] = nil; key != nil {
		l.masks[id] = &key.Masked
	}
	return l.masks[id], nil
}
