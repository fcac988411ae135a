package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Keyring holds the installation's own secrets, wrapped when ENCRYPTION_KEY is given: the data key that seals, the key of
// digests, the salt, the check value, and the admin key's digest.
type Keyring struct{ ent.Schema }

func (Keyring) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Keyring) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxLen(100).Unique().Immutable(),
		field.Bytes("value").MaxLen(1024).Sensitive(),
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
	}
}
