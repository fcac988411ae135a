package main

import (
	"testing"

	"roundhouse/internal/upstreamtest"
)

// Each mutation of the schema leaves a row of its own name; a new one that is not among these is missed.
func TestEveryMutationLeavesARow(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	key := g.keys(id)[0].ID
	made := g.do(`mutation { createProxyKey { proxyKey { id } } }`, nil)
	proxyKey := at(t, made, "createProxyKey", "proxyKey", "id").(string)
	task := at(t, g.do(`{ tasks { id } }`, nil), "tasks", 0, "id").(string)
	one := `(keys: {groupId: "` + id + `", ids: ["` + key + `"]}) { id }`
	arguments := map[string]string{
		"createGroup": `(input: {name: "second", dialect: OPENAI}) { id }`, "updateGroup": `(id: "` + id + `", input: {sort: 3}) { id }`,
		"copyGroup":      `(id: "` + id + `", name: "third") { group { id } }`,
		"reorderGroups":  ``, // its ids are known below
		"createProxyKey": ``, "deleteProxyKey": `(id: "` + proxyKey + `")`,
		"importKeys":  `(groupId: "` + id + `", text: "key-pooled-z") { id }`,
		"restoreKeys": one, "enableKeys": one, "disableKeys": one, "validateKeys": one,
		"validateKey": `(id: "` + key + `") { ok }`, "updateKeyNotes": `(id: "` + key + `", notes: "ours") { id }`,
		"revealKey": `(id: "` + key + `")`, "cancelTask": `(id: "` + task + `") { id }`,
		"updateSettings": `(input: {maxRetries: 2}) { version }`,
		"deleteKeys":     one, "deleteGroup": `(id: "` + id + `") { id }`,
	}
	var last []string
	for _, field := range at(t, g.do(`{ __schema { mutationType { fields { name } } } }`, nil), "__schema", "mutationType", "fields").([]any) {
		name := at(t, field, "name").(string)
		switch rest, known := arguments[name]; {
		case !known:
			t.Errorf("%s is not tried", name)
		case name == "deleteGroup", name == "deleteKeys", name == "reorderGroups":
			last = append(last, name)
		case rest != "":
			g.do("mutation { "+name+rest+" }", nil)
		}
	}
	ids := ""
	for _, group := range at(t, g.do(`{ groups { id } }`, nil), "groups").([]any) {
		ids += `"` + at(t, group, "id").(string) + `" `
	}
	arguments["reorderGroups"] = "(ids: [" + ids + "]) { id }"
	for _, name := range []string{"reorderGroups", "deleteKeys", "deleteGroup"} {
		g.do("mutation { "+name+arguments[name]+" }", nil)
	}
	if len(last) != 3 {
		t.Errorf("%v", last)
	}
	for name := range arguments {
		rows := at(t, g.do(`query($a: String) { auditLog(action: $a) { edges { node { actor target } } } }`, map[string]any{"a": name}), "auditLog", "edges").([]any)
		if len(rows) == 0 {
			t.Errorf("%s left no row", name)
		}
	}
}
