package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/upstreamtest"
)

// reconcileFor is a few seconds with the other tests, a minute by hand: go test ./cmd/roundhouse -run EverythingAddsUp -reconcile 1m
var reconcileFor = flag.Duration("reconcile", 3*time.Second, "how long TestEverythingAddsUp changes, asks and breaks things")

// Whatever administrators, clients and upstreams do at the same time, the books agree in the end.
func TestEverythingAddsUp(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := startIn(t, t.TempDir(), nil)
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	w := world{gateway: g, upstream: upstream, group: g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(8)...)}
	w.other = g.group("other", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	g.do(`mutation($in: CreateGroupInput!) { createGroup(input: $in) { id } }`, map[string]any{"in": map[string]any{
		"name": "all", "kind": "AGGREGATE", "dialect": "OPENAI", "subGroups": []any{map[string]any{"groupId": w.group}, map[string]any{"groupId": w.other}},
	}})
	ctx, cancel := context.WithTimeout(t.Context(), *reconcileFor)
	defer cancel()
	var running sync.WaitGroup
	for client := range uint64(6) {
		running.Go(func() { w.ask(ctx, rand.New(rand.NewPCG(seed, client))) })
	}
	for admin := range uint64(2) {
		running.Go(func() { w.administer(ctx, rand.New(rand.NewPCG(seed, 100+admin))) })
	}
	running.Wait()
	g.awaitTasks()
	g.importKeys(w.group, keyNames(1)[0])
	g.keyTask("validateKeys", map[string]any{"groupId": w.group, "all": true}) // however slow the machine is, some were
	g.close()
	w.reconcile()
}

// world is a gateway in use. Its clients and administrators ask for what they like, at random.
type world struct {
	*gateway
	upstream     *upstreamtest.Server
	group, other string

	mu   sync.Mutex // guards what follows
	sent int64
}

// faults are what an upstream may do to a request.
var faults = []string{
	"", "", "", "", "status=429;retry-after=1", "status=429", "status=401", "status=403", "status=500", "status=503", "status=400",
	"reset", "truncate", "delay=30ms", "status=429;code=insufficient_quota", "body=nonsense",
}

// fewest is how many requests there are at least, however slow the machine is.
const fewest = 50

// another counts a request that is to be sent; false when enough were.
func (w *world) another(ctx context.Context) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if ctx.Err() != nil && w.sent >= fewest {
		return false
	}
	w.sent++
	return true
}

// ask sends requests until ctx ends, and counts them.
func (w *world) ask(ctx context.Context, random *rand.Rand) {
	for w.another(ctx) {
		group := []string{"openai", "other", "all"}[random.IntN(3)]
		target, header := "/proxy/"+group+"/v1/chat/completions", []string(nil)
		if fault := faults[random.IntN(len(faults))]; fault != "" && random.IntN(3) == 0 {
			header = append(header, "X-Upstream-Do: "+fault)
			target += "?fault=" + strings.TrimRight(fault[:5], "=") // for the record
		}
		_, _, _ = w.send(http.MethodPost, target, hello, header...)
	}
}

