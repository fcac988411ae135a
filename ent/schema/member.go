package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Member is a standard group's place in an aggregate.
type Member struct{ ent.Schema }

func (Member) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Member) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Comment("The aggregate."),
		field.Int64("member_id"),
		field.Int("weight").Default(1),
		field.Int("priority").Default(0).Comment("Lower is tried first."),
	}
}

func (Member) Indexes() []ent.Index {
	return []ent.Index{index.Fields("group_id", "member_id").Unique(), index.Fields("member_id")}
}
