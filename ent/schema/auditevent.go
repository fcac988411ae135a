package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// AuditEvent is one change made by an administrator, or one secret shown.
type AuditEvent struct{ ent.Schema }

func (AuditEvent) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (AuditEvent) Fields() []ent.Field {
	return []ent.Field{
		field.Time("time").SchemaType(millis).Immutable().Default(now),
		field.String("actor").MaxLen(255).Immutable(),
		field.String("action").MaxLen(100).Immutable(),
		field.String("target").MaxLen(512).Immutable(),
		field.Text("before").DefaultFunc(empty).Immutable().Comment("A JSON object with secrets masked; empty when there was nothing."),
		field.Text("after").DefaultFunc(empty).Immutable(),
		field.Int64("group_id").Default(0).Immutable(),
		field.Int64("key_id").Default(0).Immutable(),
	}
}

func (AuditEvent) Indexes() []ent.Index {
	return []ent.Index{index.Fields("group_id"), index.Fields("action")}
}
