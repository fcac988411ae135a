package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	entlease "roundhouse/ent/generated/ent/lease"
	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

func node(db *database.DB, hostname string) *cluster.Roster {
	return cluster.NewRoster(cluster.RosterOptions{DB: db.SQL(), Engine: db.Name(), Hostname: hostname, Version: "1.0.0", Logger: slog.New(slog.DiscardHandler)})
}

func join(t *testing.T, r *cluster.Roster) int {
	t.Helper()
	n, err := r.Join(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n != r.Number() {
		t.Fatalf("Join says %d, Number %d", n, r.Number())
	}
	return n
}

func exec(t *testing.T, db *database.DB, query string) {
	t.Helper()
	if _, err := db.SQL().ExecContext(t.Context(), query); err != nil {
		t.Fatal(err)
	}
}

// run starts Run and returns what stops it and waits for it.
func run(t *testing.T, f func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(stop)
	return stop
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func TestEachNodeTakesTheSmallestFreeNumber(t *testing.T) {
	db := databasetest.Open(t)
	a, b, c := node(db, "a"), node(db, "b"), node(db, "c")
	if a.Number() != -1 {
		t.Errorf("holds %d before it joined", a.Number())
	}
	if x, y, z := join(t, a), join(t, b), join(t, c); x != 0 || y != 1 || z != 2 {
		t.Fatalf("took %d, %d and %d", x, y, z)
	}
	stop := run(t, b.Run)
	stop()
	if n := join(t, node(db, "d")); n != 1 {
		t.Errorf("took %d, though 1 was given back", n)
	}
}

func TestNodesThatStartTogetherTakeDifferentNumbers(t *testing.T) {
	db := databasetest.Open(t)
	var wg sync.WaitGroup
	taken := make(chan int, 12)
	for range cap(taken) {
		wg.Go(func() {
			n, err := node(db, "h").Join(t.Context())
			if err != nil {
				t.Error(err)
			}
			taken <- n
		})
	}
	wg.Wait()
	close(taken)
	var all []int
	for n := range taken {
		all = append(all, n)
	}
	slices.Sort(all)
	if len(slices.Compact(all)) != cap(taken) {
		t.Errorf("took %v", all)
	}
}

func TestANumberIsTakenOverOnlyWhenItsNodeIsLongGone(t *testing.T) {
	db := databasetest.Open(t)
	join(t, node(db, "crashed"))
	exec(t, db, "UPDATE nodes SET last_seen_ms = last_seen_ms - 60000")
	if n := join(t, node(db, "b")); n != 1 {
		t.Errorf("took %d, though the other may merely be cut off", n)
	}
	exec(t, db, "UPDATE nodes SET last_seen_ms = last_seen_ms - 600000 WHERE id = 0")
	if n := join(t, node(db, "c")); n != 0 {
		t.Errorf("took %d, though 0 was left ten minutes ago", n)
	}
}

func TestANodeWhoseNumberWasTakenGetsAnother(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	paused := node(db, "paused")
	join(t, paused)
	exec(t, db, "UPDATE nodes SET last_seen_ms = last_seen_ms - 600000")
	join(t, node(db, "quick"))
	run(t, paused.Run)
	eventually(t, "it holds another number", func() bool { return paused.Number() == 1 })
}

func TestAllNumbersHeldIsSaid(t *testing.T) {
	db := databasetest.Open(t)
	for n := range 256 {
		exec(t, db, fmt.Sprintf("INSERT INTO nodes (id, holder, hostname, version, started_at, last_seen_ms) VALUES (%d, 'x', 'h', 'v', '2026-01-02 03:04:05', 9999999999999)", n))
	}
	if _, err := node(db, "one too many").Join(t.Context()); !errors.Is(err, cluster.ErrFull) {
		t.Errorf("got %v", err)
	}
}

func TestNodesShowsWhoRuns(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	before := time.Now().Add(-time.Second)
	gone := node(db, "gone")
	join(t, gone)
	exec(t, db, "UPDATE nodes SET last_seen_ms = last_seen_ms - 60000")
	here := cluster.NewRoster(cluster.RosterOptions{DB: db.SQL(), Engine: db.Name(), Hostname: "here", Version: "1.2.3", Follower: true,
		InFlight: func() int { return 7 }, Logger: slog.New(slog.DiscardHandler)})
	join(t, here)
	run(t, here.Run)
	var nodes []cluster.Node
	eventually(t, "a beat was written", func() bool {
		var err error
		if nodes, err = here.Nodes(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(nodes) == 1 && nodes[0].InFlight == 7
	})
	n := nodes[0]
	if n.Number != 1 || n.Hostname != "here" || n.Version != "1.2.3" || !n.Follower {
		t.Errorf("%+v", n)
	}
	for what, at := range map[string]time.Time{"started": n.StartedAt, "last seen": n.LastSeenAt} {
		if at.Before(before) || at.After(time.Now().Add(time.Second)) || at.Location() != time.UTC {
			t.Errorf("%s at %s", what, at)
		}
	}
}

// R11: of two that may lead, one does.
func TestTheLeaseHasOneHolder(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	lease := func(holder string, follower bool) *cluster.Lease {
		return cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: holder, Follower: follower, Logger: slog.New(slog.DiscardHandler)})
	}
	a, b, follower := lease("a", false), lease("b", false), lease("c", true)
	if db.Engine == database.SQLite {
		if _, leads := a.Leads(); !leads {
			t.Error("with SQLite the process always leads")
		}
		return
	}
	leads := func(l *cluster.Lease) bool { _, yes := l.Leads(); return yes }
	run(t, follower.Run)
	stopA := run(t, a.Run)
	eventually(t, "a leads", func() bool { return leads(a) })
	run(t, b.Run)
	first, _ := a.Leads()
	if leads(b) || leads(follower) {
		t.Fatal("two lead")
	}
	stopA()
	if leads(a) {
		t.Error("a leads though it gave the lease back")
	}
	eventually(t, "b leads", func() bool { return leads(b) })
	if second, _ := b.Leads(); second != first+1 {
		t.Errorf("epoch %d after %d", second, first)
	}
	exec(t, db, "UPDATE leases SET holder = 'd', epoch = epoch + 1") // taken while b was away
	eventually(t, "b yields", func() bool { return !leads(b) })
}

// A leader's transaction that takes long, having written something under its fence, does not keep the lease from being renewed: else
// it would end with its own work.
func TestALongTransactionOfTheLeaderLeavesTheLeaseAlone(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	if db.Engine == database.SQLite {
		t.Skip("with SQLite the process always leads")
	}
	lease := cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: "a", Logger: slog.New(slog.DiscardHandler)})
	run(t, lease.Run)
	exec(t, db, "INSERT INTO settings (name, value) VALUES ('x', '')")
	ends := func() (ms int64) {
		return db.Lease.Query().Where(entlease.Name("leader")).OnlyX(t.Context()).ExpiresMs
	}
	written, done := make(chan error, 1), make(chan struct{})
	defer close(done)
	run(t, lease.Led(func(ctx context.Context) error {
		return db.InTx(context.WithoutCancel(ctx), func(txCtx context.Context, tx *ent.Tx) error {
			n, err := tx.Setting.Update().Where(database.Fence(lease.Fence).Holds(ctx)).SetValue("y").Save(txCtx)
			if err == nil && n != 1 {
				err = fmt.Errorf("%d rows were written", n)
			}
			written <- err
			for { // what stood idle would be taken for a node that hangs
				select {
				case <-done:
					return nil
				case <-time.After(time.Second):
					if _, err := tx.Setting.Query().Count(txCtx); err != nil {
						return err
					}
				}
			}
		})
	}))
	if err := <-written; err != nil {
		t.Fatal(err)
	}
	for range 2 {
		before := ends()
		eventually(t, "the lease is renewed", func() bool { return ends() > before })
	}
	if _, leads := lease.Leads(); !leads {
		t.Error("it leads no longer")
	}
}

