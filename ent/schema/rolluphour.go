package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupHour is an hour of a group.
type RollupHour struct{ ent.Schema }

func (RollupHour) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupHour) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable().Comment("The group asked; a member's own rows have member set."),
		field.Bool("member").Default(false).Immutable(),
	}
}

func (RollupHour) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "group_id", "member", "node").Unique()}
}
