package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/mixin"
)

// traffic is what every rollup counts. Each node adds to rows of its own, so that no two writers meet and histograms can be
// read, merged and written back; readers sum over nodes.
type traffic struct{ mixin.Schema }

func (traffic) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id"),
		field.Int64("bucket").Immutable().Comment("Start, in seconds since 1970 UTC."),
		field.Int("node").Immutable(),
		field.Int64("requests").Default(0),
		field.Int64("successes").Default(0),
		field.Int64("failures").Default(0).Comment("What the error rate counts."),
		field.Int64("rate_limited").Default(0),
		field.Int64("retries").Default(0),
		field.Int64("input_tokens").Default(0),
		field.Int64("output_tokens").Default(0),
		field.Int64("cached_tokens").Default(0),
		field.Int64("cache_write_tokens").Default(0),
		field.Int64("request_bytes").Default(0),
		field.Int64("response_bytes").Default(0),
		field.Bytes("durations").Optional().Comment("Histogram of milliseconds."),
		field.Bytes("first_bytes").Optional().Comment("Histogram of milliseconds."),
	}
}
