package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
)

// Copy makes a group of another name that is like this one, its proxy keys included and its keys left out. It returns a
// *fault.Input when the name will not do.
func (c *Catalog) Copy(ctx context.Context, id int64, name string) (*Group, error) {
	var made *Group
	err := c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		original, err := one(ctx, tx.Client(), id)
		if err != nil {
			return err
		}
		d, err := draftOf(original, c.Box)
		if err != nil {
			return err
		}
		d.row.ID, d.row.Version = 0, 0
		d.apply(Change{Name: Some(name)})
		if err := c.check(ctx, tx, d); err != nil {
			return atArguments(err)
		}
		if _, err := d.insert(ctx, tx); err != nil {
			return atArguments(err)
		}
		if err := copyProxyKeys(ctx, tx, original.ProxyKeys, d.row.ID); err != nil {
			return err
		}
		if made, err = c.write(ctx, tx, d); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Event{Action: "copyGroup", Target: "group " + original.Name, After: c.shown(made), GroupID: made.ID})
	})
	if err != nil {
		return nil, err
	}
	c.Changed(ctx, made.ID)
	return made, nil
}

// copyProxyKeys lets who opens one group open another.
func copyProxyKeys(ctx context.Context, tx *ent.Tx, keys []*ent.ProxyKey, groupID int64) error {
	for _, k := range keys {
		err := tx.ProxyKey.Create().SetGroupID(groupID).SetDigest(k.Digest).SetMasked(k.Masked).SetNotes(k.Notes).SetWeak(k.Weak).Exec(ctx)
		if err != nil {
			return fmt.Errorf("copy proxy key %d: %w", k.ID, err)
		}
	}
	return nil
}

// atArguments names faults by the argument, where there is no input that holds them.
func atArguments(err error) error {
	var input *fault.Input
	if !errors.As(err, &input) {
		return err
	}
	for i := range input.Faults {
		input.Faults[i].Path = strings.TrimPrefix(input.Faults[i].Path, "input.")
	}
	return input
}
