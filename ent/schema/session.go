package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Session is an administrator's sign-in; only the digest of its secret is kept.
type Session struct{ ent.Schema }

func (Session) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Session) Fields() []ent.Field {
	return []ent.Field{
		field.Bytes("digest").MaxLen(32).SchemaType(digest).Unique().Sensitive().Immutable(),
		field.Bytes("admin_digest").MaxLen(32).SchemaType(digest).Sensitive().Immutable().Comment("The admin key it was opened with; another one ends it."),
		field.String("client_ip").MaxLen(64).Immutable(),
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
		field.Time("last_seen_at").SchemaType(millis).Default(now),
	}
}

func (Session) Indexes() []ent.Index { return []ent.Index{index.Fields("last_seen_at")} }
