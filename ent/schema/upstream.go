package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Upstream is one base URL of a standard group.
type Upstream struct{ ent.Schema }

func (Upstream) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Upstream) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id"),
		field.Int("position"),
		field.String("url").MaxLen(2048),
		field.Int("weight").Default(1),
		field.Bool("enabled").Default(true),
	}
}

func (Upstream) Indexes() []ent.Index { return []ent.Index{index.Fields("group_id", "position")} }
