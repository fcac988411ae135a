package requestlog

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
)

// counted counts what a hook was given in transactions that were committed.
type counted struct {
	records atomic.Int64
	// refuse decides about a batch.
	refuse func([]proxycore.Record) error
}

func (c *counted) hook(_ context.Context, tx *ent.Tx, records []proxycore.Record) error {
	if err := c.refuse(records); err != nil {
		return err
	}
	tx.OnCommit(func(next ent.Committer) ent.Committer {
		return ent.CommitFunc(func(ctx context.Context, tx *ent.Tx) error {
			err := next.Commit(ctx, tx)
			if err == nil {
				c.records.Add(int64(len(records)))
			}
			return err
		})
	})
	return nil
}

func none([]proxycore.Record) error { return nil }

func refusing(model string) func([]proxycore.Record) error {
	return func(records []proxycore.Record) error {
		if slices.ContainsFunc(records, func(r proxycore.Record) bool { return r.Model == model }) {
			return errors.New("cannot be counted")
		}
		return nil
	}
}

func TestAPoisonRowIsSetAsideAndTheBatchAroundItWritten(t *testing.T) {
	c := &counted{refuse: refusing("poison")}
	l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}, Logger: quiet()})
	for i := range 1000 {
		r := record(i)
		if i%400 == 13 {
			r.Model = "poison"
		}
		l.Record(r)
	}
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	if got := l.Counts(); got.Written != 997 || got.Rejected != 3 || got.Waiting != 0 || c.records.Load() != 997 {
		t.Errorf("counts %+v, hook counted %d", got, c.records.Load())
	}
	if got := query(t, l, Filter{Models: []string{"poison"}}); len(got) != 0 {
		t.Errorf("%d poison rows", len(got))
	}
}

func TestALonelyPoisonRowStopsNothing(t *testing.T) {
	c := &counted{refuse: refusing("poison")}
	l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}, Logger: quiet()})
	r := record(1)
	r.Model = "poison"
	l.Record(r)
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	if got := l.Counts(); got.Rejected != 1 || got.Waiting != 0 {
		t.Errorf("counts %+v", got)
	}
}

func TestADatabaseThatRefusesEverythingLosesNothing(t *testing.T) {
	for name, failure := range map[string]error{"away": driver.ErrBadConn, "refusing": errors.New("no such column")} {
		t.Run(name, func(t *testing.T) {
			var broken atomic.Bool
			broken.Store(true)
			tried := make(chan struct{}, 1)
			c := &counted{refuse: func([]proxycore.Record) error {
				if broken.Load() {
					select {
					case tried <- struct{}{}:
					default:
					}
					return fmt.Errorf("count: %w", failure)
				}
				return nil
			}}
			l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}, Logger: quiet()})
			for i := range 300 {
				l.Record(record(i))
			}
			start(t, l)
			<-tried
			l.Record(record(300))
			if got := query(t, l, Filter{}); len(got) != 200 || got[0].RequestID != "request-300" {
				t.Errorf("%d found while the database is away", len(got))
			}
			broken.Store(false)
			eventually(t, "all is written", func() bool { return l.Counts().Written == 301 })
			if got := l.Counts(); got.Rejected != 0 || got.Dropped != 0 || c.records.Load() != 301 {
				t.Errorf("counts %+v, hook counted %d", got, c.records.Load())
			}
		})
	}
}

func TestADatabaseThatComesBackWhileABatchIsSplitLosesNothing(t *testing.T) {
	calls := 0
	c := &counted{refuse: func([]proxycore.Record) error {
		if calls++; calls <= 15 { // some single rows among them
			return errors.New("no such column")
		}
		return nil
	}}
	l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}, Logger: quiet()})
	for i := range 300 {
		l.Record(record(i))
	}
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	if got := l.Counts(); got.Written != 300 || got.Rejected != 0 || c.records.Load() != 300 {
		t.Errorf("counts %+v, hook counted %d", got, c.records.Load())
	}
}

