package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupHourModel is an hour of a model in a group.
type RollupHourModel struct{ ent.Schema }

func (RollupHourModel) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupHourModel) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable().Comment("The group asked; a member's own rows have member set."),
		field.Bool("member").Default(false).Immutable(),
		field.String("model").MaxLen(255).Immutable(),
	}
}

func (RollupHourModel) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "group_id", "member", "model", "node").Unique()}
}
