package catalog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/proxycore/dialect"
)

// draft is a group as it would be after a change, whole, so that it is checked and written as one thing.
type draft struct {
	row       ent.Group
	upstreams []Upstream
	members   []Member
	rules     []HeaderRule
	// overrides are in clear, proxyUrl among them.
	overrides map[string]string
	// proxyKeys is nil when they stay.
	proxyKeys *[]string

	change Change
}

// blank is a group of which nothing is known but kind and dialect. An unknown dialect is told by check.
func blank(kind group.Kind, name group.Dialect) *draft {
	d := &draft{row: ent.Group{Kind: kind, Dialect: name, KeyCarrier: group.DefaultKeyCarrier, Enabled: true, Version: 0}}
	defaults := d.defaults()
	d.row.TestModel, d.upstreams = defaults.TestModel, upstreamsOf(defaults)
	return d
}

// defaults are the dialect's; zero for an aggregate, which has none of its own.
func (d *draft) defaults() dialect.Defaults {
	if spoken, ok := dialect.ByName(dialect.Name(d.row.Dialect)); ok && d.row.Kind == group.KindSTANDARD {
		return spoken.Defaults()
	}
	return dialect.Defaults{}
}

// upstreamsOf is what a group has that names no upstream: the dialect's own; an aggregate has none.
func upstreamsOf(defaults dialect.Defaults) []Upstream {
	if defaults.UpstreamURL == "" {
		return nil
	}
	return []Upstream{{URL: defaults.UpstreamURL, Weight: 1, Enabled: true}}
}

// draftOf is a stored group before any change.
func draftOf(g *Group, box *seal.Box) (*draft, error) {
	overrides, err := setting.GroupOverrides(box, g.Group)
	if err != nil {
		return nil, err
	}
	d := &draft{row: *g.Group, overrides: overrides}
	for _, u := range g.Upstreams {
		d.upstreams = append(d.upstreams, Upstream{URL: u.URL, Weight: u.Weight, Enabled: u.Enabled})
	}
	for _, m := range g.Members {
		d.members = append(d.members, Member{GroupID: m.MemberID, Weight: m.Weight, Priority: m.Priority})
	}
	d.rules, err = openRules(box, g)
	return d, err
}

// apply lays the change over the draft.
func (d *draft) apply(c Change) {
	d.change = c
	defaults := d.defaults()
	row := &d.row
	row.Name = c.Name.over(row.Name, "")
	row.DisplayName = strings.TrimSpace(c.DisplayName.over(row.DisplayName, ""))
	row.Description = strings.TrimSpace(c.Description.over(row.Description, ""))
	row.Enabled = c.Enabled.over(row.Enabled, true)
	row.Sort = c.Sort.over(row.Sort, 0)
	row.KeyCarrier = c.KeyCarrier.over(row.KeyCarrier, group.DefaultKeyCarrier)
	row.TestModel = strings.TrimSpace(c.TestModel.over(row.TestModel, defaults.TestModel))
	if row.TestModel == "" {
		row.TestModel = defaults.TestModel
	}
	row.ValidationPath = strings.TrimSpace(c.ValidationPath.over(row.ValidationPath, ""))
	row.ParamOverrides = strings.TrimSpace(c.ParamOverridesText.over(row.ParamOverrides, ""))
	if c.ParamOverrides.Set {
		row.ParamOverrides = string(c.ParamOverrides.over(nil, nil))
	}
	row.ModelRedirects = c.ModelRedirects.over(row.ModelRedirects, nil)
	row.ModelRedirectStrict = c.ModelRedirectStrict.over(row.ModelRedirectStrict, false)

	d.upstreams = c.Upstreams.over(d.upstreams, upstreamsOf(defaults))
	d.members = c.Members.over(d.members, nil)
	d.rules = keepValues(c.HeaderRules.over(d.rules, nil), d.rules)
	d.overrides = mergeOverrides(d.overrides, c.Overrides)
	if c.ProxyKeys.Set {
		keys := c.ProxyKeys.over(nil, nil)
		d.proxyKeys = &keys
	}
}

// same reports whether writing the one in place of the other would change nothing.
func (d *draft) same(was *draft) bool {
	if d.proxyKeys != nil || len(d.row.ModelRedirects) != len(was.row.ModelRedirects) {
		return false // which of the proxy keys are there already is known where they are written
	}
	a, b := d.row, was.row
	a.ParamOverrides, b.ParamOverrides = compact(a.ParamOverrides), compact(b.ParamOverrides)
	if len(a.ModelRedirects) == 0 {
		a.ModelRedirects, b.ModelRedirects = nil, nil
	}
	x, errX := json.Marshal(&a) // reflect would compare ent's own fields
	y, errY := json.Marshal(&b)
	return errX == nil && errY == nil && bytes.Equal(x, y) && slices.Equal(d.upstreams, was.upstreams) && slices.Equal(d.members, was.members) &&
		slices.EqualFunc(d.rules, was.rules, sameRule) && maps.Equal(d.overrides, was.overrides)
}

func sameRule(a, b HeaderRule) bool {
	return a.Action == b.Action && a.Name == b.Name && (a.Action == headerrule.ActionREMOVE || *a.Value == *b.Value)
}

// compact is JSON without the white space that means nothing.
func compact(text string) string {
	var out bytes.Buffer
	if json.Compact(&out, []byte(text)) != nil {
		return text
	}
	return out.String()
}

// keepValues gives a rule that came without a value the one that a rule of its name and action had.
func keepValues(rules, before []HeaderRule) []HeaderRule {
	kept := make([]HeaderRule, len(rules))
	for i, rule := range rules {
		for _, old := range before {
			if rule.Value == nil && rule.Action == old.Action && strings.EqualFold(rule.Name, old.Name) {
				rule.Value = old.Value
			}
		}
		kept[i] = rule
	}
	return kept
}

func mergeOverrides(before map[string]string, change Opt[map[string]*string]) map[string]string {
	after := maps.Clone(before)
	if after == nil || change.Null {
		after = map[string]string{}
	}
	for name, value := range change.Value {
		switch {
		case value == nil:
			delete(after, name)
		case setting.Masked(name, strings.TrimSpace(*value), before[name]):
		default:
			after[name] = strings.TrimSpace(*value)
		}
	}
	return after
}

func openRules(box *seal.Box, g *Group) ([]HeaderRule, error) {
	var rules []HeaderRule
	for _, r := range g.HeaderRules {
		value, err := openRule(box, r)
		if err != nil {
			return nil, err
		}
		rules = append(rules, HeaderRule{Action: r.Action, Name: r.Name, Value: &value})
	}
	return rules, nil
}

func openRule(box *seal.Box, r *ent.HeaderRule) (string, error) {
	if len(r.Sealed) == 0 {
		return "", nil
	}
	value, err := box.Open(seal.HeaderRuleIdentity(r.GroupID, r.Name), r.Sealed)
	if err != nil {
		return "", fmt.Errorf("open the value of header rule %d: %w", r.ID, err)
	}
	return string(value), nil
}