func TestWhatCannotBeWrittenInTimeIsNamed(t *testing.T) {
	c := &counted{refuse: func([]proxycore.Record) error { return driver.ErrBadConn }}
	l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}, Logger: quiet(), DrainTimeout: 50 * time.Millisecond})
	l.Record(record(1))
	if err := start(t, l)(); err == nil || !strings.Contains(err.Error(), "1 records were not written") {
		t.Errorf("error %v", err)
	}
}

func TestACommitWhoseAnswerWasLostIsNotCountedTwice(t *testing.T) {
	ctx := context.Background()
	c := &counted{refuse: none}
	l := New(Options{DB: databasetest.Open(t), Hooks: []Hook{c.hook}})
	for i := range 100 {
		l.Record(record(i))
	}
	if err := l.insert(ctx, l.queue.front(60)); err != nil { // and the answer never came
		t.Fatal(err)
	}
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	if got := query(t, l, Filter{}); len(got) != 100 || c.records.Load() != 100 {
		t.Errorf("%d rows, hook counted %d", len(got), c.records.Load())
	}
}

func TestAnIdOfAnotherRecordIsNotARepeat(t *testing.T) {
	ctx := context.Background()
	db := databasetest.Open(t)
	c := &counted{refuse: none}
	l := New(Options{DB: db, Hooks: []Hook{c.hook}})
	for i := range 10 {
		l.Record(record(i))
	}
	stranger := *l.queue.entries[4]
	stranger.Record = record(99)
	if err := l.insert(ctx, []*Entry{&stranger}); err != nil {
		t.Fatal(err)
	}
	w := &writer{log: l, resumed: true}
	if err := w.flush(ctx); err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, e := range query(t, l, Filter{}) {
		found[e.RequestID] = true
	}
	if len(found) != 11 || c.records.Load() != 11 {
		t.Errorf("%d found, hook counted %d", len(found), c.records.Load())
	}
}

func TestRetentionDeletesInStepsAndGivesTheSpaceBack(t *testing.T) {
	ctx := context.Background()
	days := 7
	db := databasetest.Open(t)
	fence := "1 = 0"
	l := New(Options{DB: db, RetentionDays: func() int { return days }, Fence: func(context.Context) string { return fence }})
	now := time.Now()
	body := []byte(strings.Repeat("b", 10_000))
	for i := range 1200 {
		r := record(i)
		if i < 1100 {
			r.Ended = now.AddDate(0, 0, -8).Add(ms(int64(i)))
			r.Started, r.RequestBody = r.Ended, body
		}
		l.Record(r)
	}
	if err := start(t, l)(); err != nil {
		t.Fatal(err)
	}
	pages := func() (n int) {
		if db.Engine == database.SQLite {
			if err := db.SQL().QueryRow("PRAGMA page_count").Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	before := pages()
	s := newSweep(l)
	if _, err := s.step(ctx, now); err != nil || db.RequestLog.Query().CountX(ctx) != 1200 {
		t.Fatalf("a node that leads no longer deleted rows; error %v", err)
	}
	fence = "1 = 1"
	for steps := 0; ; steps++ {
		did, err := s.step(ctx, now)
		if err != nil || steps > 1000 {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if !did {
			if steps < 5 {
				t.Errorf("all went in %d steps", steps)
			}
			break
		}
	}
	if got := query(t, l, Filter{}); len(got) != 100 || got[99].RequestID != "request-1100" {
		t.Errorf("%d left", len(got))
	}
	if after := pages(); before > 0 && after > before-1100*2+spareFree+100 {
		t.Errorf("%d pages of %d are left", after, before)
	}
	days = 0
	if did, err := s.step(ctx, now.AddDate(1, 0, 0)); err != nil || did {
		t.Errorf("0 keeps for ever, but something went; error %v", err)
	}
}

func TestStepsFollowWhatTheyCost(t *testing.T) {
	p := pace{size: 50, least: 5, most: 400}
	for range 100 {
		p.learn(time.Millisecond)
	}
	if p.size != 400 {
		t.Errorf("quick steps came to %d", p.size)
	}
	p.learn(longestHold / 3)
	if p.size != 400 {
		t.Errorf("a step as long as it may be changed the size to %d", p.size)
	}
	for range 10 {
		p.learn(longestHold)
	}
	if p.size != 5 {
		t.Errorf("slow steps came to %d", p.size)
	}
}
