package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupDayModel is a day of a model in a group; kept for ever.
type RollupDayModel struct{ ent.Schema }

func (RollupDayModel) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupDayModel) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable().Comment("The group asked; a member's own rows have member set."),
		field.Bool("member").Default(false).Immutable(),
		field.String("model").MaxLen(255).Immutable(),
	}
}

func (RollupDayModel) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "group_id", "member", "model", "node").Unique()}
}
