package stats

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func rollUp(t *testing.T, s *Stats, records ...proxycore.Record) {
	t.Helper()
	err := s.options.DB.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error { return s.Rollup(ctx, tx, records) })
	if err != nil {
		t.Fatal(err)
	}
}

func record(ended time.Time) proxycore.Record {
	return proxycore.Record{Started: ended.Add(-100 * time.Millisecond), Ended: ended, Final: true, AttemptNumber: 1, GroupID: 1, GroupName: "openai",
		ProxyKeyID: 3, Model: "gpt-4o", StatusCode: 200, Outcome: proxycore.OK, FirstByte: 40 * time.Millisecond, RequestBytes: 10, ResponseBytes: 20,
		Usage: dialect.Usage{Input: 7, Output: 5, Cached: 2, CacheWrite: 1, Known: true}}
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

func anyRecord(r *rand.Rand, at time.Time) proxycore.Record {
	rec := record(at)
	rec.Started = at.Add(-time.Duration(r.Int64N(int64(20 * time.Second))))
	rec.GroupID = int64(1 + r.IntN(4))
	rec.ParentID = pick[int64](r, 0, 0, 9)
	rec.Final = r.IntN(4) > 0
	rec.AttemptNumber = r.IntN(3)
	rec.ProxyKeyID = int64(r.IntN(4))
	rec.Trial, rec.Probe = r.IntN(10) == 0, r.IntN(10) == 0
	rec.Model = pick(r, "", "a", "b", "c'\"")
	rec.StatusCode = pick(r, 200, 429, 500, 0)
	rec.Outcome = pick(r, proxycore.OK, proxycore.RateLimited, proxycore.ClientAbort, proxycore.Timeout)
	rec.FirstByte = time.Duration(r.Int64N(4000)-1000) * time.Millisecond
	rec.Usage = dialect.Usage{Input: r.Int64N(100), Output: r.Int64N(100), Cached: r.Int64N(10), CacheWrite: r.Int64N(10)}
	rec.RequestBytes, rec.ResponseBytes = r.Int64N(1000), r.Int64N(1000)
	return rec
}

// stored reads a table whole, summed over nodes.
func stored(t *testing.T, db *database.DB, table *table) map[key]*figures {
	t.Helper()
	columns := slices.Concat([]string{"bucket"}, table.columns, counters, []string{"durations", "first_bytes"})
	query := "SELECT " + columns[0]
	for _, c := range columns[1:] {
		query += ", " + c
	}
	rows, err := db.QueryContext(context.Background(), query+" FROM "+table.name)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[key]*figures{}
	for rows.Next() {
		var k key
		f := &figures{}
		var durations, firstBytes []byte
		if err := rows.Scan(slices.Concat([]any{&k.bucket}, table.fields(&k), f.places(), []any{&durations, &firstBytes})...); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.durations.decode(durations), f.firstBytes.decode(firstBytes)); err != nil {
			t.Fatal(err)
		}
		if found[k] == nil {
			found[k] = &figures{}
		}
		found[k].merge(f)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

func same(a, b *figures) bool {
	return a != nil && b != nil && reflect.DeepEqual(a.values(), b.values()) &&
		bytes.Equal(a.durations.encode(), b.durations.encode()) && bytes.Equal(a.firstBytes.encode(), b.firstBytes.encode())
}

// Batches of three processes on two nodes, one after a restart, must leave in every table what one recount of all records
// finds. Models a, b and c answered before, so that each has rows of its own.
func TestRollupsAreARecountOfTheRecords(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	db := databasetest.Open(t)
	begin := time.Date(2026, 3, 1, 22, 58, 30, 0, time.UTC)
	var all []proxycore.Record
	for _, nodes := range [][2]int{{0, 1}, {0, 0}} {
		one, two := New(Options{DB: db, Node: nodes[0]}), New(Options{DB: db, Node: nodes[1]})
		if nodes[0] == nodes[1] {
			two = one
		}
		for range 6 {
			var batch []proxycore.Record
			for range 100 {
				batch = append(batch, anyRecord(r, begin.Add(time.Duration(r.Int64N(int64(2*time.Hour))))))
			}
			for _, model := range []string{"a", "b", "c'\""} {
				for group := range int64(4) {
					for hour := range 3 {
						rec := record(begin.Add(time.Duration(hour) * time.Hour))
						rec.Model, rec.GroupID, rec.ParentID = model, group+1, pick[int64](r, 0, 9)
						batch = append(batch, rec)
						rec.ParentID = 9 - rec.ParentID
						batch = append(batch, rec)
					}
				}
			}
			rollUp(t, pick(r, one, two), batch...)
			all = append(all, batch...)
		}
	}
	want := map[string]map[key]*figures{}
	add := func(table string, k key, rec *proxycore.Record) {
		if want[table] == nil {
			want[table] = map[key]*figures{}
		}
		if want[table][k] == nil {
			want[table][k] = &figures{}
		}
		want[table][k].add(rec)
	}
	var final, retried int64
	for i := range all {
		rec := &all[i]
		if rec.Probe || rec.ProxyKeyID == 0 && !rec.Trial {
			continue
		}
		if rec.Final {
			final++
		} else {
			retried++
		}
		at := rec.Ended.Unix()
		if rec.ProxyKeyID != 0 {
			add("rollup_hour_proxy_keys", key{bucket: at / 3600 * 3600, proxyKey: rec.ProxyKeyID}, rec)
		}
		seen := []view{{group: rec.GroupID}}
		if rec.ParentID != 0 {
			seen = []view{{group: rec.ParentID}, {group: rec.GroupID, member: true}}
		}
		for _, v := range seen {
			add("rollup_minutes", key{bucket: at / 60 * 60, view: v}, rec)
			add("rollup_hours", key{bucket: at / 3600 * 3600, view: v}, rec)
			add("rollup_hour_models", key{bucket: at / 3600 * 3600, view: v, model: rec.Model}, rec)
			add("rollup_hour_status", key{bucket: at / 3600 * 3600, view: v, status: rec.StatusCode}, rec)
			add("rollup_day_models", key{bucket: at / 86400 * 86400, view: v, model: rec.Model}, rec)
		}
	}
	for _, table := range tables {
		got := stored(t, db, table)
		for k, f := range want[table.name] {
			if !same(got[k], f) {
				t.Errorf("%s %+v: stored %+v, recounted %+v", table.name, k, got[k], f)
			}
		}
		if len(got) != len(want[table.name]) {
			t.Errorf("%s: %d rows, want %d", table.name, len(got), len(want[table.name]))
		}
	}
	var requests, retries int64
	for k, f := range stored(t, db, &hours) {
		if !k.member {
			requests, retries = requests+f.requests, retries+f.retries
		}
	}
	if requests != final || retries != retried {
		t.Errorf("totals %d and %d, but %d FINAL records and %d retries", requests, retries, final, retried)
	}
}

func modelsOf(t *testing.T, db *database.DB, v view) []string {
	t.Helper()
	var names []string
	for k := range stored(t, db, &hourModels) {
		if k.view == v {
			names = append(names, k.model)
		}
	}
	slices.Sort(names)
	return names
}

func TestAModelGetsARowOnlyAfterA2xx(t *testing.T) {
	db := databasetest.Open(t)
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	s := New(Options{DB: db})
	named := func(model string, status int) proxycore.Record {
		r := record(at)
		r.Model, r.StatusCode = model, status
		return r
	}
	rollUp(t, s, named("invented", 404), named("real", 500), named("real", 200), named("", 404))
	if got := modelsOf(t, db, view{group: 1}); !slices.Equal(got, []string{"", OtherModel, "real"}) {
		t.Fatalf("models %q", got)
	}
	rollUp(t, New(Options{DB: db}), named("real", 500)) // another process in the same hour knows it still
	if f := stored(t, db, &hourModels)[key{bucket: at.Unix(), view: view{group: 1}, model: "real"}]; f == nil || f.requests != 3 {
		t.Errorf("real: %+v", f)
	}
	var many []proxycore.Record
	for i := range mostModels + 50 {
		many = append(many, named(fmt.Sprintf("model-%03d", i), 200))
	}
	rollUp(t, s, many...)
	if got := modelsOf(t, db, view{group: 1}); len(got) != mostModels+2 { // and the two that are none: none and other
		t.Errorf("%d models", len(got))
	}
	if f := stored(t, db, &hourModels)[key{bucket: at.Unix(), view: view{group: 1}, model: OtherModel}]; f == nil || f.requests != 1+51 {
		t.Errorf("other: %+v", f)
	}
}

func TestOldHoursAreWrittenLate(t *testing.T) {
	db := databasetest.Open(t)
	s := New(Options{DB: db})
	at := time.Date(2026, 3, 1, 0, 30, 0, 0, time.UTC)
	for round := range 2 {
		for hour := range 10 {
			rollUp(t, s, record(at.Add(time.Duration(hour)*time.Hour)))
			if n := len(s.models.admitted); n > mostHours {
				t.Fatalf("round %d: %d hours are remembered", round, n)
			}
		}
	}
	for k, f := range stored(t, db, &hourModels) {
		if f.requests != 2 || k.model != "gpt-4o" {
			t.Errorf("%+v: %d requests", k, f.requests)
		}
	}
}

func TestNothingOfARolledBackBatchStays(t *testing.T) {
	db := databasetest.Open(t)
	s := New(Options{DB: db})
	at := time.Now()
	broken := errors.New("broken")
	err := db.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error {
		return errors.Join(s.Rollup(ctx, tx, []proxycore.Record{record(at)}), broken)
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	rollUp(t, s, record(at))
	for _, table := range tables {
		for k, f := range stored(t, db, table) {
			if f.requests != 1 || f.durations.Count() != 1 {
				t.Errorf("%s %+v: %d requests", table.name, k, f.requests)
			}
		}
	}
}

func TestAnUnreadableHistogramBeginsAnew(t *testing.T) {
	db := databasetest.Open(t)
	s := New(Options{DB: db})
	at := time.Now()
	rollUp(t, s, record(at))
	if err := db.RollupHour.Update().SetDurations([]byte("garbage")).Exec(context.Background()); err != nil {
		t.Fatal(err)
	}
	rollUp(t, s, record(at))
	for k, f := range stored(t, db, &hours) {
		if f.requests != 2 || f.durations.Count() != 1 || f.firstBytes.Count() != 2 {
			t.Errorf("%+v: %+v", k, f)
		}
	}
}

func TestRollupsPastTheirTimeAreDeletedInSteps(t *testing.T) {
	ctx := context.Background()
	db := databasetest.Open(t)
	s := New(Options{DB: db})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var records []proxycore.Record
	for i := range 700 {
		r := record(now.Add(-72 * time.Hour))
		r.GroupID = int64(i + 1)
		records = append(records, r)
	}
	records = append(records, record(now), record(now.AddDate(0, 0, -500)))
	rollUp(t, s, records...)
	for step, want := range []int{200, 200, 200, 101, 0} {
		if got, err := s.retainOnce(ctx, &minutes, now); err != nil || got != want {
			t.Fatalf("step %d: %d minutes, error %v", step, got, err)
		}
	}
	left := map[string]int{}
	for _, table := range tables {
		if _, err := s.retainOnce(ctx, table, now); err != nil {
			t.Fatal(err)
		}
		left[table.name] = len(stored(t, db, table))
	}
	want := map[string]int{"rollup_minutes": 1, "rollup_hours": 701, "rollup_hour_models": 701, "rollup_hour_proxy_keys": 2, "rollup_hour_status": 701, "rollup_day_models": 702}
	if !maps.Equal(left, want) {
		t.Errorf("left %v", left)
	}
}

func TestWhoLeadsNoLongerDeletesNoRollups(t *testing.T) {
	db := databasetest.Open(t)
	leads := true
	s := New(Options{DB: db, Fence: func(context.Context) string {
		if leads {
			return "1 = 1"
		}
		return "1 = 0"
	}})
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	rollUp(t, s, record(now.Add(-72*time.Hour)))
	for _, leads = range []bool{false, true} {
		if _, err := s.retainOnce(context.Background(), &minutes, now); err != nil {
			t.Fatal(err)
		}
		if gone := len(stored(t, db, &minutes)) == 0; gone != leads {
			t.Errorf("leading %t, the row is gone: %t", leads, gone)
		}
	}
}

// BenchmarkRollup is what a batch of 2,000 records of ten groups and twenty models costs; op is one record.
func BenchmarkRollup(b *testing.B) {
	s := New(Options{DB: databasetest.Open(b)})
	r := rand.New(rand.NewPCG(1, 2))
	at := time.Now()
	batch := make([]proxycore.Record, 2000)
	for i := range batch {
		batch[i] = record(at)
		batch[i].Started = at.Add(-time.Duration(r.Int64N(int64(10 * time.Second))))
		batch[i].GroupID, batch[i].Model = int64(1+r.IntN(10)), fmt.Sprint("model-", r.IntN(20))
	}
	n := 0
	for b.Loop() {
		if n++; n%len(batch) != 0 {
			continue
		}
		err := s.options.DB.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error { return s.Rollup(ctx, tx, batch) })
		if err != nil {
			b.Fatal(err)
		}
	}
}
