package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RollupHourProxyKey is an hour of a proxy key.
type RollupHourProxyKey struct{ ent.Schema }

func (RollupHourProxyKey) Mixin() []ent.Mixin { return []ent.Mixin{traffic{}} }

func (RollupHourProxyKey) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("proxy_key_id").Immutable(),
	}
}

func (RollupHourProxyKey) Indexes() []ent.Index {
	return []ent.Index{index.Fields("bucket", "proxy_key_id", "node").Unique()}
}
