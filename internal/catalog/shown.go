package catalog

import (
	"regexp"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/internal/setting"
)

// onlyVariables matches a header's value that holds nothing of its own.
var onlyVariables = regexp.MustCompile(`^(\$\{[A-Z_]+\}[ ,;]*)*$`)

// ShownRule is a header rule without its secret.
type ShownRule struct {
	Action headerrule.Action `json:"action"`
	Name   string            `json:"name"`
	// Value is empty when it is secret.
	Value  string `json:"value,omitempty"`
	Secret bool   `json:"secret,omitempty"`
}

// ShowRules returns the group's header rules as anyone may see them: a value shows only when it is nothing but variables.
func (c *Catalog) ShowRules(g *Group) []ShownRule {
	shown := make([]ShownRule, len(g.HeaderRules))
	for i, r := range g.HeaderRules {
		shown[i] = ShownRule{Action: r.Action, Name: r.Name}
		value, err := openRule(c.Box, r)
		if err == nil && onlyVariables.MatchString(value) {
			shown[i].Value = value
		} else {
			shown[i].Secret = true
		}
	}
	return shown
}

// RulesInClear returns the group's header rules with their values, in the order of ShowRules.
func (c *Catalog) RulesInClear(g *Group) ([]HeaderRule, error) { return openRules(c.Box, g) }

// Overrides returns what the group overrides by name, in clear.
func (c *Catalog) Overrides(g *Group) (map[string]string, error) {
	return setting.GroupOverrides(c.Box, g.Group)
}

// shown is a group as the audit log keeps it.
func (c *Catalog) shown(g *Group) map[string]any {
	view := map[string]any{
		"name": g.Name, "displayName": g.DisplayName, "description": g.Description, "kind": g.Kind, "dialect": g.Dialect,
		"enabled": g.Enabled, "sort": g.Sort, "keyCarrier": g.KeyCarrier, "testModel": g.TestModel, "validationPath": g.ValidationPath,
		"paramOverrides": g.ParamOverrides, "modelRedirects": g.ModelRedirects, "modelRedirectStrict": g.ModelRedirectStrict,
		"headerRules": c.ShowRules(g), "version": g.Version,
	}
	overrides := map[string]string{}
	if clear, err := c.Overrides(g); err == nil {
		for name, value := range clear {
			overrides[name] = setting.Shown(name, value)
		}
	}
	view["overrides"] = overrides
	var upstreams, members, keys []map[string]any
	for _, u := range g.Upstreams {
		upstreams = append(upstreams, map[string]any{"url": u.URL, "weight": u.Weight, "enabled": u.Enabled})
	}
	for _, m := range g.Members {
		members = append(members, map[string]any{"groupId": m.MemberID, "weight": m.Weight, "priority": m.Priority})
	}
	for _, k := range g.ProxyKeys {
		keys = append(keys, shownProxyKey(k))
	}
	view["upstreams"], view["subGroups"], view["proxyKeys"] = upstreams, members, keys
	return view
}

func shownProxyKey(k *ent.ProxyKey) map[string]any {
	return map[string]any{"id": k.ID, "masked": k.Masked, "notes": k.Notes}
}
