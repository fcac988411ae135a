package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Lease makes one node the leader for a while.
type Lease struct{ ent.Schema }

func (Lease) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Lease) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxLen(64).Unique().Immutable(),
		field.String("holder").MaxLen(64),
		field.Int64("epoch").Default(0).Comment("Raised when the lease changes hands."),
		field.Int64("expires_ms").Comment("By the database's clock."),
	}
}
