package catalog

import (
	"context"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent/group"
)

// NoteValidated notes when a group's keys were last validated as a whole. It is no change of the group: neither its version nor
// the time of its last change moves, for which the statement is written by hand.
func (c *Catalog) NoteValidated(ctx context.Context, groupID int64, at time.Time) error {
	query, args := entsql.Dialect(c.DB.Engine.Dialect()).Update(group.Table).
		Set(group.FieldLastValidatedAt, at.UTC().Truncate(time.Millisecond)).
		Where(entsql.And(entsql.EQ(group.FieldID, groupID), entsql.ExprP(c.Fence.Condition(ctx)))).Query()
	if _, err := c.DB.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("note when keys were validated: %w", err)
	}
	return nil
}
