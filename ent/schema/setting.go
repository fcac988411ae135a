package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Setting is one setting that was changed from its default. The row named "version" holds the version: 1 and the number
// of changes.
type Setting struct{ ent.Schema }

func (Setting) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Setting) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxLen(100).Unique().Immutable(),
		field.Text("value").DefaultFunc(empty).Comment("Empty when the value is a secret."),
		field.Bytes("sealed").Optional().Sensitive().Comment("The value of a secret setting, sealed."),
	}
}
