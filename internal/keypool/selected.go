package keypool

import (
	"context"
	"fmt"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
)

// Selection is what an operation on selected keys would touch now.
type Selection struct {
	Count int64
	// Exact is false when counting stopped at 10,000 or for its time.
	Exact bool
	// UpTo is the newest key selected by a filter or all; 0 otherwise, or when there is none.
	UpTo int64
	// Sample are up to five of the keys.
	Sample []*ent.Key
}

// Select looks which keys a selector is for and changes nothing.
func (p *Pool) Select(ctx context.Context, s Selector) (Selection, error) {
	if err := s.Check(); err != nil {
		return Selection{}, err
	}
	count := &counting{Selection: Selection{Exact: true}, pool: p, groupID: s.GroupID}
	byCounter := s.All || s.Filter != nil && s.Filter.byStatusAlone()
	if byCounter && s.UpTo == 0 && len(s.Except) == 0 {
		counts, err := p.Counts(ctx, s.GroupID)
		if err != nil {
			return Selection{}, err
		}
		count.known = true
		count.Count = counts.of(s.Filter.statuses())
	}
	whole, err := bounded(ctx, func(ctx context.Context) error {
		return p.each(ctx, s, embark(count), func(some step) error { return count.add(ctx, some) })
	})
	if err != nil {
		return Selection{}, err
	}
	count.Exact = whole || count.known
	if s.Filter != nil || s.All {
		if count.UpTo, err = p.newest(ctx, s); err != nil {
			return Selection{}, err
		}
	}
	return count.Selection, nil
}

// newest is the newest key that a filter or all selects; 0 when there is none. Where that takes too long it is the newest of
// the group: what is imported meanwhile is left alone by that too.
func (p *Pool) newest(ctx context.Context, s Selector) (int64, error) {
	where, indexed, err := p.conditions(ctx, s.GroupID, s.Filter)
	if err != nil {
		return 0, err
	}
	where, statuses := append(where, key.GroupID(s.GroupID)), s.Filter.statuses()
	from := span{newestFirst: true}
	if s.UpTo != 0 {
		from.after = s.UpTo + 1
	}
	var rows []*ent.Key
	end := int64(0)
	if !indexed {
		end, err = p.scan(ctx, s.GroupID, statuses, from, time.Now().Add(p.lookFor), func(within predicate.Key) (bool, error) {
			rows, err = p.walk(ctx, append(where[:len(where):len(where)], within), statuses, from, 1)
			return len(rows) > 0, err
		})
		if end != 0 {
			where = []predicate.Key{key.GroupID(s.GroupID)}
		}
	}
	if err == nil && (indexed || end != 0) {
		rows, err = p.walk(ctx, where, statuses, from, 1)
	}
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].ID, nil
}

// counting counts selected keys until it has seen enough.
type counting struct {
	Selection
	Unwatched
	pool    *Pool
	groupID int64
	// known says that the counters told how many there are.
	known bool
}

var _ Progress = (*counting)(nil)

func (c *counting) add(ctx context.Context, some step) error {
	ids, err := c.pool.there(ctx, c.groupID, some)
	if err != nil {
		return err
	}
	if missing := min(mostSampled-len(c.Sample), len(ids)); missing > 0 {
		rows, err := c.pool.db.Key.Query().Where(key.IDIn(ids[:missing]...)).Order(key.ByID()).All(ctx)
		if err != nil {
			return fmt.Errorf("look up keys: %w", err)
		}
		c.Sample = append(c.Sample, rows...)
	}
	if c.known {
		if len(c.Sample) < mostSampled {
			return nil
		}
		return errEnough
	}
	c.Count += int64(len(ids))
	if c.Count >= mostCounted {
		c.Count = min(c.Count, mostCounted)
		return errEnough
	}
	return nil
}
