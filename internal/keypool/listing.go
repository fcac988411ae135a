package keypool

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/internal/fault"
)

const (
	// MostListed is the longest page of keys.
	MostListed = 200
	// mostCounted is where counting stops.
	mostCounted = 10_000
)

// Order is how a page of keys is ordered. Newest and Oldest go by import and are stable; the others are a view of now, of one
// page at most.
type Order string

// The orders.
const (
	Newest       Order = "NEWEST"
	Oldest       Order = "OLDEST"
	RecentlyUsed Order = "RECENTLY_USED"
	Troubled     Order = "TROUBLED"
)

// ListQuery asks for a page of a group's keys.
type ListQuery struct {
	GroupID int64
	// Filter is nil for all keys.
	Filter *Filter
	// Order is Newest when empty.
	Order Order
	// First is the length of the page, 1 to 200.
	First int
	// After asks for keys that follow this id in the order, Before for those just ahead of it; 0 is no bound. At, 0 to 1,
	// begins about there of the group's keys; nil at their beginning. Only one of the three may be given, and none with an
	// order that is a view of now.
	After, Before int64
	At            *float64
}

// Page is some of a group's keys in the order that was asked for.
type Page struct {
	Keys []*ent.Key
	// HasNext says that more keys follow, HasPrevious that some are ahead.
	HasNext, HasPrevious bool
	// ScannedTo is the id that a search came to in its time: ask again after it, or before it when it went that way; 0 when it was
	// not cut short. Scanned is its place, 0 to 1 of the group's keys in the order: an estimate.
	ScannedTo int64
	Scanned   float64
	// Total is how many keys pass the filter; nil when they are more than 10,000 and no counter knows.
	Total *int64
	// Position is where the page begins, 0 to 1 of the group's keys: an estimate.
	Position float64
}

// List returns a page of keys. Pages go by id, so that they never shift under a reader.
func (p *Pool) List(ctx context.Context, q ListQuery) (Page, error) {
	if err := q.check(); err != nil {
		return Page{}, err
	}
	where, indexed, err := p.conditions(ctx, q.GroupID, q.Filter)
	if err != nil {
		return Page{}, err
	}
	where = append(where, key.GroupID(q.GroupID))
	l := listing{pool: p, query: q, where: where, indexed: indexed, statuses: q.Filter.statuses(), until: time.Now().Add(p.lookFor)}
	var page Page
	if q.Order == RecentlyUsed || q.Order == Troubled {
		page, err = l.viewOfNow(ctx)
	} else {
		page, err = l.page(ctx)
	}
	if err != nil {
		return Page{}, err
	}
	if page.ScannedTo != 0 {
		if page.Scanned, err = l.place(ctx, page.ScannedTo); err != nil {
			return Page{}, err
		}
	}
	page.Total, err = l.total(ctx, &page)
	return page, err
}

// place is where an id stands, 0 to 1 of the group's keys in the order.
func (l *listing) place(ctx context.Context, id int64) (float64, error) {
	oldest, newest, err := l.ends(ctx)
	if err != nil {
		return 0, err
	}
	return placeOf(id, oldest, newest, l.query.Order != Oldest), nil
}

func placeOf(id, oldest, newest int64, newestFirst bool) float64 {
	if newest <= oldest {
		return 0
	}
	place := float64(id-oldest) / float64(newest-oldest)
	if newestFirst {
		return 1 - place
	}
	return place
}

func (q ListQuery) check() error {
	var faults fault.List
	if q.First < 1 {
		faults.Add("first", fault.TooSmall, map[string]any{"min": 1}, "at least 1")
	}
	if q.First > MostListed {
		faults.Add("first", fault.TooLarge, map[string]any{"max": MostListed}, "at most %d", MostListed)
	}
	if q.After != 0 && q.Before != 0 {
		faults.Add("before", fault.Exclusive, nil, "give either after or before")
	}
	if q.At != nil {
		if !(*q.At >= 0 && *q.At <= 1) {
			faults.Add("at", fault.BadForm, map[string]any{"min": 0, "max": 1}, "is from 0 to 1")
		}
		if q.After != 0 || q.Before != 0 {
			faults.Add("at", fault.Exclusive, nil, "goes with neither after nor before")
		}
	}
	if (q.Order == RecentlyUsed || q.Order == Troubled) && (q.After != 0 || q.Before != 0 || q.At != nil) {
		faults.Add("order", fault.Exclusive, nil, "%s is one page; it goes with none of after, before and at", q.Order)
	}
	return faults.Err()
}

// listing is one question for keys on its way to a page.
type listing struct {
	pool     *Pool
	query    ListQuery
	where    []predicate.Key
	indexed  bool
	statuses []Status
	// until is when keys are looked through no longer for what no index finds.
	until time.Time
}

