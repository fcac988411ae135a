package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// at follows names and indexes into an answer.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			if !ok {
				t.Fatalf("no %v in %v", step, value)
			}
			value = object[s]
		case int:
			list, ok := value.([]any)
			if !ok || s >= len(list) {
				t.Fatalf("no %v in %v", step, value)
			}
			value = list[s]
		}
	}
	return value
}

// line is the values with a blank between each two.
func line(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

func TestAGroupIsCopiedWithItsKeys(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	g.do(`mutation($id: ID!) { updateGroup(id: $id, input: {description: "the first", proxyKeys: ["its-own-proxy-key-0001"],
		headerRules: [{action: SET, name: "X-Team", value: "a secret"}], overrides: {maxRetries: 1, proxyUrl: "direct"}}) { id } }`, map[string]any{"id": id})

	copied := g.do(`mutation($id: ID!) { copyGroup(id: $id, name: "second", keys: ALL) { task { id } group {
		id name description version upstreams { url } proxyKeys { masked } headerRules { name secret } overrides { maxRetries proxyUrl } } } }`, map[string]any{"id": id})["copyGroup"]
	group := at(t, copied, "group")
	if shown := line(at(t, group, "name"), at(t, group, "description"), at(t, group, "overrides"), at(t, group, "headerRules")); shown !=
		"second the first map[maxRetries:1 proxyUrl:direct] [map[name:X-Team secret:true]]" {
		t.Error(shown)
	}
	task := g.awaitTask(at(t, copied, "task", "id").(string))
	if counts := fmt.Sprintf("%v %v %v", task["succeeded"], task["skipped"], task["failed"]); counts != "3 0 0" {
		t.Error(counts)
	}
	if status, text := g.chat("second", hello, "Authorization: Bearer its-own-proxy-key-0001"); status != 200 {
		t.Errorf("%d %s", status, text)
	}
	if sent := upstream.Requests(); !strings.Contains(fmt.Sprint(sent[len(sent)-1].Header), "a secret") {
		t.Errorf("%v", sent[len(sent)-1].Header)
	}

	none := g.do(`mutation($id: ID!) { copyGroup(id: $id, name: "third") { task { id } group { keyCounts { total } } } }`, map[string]any{"id": id})["copyGroup"]
	if line(at(t, none, "task"), at(t, none, "group", "keyCounts", "total")) != "<nil> 0" {
		t.Errorf("%v", none)
	}
	_, errs := g.try(`mutation($id: ID!) { copyGroup(id: $id, name: "second") { group { id } } }`, map[string]any{"id": id})
	if len(errs) == 0 || errs[0].Extensions["field"] != "name" {
		t.Errorf("%+v", errs)
	}
}

func TestGroupsStandInTheOrderTheyAreGiven(t *testing.T) {
	g := start(t, nil)
	ids := map[string]string{}
	for _, name := range []string{"a", "b", "c"} {
		ids[name] = g.group(name, "OPENAI", "http://127.0.0.1:9/v1")
	}
	order := func(names string) []string {
		var all []string
		for _, name := range strings.Fields(names) {
			all = append(all, ids[name])
		}
		return all
	}
	reorder := `mutation($ids: [ID!]!) { reorderGroups(ids: $ids) { name } }`
	if shown := fmt.Sprint(g.do(reorder, map[string]any{"ids": order("c a b")})["reorderGroups"]); shown != "[map[name:c] map[name:a] map[name:b]]" {
		t.Error(shown)
	}
	if shown := fmt.Sprint(g.do(`{ groups { name } }`, nil)["groups"]); shown != "[map[name:c] map[name:a] map[name:b]]" {
		t.Error(shown)
	}
	for _, wrong := range []string{"c a", "c a b b"} {
		if _, errs := g.try(reorder, map[string]any{"ids": order(wrong)}); len(errs) == 0 || errs[0].Extensions["code"] != "BAD_INPUT" {
			t.Errorf("%s: %+v", wrong, errs)
		}
	}
}

func TestModelsAreAskedOfTheUpstream(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	for dialect, base := range map[string]string{"OPENAI": "/v1", "ANTHROPIC": "", "GEMINI": ""} {
		name := strings.ToLower(dialect)
		id := g.group(name, dialect, upstream.URL+base, keyNames(2)...)
		models := g.do(`query($id: ID!) { models(groupId: $id) }`, map[string]any{"id": id})["models"].([]any)
		if len(models) < 3 || strings.Contains(fmt.Sprint(models), "models/") {
			t.Errorf("%s: %v", dialect, models)
		}
	}
	var long strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&long, `{"id":"vendor/model-%05d","object":"model","description":%q},`, i, strings.Repeat("it thinks ", 20))
	}
	upstream.Always("key-pooled-long", upstreamtest.Answer{Body: `{"object":"list","data":[` + strings.TrimSuffix(long.String(), ",") + `]}`})
	aggregator := g.group("aggregator", "OPENAI", upstream.URL+"/v1", "key-pooled-long")
	if models := g.do(`query($id: ID!) { models(groupId: $id) }`, map[string]any{"id": aggregator})["models"].([]any); len(models) != 1000 {
		t.Errorf("%d models of a list of %d bytes", len(models), long.Len())
	}
	empty := g.group("empty", "OPENAI", upstream.URL+"/v1")
	if _, errs := g.try(`query($id: ID!) { models(groupId: $id) }`, map[string]any{"id": empty}); len(errs) == 0 || errs[0].Extensions["code"] != "BAD_INPUT" {
		t.Errorf("%+v", errs)
	}
	refused := g.group("refused", "OPENAI", upstream.URL+"/v1", "key-of-nobody-0001")
	if _, errs := g.try(`query($id: ID!) { models(groupId: $id) }`, map[string]any{"id": refused}); len(errs) == 0 || !strings.Contains(errs[0].Message, "401") || strings.Contains(errs[0].Message, "key-of-nobody-0001") {
		t.Errorf("%+v", errs)
	}
}

