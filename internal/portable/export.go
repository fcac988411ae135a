package portable

import (
	"context"
	"encoding/json"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/audit"
	"roundhouse/internal/catalog"
	"roundhouse/internal/database"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
)

// Options are what a Portable works with; every field is needed.
type Options struct {
	DB       *database.DB
	Catalog  *catalog.Catalog
	Settings *setting.Store
}

// Portable exports and applies; make one with New.
type Portable struct{ Options }

// New returns a Portable over the rooms.
func New(o Options) *Portable { return &Portable{o} }

// Export returns the whole configuration as it is stored. Secrets are fingerprints, or with secrets in clear, which leaves a
// row that says who had them; proxy keys, which are stored as digests, are fingerprints in any case.
func (p *Portable) Export(ctx context.Context, secrets bool) (Document, error) {
	var d Document
	err := p.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		if d, err = p.document(ctx, tx, secrets); err != nil || !secrets {
			return err
		}
		return audit.Write(ctx, tx, audit.Event{Action: "export", Target: "configuration with secrets"})
	})
	if err != nil {
		return Document{}, fmt.Errorf("export the configuration: %w", err)
	}
	return d, nil
}

func (p *Portable) document(ctx context.Context, tx *ent.Tx, secrets bool) (Document, error) {
	w := writer{box: p.Catalog.Box, catalog: p.Catalog, secrets: secrets, names: map[int64]string{}}
	values, err := p.Settings.ReadIn(ctx, tx)
	if err != nil {
		return Document{}, err
	}
	global, err := p.Catalog.ProxyKeysIn(ctx, tx, 0)
	if err != nil {
		return Document{}, err
	}
	groups, err := p.Catalog.ListIn(ctx, tx)
	if err != nil {
		return Document{}, err
	}
	d := Document{Format: Format, Settings: map[string]json.RawMessage{}, ProxyKeys: w.proxyKeys(global), Groups: []Group{}}
	for _, f := range setting.Fields() {
		if f.Type != setting.List {
			d.Settings[f.Name] = w.setting(f, values.Text(f.Name))
		}
	}
	for _, g := range groups {
		w.names[g.ID] = g.Name
	}
	for _, g := range groups {
		written, err := w.group(g)
		if err != nil {
			return Document{}, err
		}
		d.Groups = append(d.Groups, written)
	}
	return d, nil
}

// writer turns rows into parts of a document.
type writer struct {
	box     *seal.Box
	catalog *catalog.Catalog
	secrets bool
	names   map[int64]string
}

func (w *writer) group(g *catalog.Group) (Group, error) {
	out := Group{
		Name: g.Name, Kind: g.Kind, Dialect: g.Dialect, DisplayName: &g.DisplayName, Description: &g.Description,
		Enabled: &g.Enabled, Sort: &g.Sort, ModelRedirectStrict: &g.ModelRedirectStrict,
		ModelRedirects: list(g.ModelRedirects, func(r schema.ModelRedirect) schema.ModelRedirect { return r }),
		Overrides:      map[string]json.RawMessage{}, ProxyKeys: w.proxyKeys(g.ProxyKeys),
	}
	overrides, err := w.catalog.Overrides(g)
	if err != nil {
		return Group{}, err
	}
	for name, text := range overrides {
		f, _ := setting.FieldNamed(name)
		out.Overrides[name] = w.setting(f, text)
	}
	if g.Kind == group.KindAGGREGATE {
		out.SubGroups = list(g.Members, func(m *ent.Member) SubGroup {
			return SubGroup{Group: w.names[m.MemberID], Weight: &m.Weight, Priority: m.Priority}
		})
		return out, nil
	}
	out.KeyCarrier, out.TestModel, out.ValidationPath = &g.KeyCarrier, &g.TestModel, &g.ValidationPath
	out.Upstreams = list(g.Upstreams, func(u *ent.Upstream) Upstream { return Upstream{URL: u.URL, Weight: &u.Weight, Enabled: &u.Enabled} })
	if out.ParamOverrides = json.RawMessage("{}"); g.ParamOverrides != "" {
		out.ParamOverrides = json.RawMessage(g.ParamOverrides)
	}
	out.HeaderRules, err = w.rules(g)
	return out, err
}

func (w *writer) rules(g *catalog.Group) (*[]HeaderRule, error) {
	clear, err := w.catalog.RulesInClear(g)
	if err != nil {
		return nil, err
	}
	rules := []HeaderRule{}
	for i, shown := range w.catalog.ShowRules(g) {
		rule := HeaderRule{Action: shown.Action, Name: shown.Name}
		if shown.Action == headerrule.ActionSET {
			rule.Value = w.secret(*clear[i].Value, shown.Secret)
		}
		rules = append(rules, rule)
	}
	return &rules, nil
}

// secret is the value in clear when nothing in it is secret or secrets are asked for.
func (w *writer) secret(value string, hidden bool) *Secret {
	if hidden && !w.secrets {
		return &Secret{Fingerprint: w.fingerprint(value)}
	}
	return &Secret{Value: value}
}

func (w *writer) fingerprint(value string) string {
	return seal.Fingerprint(w.box.Digest([]byte(value)))
}

// setting writes a value in its own type.
func (w *writer) setting(f setting.Field, text string) json.RawMessage {
	if f.Type == setting.Int || f.Type == setting.Boolean {
		return json.RawMessage(text)
	}
	raw, err := json.Marshal(w.secret(text, setting.Shown(f.Name, text) != text))
	if err != nil {
		return json.RawMessage("null") // no string fails to be written
	}
	return raw
}

func (w *writer) proxyKeys(rows []*ent.ProxyKey) *[]ProxyKey {
	return list(rows, func(k *ent.ProxyKey) ProxyKey {
		return ProxyKey{Fingerprint: seal.Fingerprint(seal.Digest(k.Digest)), Masked: k.Masked, Notes: &k.Notes}
	})
}

// list is never null, so that an empty one is told.
func list[A, B any](all []A, turn func(A) B) *[]B {
	turned := make([]B, len(all))
	for i, a := range all {
		turned[i] = turn(a)
	}
	return &turned
}
