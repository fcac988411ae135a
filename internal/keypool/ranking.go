package keypool

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
)

// viewOfNow reads the one page of an order that no index helps: the foremost of the keys that could be looked through, newest
// first.
func (l *listing) viewOfNow(ctx context.Context) (Page, error) {
	from := span{newestFirst: true}
	var best []ranked
	end, err := l.pool.scan(ctx, l.query.GroupID, l.statuses, from, l.until, func(within predicate.Key) (bool, error) {
		some, err := l.rank(ctx, within)
		best = append(best, some...)
		slices.SortFunc(best, func(a, b ranked) int { return cmp.Or(b.at.Compare(a.at), cmp.Compare(b.id, a.id)) })
		best = best[:min(len(best), MostListed)]
		return false, err
	})
	if err != nil {
		return Page{}, err
	}
	ids := make([]int64, len(best))
	for i, r := range best {
		ids[i] = r.id
	}
	rows, err := l.pool.db.Key.Query().Where(key.IDIn(ids...)).All(ctx)
	if err != nil {
		return Page{}, fmt.Errorf("list keys: %w", err)
	}
	slices.SortFunc(rows, func(a, b *ent.Key) int { return cmp.Compare(slices.Index(ids, a.ID), slices.Index(ids, b.ID)) })
	rows = l.cooling(rows)
	return Page{Keys: rows[:min(len(rows), l.query.First)], ScannedTo: end}, nil
}

// ranked is a key and the instant that gives it its place.
type ranked struct {
	id int64
	at time.Time
}

// rank reads when the keys of a window were used last, or charged; those that never were are left out.
func (l *listing) rank(ctx context.Context, within predicate.Key) ([]ranked, error) {
	where := append(l.where[:len(l.where):len(l.where)], within, key.StatusIn(l.statuses...))
	query := l.pool.db.Key.Query().Where(where...)
	if l.query.Order == Troubled {
		rows, err := query.Where(key.LastFailedAtNotNil()).Order(key.ByLastFailedAt(entsql.OrderDesc()), key.ByID(entsql.OrderDesc())).
			Limit(MostListed).Select(key.FieldID, key.FieldLastFailedAt).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("list charged keys: %w", err)
		}
		some := make([]ranked, len(rows))
		for i, row := range rows {
			some[i] = ranked{row.ID, *row.LastFailedAt}
		}
		return some, nil
	}
	ids, err := query.IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("list used keys: %w", err)
	}
	used, err := l.pool.Usage(ctx, ids)
	if err != nil {
		return nil, err
	}
	var some []ranked
	for id, usage := range used {
		if usage.LastUsedMs > 0 {
			some = append(some, ranked{id, time.UnixMilli(usage.LastUsedMs)})
		}
	}
	return some, nil
}
