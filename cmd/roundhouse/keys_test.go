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

// keyTask starts a mutation on selected keys and returns what it counted: succeeded, skipped, failed.
func (g *gateway) keyTask(mutation string, selector map[string]any) string {
	g.t.Helper()
	started := g.do(`mutation($k: KeySelector!) { `+mutation+`(keys: $k) { id } }`, map[string]any{"k": selector})
	task := g.awaitTask(at(g.t, started, mutation, "id").(string))
	return fmt.Sprintf("%v %v %v", task["succeeded"], task["skipped"], task["failed"])
}

// statuses are those of the group's keys, oldest first.
func (g *gateway) statuses(group string) string {
	g.t.Helper()
	var all []string
	for _, key := range g.keys(group) {
		all = append(all, key.Status)
	}
	return strings.Join(all, " ")
}

func TestAnAdministratorsWordReachesKeysAndTraffic(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	keys := g.keys(id)

	if counted := g.keyTask("disableKeys", map[string]any{"groupId": id, "ids": []string{keys[0].ID, keys[1].ID, "999999"}}); counted != "2 1 0" {
		t.Error(counted)
	}
	if all := g.statuses(id); all != "DISABLED DISABLED ACTIVE" {
		t.Error(all)
	}
	upstream.Forget()
	for range 6 {
		if status, text := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	for _, request := range upstream.Requests() {
		if request.Key != keyNames(3)[2] {
			t.Errorf("a DISABLED key was used: %s", request.Key)
		}
	}
	if counted := g.keyTask("restoreKeys", map[string]any{"groupId": id, "all": true}); counted != "0 3 0" {
		t.Errorf("restoring wakes DISABLED keys: %s", counted)
	}
	if counted := g.keyTask("enableKeys", map[string]any{"groupId": id, "filter": map[string]any{"statusIn": []string{"DISABLED"}}}); counted != "2 0 0" {
		t.Error(counted)
	}
	if all := g.statuses(id); all != "ACTIVE ACTIVE ACTIVE" {
		t.Error(all)
	}

	// A dead key is found by the validation of many, and restored by word.
	upstream.Always(keyNames(3)[1], upstreamtest.Answer{Status: 401})
	if counted := g.keyTask("validateKeys", map[string]any{"groupId": id, "all": true}); counted != "2 0 1" {
		t.Error(counted)
	}
	if all := g.statuses(id); all != "ACTIVE INVALID ACTIVE" {
		t.Error(all)
	}
	if counted := g.keyTask("restoreKeys", map[string]any{"groupId": id, "text": strings.Join(keyNames(4), "\n")}); counted != "1 3 0" {
		t.Error(counted)
	}
	counts := g.do(`query($id: ID!) { group(id: $id) { keyCounts { total active invalid disabled } } }`, map[string]any{"id": id})
	if all := g.statuses(id); all != "ACTIVE ACTIVE ACTIVE" || line(at(t, counts, "group", "keyCounts")) != "map[active:3 disabled:0 invalid:0 total:3]" {
		t.Errorf("%s %v", all, counts)
	}
}

func TestRestoringEndsCooling(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	upstream.Script(keyNames(2)[0], upstreamtest.Answer{Status: 429, Code: "insufficient_quota"})
	cooling := func() string {
		page := g.do(`query($g: ID!) { keys(groupId: $g, filter: {cooling: true}) { totalCount edges { node { id } } } }`, map[string]any{"g": id})
		return line(at(t, page, "keys", "totalCount"), len(at(t, page, "keys", "edges").([]any)))
	}
	g.await("a key to cool", func() bool {
		if status, text := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
		return cooling() == "1 1"
	})
	if counted := g.keyTask("restoreKeys", map[string]any{"groupId": id, "filter": map[string]any{"cooling": true}}); counted != "1 0 0" {
		t.Error(counted)
	}
	if cooling() != "0 0" {
		t.Error("the key cools still")
	}
}

func TestASelectionIsShownBeforeItIsTouched(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1", keyNames(9)...)
	keys := g.keys(id)
	selection := func(selector map[string]any) string {
		selector["groupId"] = id
		s := g.do(`query($k: KeySelector!) { keySelection(keys: $k) { count exact upTo sample { id } } }`, map[string]any{"k": selector})["keySelection"]
		return line(at(t, s, "count"), at(t, s, "exact"), at(t, s, "upTo"), len(at(t, s, "sample").([]any)))
	}
	for _, c := range []struct {
		selector map[string]any
		want     string
	}{
		{map[string]any{"all": true}, "9 true " + keys[8].ID + " 5"},
		{map[string]any{"all": true, "upTo": keys[3].ID}, "4 true " + keys[3].ID + " 4"},
		{map[string]any{"all": true, "except": []string{keys[0].ID, keys[8].ID}}, "7 true " + keys[8].ID + " 5"},
		{map[string]any{"filter": map[string]any{"statusIn": []string{"INVALID"}}}, "0 true <nil> 0"},
		{map[string]any{"filter": map[string]any{"unusedSince": "2026-01-01T00:00:00Z"}}, "9 true " + keys[8].ID + " 5"},
		{map[string]any{"ids": []string{keys[1].ID, "999999"}}, "1 true <nil> 1"},
		{map[string]any{"text": keyNames(2)[1] + " key-of-nobody-0001"}, "1 true <nil> 1"},
	} {
		if got := selection(c.selector); got != c.want {
			t.Errorf("%v: %s, not %s", c.selector, got, c.want)
		}
	}
	if _, errs := g.try(`query($k: KeySelector!) { keySelection(keys: $k) { count } }`, map[string]any{"k": map[string]any{"groupId": id}}); len(errs) == 0 || errs[0].Extensions["code"] != "BAD_INPUT" {
		t.Errorf("%+v", errs)
	}
}

func TestKeysAreListedInEveryOrderAndFromEveryPlace(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(10)...)
	keys := g.keys(id)
	place := map[string]int{}
	for i, key := range keys {
		place[key.ID] = i
	}
	list := func(arguments string) (places []int, page any) {
		page = g.do(`query($g: ID!) { keys(groupId: $g, `+arguments+`) { position edges { node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } } }`, map[string]any{"g": id})["keys"]
		for _, edge := range at(t, page, "edges").([]any) {
			places = append(places, place[at(t, edge, "node", "id").(string)])
		}
		return places, page
	}
	for arguments, want := range map[string]string{
		`first: 3`:                "[9 8 7] 0 true false",
		`first: 3, order: OLDEST`: "[0 1 2] 0 true false",
		`first: 3, order: OLDEST, after: "` + keys[2].ID + `"`:  "[3 4 5] 0.3333333333333333 true true",
		`first: 2, order: OLDEST, before: "` + keys[2].ID + `"`: "[0 1] 0 true false",
		`first: 2, at: 1`:                "[0] 1 false true",
		`first: 2, order: OLDEST, at: 1`: "[9] 1 false true",
		`first: 3, order: RECENTLY_USED`: "[] 0 false false",
		`first: 3, order: TROUBLED`:      "[] 0 false false",
	} {
		places, page := list(arguments)
		if got := line(places, at(t, page, "position"), at(t, page, "pageInfo", "hasNextPage"), at(t, page, "pageInfo", "hasPreviousPage")); got != want {
			t.Errorf("%s: %s, not %s", arguments, got, want)
		}
	}
	for range 2 {
		if status, text := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	g.await("what keys did to be counted", func() bool {
		places, _ := list(`first: 3, order: RECENTLY_USED`)
		return len(places) == 2
	})
	upstream.Always(keyNames(10)[4], upstreamtest.Answer{Status: 401})
	g.keyTask("validateKeys", map[string]any{"groupId": id, "ids": []string{keys[4].ID}})
	if places, _ := list(`first: 3, order: TROUBLED`); line(places) != "[4]" {
		t.Error(places)
	}
	if _, errs := g.try(`query($g: ID!) { keys(groupId: $g, order: TROUBLED, at: 0.5) { position } }`, map[string]any{"g": id}); len(errs) == 0 || errs[0].Extensions["field"] != "order" {
		t.Errorf("%+v", errs)
	}
}

func TestViewersHearOfKeysThatChange(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1", keyNames(2)...)
	key := g.keys(id)[0].ID
	changes := g.subscribe(fmt.Sprintf(`subscription { keyChanged(groupId: %q) { groupId key { id notes status } keyCounts { active disabled } } }`, id))
	// A subscription begins some time after it was asked for; what comes before is not in it.
	begun, stop := context.WithCancel(context.Background())
	var speaker sync.WaitGroup
	speaker.Go(func() {
		for begun.Err() == nil {
			_, _, _ = g.send(http.MethodPost, "/graphql", `{"query":"mutation { updateKeyNotes(id: `+key+`, notes: \"for team a\") { id } }"}`, "Authorization: Bearer "+g.admin)
		}
	})
	first := at(t, changes(), "keyChanged")
	stop()
	speaker.Wait()
	if line(at(t, first, "key")) != "map[id:"+key+" notes:for team a status:ACTIVE]" || line(at(t, first, "keyCounts")) != "map[active:2 disabled:0]" {
		t.Errorf("%v", first)
	}
	g.keyTask("disableKeys", map[string]any{"groupId": id, "ids": []string{key}})
	for {
		change := at(t, changes(), "keyChanged")
		if line(at(t, change, "key", "status")) == "DISABLED" {
			if line(at(t, change, "keyCounts")) != "map[active:1 disabled:1]" {
				t.Errorf("%v", change)
			}
			break
		}
	}
	if _, errs := g.try(`mutation($id: ID!, $n: String!) { updateKeyNotes(id: $id, notes: $n) { id } }`, map[string]any{"id": key, "n": strings.Repeat("x", 1025)}); len(errs) == 0 || errs[0].Extensions["field"] != "notes" {
		t.Errorf("%+v", errs)
	}
}
