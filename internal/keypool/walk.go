package keypool

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
)

// span is a direction through a group's keys and where it begins.
type span struct {
	// after is the id before the first one wanted; 0 begins at the end.
	after       int64
	newestFirst bool
}

func (s span) direction() entsql.OrderTermOption {
	if s.newestFirst {
		return entsql.OrderDesc()
	}
	return entsql.OrderAsc()
}

// behind is the other direction, which the keys found in this one do not tell: from the first of them or, when there are none, from
// where they would have begun, with what stands there.
func (s span) behind(found []*ent.Key) span {
	other := span{after: s.after, newestFirst: !s.newestFirst}
	switch {
	case len(found) > 0:
		other.after = found[0].ID
	case other.newestFirst:
		other.after++
	default:
		other.after--
	}
	return other
}

// upTo is met by the keys of the span, and no further than the id far; 0 is no bound.
func (s span) upTo(far int64) predicate.Key {
	var bounds []predicate.Key
	if s.newestFirst {
		if s.after != 0 {
			bounds = append(bounds, key.IDLT(s.after))
		}
		bounds = append(bounds, key.IDGTE(far))
	} else {
		bounds = append(bounds, key.IDGT(s.after))
		if far != 0 {
			bounds = append(bounds, key.IDLTE(far))
		}
	}
	return key.And(bounds...)
}

// walk returns the next keys in the direction. Each status is read on its own, since the index of (group, status, id)
// answers that without sorting, and the few rows are merged.
func (p *Pool) walk(ctx context.Context, where []predicate.Key, statuses []Status, from span, limit int) ([]*ent.Key, error) {
	var rows []*ent.Key
	for _, status := range statuses {
		some, err := p.db.Key.Query().Where(where...).Where(key.StatusEQ(status), from.upTo(0)).
			Order(key.ByID(from.direction())).Limit(limit).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		rows = append(rows, some...)
	}
	slices.SortFunc(rows, func(a, b *ent.Key) int {
		if from.newestFirst {
			a, b = b, a
		}
		return cmp.Compare(a.ID, b.ID)
	})
	return rows[:min(len(rows), limit)], nil
}

// walkIDs returns the ids of the next keys, oldest first.
func (p *Pool) walkIDs(ctx context.Context, where []predicate.Key, statuses []Status, after int64, limit int) ([]int64, error) {
	var ids []int64
	for _, status := range statuses {
		some, err := p.db.Key.Query().Where(where...).Where(key.StatusEQ(status), key.IDGT(after)).
			Order(key.ByID()).Limit(limit).IDs(ctx)
		if err != nil {
			return nil, fmt.Errorf("list keys: %w", err)
		}
		ids = append(ids, some...)
	}
	slices.Sort(ids)
	return ids[:min(len(ids), limit)], nil
}
