package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupHourStatus is an hour of a status code in a group.
type RollupHourStatus struct{ ent.Schema }

func (RollupHourStatus) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupHourStatus) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable().Comment("The group asked; a member's own rows have member set."),
		field.Bool("member").Default(false).Immutable(),
		field.Int("status_code").Immutable(),
	}
}

func (RollupHourStatus) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "group_id", "member", "status_code", "node").Unique()}
}
