package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// KeyUsage counts what a key did; apart from Key and without a secondary index, since it is written with every batch of records.
type KeyUsage struct{ ent.Schema }

func (KeyUsage) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Annotations(given).Comment("The key's id."),
		field.Int64("request_count").Default(0),
		field.Int64("failure_count").Default(0),
		field.Int64("last_used_ms").Default(0),
	}
}