// P7: a node dies, and the database's clock is set back an hour.
func TestWhoDiedBeforeTheClockWasSetBackIsGone(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	dead, here := node(db, "dead"), node(db, "here")
	join(t, dead)
	join(t, here)
	exec(t, db, "UPDATE nodes SET last_seen_ms = last_seen_ms + 3600000 WHERE id = 0")
	nodes, err := here.Nodes(t.Context())
	if err != nil || len(nodes) != 1 || nodes[0].Hostname != "here" {
		t.Errorf("%+v, error %v", nodes, err)
	}
	if db.Engine == database.SQLite {
		return // it has no lease
	}
	exec(t, db, "INSERT INTO leases (name, holder, epoch, expires_ms) VALUES ('leader', 'dead', 7, 9999999999999)")
	lease := cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: here.Holder(), Logger: slog.New(slog.DiscardHandler)})
	run(t, lease.Run)
	eventually(t, "another leads", func() bool { epoch, leads := lease.Leads(); return leads && epoch == 8 })
}

func TestTheDatabaseTellsTheTime(t *testing.T) {
	now, err := node(databasetest.Open(t), "h").Now(t.Context())
	if off := time.Since(now).Abs(); err != nil || off > time.Minute {
		t.Errorf("it is %v, error %v", now, err)
	}
}

