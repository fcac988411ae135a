package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
)

// step is how far apart the places of groups are, so that one can be put in between by hand.
const step = 10

// Reorder gives the groups this order and returns them in it. Every group must be named once; a *fault.Input names those that
// are not, are named twice, or are no groups.
func (c *Catalog) Reorder(ctx context.Context, ids []int64) ([]*Group, error) {
	var moved []int64
	err := c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		rows, err := tx.Group.Query().All(ctx)
		if err != nil {
			return fmt.Errorf("read groups: %w", err)
		}
		byID := make(map[int64]*ent.Group, len(rows))
		for _, row := range rows {
			byID[row.ID] = row
		}
		if err := checkOrder(ids, byID); err != nil {
			return err
		}
		moved = nil
		was, is := map[string]any{}, map[string]any{}
		for i, id := range ids {
			row, place := byID[id], (i+1)*step
			if row.Sort == place {
				continue
			}
			if err := tx.Group.UpdateOneID(id).SetSort(place).AddVersion(1).Exec(ctx); err != nil {
				return missing(err, "group %d", id)
			}
			moved = append(moved, id)
			was[row.Name], is[row.Name] = row.Sort, place
		}
		if len(moved) == 0 {
			return nil
		}
		return audit.Write(ctx, tx, audit.Event{Action: "reorderGroups", Target: "groups", Before: was, After: is})
	})
	if err != nil {
		return nil, err
	}
	for _, id := range moved {
		c.Changed(ctx, id)
	}
	return c.List(ctx)
}

// checkOrder demands that the ids are those of all groups, each once.
func checkOrder(ids []int64, groups map[int64]*ent.Group) error {
	var faults fault.List
	named := make(map[int64]bool, len(ids))
	for i, id := range ids {
		path := fmt.Sprintf("ids.%d", i)
		switch {
		case groups[id] == nil:
			faults.Add(path, fault.Unknown, nil, "there is no group %d", id)
		case named[id]:
			faults.Add(path, fault.Repeated, nil, "%s is named twice", groups[id].Name)
		}
		named[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(groups)) {
		if !named[id] {
			faults.Add("ids", fault.Required, map[string]any{"id": id}, "%s is missing; name every group once", groups[id].Name)
		}
	}
	return faults.Err()
}
