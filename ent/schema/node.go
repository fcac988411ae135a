package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Node is one running process; its id, 0 to 255, is leased and goes into the ids of the records it writes.
type Node struct{ ent.Schema }

func (Node) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Annotations(given),
		field.String("holder").MaxLen(64).Comment("The process that holds the number, at random."),
		field.String("hostname").MaxLen(255),
		field.String("version").MaxLen(64),
		field.Bool("follower").Default(false),
		field.Int("in_flight").Default(0),
		field.Time("started_at").SchemaType(millis),
		field.Int64("last_seen_ms").Comment("By the database's clock."),
	}
}
