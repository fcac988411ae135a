package database

import (
	"context"

	entsql "entgo.io/ent/dialect/sql"
)

// Fence returns a condition in SQL, without parameters, that holds while the work begun with ctx is still this node's to do. nil is a
// fence that keeps nobody out.
type Fence func(ctx context.Context) string

// Condition is the fence's condition, for a WHERE.
func (f Fence) Condition(ctx context.Context) string {
	if f == nil {
		return "1 = 1"
	}
	return f(ctx)
}

// Holds is the condition as ent's statements take one beside their own.
func (f Fence) Holds(ctx context.Context) func(*entsql.Selector) {
	condition := f.Condition(ctx)
	return func(s *entsql.Selector) { s.Where(entsql.ExprP(condition)) }
}
