package gptload

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	entgroup "roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/catalog"
	"roundhouse/internal/setting"
)

// dialects are GPT-Load's channels, with the path that each validates by when a group names none.
var dialects = map[string]struct {
	dialect entgroup.Dialect
	path    string
}{
	"openai":          {entgroup.DialectOPENAI, "/v1/chat/completions"},
	"openai-response": {entgroup.DialectOPENAI_RESPONSES, "/v1/responses"},
	"anthropic":       {entgroup.DialectANTHROPIC, "/v1/messages"},
	"gemini":          {entgroup.DialectGEMINI, ""},
}

// heaviest is the greatest weight here; GPT-Load has none.
const heaviest = 1000

// translation turns one group into a change that makes it, and says what had to become another.
type translation struct {
	group  group
	change catalog.Change
	// globalCodes says that the settings keep GPT-Load's own failover codes, which become our default.
	globalCodes bool
	changed     []string
}

func (t *translation) note(format string, args ...any) {
	t.changed = append(t.changed, "group "+t.group.name+": "+fmt.Sprintf(format, args...))
}

// run fills the change. An error says that a column does not hold what GPT-Load writes there.
func (t *translation) run(members []catalog.Member) error {
	g := &t.group
	t.change = catalog.Change{
		Name: catalog.Some(g.name), DisplayName: catalog.Some(g.displayName), Description: catalog.Some(g.description), Sort: catalog.Some(g.sort),
		ProxyKeys: catalog.Some(split(g.proxyKeys)),
	}
	if kindOf(*g) == entgroup.KindAGGREGATE {
		t.change.Members = catalog.Some(members)
		return nil // the rest is stored with an aggregate and never used
	}
	t.change.TestModel = catalog.Some(g.testModel)
	if g.validationEndpoint != "" && g.channel != "gemini" && g.validationEndpoint != dialects[g.channel].path {
		t.change.ValidationPath = catalog.Some(g.validationEndpoint)
	}
	t.change.ModelRedirectStrict = catalog.Some(g.strict)
	for _, part := range []struct {
		column string
		turn   func() error
	}{
		{"upstreams", t.upstreams}, {"param_overrides", t.paramOverrides}, {"header_rules", t.headerRules},
		{"model_redirect_rules", t.redirects}, {"config", t.overrides},
	} {
		if err := part.turn(); err != nil {
			return fmt.Errorf("%s: %w", part.column, err)
		}
	}
	return nil
}

func kindOf(g group) entgroup.Kind {
	if g.kind == "aggregate" {
		return entgroup.KindAGGREGATE
	}
	return entgroup.KindSTANDARD
}

// upstreams keeps the shares of weights that are above ours, and one line for each address.
func (t *translation) upstreams() error {
	var stored []struct {
		URL    string `json:"url"`
		Weight int    `json:"weight"`
	}
	if err := json.Unmarshal([]byte(t.group.upstreams), &stored); err != nil {
		return err
	}
	greatest := 0
	upstreams := []catalog.Upstream{}
	for _, u := range stored {
		address := strings.TrimRight(strings.TrimSpace(u.URL), "/")
		at := slices.IndexFunc(upstreams, func(o catalog.Upstream) bool { return strings.EqualFold(o.URL, address) })
		if at < 0 {
			at = len(upstreams)
			upstreams = append(upstreams, catalog.Upstream{URL: address, Enabled: true})
		} else {
			t.note("an upstream was there twice and is there once, with the weight of both")
		}
		upstreams[at].Weight += u.Weight
		greatest = max(greatest, upstreams[at].Weight)
	}
	if greatest > heaviest {
		t.note("weights of its upstreams are scaled down to %d at most", heaviest)
		for i, u := range upstreams {
			if u.Weight > 0 {
				upstreams[i].Weight = max(1, u.Weight*heaviest/greatest)
			}
		}
	}
	t.change.Upstreams = catalog.Some(upstreams)
	return nil
}

// paramOverrides are replaced at the top level there; here a dot leads deeper and null deletes.
func (t *translation) paramOverrides() error {
	if t.group.paramOverrides == "" || t.group.paramOverrides == "null" {
		return nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(t.group.paramOverrides), &members); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if strings.Contains(name, ".") {
			t.note("the parameter override %.80q now sets a nested member, since a dot in its name leads deeper", name)
		}
		if string(members[name]) == "null" {
			t.note("the parameter override %.80q now deletes the member instead of setting it to null", name)
		}
	}
	t.change.ParamOverridesText = catalog.Some(t.group.paramOverrides)
	return nil
}

func (t *translation) headerRules() error {
	var stored []struct{ Key, Value, Action string }
	if t.group.headers != "" {
		if err := json.Unmarshal([]byte(t.group.headers), &stored); err != nil {
			return err
		}
	}
	rules := []catalog.HeaderRule{}
	for _, r := range stored {
		name := http.CanonicalHeaderKey(strings.TrimSpace(r.Key))
		switch {
		case name == "Host":
			t.note("the header rule for Host is left out: GPT-Load never sent it, and here it would count")
		case r.Action == "set":
			rules = append(rules, catalog.HeaderRule{Action: headerrule.ActionSET, Name: name, Value: &r.Value})
		case r.Action == "remove":
			rules = append(rules, catalog.HeaderRule{Action: headerrule.ActionREMOVE, Name: name})
		default:
			t.note("the header rule for %.80s is left out: it neither sets nor removes", name)
		}
	}
	t.change.HeaderRules = catalog.Some(rules)
	return nil
}

func (t *translation) redirects() error {
	var stored map[string]string
	if t.group.models != "" {
		if err := json.Unmarshal([]byte(t.group.models), &stored); err != nil {
			return err
		}
	}
	redirects := []schema.ModelRedirect{}
	for _, from := range slices.Sorted(maps.Keys(stored)) {
		redirects = append(redirects, schema.ModelRedirect{From: from, To: stored[from]})
	}
	t.change.ModelRedirects = catalog.Some(redirects)
	return nil
}

func (t *translation) overrides() error {
	config, err := texts(t.group.config)
	if err != nil {
		return err
	}
	overrides := map[string]*string{}
	for _, name := range slices.Sorted(maps.Keys(config)) {
		f, known := setting.FieldNamed(settingNames[name])
		if !known || !f.GroupOverride {
			t.note("its own %.80s is left out: there is no such setting for a group here", name)
			continue
		}
		here, why := value(name, config[name])
		if why != "" {
			t.note("%s: %s", f.Name, why)
		}
		if here == nil && name == "failover_status_codes" && !t.globalCodes {
			here = &f.Default // its word against that of the settings
		}
		if here != nil {
			overrides[f.Name] = here
		}
	}
	t.change.Overrides = catalog.Some(overrides)
	return nil
}
