package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// HeaderRule sets or removes one header of what a group sends upstream.
type HeaderRule struct{ ent.Schema }

func (HeaderRule) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (HeaderRule) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id"),
		field.Int("position"),
		field.Enum("action").Values("SET", "REMOVE"),
		field.String("name").MaxLen(255),
		field.Bytes("sealed").Optional().Sensitive().Comment("The value, sealed."),
	}
}

func (HeaderRule) Indexes() []ent.Index { return []ent.Index{index.Fields("group_id", "position")} }