// page reads a page of an order that goes by import.
func (l *listing) page(ctx context.Context) (Page, error) {
	q := l.query
	newestFirst, backwards := q.Order != Oldest, q.Before != 0
	oldest, newest, err := l.ends(ctx)
	if err != nil {
		return Page{}, err
	}
	from := span{after: q.After, newestFirst: newestFirst}
	switch {
	case backwards:
		from = span{after: q.Before, newestFirst: !newestFirst}
	case q.At != nil && newestFirst:
		from.after = newest - int64(*q.At*float64(newest-oldest)) + 1
	case q.At != nil:
		from.after = oldest + int64(*q.At*float64(newest-oldest)) - 1
	}
	rows, end, err := l.walk(ctx, from, q.First+1)
	if err != nil {
		return Page{}, err
	}
	more := len(rows) > q.First || end != 0
	rows = rows[:min(len(rows), q.First)]
	other := from.behind(rows)
	page := Page{Keys: rows, HasNext: more, ScannedTo: end}
	if backwards {
		slices.Reverse(rows)
		page = Page{Keys: rows, HasPrevious: more, ScannedTo: end}
	}
	if len(rows) > 0 {
		page.Position = placeOf(rows[0].ID, oldest, newest, newestFirst)
	} else if from.after == 0 {
		return page, nil
	}
	beyond, end, err := l.walk(ctx, other, 1)
	if found := len(beyond) > 0 || end != 0; backwards {
		page.HasNext = found
	} else {
		page.HasPrevious = found
	}
	return page, err
}

// ends are the oldest and the newest key of the group; 0 and 0 when it has none.
func (l *listing) ends(ctx context.Context) (oldest, newest int64, err error) {
	all := []predicate.Key{key.GroupID(l.query.GroupID)}
	var filter *Filter
	for end, newestFirst := range map[*int64]bool{&oldest: false, &newest: true} {
		rows, err := l.pool.walk(ctx, all, filter.statuses(), span{newestFirst: newestFirst}, 1)
		if err != nil {
			return 0, 0, err
		}
		if len(rows) > 0 {
			*end = rows[0].ID
		}
	}
	return oldest, newest, nil
}

// walk returns the next keys that pass the filter. An end other than 0 is the id that the search came to when its time was up.
func (l *listing) walk(ctx context.Context, from span, limit int) (rows []*ent.Key, end int64, err error) {
	f := l.query.Filter
	if l.indexed {
		rows, err = l.pool.walk(ctx, l.where, l.statuses, from, limit)
		return rows, 0, err
	}
	end, err = l.pool.scan(ctx, l.query.GroupID, l.statuses, from, l.until, func(within predicate.Key) (bool, error) {
		most := limit - len(rows)
		if f.Cooling != nil {
			most = window * len(l.statuses)
		}
		some, err := l.matching(ctx, from, within, most)
		rows = append(rows, l.cooling(some)...)
		return len(rows) >= limit, err
	})
	return rows[:min(len(rows), limit)], end, err
}

// cooling are those keys that pass the question of cooling, if it is asked.
func (l *listing) cooling(rows []*ent.Key) []*ent.Key {
	f := l.query.Filter
	if f == nil || f.Cooling == nil {
		return rows
	}
	return slices.DeleteFunc(rows, func(k *ent.Key) bool { return !f.coolingIs(l.pool.health.KeyState(k.GroupID, k.ID)) })
}

// total asks the counters when they know, and else counts so far and so long and no further. Which keys cool is known of one
// page alone.
func (l *listing) total(ctx context.Context, page *Page) (*int64, error) {
	q := l.query
	switch {
	case q.Filter.byStatusAlone():
		counts, err := l.pool.Counts(ctx, q.GroupID)
		n := counts.of(l.statuses)
		return &n, err
	case q.Filter.Cooling != nil:
		if page.HasNext || page.HasPrevious {
			return nil, nil
		}
		n := int64(len(page.Keys))
		return &n, nil
	}
	if page.ScannedTo != 0 {
		return nil, nil
	}
	n := int64(0)
	end, err := l.pool.scan(ctx, q.GroupID, l.statuses, span{}, l.until, func(within predicate.Key) (bool, error) {
		where := append(l.where[:len(l.where):len(l.where)], within, key.StatusIn(l.statuses...))
		ids, err := l.pool.db.Key.Query().Where(where...).Limit(mostCounted + 1).IDs(ctx)
		n += int64(len(ids))
		return n > mostCounted, err
	})
	if err != nil {
		return nil, fmt.Errorf("count keys: %w", err)
	}
	if end != 0 || n > mostCounted {
		return nil, nil
	}
	return &n, nil
}

// Get returns one key; the error wraps fault.ErrNotFound when there is none.
func (p *Pool) Get(ctx context.Context, id int64) (*ent.Key, error) {
	row, err := p.db.Key.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fmt.Errorf("key %d: %w", id, fault.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get key: %w", err)
	}
	return row, nil
}
