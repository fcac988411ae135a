package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Key is one pooled key of a group.
type Key struct{ ent.Schema }

func (Key) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Key) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("group_id").Immutable(),
		field.Bytes("digest").MaxLen(32).SchemaType(digest).Sensitive(),
		field.Bytes("sealed").MaxLen(8192).Sensitive().Comment("The key, sealed."),
		field.String("masked").MaxRuneLen(32),
		field.Enum("status").Values("ACTIVE", "INVALID", "DISABLED").Default("ACTIVE"),
		field.Enum("fault").Values("NONE", "UNAUTHORIZED", "FORBIDDEN", "QUOTA", "RATE_LIMITED", "VALIDATION_FAILED", "UNSEALABLE").Default("NONE"),
		field.String("reason").MaxRuneLen(1024).Default("").Comment("The upstream's own words when the key last left rotation."),
		field.Int("last_status_code").Optional().Nillable(),
		field.Time("last_failed_at").SchemaType(millis).Optional().Nillable(),
		field.Int("consecutive_failures").Default(0).Comment("Charges in a row."),
		field.Int("fruitless").Default(0).Comment("Validations in a row that found the key INVALID still: each lengthens the wait for the next."),
		field.String("notes").MaxRuneLen(1024).Default(""),
		field.Int("version").Default(1),
		field.Int64("revision").Comment("The group's key revision at this row's last change: what a node reads to catch up."),
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
	}
}

func (Key) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("group_id", "digest").Unique(),
		index.Fields("group_id", "status", "id"),
		index.Fields("group_id", "revision"),
	}
}