// administer changes things until ctx ends. A change may be refused, as by another administrator's.
func (w *world) administer(ctx context.Context, random *rand.Rand) {
	group := func() string { return []string{w.group, w.other}[random.IntN(2)] }
	update := func(id string, input map[string]any) {
		w.try(`mutation($id: ID!, $in: UpdateGroupInput!) { updateGroup(id: $id, input: $in) { version } }`, map[string]any{"id": id, "in": input})
	}
	selected := func(mutation string) {
		all := map[string]any{"groupId": group(), "all": true}
		w.try(`mutation($k: KeySelector!) { `+mutation+`(keys: $k) { id } }`, map[string]any{"k": all})
	}
	acts := []func(){
		func() { update(group(), map[string]any{"overrides": map[string]any{"maxRetries": random.IntN(4)}}) },
		func() {
			update(group(), map[string]any{"overrides": map[string]any{"blacklistThreshold": random.IntN(4)}})
		},
		func() { update(w.other, map[string]any{"enabled": random.IntN(2) == 0}) },
		func() { update(w.other, map[string]any{"name": []string{"other", "renamed"}[random.IntN(2)]}) },
		func() {
			update(group(), map[string]any{"upstreams": []any{map[string]any{"url": w.upstream.URL + "/v1", "weight": 1 + random.IntN(5)}}})
		},
		func() { selected("restoreKeys") },
		func() { selected("enableKeys") },
		func() { selected("validateKeys") },
		func() {
			w.try(`mutation($k: KeySelector!) { disableKeys(keys: $k) { id } }`, map[string]any{"k": map[string]any{"groupId": group(), "text": keyNames(8)[random.IntN(8)]}})
		},
		func() {
			w.try(`mutation($k: KeySelector!) { deleteKeys(keys: $k) { id } }`, map[string]any{"k": map[string]any{"groupId": group(), "text": keyNames(8)[random.IntN(8)]}})
		},
		func() {
			w.try(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": group(), "t": keyNames(8)[random.IntN(8)]})
		},
		func() {
			w.try(`mutation($n: Int) { updateSettings(input: {cooldownSeconds: $n}) { version } }`, map[string]any{"n": 1 + random.IntN(3)})
		},
		func() {
			w.upstream.Script(keyNames(8)[random.IntN(8)], upstreamtest.Answer{Status: 401}, upstreamtest.Answer{Status: 500})
		},
	}
	for ctx.Err() == nil {
		acts[random.IntN(len(acts))]()
	}
}

// reconcile holds the gateway's books against each other, against its clients and its upstream.
func (w *world) reconcile() {
	t := w.t
	dsn := filepath.Join(w.dir, "roundhouse.db")
	if server, err := os.ReadFile(filepath.Join(w.dir, "dsn")); err == nil {
		dsn = string(server)
	}
	db, err := database.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	count := func(query string) (n int64) {
		if db.Engine == database.MySQL {
			query = strings.ReplaceAll(query, " FROM keys", " FROM `keys`") // a word of its language
		}
		if err := db.SQL().QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
	finals := count(`SELECT COUNT(*) FROM request_logs WHERE final AND NOT probe`)
	for _, c := range []struct {
		books     string
		got, want int64
	}{
		{"FINAL rows and requests that clients sent", finals, w.sent},
		{"requests in the rollups and FINAL rows", count(`SELECT COALESCE(SUM(requests), 0) FROM rollup_hours WHERE NOT member`), finals},
		{"retries in the rollups and RETRY rows", count(`SELECT COALESCE(SUM(retries), 0) FROM rollup_hours WHERE NOT member`), count(`SELECT COUNT(*) FROM request_logs WHERE NOT final AND NOT probe`)},
		{"requests of keys and rows with a key", count(`SELECT COALESCE(SUM(request_count), 0) FROM key_usages WHERE id IN (SELECT id FROM keys)`), count(`SELECT COUNT(*) FROM request_logs WHERE key_id IN (SELECT id FROM keys)`)},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d and %d", c.books, c.got, c.want)
		}
	}
	sent, saw := count(`SELECT COUNT(*) FROM request_logs WHERE upstream <> ''`), int64(len(w.upstream.Requests()))
	unsent := count(`SELECT COUNT(*) FROM request_logs WHERE ` + neverSent)
	if saw != sent-unsent {
		t.Errorf("%d rows with an upstream, %d of which say that nothing was sent, and the upstream saw %d requests", sent, unsent, saw)
	}
	probes := count(`SELECT COUNT(*) FROM request_logs WHERE probe`)
	t.Logf("%d requests, %d attempts of which %d say that nothing was sent, %d validations", finals, sent, unsent, probes)
	if probes == 0 {
		t.Error("no key was validated")
	}
	for status, column := range map[string]string{"ACTIVE": "active", "INVALID": "invalid", "DISABLED": "disabled"} {
		rows := count(fmt.Sprintf(`SELECT COUNT(*) FROM keys WHERE status = '%s'`, status))
		if said := count(`SELECT SUM(` + column + `) FROM key_counts`); said != rows {
			t.Errorf("%d keys are counted as %s, and there are %d", said, status, rows)
		}
	}
}
