package keypool

import (
	"context"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/keycount"
)

// Status is whether a key takes part in rotation.
type Status = key.Status

// Counts says how many keys of a group have which status.
type Counts struct{ Active, Invalid, Disabled int64 }

// Total is how many keys there are.
func (c Counts) Total() int64 { return c.Active + c.Invalid + c.Disabled }

// of is how many keys have one of the statuses.
func (c Counts) of(statuses []Status) int64 {
	var sum int64
	for _, s := range statuses {
		sum += *c.at(s)
	}
	return sum
}

func (c *Counts) at(s Status) *int64 {
	switch s {
	case key.StatusINVALID:
		return &c.Invalid
	case key.StatusDISABLED:
		return &c.Disabled
	}
	return &c.Active
}

// Counts returns how many keys a group has; zero for a group that never had one.
func (p *Pool) Counts(ctx context.Context, groupID int64) (Counts, error) {
	return counted(p.db.KeyCount.Get(ctx, groupID))
}

// LeftBy counts the keys of a group that the caller's transaction deletes, and keeps others from adding any until that ends. The
// counts of a group that leaves none are deleted too.
func (p *Pool) LeftBy(ctx context.Context, tx *ent.Tx, groupID int64) (int64, error) {
	if _, err := lock(ctx, tx, groupID); err != nil {
		return 0, err
	}
	counts, err := counted(tx.KeyCount.Get(ctx, groupID))
	if err != nil || counts.Total() > 0 {
		return counts.Total(), err
	}
	if err := tx.KeyCount.DeleteOneID(groupID).Exec(ctx); err != nil {
		return 0, fmt.Errorf("delete the group's counts: %w", err)
	}
	return 0, nil
}

func counted(row *ent.KeyCount, err error) (Counts, error) {
	if ent.IsNotFound(err) {
		return Counts{}, nil
	}
	if err != nil {
		return Counts{}, fmt.Errorf("count keys: %w", err)
	}
	return Counts{Active: row.Active, Invalid: row.Invalid, Disabled: row.Disabled}, nil
}

// AllCounts returns how many keys each group has that ever had one.
func (p *Pool) AllCounts(ctx context.Context) (map[int64]Counts, error) {
	rows, err := p.db.KeyCount.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("count keys: %w", err)
	}
	all := make(map[int64]Counts, len(rows))
	for _, row := range rows {
		all[row.ID] = Counts{Active: row.Active, Invalid: row.Invalid, Disabled: row.Disabled}
	}
	return all, nil
}

// lock makes the transaction the only one that changes keys of the group, and returns the revision that the rows it
// changes get. It must come before anything else in the transaction that reads or writes the group's keys.
func lock(ctx context.Context, tx *ent.Tx, groupID int64) (revision int64, err error) {
	raise := func() (int, error) {
		return tx.KeyCount.Update().Where(keycount.ID(groupID)).AddRevision(1).Save(ctx)
	}
	n, err := raise()
	if err == nil && n == 0 {
		if err = tx.KeyCount.Create().SetID(groupID).OnConflictColumns(keycount.FieldID).Ignore().Exec(ctx); err == nil {
			_, err = raise()
		}
	}
	if err == nil {
		var row *ent.KeyCount
		if row, err = tx.KeyCount.Get(ctx, groupID); err == nil {
			return row.Revision, nil
		}
	}
	return 0, fmt.Errorf("lock the group's keys: %w", err)
}

// settle adds the differences to the group's counts; removed says that keys were deleted, so that whoever holds the group's
// keys reads all of them again.
func settle(ctx context.Context, tx *ent.Tx, groupID int64, d Counts, removed bool) error {
	update := tx.KeyCount.Update().Where(keycount.ID(groupID)).
		AddActive(d.Active).AddInvalid(d.Invalid).AddDisabled(d.Disabled)
	if removed {
		update.AddEpoch(1)
	}
	if err := update.Exec(ctx); err != nil {
		return fmt.Errorf("change the group's counts: %w", err)
	}
	return nil
}
