package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupMinute is a minute of a group; kept two days.
type RollupMinute struct{ ent.Schema }

func (RollupMinute) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupMinute) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable().Comment("The group asked; a member's own rows have member set."),
		field.Bool("member").Default(false).Immutable(),
	}
}

func (RollupMinute) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "group_id", "member", "node").Unique()}
}
