package keypool

import (
	"context"
	"fmt"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/keycount"
	"roundhouse/ent/generated/ent/keyusage"
)

// Delete deletes the selected keys, in steps that do not hold others up; each step is whole. Deleted keys count as
// succeeded, those that are not there as skipped. No request picks a key that was deleted.
func (p *Pool) Delete(ctx context.Context, s Selector, progress Progress) error {
	if err := s.Check(); err != nil {
		return err
	}
	return p.delete(ctx, s, progress)
}

// DeleteGroup deletes what is left of a group whose row is gone: its keys, their usage and their counts.
func (p *Pool) DeleteGroup(ctx context.Context, groupID int64, progress Progress) error {
	if err := p.delete(ctx, Selector{GroupID: groupID, All: true}, progress); err != nil {
		return err
	}
	return p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if _, err := lock(ctx, tx, groupID); err != nil {
			return err
		}
		_, err := tx.KeyCount.Delete().Where(keycount.ID(groupID), keycount.Active(0), keycount.Invalid(0), keycount.Disabled(0)).Exec(ctx)
		if err != nil {
			return fmt.Errorf("delete the group's counts: %w", err)
		}
		return nil
	})
}

func (p *Pool) delete(ctx context.Context, s Selector, progress Progress) error {
	c := embark(progress)
	return p.each(ctx, s, c, func(some step) error {
		for len(some.ids) > 0 {
			taken, gone, err := p.deleteSome(ctx, s.GroupID, some, c)
			if err != nil {
				return err
			}
			for _, id := range gone {
				p.health.Withdraw(s.GroupID, id)
			}
			c.done(some.stepped(taken, len(gone)))
			if len(gone) > 0 {
				p.changed(s.GroupID)
				p.announce(ctx, s.GroupID, nil)
			}
			some.ids = some.ids[taken:]
		}
		return nil
	})
}

// deleteSome deletes as much of a step as fits into one transaction. taken counts from the beginning of its ids; gone
// are those that were there.
func (p *Pool) deleteSome(ctx context.Context, groupID int64, some step, c *course) (taken int, gone []int64, err error) {
	err = p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		taken, gone = 0, nil
		if _, err := lock(ctx, tx, groupID); err != nil {
			return err
		}
		var counts Counts
		for began := time.Now(); taken < len(some.ids) && time.Since(began) < hold; {
			chunk := some.ids[taken:min(taken+batch, len(some.ids))]
			// The group is looked at here, not asked for: SQLite would read the whole group by its index rather than the ids.
			rows, err := tx.Key.Query().Where(some.still...).Where(key.IDIn(chunk...)).
				Order(key.ByID()).Select(key.FieldID, key.FieldGroupID, key.FieldStatus).All(ctx)
			if err != nil {
				return fmt.Errorf("look up keys: %w", err)
			}
			taken += len(chunk)
			rows = slices.DeleteFunc(rows, func(row *ent.Key) bool { return row.GroupID != groupID })
			if len(rows) == 0 {
				continue
			}
			there := make([]int64, len(rows))
			for i, row := range rows {
				there[i] = row.ID
				*counts.at(row.Status)--
			}
			if _, err := tx.Key.Delete().Where(key.IDIn(there...)).Exec(ctx); err != nil {
				return fmt.Errorf("delete keys: %w", err)
			}
			if _, err := tx.KeyUsage.Delete().Where(keyusage.IDIn(there...)).Exec(ctx); err != nil {
				return fmt.Errorf("delete key usage: %w", err)
			}
			gone = append(gone, there...)
		}
		if err := settle(ctx, tx, groupID, counts, len(gone) > 0); err != nil {
			return err
		}
		return c.mark(ctx, tx, some.stepped(taken, len(gone)))
	})
	if err != nil {
		return 0, nil, fmt.Errorf("delete keys: %w", err)
	}
	return taken, gone, nil
}

// Orphans are the groups that are gone while keys of theirs are not.
func (p *Pool) Orphans(ctx context.Context) ([]int64, error) {
	ids, err := p.db.KeyCount.Query().
		Where(keycount.Or(keycount.ActiveGT(0), keycount.InvalidGT(0), keycount.DisabledGT(0)), func(s *entsql.Selector) {
			groups := entsql.Table(group.Table)
			s.Where(entsql.NotIn(s.C(keycount.FieldID), entsql.Select(groups.C(group.FieldID)).From(groups)))
		}).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for keys whose group is gone: %w", err)
	}
	return ids, nil
}
