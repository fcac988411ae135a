package schema

import (
	"entgo.io/ent"
	"entgo.io/ent/schema/field"
)

// Group is a pool of keys and upstreams that answers at /proxy/{name}, or an aggregate of such groups.
type Group struct{ ent.Schema }

func (Group) Mixin() []ent.Mixin { return []ent.Mixin{identity{}, times{}} }

func (Group) Fields() []ent.Field {
	return []ent.Field{
		field.String("name").MaxLen(100).Unique(),
		field.String("display_name").MaxRuneLen(255).Default(""),
		field.String("description").MaxRuneLen(2048).Default(""),
		field.Enum("kind").Values("STANDARD", "AGGREGATE").Immutable(),
		field.Enum("dialect").Values("OPENAI", "OPENAI_RESPONSES", "ANTHROPIC", "GEMINI"),
		field.Enum("key_carrier").Values("DIALECT", "BEARER", "API_KEY", "X_API_KEY", "X_GOOG_API_KEY", "QUERY").Default("DIALECT"),
		field.Bool("enabled").Default(true),
		field.Int("sort").Default(0),
		field.String("test_model").MaxRuneLen(255).Default(""),
		field.String("validation_path").MaxLen(512).Default("").Comment("Empty: the dialect's own."),
		field.Text("param_overrides").DefaultFunc(empty).Comment("A JSON object as it was written; empty: none."),
		field.JSON("model_redirects", []ModelRedirect{}).Optional(),
		field.Bool("model_redirect_strict").Default(false),
		field.JSON("overrides", map[string]string{}).Optional().Comment("Settings the group overrides, by name; proxyUrl stands apart."),
		field.Bytes("sealed_proxy_url").Optional().Sensitive().Comment("The override of proxyUrl, sealed; null: none."),
		field.Int("version").Default(1).Comment("Raised by one at every change of the group or what belongs to it, keys apart."),
		field.Time("last_validated_at").SchemaType(millis).Optional().Nillable(),
	}
}

// ModelRedirect names the model that the upstream is asked for when a client asks for From.
type ModelRedirect struct {
	From string `json:"from"`
	To   string `json:"to"`
}
