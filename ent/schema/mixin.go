package schema

import (
	"time"

	"entgo.io/ent"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
)

// identity gives a table its integer id, counted by the database.
type identity struct{ mixin.Schema }

func (identity) Fields() []ent.Field {
	return []ent.Field{field.Int64("id")}
}

// times says when a row was made and last changed, in UTC.
type times struct{ mixin.Schema }

func (times) Fields() []ent.Field {
	return []ent.Field{
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
		field.Time("updated_at").SchemaType(millis).Default(now).UpdateDefault(now),
	}
}

// now is the present instant as precisely as it is shown, so that what was written is what will be read.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// millis is the column of an instant. MySQL's timestamp, which ent would take, knows whole seconds only and ends in 2038.
var millis = map[string]string{dialect.MySQL: "datetime(3)"}

// digest is the column of a digest. MySQL cannot index the blob that ent would take.
var digest = map[string]string{dialect.MySQL: "binary(32)"}

// given marks an id that the writer chooses. Without it MySQL would turn an id of 0 into the next one of its own, and SQLite
// would keep a counter that nobody reads.
var given = entsql.Annotation{Incremental: new(bool)}

// empty is the default of a text column, given by us: MySQL's text columns can have none of their own.
func empty() string { return "" }
