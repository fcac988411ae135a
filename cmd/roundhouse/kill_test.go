package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

// killed is what a story of kills has asked for so far.
type killed struct {
	group string
	// lines is how many lines each import's file has, by task; valid how many of the keys each validation is for are good.
	lines   map[string]int
	started []string
}

// The process dies at twenty random moments while keys are imported from files, deleted and validated. Every task is done in the
// end, its counts are exact, and what the counters say is what the rows are.
func TestKilledAtAnyMomentNothingIsHalfDone(t *testing.T) {
	const kills = 20
	upstream := upstreamtest.New(t, "key-good-*")
	process := startProcess(t, map[string]string{"AUTH_KEY": "admin-key-of-the-tests"})
	g := process.gateway
	story := killed{group: g.group("openai", "OPENAI", upstream.URL+"/v1"), lines: map[string]int{}}
	g.do(`mutation { updateSettings(input: {keyValidationConcurrency: 50}) { version } }`, nil)
	for round := range kills {
		if len(g.unended()) == 0 {
			story.next(g, round)
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond) // when it dies is the point
		process.kill()
		process.again()
	}
	g.awaitTasks()
	story.reconcile(g)
}

// awaitTasks waits until every task is done, for as long as they move on.
func (g *gateway) awaitTasks() {
	g.t.Helper()
	for before := g.taskStates(); len(g.unended()) > 0; before = g.taskStates() {
		g.await("a task to move on from "+before, func() bool { return g.taskStates() != before })
	}
}

// taskStates says how far every task is.
func (g *gateway) taskStates() string {
	g.t.Helper()
	return fmt.Sprint(g.do(`{ tasks(first: 200) { id state processed } }`, nil))
}

// unended are the tasks that are not done.
func (g *gateway) unended() []string {
	g.t.Helper()
	var ids []string
	for _, row := range g.do(`{ tasks(first: 200) { id state } }`, nil)["tasks"].([]any) {
		if task := row.(map[string]any); task["state"] == "QUEUED" || task["state"] == "RUNNING" {
			ids = append(ids, task["id"].(string))
		}
	}
	return ids
}

// next starts an import, a deletion or a validation.
func (k *killed) next(g *gateway, round int) {
	g.t.Helper()
	selected := func(mutation string, filter map[string]any) {
		data := g.do(`mutation($k: KeySelector!) { `+mutation+`(keys: $k) { id } }`, map[string]any{"k": map[string]any{"groupId": k.group, "filter": filter}})
		k.started = append(k.started, at(g.t, data, mutation, "id").(string))
	}
	switch round % 4 {
	case 0, 2:
		text := fileOfKeys(round, 4000)
		status, body := g.file(http.MethodPost, "/import/keys?groupId="+k.group, strings.NewReader(text))
		if status != http.StatusAccepted {
			g.t.Fatalf("%d %s", status, body)
		}
		var started struct{ TaskID string }
		if err := json.Unmarshal([]byte(body), &started); err != nil {
			g.t.Fatal(err)
		}
		k.started = append(k.started, started.TaskID)
		k.lines[started.TaskID] = strings.Count(text, "\n")
	case 1:
		selected("validateKeys", map[string]any{"statusIn": []string{"ACTIVE"}})
	case 3:
		selected("deleteKeys", map[string]any{"statusIn": []string{"INVALID"}})
	}
}

// fileOfKeys has some lines: good keys and bad ones, one in ten again, one in a hundred junk.
func fileOfKeys(round, lines int) string {
	var text strings.Builder
	for i := range lines {
		switch {
		case i%100 == 99:
			text.WriteString("junk\x01\n")
		case i%10 == 9:
			fmt.Fprintf(&text, "key-good-%d-%06d\n", round, i-1)
		case i%20 == 0:
			fmt.Fprintf(&text, "key-gone-%d-%06d\n", round, i)
		default:
			fmt.Fprintf(&text, "key-good-%d-%06d\n", round, i)
		}
	}
	return text.String()
}

// reconcile holds tasks, counters and rows against each other and against what was asked for.
func (k *killed) reconcile(g *gateway) {
	g.t.Helper()
	kept := int64(0)
	for _, id := range k.started {
		task := g.do(`query($id: ID!) { task(id: $id) { kind state error processed total succeeded skipped failed } }`, map[string]any{"id": id})["task"].(map[string]any)
		if task["state"] != "SUCCEEDED" {
			g.t.Errorf("task %s: %v", id, task)
		}
		number := func(field string) int64 {
			n, err := task[field].(json.Number).Int64()
			if err != nil {
				g.t.Fatal(err)
			}
			return n
		}
		if number("processed") != number("succeeded")+number("skipped")+number("failed") || number("processed") != number("total") {
			g.t.Errorf("task %s does not add up: %v", id, task)
		}
		switch task["kind"] {
		case "IMPORT_KEYS":
			if lines := int64(k.lines[id]); number("processed") != lines || number("failed") != lines/100 || number("skipped") != lines/10-lines/100 {
				g.t.Errorf("of %d lines: %v", lines, task)
			}
			kept += number("succeeded")
		case "DELETE_KEYS":
			kept -= number("succeeded")
		}
	}
	counts := g.do(`query($id: ID!) { group(id: $id) { keyCounts { active invalid total } } }`, map[string]any{"id": k.group})
	for status, field := range map[string]string{"": "total", "&status=ACTIVE": "active", "&status=INVALID": "invalid"} {
		_, text := g.file(http.MethodGet, "/export/keys?groupId="+k.group+status, nil)
		keys := strings.Fields(text)
		if said := fmt.Sprint(at(g.t, counts, "group", "keyCounts", field)); said != fmt.Sprint(len(keys)) {
			g.t.Errorf("%s keys are counted as %s, and there are %d", field, said, len(keys))
		}
		if field == "total" && int64(len(keys)) != kept {
			g.t.Errorf("%d keys are there; the tasks left %d", len(keys), kept)
		}
		slices.Sort(keys)
		if whole := len(slices.Compact(slices.Clone(keys))); whole != len(keys) {
			g.t.Errorf("%d keys are there twice", len(keys)-whole)
		}
		for _, key := range keys {
			if !strings.HasPrefix(key, "key-good-") && !strings.HasPrefix(key, "key-gone-") {
				g.t.Fatalf("%q was never imported", key)
			}
		}
	}
}