func TestWorkIsDoneByTheLeaderAlone(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	lease := cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: "a", Logger: slog.New(slog.DiscardHandler)})
	var begun, ended atomic.Int32
	stop := run(t, lease.Led(func(ctx context.Context) error {
		begun.Add(1)
		defer ended.Add(1)
		<-ctx.Done()
		return nil
	}))
	if db.Engine != database.SQLite {
		if begun.Load() != 0 {
			t.Error("it was begun without a lease")
		}
		run(t, lease.Run)
		eventually(t, "it is begun", func() bool { return begun.Load() == 1 })
		exec(t, db, "UPDATE leases SET holder = 'b', epoch = epoch + 1")
		eventually(t, "it ends with the lease", func() bool { return ended.Load() == 1 })
		exec(t, db, "UPDATE leases SET expires_ms = 0")
		eventually(t, "it is begun again", func() bool { return begun.Load() == 2 })
	} else {
		eventually(t, "it is begun", func() bool { return begun.Load() == 1 })
	}
	stop()
	if begun.Load() != ended.Load() {
		t.Errorf("begun %d times and ended %d times", begun.Load(), ended.Load())
	}
}

// Two nodes believe that they lead: one was paused until its lease had run out and the other had taken it. What the old one
// then writes changes nothing, while the new one's does.
func TestALeaderThatWakesLateWritesNothing(t *testing.T) {
	t.Parallel()
	db := databasetest.Open(t)
	lease := func(holder string) *cluster.Lease {
		return cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: holder, Logger: slog.New(slog.DiscardHandler)})
	}
	under := func(fence string, ctx context.Context) int64 {
		exec(t, db, "DELETE FROM settings")
		exec(t, db, "INSERT INTO settings (name, value) VALUES ('x', '')")
		result, err := db.SQL().ExecContext(context.WithoutCancel(ctx), "DELETE FROM settings WHERE name = 'x' AND "+fence)
		if err != nil {
			t.Fatal(err)
		}
		n, err := result.RowsAffected()
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// write is what the leader alone does and what others do too; they must agree on whether it may.
	write := func(l *cluster.Lease, ctx context.Context) int64 {
		n := under(l.Fence(ctx), ctx)
		if shared := under(l.FenceIfLed(ctx), ctx); shared != n {
			t.Errorf("%d rows of the leader's, but %d of what others do too", n, shared)
		}
		return n
	}
	old, next := lease("old"), lease("next")
	if under(old.Fence(t.Context()), t.Context()) != 0 || under(old.FenceIfLed(t.Context()), t.Context()) != 1 {
		t.Error("who does not lead does the leader's work, or not his own")
	}
	wake, written := make(chan struct{}), make(chan int64, 2)
	work := func(ctx context.Context) error {
		written <- write(old, ctx)
		select {
		case <-wake:
			written <- write(old, ctx) // it was paused here, and nobody told it that its time is over
		case <-t.Context().Done():
		}
		return nil
	}
	stopOld := run(t, old.Run)
	run(t, old.Led(work))
	if n := <-written; n != 1 {
		t.Fatal("the leader's write did not count")
	}
	if db.Engine == database.SQLite {
		return // the only process always leads
	}
	stopOld() // its renewing is paused as well
	exec(t, db, "UPDATE leases SET expires_ms = 0")
	run(t, next.Run)
	eventually(t, "the next one leads", func() bool { _, leads := next.Leads(); return leads })
	close(wake)
	if n := <-written; n != 0 {
		t.Error("the old leader's write counted")
	}
	var once sync.Once
	run(t, next.Led(func(ctx context.Context) error {
		once.Do(func() { written <- write(next, ctx) })
		<-ctx.Done()
		return nil
	}))
	if n := <-written; n != 1 {
		t.Error("the new leader's write did not count")
	}
}