func TestTheAuditLogSaysWhoDidWhat(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1")
	g.do(`mutation($id: ID!) { updateGroup(id: $id, input: {description: "another"}) { id } }`, map[string]any{"id": id})
	g.do(`mutation { updateSettings(input: {maxRetries: 5}) { version } }`, nil)

	read := `query($first: Int!, $after: String, $action: String, $group: ID) { auditLog(first: $first, after: $after, action: $action, groupId: $group) {
		edges { node { actor action target before after groupId } } pageInfo { hasNextPage endCursor } } }`
	first := g.do(read, map[string]any{"first": 1})["auditLog"]
	if line(at(t, first, "edges", 0, "node", "action"), at(t, first, "edges", 0, "node", "after", "maxRetries"), at(t, first, "pageInfo", "hasNextPage")) != "updateSettings 5 true" {
		t.Errorf("%v", first)
	}
	next := g.do(read, map[string]any{"first": 200, "after": at(t, first, "pageInfo", "endCursor"), "group": id})["auditLog"]
	update := at(t, next, "edges", 0, "node")
	if line(at(t, update, "action"), at(t, update, "before", "description"), at(t, update, "after", "description")) != "updateGroup  another" || !strings.HasPrefix(at(t, update, "actor").(string), "admin key from ") {
		t.Errorf("%v", update)
	}
	if made := g.do(read, map[string]any{"first": 10, "action": "createGroup"})["auditLog"]; len(at(t, made, "edges").([]any)) != 1 {
		t.Errorf("%v", made)
	}
	if _, errs := g.try(read, map[string]any{"first": 201}); len(errs) == 0 || errs[0].Extensions["field"] != "first" {
		t.Errorf("%+v", errs)
	}
}

func TestViewersHearOfEveryChangeAndOfEveryNode(t *testing.T) {
	g := start(t, nil)
	nodes := g.subscribe(`subscription { nodesChanged { id leader follower hostname version } }`)
	// A node serves before it leads, where leading is asked of a database.
	first := at(t, nodes(), "nodesChanged", 0)
	for at(t, first, "leader") != true {
		first = at(t, nodes(), "nodesChanged", 0)
	}
	if at(t, first, "version") == "" || at(t, first, "hostname") == "" {
		t.Errorf("%v", first)
	}
	if now := g.do(`{ nodes { id inFlight } }`, nil)["nodes"].([]any); len(now) != 1 {
		t.Errorf("%v", now)
	}

	changes := g.subscribe(`subscription { configChanged { groupId version deleted actor } }`)
	heard := func() string {
		change := at(t, changes(), "configChanged")
		if !strings.HasPrefix(at(t, change, "actor").(string), "admin key from ") {
			t.Errorf("%v", change)
		}
		return line(at(t, change, "groupId"), at(t, change, "version"), at(t, change, "deleted"))
	}
	// A subscription begins some time after it was asked for; what comes before is not in it.
	begun, stop := context.WithCancel(context.Background())
	var speaker sync.WaitGroup
	speaker.Go(func() {
		for begun.Err() == nil {
			_, _, _ = g.send(http.MethodPost, "/graphql", `{"query":"mutation { updateSettings(input: {maxRetries: 5}) { version } }"}`, "Authorization: Bearer "+g.admin)
		}
	})
	if said := heard(); !strings.HasPrefix(said, "<nil> ") {
		t.Error(said)
	}
	stop()
	speaker.Wait()
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1")
	var said string
	for !strings.HasPrefix(said, id+" ") {
		said = heard()
	}
	if said != id+" 1 false" {
		t.Error(said)
	}
	g.do(`mutation($id: ID!) { deleteGroup(id: $id) { id } }`, map[string]any{"id": id})
	for said = heard(); !strings.HasSuffix(said, "true"); said = heard() {
	}
	if !strings.HasPrefix(said, id+" ") {
		t.Error(said)
	}
}

func TestTheGatewayIsNoUpstreamOfItself(t *testing.T) {
	g := start(t, nil)
	_, errs := g.try(`mutation($in: CreateGroupInput!) { createGroup(input: $in) { id } }`, map[string]any{"in": map[string]any{
		"name": "openai", "dialect": "OPENAI", "upstreams": []any{map[string]any{"url": "http://127.0.0.1:1/v1"}, map[string]any{"url": g.url + "/proxy/openai"}},
	}})
	if len(errs) != 1 || errs[0].Extensions["code"] != "BAD_INPUT" || errs[0].Extensions["field"] != "input.upstreams.1.url" {
		t.Errorf("refused with %+v", errs)
	}
}

// A group may be deleted while an import fills it: whichever comes first, no key of it stays, and nothing that counts them.
func TestADeletedGroupLeavesNothingOfItsKeys(t *testing.T) {
	g := start(t, nil)
	db := g.books(nil)
	text := strings.Join(keyNames(50), "\n")
	for i := range 12 {
		id := g.group(fmt.Sprintf("group-%d", i), "OPENAI", "https://a.example/v1")
		var both sync.WaitGroup
		if i%3 > 0 {
			both.Go(func() {
				g.try(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": id, "t": text})
			})
		}
		both.Go(func() { g.do(`mutation($g: ID!) { deleteGroup(id: $g) { id } }`, map[string]any{"g": id}) })
		both.Wait()
	}
	g.awaitTasks()
	if keys, counts := db.Key.Query().CountX(t.Context()), db.KeyCount.Query().CountX(t.Context()); keys+counts != 0 {
		t.Errorf("%d keys and %d counts are left", keys, counts)
	}
}
