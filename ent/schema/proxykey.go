package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// ProxyKey is what a client presents; only its digest is kept.
type ProxyKey struct{ ent.Schema }

func (ProxyKey) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (ProxyKey) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Default(0).Immutable().Comment("0 opens every group."),
		field.Bytes("digest").MaxLen(32).SchemaType(digest).Sensitive(),
		field.String("masked").MaxRuneLen(32),
		field.String("notes").MaxRuneLen(1024).Default(""),
		field.Bool("weak").Default(false).Comment("Shorter or plainer than a key should be; told on the dashboard."),
		field.Time("last_used_at").SchemaType(millis).Optional().Nillable(),
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
	}
}

func (ProxyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("group_id", "digest").Unique()}
}
