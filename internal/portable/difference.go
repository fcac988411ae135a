package portable

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
)

// Change is one difference between the configuration before and after.
type Change struct {
	// Subject is "settings", "proxy keys", or "group" and its name.
	Subject string `json:"subject"`
	// Sign is + for what is new, - for what is gone, ~ for what is another.
	Sign string `json:"sign"`
	// Field is empty when the subject itself is new or gone, and after that of what a new one holds.
	Field string `json:"field,omitempty"`
	// Before and After are JSON; null where there is nothing.
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// differences tells two documents apart that Export wrote, settings first and then groups by name.
func differences(before, after Document) []Change {
	changes := []Change{} // JSON tells an empty list from none
	compare := func(subject string, was, is any) {
		c := comparison{subject: subject}
		c.values("", generic(was), generic(is))
		changes = append(changes, c.changes...)
	}
	compare("settings", before.Settings, after.Settings)
	compare("proxy keys", before.ProxyKeys, after.ProxyKeys)
	was, is := byName(before.Groups), byName(after.Groups)
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		subject := "group " + name
		old, wasThere := was[name]
		now, isThere := is[name]
		switch {
		case !isThere:
			changes = append(changes, Change{Subject: subject, Sign: "-"})
		case !wasThere:
			changes = append(changes, Change{Subject: subject, Sign: "+"})
			compare(subject, map[string]any{}, said(now))
		default:
			compare(subject, old, now)
		}
	}
	return changes
}

func byName(groups []Group) map[string]Group {
	all := make(map[string]Group, len(groups))
	for _, g := range groups {
		all[g.Name] = g
	}
	return all
}

// said is what a new group holds beyond its name, without what is empty; whether it is enabled in any case.
func said(g Group) any {
	fields, _ := generic(g).(map[string]any)
	delete(fields, "name")
	maps.DeleteFunc(fields, func(name string, v any) bool {
		return name != "enabled" && (v == nil || v == "" || v == false || v == json.Number("0") || emptyJSON(v))
	})
	return fields
}

func emptyJSON(v any) bool {
	list, isList := v.([]any)
	object, isObject := v.(map[string]any)
	return (isList && len(list) == 0) || (isObject && len(object) == 0)
}

// generic is a value as JSON makes it, with numbers as they are written.
func generic(v any) any {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var out any
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	_ = decoder.Decode(&out) // what was just written is read
	return out
}

// comparison gathers the differences of one subject.
type comparison struct {
	subject string
	changes []Change
}

func (c *comparison) values(field string, was, is any) {
	oldObject, a := was.(map[string]any)
	newObject, b := is.(map[string]any)
	if a && b {
		c.objects(field, oldObject, newObject)
		return
	}
	oldList, a := was.([]any)
	newList, b := is.([]any)
	if a && b && named(oldList) && named(newList) {
		c.lists(field, oldList, newList)
		return
	}
	if reflect.DeepEqual(was, is) {
		return
	}
	change := Change{Subject: c.subject, Sign: "~", Field: field, Before: was, After: is}
	if was == nil {
		change.Sign = "+"
	} else if is == nil {
		change.Sign = "-"
	}
	c.changes = append(c.changes, change)
}

func (c *comparison) objects(field string, was, is map[string]any) {
	names := maps.Clone(was)
	maps.Copy(names, is)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		path := name
		if field != "" {
			path = field + "." + name
		}
		c.values(path, was[name], is[name])
	}
}

// lists compares element by element, each found again by its name, and then their order.
func (c *comparison) lists(field string, was, is []any) {
	old, now := map[string]any{}, map[string]any{}
	for _, element := range was {
		old[identity(element)] = element
	}
	for _, element := range is {
		now[identity(element)] = element
	}
	c.elements(field, was, old, now, true)
	c.elements(field, is, now, old, false)
	before, after := shared(was, now), shared(is, old)
	if !slices.Equal(before, after) {
		c.changes = append(c.changes, Change{Subject: c.subject, Sign: "~", Field: field + " in order", Before: before, After: after})
	}
}

// elements walks one side: of the old one what is gone or another, of the new one what is new.
func (c *comparison) elements(field string, list []any, own, other map[string]any, old bool) {
	for _, element := range list {
		name := identity(element)
		path := field + "[" + name + "]"
		counterpart, there := other[name]
		switch {
		case old && there:
			c.values(path, element, counterpart)
		case old:
			c.changes = append(c.changes, Change{Subject: c.subject, Sign: "-", Field: path})
		case !there:
			c.changes = append(c.changes, Change{Subject: c.subject, Sign: "+", Field: path, After: own[name]})
		}
	}
}

// shared are the names that the other side has too, in the list's order.
func shared(list []any, other map[string]any) []string {
	var names []string
	for _, element := range list {
		if name := identity(element); other[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

// named reports whether every element has a name of its own to be found again by.
func named(list []any) bool {
	seen := map[string]bool{}
	for _, element := range list {
		name := identity(element)
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return true
}

// identity is what tells an element of one of a document's lists from its siblings: what people know it by.
func identity(element any) string {
	object, _ := element.(map[string]any)
	for _, field := range []string{"url", "group", "from", "name"} {
		if text, ok := object[field].(string); ok {
			return text
		}
	}
	masked, _ := object["masked"].(string)
	fingerprint, _ := object["fingerprint"].(string)
	if masked == "" {
		return fingerprint
	}
	return masked + " " + fingerprint
}
