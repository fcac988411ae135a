package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
	"entgo.io/ent/schema/index"
)

// Task is a long job with progress.
type Task struct{ ent.Schema }

func (Task) Mixin() []ent.Mixin { return []ent.Mixin{identity{}} }

func (Task) Fields() []ent.Field {
	return []ent.Field{
		field.Enum("kind").Values("IMPORT_KEYS", "DELETE_KEYS", "RESTORE_KEYS", "ENABLE_KEYS", "DISABLE_KEYS", "VALIDATE_KEYS", "COPY_KEYS", "DELETE_GROUP").Immutable(),
		field.Enum("state").Values("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED").Default("QUEUED"),
		field.Int64("group_id").Immutable(),
		field.Int("node").Default(0).Comment("The node that runs it."),
		field.Int64("processed").Default(0),
		field.Int64("total").Optional().Nillable(),
		field.Int64("succeeded").Default(0),
		field.Int64("skipped").Default(0),
		field.Int64("failed").Default(0),
		field.JSON("problems", []TaskProblem{}).Optional(),
		field.Text("instructions").DefaultFunc(empty).Sensitive().Comment("What there is to do, as the kind reads it; empty when no later process can take the task up."),
		field.JSON("mark", TaskMark{}).Optional().Comment("How far the work is that is stored for good."),
		field.String("error").MaxLen(2048).Default(""),
		field.String("file_name").MaxLen(512).Default(""),
		field.Bool("cancel_requested").Default(false),
		field.Time("created_at").SchemaType(millis).Immutable().Default(now),
		field.Time("started_at").SchemaType(millis).Optional().Nillable(),
		field.Time("finished_at").SchemaType(millis).Optional().Nillable(),
	}
}

func (Task) Indexes() []ent.Index {
	return []ent.Index{index.Fields("group_id"), index.Fields("state")}
}

// TaskMark is how far a task is, written in the transactions that do its work: a process that takes the task up goes on there.
type TaskMark struct {
	// Place is where the work goes on, as the kind counts it: entries read, or the id of the last key.
	Place     int64 `json:"place"`
	Succeeded int64 `json:"succeeded"`
	Skipped   int64 `json:"skipped"`
	Failed    int64 `json:"failed"`
	// Pending are keys before the place of which nothing was told yet.
	Pending []int64 `json:"pending,omitempty"`
}

// TaskProblem is one line or key that a task could not use.
type TaskProblem struct {
	// Line counts from 1; 0 when the problem has none.
	Line int64 `json:"line,omitempty"`
	// KeyMasked is empty when there is no key to show.
	KeyMasked string `json:"keyMasked,omitempty"`
	// Reason is from a closed list: EMPTY, TOO_LONG, NOT_TEXT, BAD_JSON, UNAUTHORIZED, …
	Reason  string `json:"reason"`
	Message string `json:"message"`
}
