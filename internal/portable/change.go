package portable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
)

// given is a field of a change, left out when the document does not have it.
func given[T any](v *T) catalog.Opt[T] {
	if v == nil {
		return catalog.Opt[T]{}
	}
	return catalog.Some(*v)
}

// change is what the catalog is asked for; was is nil for a group to be made.
func (a *application) change(in Group, was *catalog.Group, path string) (catalog.Change, error) {
	change := catalog.Change{
		Name: catalog.Some(in.Name), DisplayName: given(in.DisplayName), Description: given(in.Description),
		Enabled: given(in.Enabled), Sort: given(in.Sort), KeyCarrier: given(in.KeyCarrier),
		TestModel: given(in.TestModel), ValidationPath: given(in.ValidationPath),
		ModelRedirects: given(in.ModelRedirects), ModelRedirectStrict: given(in.ModelRedirectStrict),
	}
	if in.Upstreams != nil {
		change.Upstreams = catalog.Some(*list(*in.Upstreams, func(u Upstream) catalog.Upstream {
			return catalog.Upstream{URL: u.URL, Weight: orElse(u.Weight, 1), Enabled: orElse(u.Enabled, true)}
		}))
	}
	if len(in.ParamOverrides) > 0 && string(in.ParamOverrides) != "null" {
		change.ParamOverrides = catalog.Some(reindented(in.ParamOverrides))
	}
	if in.SubGroups != nil {
		change.Members = catalog.Some(a.members(*in.SubGroups, path))
	}
	if err := a.headerRules(in, was, path, &change); err != nil {
		return change, err
	}
	return change, a.overrides(in, was, path, &change)
}

func orElse[T any](v *T, standard T) T {
	if v == nil {
		return standard
	}
	return *v
}

// reindented takes off the indentation that the text has in the document.
func reindented(text json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	if json.Indent(&out, text, "", "  ") != nil {
		return text
	}
	return out.Bytes()
}

func (a *application) members(in []SubGroup, path string) []catalog.Member {
	members := []catalog.Member{}
	for i, m := range in {
		id, there := a.ids[m.Group]
		if !there {
			a.faults.Add(fmt.Sprintf("%ssubGroups.%d.group", path, i), fault.Unknown, nil, "there is no group %.120q", m.Group)
			continue
		}
		members = append(members, catalog.Member{GroupID: id, Weight: orElse(m.Weight, 1), Priority: m.Priority})
	}
	return members
}

func (a *application) headerRules(in Group, was *catalog.Group, path string, change *catalog.Change) error {
	if in.HeaderRules == nil {
		return nil
	}
	stored := map[string]string{} // fingerprints by name
	if was != nil {
		clear, err := a.Catalog.RulesInClear(was)
		if err != nil {
			return err
		}
		w := writer{box: a.Catalog.Box}
		for _, r := range clear {
			stored[strings.ToLower(r.Name)] = w.fingerprint(*r.Value)
		}
	}
	rules := []catalog.HeaderRule{}
	for _, r := range *in.HeaderRules {
		rule := catalog.HeaderRule{Action: r.Action, Name: r.Name}
		switch known := stored[strings.ToLower(r.Name)]; {
		case r.Value == nil:
		case !r.Value.hidden():
			rule.Value = &r.Value.Value
		case known != "" && known != r.Value.Fingerprint:
			a.tell("%sheaderRules: the value of %s is left as it is, since the file has only the fingerprint of another one", path, r.Name)
		}
		rules = append(rules, rule)
	}
	change.HeaderRules = catalog.Some(rules)
	return nil
}

// overrides replaces all of them: what the document does not name is inherited again.
func (a *application) overrides(in Group, was *catalog.Group, path string, change *catalog.Change) error {
	if in.Overrides == nil {
		return nil
	}
	stored := map[string]string{}
	if was != nil {
		var err error
		if stored, err = a.Catalog.Overrides(was); err != nil {
			return err
		}
	}
	overrides := map[string]*string{}
	for name := range stored {
		overrides[name] = nil
	}
	w := writer{box: a.Catalog.Box}
	for name, raw := range in.Overrides {
		text, secret := textOf(raw)
		if secret == nil || !secret.hidden() {
			overrides[name] = text
			continue
		}
		value, there := stored[name]
		switch {
		case !there:
			a.faults.Add(path+"overrides."+name, fault.Required, nil, "the file has only a fingerprint and there is no value yet that could stay: write it in clear, or export --with-secrets")
		case w.fingerprint(value) != secret.Fingerprint:
			a.tell("%soverrides: %s is left as it is, since the file has only the fingerprint of another value", path, name)
		}
		delete(overrides, name)
	}
	change.Overrides = catalog.Some(overrides)
	return nil
}
