package catalog

import (
	"encoding/json"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
)

// Opt is a field of a change. Its zero value leaves things as they are; Null sets the default again.
type Opt[T any] struct {
	Set, Null bool
	Value     T
}

// Some is a field that was given.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, Value: v} }

// over is the value in force after the change: the old one, the default, or the one given.
func (o Opt[T]) over(old, standard T) T {
	switch {
	case !o.Set:
		return old
	case o.Null:
		return standard
	}
	return o.Value
}

// Upstream is one base URL as it is asked for.
type Upstream struct {
	URL     string
	Weight  int
	Enabled bool
}

// Member is one group's place in an aggregate as it is asked for.
type Member struct {
	GroupID          int64
	Weight, Priority int
}

// HeaderRule is one rule as it is asked for.
type HeaderRule struct {
	Action headerrule.Action
	Name   string
	// Value is nil to keep the value that a rule of this name and action has.
	Value *string
}

// Change is what is to become of a group. A list that is given replaces the whole list.
type Change struct {
	Name                      Opt[string]
	DisplayName, Description  Opt[string]
	Enabled                   Opt[bool]
	Sort                      Opt[int]
	KeyCarrier                Opt[group.KeyCarrier]
	Upstreams                 Opt[[]Upstream]
	Members                   Opt[[]Member]
	TestModel, ValidationPath Opt[string]
	ProxyKeys                 Opt[[]string]
	ParamOverrides            Opt[json.RawMessage]
	ParamOverridesText        Opt[string]
	HeaderRules               Opt[[]HeaderRule]
	ModelRedirects            Opt[[]schema.ModelRedirect]
	ModelRedirectStrict       Opt[bool]
	// Overrides merge by name: nil inherits again, a name left out stays. Null inherits everything.
	Overrides Opt[map[string]*string]
}
