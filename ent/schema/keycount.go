package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// KeyCount holds a group's keys by status, changed in the transaction that changes the keys. Its update is the lock that
// orders writers of one group's keys, so that revisions commit in their own order.
type KeyCount struct{ ent.Schema }

func (KeyCount) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Annotations(given).Comment("The group's id."),
		field.Int64("active").Default(0),
		field.Int64("invalid").Default(0),
		field.Int64("disabled").Default(0),
		field.Int64("revision").Default(0).Comment("Raised by every transaction that changes keys of the group."),
		field.Int64("epoch").Default(0).Comment("Raised when keys were deleted: read the whole group again."),
	}
}
