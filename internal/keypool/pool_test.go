package keypool_test

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
	"roundhouse/proxycore"
)

// shelf keeps an installation's secrets in memory.
type shelf map[string][]byte

func (s shelf) Load(context.Context) (map[string][]byte, error) { return s, nil }
func (s shelf) Insert(_ context.Context, name string, value []byte) error {
	s[name] = value
	return nil
}

// core stands in for the data plane and notes what it is told.
type core struct {
	mu       sync.Mutex // guards what follows
	told     []string
	suspects map[int64]bool
}

func (c *core) note(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = append(c.told, fmt.Sprintf(format, args...))
}

func (c *core) Restore(_, keyID int64)           { c.note("restore %d", keyID) }
func (c *core) Withdraw(_, keyID int64)          { c.note("withdraw %d", keyID) }
func (c *core) Cool(_, keyID int64, _ time.Time) { c.note("cool %d", keyID) }
func (c *core) KeyState(_, keyID int64) proxycore.KeyState {
	return proxycore.KeyState{Suspect: c.suspects[keyID]}
}

// heard returns what the data plane was told and begins anew.
func (c *core) heard() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := strings.Join(c.told, ", ")
	c.told = nil
	return all
}

// house is a pool in a database of its own.
type house struct {
	*keypool.Pool
	db   *database.DB
	box  *seal.Box
	core *core
	// fence is a condition for decisions; empty for none.
	fence string

	mu      sync.Mutex // guards what follows
	changed int
	asked   []string
}

func newHouse(t testing.TB) *house {
	t.Helper()
	box, err := seal.Open(t.Context(), shelf{}, strings.Repeat("2a", 32))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{db: databasetest.Open(t), box: box, core: &core{suspects: map[int64]bool{}}}
	h.Pool = keypool.New(keypool.Options{
		DB: h.db, Box: box, Health: h.core, Bus: cluster.NewLocal(), Logger: slog.New(slog.DiscardHandler),
		Fence: func(context.Context) string { return cmp.Or(h.fence, "1 = 1") },
		Changed: func(int64) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.changed++
		},
		Validate: func(groupID int64, keyIDs []int64) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.asked = append(h.asked, fmt.Sprint(groupID, keyIDs))
		},
	})
	return h
}

// changes returns how often a change of rotation was told, and begins anew.
func (h *house) changes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.changed
	h.changed = 0
	return n
}

// start runs the pool until the test ends or stop is called.
func (h *house) start(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	t.Cleanup(stop)
	return stop
}

func (h *house) group(t testing.TB, name string) int64 {
	t.Helper()
	g, err := h.db.Group.Create().SetName(name).SetKind(group.KindSTANDARD).SetDialect(group.DialectOPENAI).Save(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return g.ID
}

// tally is a Progress that keeps what it is told.
type tally struct {
	total, succeeded, skipped, failed int64
	problems                          []schema.TaskProblem
	mark                              schema.TaskMark
}

func (p *tally) SetTotal(n int64) { p.total = n }
func (p *tally) Add(succeeded, skipped, failed int64) {
	p.succeeded += succeeded
	p.skipped += skipped
	p.failed += failed
}
func (p *tally) Problem(problem schema.TaskProblem) { p.problems = append(p.problems, problem) }
func (p *tally) Mark(_ context.Context, _ *ent.Tx, mark schema.TaskMark) error {
	p.mark = mark
	return nil
}
func (p *tally) Marked() schema.TaskMark { return p.mark }
func (p *tally) String() string {
	return fmt.Sprintf("%d: %d+%d+%d", p.total, p.succeeded, p.skipped, p.failed)
}

// add imports a text and returns what it came to.
func (h *house) add(t *testing.T, groupID int64, text string) *tally {
	t.Helper()
	var p tally
	if err := h.Import(t.Context(), groupID, strings.NewReader(text), &p); err != nil {
		t.Fatal(err)
	}
	return &p
}

// keysOf returns n keys, one a line.
func keysOf(prefix string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s-%06d\n", prefix, i)
	}
	return b.String()
}

// ids returns a group's keys, oldest first.
func (h *house) ids(t *testing.T, groupID int64) []int64 {
	t.Helper()
	ids, err := h.db.Key.Query().Where(key.GroupID(groupID)).Order(key.ByID()).IDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func (h *house) key(t *testing.T, id int64) *ent.Key {
	t.Helper()
	row, err := h.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return row
}

// reconcile demands that the counters say what the rows do.
func (h *house) reconcile(t *testing.T, groupID int64) keypool.Counts {
	t.Helper()
	counts, err := h.Counts(t.Context(), groupID)
	if err != nil {
		t.Fatal(err)
	}
	var rows keypool.Counts
	for _, row := range h.db.Key.Query().Where(key.GroupID(groupID)).AllX(t.Context()) {
		switch row.Status {
		case key.StatusACTIVE:
			rows.Active++
		case key.StatusINVALID:
			rows.Invalid++
		case key.StatusDISABLED:
			rows.Disabled++
		}
	}
	if counts != rows {
		t.Errorf("the counters say %+v, the rows %+v", counts, rows)
	}
	return counts
}

// set gives a key a status as an administrator would.
func (h *house) set(t *testing.T, id int64, status key.Status) {
	t.Helper()
	row := h.key(t, id)
	counts := h.db.KeyCount.UpdateOneID(row.GroupID).AddRevision(1)
	for s, n := range map[key.Status]int64{row.Status: -1, status: 1} {
		if row.Status == status {
			break
		}
		switch s {
		case key.StatusACTIVE:
			counts.AddActive(n)
		case key.StatusINVALID:
			counts.AddInvalid(n)
		case key.StatusDISABLED:
			counts.AddDisabled(n)
		}
	}
	revision := counts.SaveX(t.Context()).Revision
	h.db.Key.UpdateOneID(id).SetStatus(status).SetRevision(revision).AddVersion(1).ExecX(t.Context())
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(10 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func sorted(ids []int64) []int64 {
	slices.Sort(ids)
	return ids
}
