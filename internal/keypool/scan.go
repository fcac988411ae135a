package keypool

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
)

const (
	// lookAtMost is how long keys are looked through for what no index finds.
	lookAtMost = 100 * time.Millisecond
	// window is how many keys of each status are looked through by one statement.
	window = 2000
)

// scan looks through a group's keys of some statuses, one window of ids after the other, and hands visit the condition that picks
// a window, until visit has enough, the keys end, or the time is up, but one window in any case. An end other than 0 is the id
// that it came to in its time.
func (p *Pool) scan(ctx context.Context, groupID int64, statuses []Status, from span, until time.Time, visit func(predicate.Key) (enough bool, err error)) (end int64, err error) {
	for {
		far, err := p.ahead(ctx, groupID, statuses, from)
		if err != nil {
			return 0, err
		}
		if enough, err := visit(from.upTo(far)); enough || err != nil || far == 0 {
			return 0, err
		}
		if from.after = far; !time.Now().Before(until) {
			return far, nil
		}
	}
}

// ahead is the id that no status has more than a window of keys before, in the span's direction; 0 when all are within one.
func (p *Pool) ahead(ctx context.Context, groupID int64, statuses []Status, from span) (far int64, err error) {
	for _, status := range statuses {
		ids, err := p.db.Key.Query().Where(key.GroupID(groupID), key.StatusEQ(status), from.upTo(0)).
			Order(key.ByID(from.direction())).Offset(window - 1).Limit(1).IDs(ctx)
		if err != nil {
			return 0, fmt.Errorf("look ahead in keys: %w", err)
		}
		if len(ids) > 0 && (far == 0 || (ids[0] > far) == from.newestFirst) {
			far = ids[0]
		}
	}
	return far, nil
}

// bounded runs a look at the keys that nobody may wait for, and reports whether it came to its end in time. SQLite does not break
// off a statement, so that each must be short: time is up between two of them.
func bounded(ctx context.Context, look func(context.Context) error) (whole bool, err error) {
	short, cancel := context.WithTimeout(ctx, lookAtMost)
	defer cancel()
	err = look(short)
	if err != nil && ctx.Err() == nil && (short.Err() != nil || errors.Is(err, errEnough)) {
		return false, nil
	}
	return err == nil, err
}

// errEnough ends a walk whose rest need not be seen.
var errEnough = errors.New("enough was seen")

// matching reads the keys of a window that pass.
func (l *listing) matching(ctx context.Context, from span, within predicate.Key, limit int) ([]*ent.Key, error) {
	return l.pool.walk(ctx, append(l.where[:len(l.where):len(l.where)], within), l.statuses, from, limit)
}
