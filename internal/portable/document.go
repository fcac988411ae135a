package portable

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
)

// Format is the version of the form that Document has; a file of another one is refused.
const Format = 1

// Document is a configuration. What it leaves out is not spoken of: applying it leaves that as it is. A list or an object of
// overrides that is there is meant whole.
type Document struct {
	Format int `json:"roundhouse"`
	// Settings are by the names and in the types of the admin API; null sets the default.
	Settings map[string]json.RawMessage `json:"settings,omitempty"`
	// ProxyKeys open every group.
	ProxyKeys *[]ProxyKey `json:"proxyKeys,omitempty"`
	Groups    []Group     `json:"groups"`
}

// Group is a group, found again by its name.
type Group struct {
	Name string `json:"name"`
	// Kind is STANDARD when it is left out. Neither it nor Dialect can be changed.
	Kind                group.Kind                 `json:"kind,omitempty"`
	Dialect             group.Dialect              `json:"dialect,omitempty"`
	DisplayName         *string                    `json:"displayName,omitempty"`
	Description         *string                    `json:"description,omitempty"`
	Enabled             *bool                      `json:"enabled,omitempty"`
	Sort                *int                       `json:"sort,omitempty"`
	KeyCarrier          *group.KeyCarrier          `json:"keyCarrier,omitempty"`
	Upstreams           *[]Upstream                `json:"upstreams,omitempty"`
	SubGroups           *[]SubGroup                `json:"subGroups,omitempty"`
	TestModel           *string                    `json:"testModel,omitempty"`
	ValidationPath      *string                    `json:"validationPath,omitempty"`
	ParamOverrides      json.RawMessage            `json:"paramOverrides,omitempty"`
	HeaderRules         *[]HeaderRule              `json:"headerRules,omitempty"`
	ModelRedirects      *[]schema.ModelRedirect    `json:"modelRedirects,omitempty"`
	ModelRedirectStrict *bool                      `json:"modelRedirectStrict,omitempty"`
	Overrides           map[string]json.RawMessage `json:"overrides,omitzero"`
	// ProxyKeys open this group alone.
	ProxyKeys *[]ProxyKey `json:"proxyKeys,omitempty"`
}

// Upstream is one base URL. Weight is 1 and Enabled true when they are left out.
type Upstream struct {
	URL     string `json:"url"`
	Weight  *int   `json:"weight,omitempty"`
	Enabled *bool  `json:"enabled,omitempty"`
}

// SubGroup is a member of an aggregate, by its group's name. Weight is 1 when it is left out.
type SubGroup struct {
	Group    string `json:"group"`
	Weight   *int   `json:"weight,omitempty"`
	Priority int    `json:"priority,omitempty"`
}

// HeaderRule is one rule. Without a value, or with a fingerprint for one, the value stays that a rule of this name has.
type HeaderRule struct {
	Action headerrule.Action `json:"action"`
	Name   string            `json:"name"`
	Value  *Secret           `json:"value,omitempty"`
}

// ProxyKey is a client's key: one that is there, named by its fingerprint or value, or one to add, by its value.
type ProxyKey struct {
	Value       string `json:"value,omitempty"`
	Fingerprint string `json:"fingerprint,omitempty"`
	// Masked is for eyes.
	Masked string  `json:"masked,omitempty"`
	Notes  *string `json:"notes,omitempty"`
}

// Secret is a value in clear, or the fingerprint of one that is not told: a JSON string, or {"fingerprint": "…"}.
type Secret struct{ Value, Fingerprint string }

// hidden reports whether the value is not told.
func (s *Secret) hidden() bool { return s.Fingerprint != "" }

// MarshalJSON writes the one that is there.
func (s Secret) MarshalJSON() ([]byte, error) {
	if s.Fingerprint != "" {
		return json.Marshal(map[string]string{"fingerprint": s.Fingerprint})
	}
	return json.Marshal(s.Value)
}

// UnmarshalJSON reads either. Its error never repeats what stands there.
func (s *Secret) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, &s.Value) == nil {
		return nil
	}
	var hidden struct{ Fingerprint string }
	if json.Unmarshal(raw, &hidden) != nil || hidden.Fingerprint == "" {
		return errors.New(`a secret is a string, or {"fingerprint": "…"} for one that stays`)
	}
	s.Fingerprint = hidden.Fingerprint
	return nil
}

// Read reads a document. The error is a *fault.Input at "configuration" that says where the form is wrong, and never what
// stands there.
func Read(in io.Reader) (Document, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return Document{}, fmt.Errorf("read the configuration: %w", err)
	}
	var d Document
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&d); err != nil {
		return Document{}, malformed(text, decoder.InputOffset(), err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Document{}, malformed(text, decoder.InputOffset(), errors.New("something follows the document"))
	}
	if d.Format != Format {
		return Document{}, fault.One("configuration", fault.BadForm, nil, `"roundhouse" is %d; this version reads files with "roundhouse": %d, as roundhouse export writes them`, d.Format, Format)
	}
	return d, nil
}

// malformed names the line. What encoding/json says repeats no values, but a byte that it did not expect.
func malformed(text []byte, offset int64, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	problem := err.Error()
	switch {
	case errors.As(err, &syntax):
		offset, problem = syntax.Offset, "no JSON: "+syntax.Error()
	case errors.As(err, &kind):
		offset, problem = kind.Offset, fmt.Sprintf("%s holds a %s where a %s is expected", kind.Field, kind.Value, kind.Type)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		offset, problem = int64(len(text)), "the document ends before it is complete"
	}
	line := 1 + bytes.Count(text[:min(max(offset, 0), int64(len(text)))], []byte("\n"))
	return fault.One("configuration", fault.BadForm, map[string]any{"line": line}, "line %d: %s", line, problem)
}

// Write writes a document as people read it.
func Write(out io.Writer, d Document) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return fmt.Errorf("write the configuration: %w", err)
	}
	return nil
}
