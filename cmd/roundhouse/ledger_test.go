package main

import (
	"cmp"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

// ledger is what a database says of the traffic that passed, each sum by a way of its own.
type ledger struct {
	finals, retries int64
	// upstream and keyed are attempts that asked an upstream, and that were made with a key: validations of ours among them.
	upstream, keyed int64
	// unsent are those of them that never went out.
	unsent int64
	// eaten are those of them that went out on a connection which was just dying, and were repeated on a fresh one, charged to
	// nobody: their upstream may have seen them or not.
	eaten int64
	// counted are FINAL records and retries that rollups count: those of clients with a valid proxy key, and of trials.
	countedFinals, countedRetries int64
	// requests and retried are the sums of each rollup, used the sum over the keys.
	requests, retried map[string]int64
	used              int64
	// repeats are records that are there twice. A request that a dead connection ate shares its number with its repetition.
	repeats int64
}

// neverSent means the attempts that say themselves that their upstream cannot have seen them: they were about to be written when
// this side closed the connection, as it does with those of a configuration that is in force no longer.
const neverSent = "error LIKE '%write%: use of closed network connection'"

// rollups are the tables whose sums over all groups are the whole traffic.
var rollups = []string{"rollup_minutes", "rollup_hours", "rollup_hour_models", "rollup_hour_status", "rollup_day_models"}

// books opens the database of a gateway that was started with this environment.
func (g *gateway) books(env map[string]string) *database.DB {
	g.t.Helper()
	env = onServer(g.t, g.dir, env)
	return databasetest.OpenAt(g.t, cmp.Or(env["DATABASE_DSN"], filepath.Join(g.dir, "roundhouse.db")))
}

func readLedger(t *testing.T, db *database.DB) ledger {
	t.Helper()
	ask := func(query string) (n int64) {
		t.Helper()
		if err := db.SQL().QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
	const logged, counted = "SELECT COUNT(*) FROM request_logs WHERE ", " AND probe = FALSE AND (proxy_key_id <> 0 OR trial = TRUE)"
	l := ledger{
		finals: ask(logged + "final = TRUE AND probe = FALSE"), retries: ask(logged + "final = FALSE AND probe = FALSE"),
		upstream: ask(logged + "upstream <> ''"), keyed: ask(logged + "key_id <> 0"),
		unsent:        ask(logged + neverSent),
		eaten:         ask(logged + "final = FALSE AND charged = 'NOBODY' AND outcome = 'UPSTREAM_ERROR'"),
		countedFinals: ask(logged + "final = TRUE" + counted), countedRetries: ask(logged + "final = FALSE" + counted),
		used:     ask("SELECT COALESCE(SUM(request_count), 0) FROM key_usages"),
		repeats:  ask("SELECT COUNT(*) - COUNT(DISTINCT CONCAT(request_id, '/', attempt_number, '/', started_ms, '/', error)) FROM request_logs"),
		requests: map[string]int64{}, retried: map[string]int64{},
	}
	for _, table := range rollups {
		l.requests[table] = ask("SELECT COALESCE(SUM(requests), 0) FROM " + table + " WHERE member = FALSE")
		l.retried[table] = ask("SELECT COALESCE(SUM(retries), 0) FROM " + table + " WHERE member = FALSE")
	}
	return l
}

// balances demands that the database agrees with itself, exactly: rollups and key counters with the rows.
func (l ledger) balances(t *testing.T) {
	t.Helper()
	for _, table := range rollups {
		if l.requests[table] != l.countedFinals || l.retried[table] != l.countedRetries {
			t.Errorf("%s counts %d requests and %d retries, and there are %d FINAL and %d RETRY rows",
				table, l.requests[table], l.retried[table], l.countedFinals, l.countedRetries)
		}
	}
	if l.used != l.keyed {
		t.Errorf("the keys count %d requests, and there are %d rows with a key", l.used, l.keyed)
	}
	if l.repeats != 0 {
		t.Errorf("%d records are there twice", l.repeats)
	}
}

// agrees demands that the database says what clients and upstreams saw, exactly.
func (l ledger) agrees(t *testing.T, sent, seen int64) {
	t.Helper()
	if l.finals != sent {
		t.Errorf("%d FINAL rows of %d requests that clients sent", l.finals, sent)
	}
	if seen != l.upstream-l.unsent {
		t.Errorf("%d rows with an upstream, %d of which say that nothing was sent, of %d requests that upstreams saw", l.upstream, l.unsent, seen)
	}
}

// reconcile waits until the rows hold what clients sent and the upstream saw, but for as many records as may be lost, and
// demands that whatever is derived from rows agrees with them exactly.
func reconcile(t *testing.T, g *gateway, db *database.DB, sent, seen, mayBeLost int) {
	t.Helper()
	var l ledger
	g.await("the rows of all requests", func() bool {
		before := l
		l = readLedger(t, db)
		if mayBeLost > 0 { // more may still come
			<-time.After(time.Second)
			if !reflect.DeepEqual(l, before) {
				return false
			}
		}
		return int(l.finals) >= sent-mayBeLost && int(l.upstream) >= seen-mayBeLost
	})
	t.Logf("sent %d, the upstream saw %d, at most %d may be lost: %+v", sent, seen, mayBeLost, l)
	if int(l.finals) > sent || int(l.upstream-l.eaten) > seen {
		t.Errorf("%d FINAL rows of %d requests; %d rows with an upstream, which saw %d", l.finals, sent, l.upstream, seen)
	}
	l.balances(t)
}
