package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/dialect/entsql"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// RequestLog is one attempt of one request. Its id is its time: at_ms << 20 | node << 12 | sequence.
type RequestLog struct{ ent.Schema }

func (RequestLog) Fields() []ent.Field {
	return []ent.Field{
		field.Int64("id").Annotations(given),
		field.String("request_id").MaxLen(64),
		field.String("upstream_request_id").MaxLen(128).Default(""),
		field.Int64("started_ms"),
		field.Bool("final"),
		field.Int("attempt_number"),
		field.Int64("group_id").Comment("The member when an aggregate was asked."),
		field.String("group_name").MaxLen(100),
		field.Int64("parent_group_id").Default(0),
		field.String("parent_group_name").MaxLen(100).Default(""),
		field.String("dialect").MaxLen(32),
		field.Int64("key_id").Default(0),
		field.Bytes("key_fingerprint").MaxLen(6).Optional(),
		field.Int64("proxy_key_id").Default(0),
		field.Bytes("proxy_key_fingerprint").MaxLen(6).Optional(),
		field.Int("node"),
		field.String("model").MaxLen(255).Default(""),
		field.String("upstream_model").MaxLen(255).Default(""),
		field.String("method").MaxLen(16),
		field.String("path").MaxLen(2048),
		field.String("upstream").MaxLen(512).Default(""),
		field.Int("status_code"),
		field.String("outcome").MaxLen(24),
		field.String("charged").MaxLen(16),
		field.Int("cooled_seconds").Default(0),
		field.Bool("stream").Default(false),
		field.Bool("trial").Default(false),
		field.Bool("probe").Default(false).Comment("A validation of ours; left out of rollups."),
		field.Int64("wait_ms").Default(0),
		field.Int64("connect_ms").Optional().Nillable(),
		field.Int64("header_ms").Optional().Nillable(),
		field.Int64("first_byte_ms").Optional().Nillable(),
		field.Int64("duration_ms"),
		field.Int64("request_bytes").Default(0),
		field.Int64("response_bytes").Default(0),
		field.Int64("input_tokens").Optional().Nillable(),
		field.Int64("output_tokens").Optional().Nillable(),
		field.Int64("cached_tokens").Optional().Nillable(),
		field.Int64("cache_write_tokens").Optional().Nillable(),
		field.Int64("reasoning_tokens").Optional().Nillable(),
		field.String("service_tier").MaxLen(32).Default(""),
		field.String("client_ip").MaxLen(64),
		field.String("user_agent").MaxLen(512).Default(""),
		field.String("error").MaxLen(2048).Default(""),
		field.Text("request_body").Optional().Nillable(),
	}
}

// Indexes are most of an insert's cost: only what the commonest filters and one request's attempts need. They end in the id,
// so that PostgreSQL too reads a group's or a key's newest first without sorting all of them.
func (RequestLog) Indexes() []ent.Index {
	return []ent.Index{
		index.Fields("request_id"),
		index.Fields("group_id", "id"),
		index.Fields("key_id", "id"),
		// What did not succeed, by itself: it costs what did nothing. MySQL knows no such index, and makes one of all rows.
		index.Fields("id").StorageKey("requestlog_failed").Annotations(entsql.IndexWhere("outcome <> 'OK'")),
	}
}
