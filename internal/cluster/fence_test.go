package cluster_test

import (
	"context"
	"database/sql"
	"log/slog"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/cluster"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

// waiting is how many statements of this database wait for a lock.
func waiting(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	query := "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
	if db.Engine == database.MySQL {
		// InnoDB's own list of waits shows no more than it did for as long as it is asked often; no statement here takes a second else.
		query = "SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND command = 'Query' AND time >= 1"
	}
	if err := db.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// led makes the holder lead and returns the context of its work, which outlives its time as that of a paused node does.
func led(t *testing.T, lease *cluster.Lease) context.Context {
	t.Helper()
	begun := make(chan context.Context, 1)
	var once sync.Once
	run(t, lease.Led(func(ctx context.Context) error {
		once.Do(func() { begun <- context.WithoutCancel(ctx) })
		<-ctx.Done()
		return nil
	}))
	stop := run(t, lease.Run)
	ctx := <-begun
	stop()
	return ctx
}

func leaseOf(db *database.DB, holder string) *cluster.Lease {
	return cluster.NewLease(cluster.LeaseOptions{DB: db.SQL(), Engine: db.Name(), Name: "leader", Holder: holder, Logger: slog.New(slog.DiscardHandler)})
}

// ledByOld is a database with a row that the node old, which leads, may write and next may lead after.
func ledByOld(t *testing.T) (db *database.DB, ctx context.Context, old, next *cluster.Lease) {
	t.Helper()
	db = databasetest.Open(t)
	if db.Engine == database.SQLite {
		t.Skip("with SQLite the process always leads")
	}
	old, next = leaseOf(db, "old"), leaseOf(db, "next")
	ctx = led(t, old)
	exec(t, db, "INSERT INTO settings (name, value) VALUES ('x', '')")
	return db, ctx, old, next
}

// The leader's write, begun in its time, waits for a row that another transaction holds, and the lease runs out meanwhile. Whoever
// takes it over waits for that write, which had else landed after its own first.
func TestALeadersWriteThatWaitedForItsRowDoesNotLandAfterATakeover(t *testing.T) {
	for name, isolation := range map[string]sql.IsolationLevel{"alone": sql.LevelDefault, "in a transaction": sql.LevelReadCommitted} {
		t.Run(name, func(t *testing.T) {
			db, ctx, old, next := ledByOld(t)
			other, err := db.SQL().BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Rollback() }()
			if _, err := other.ExecContext(t.Context(), "UPDATE settings SET value = 'held' WHERE name = 'x'"); err != nil {
				t.Fatal(err)
			}
			type answer struct {
				rows int64
				err  error
			}
			written := make(chan answer, 1)
			go func() {
				rows, err := writeUnder(ctx, db, isolation, old.Fence(ctx))
				written <- answer{rows, err}
			}()
			eventually(t, "the leader waits for the row", func() bool { return waiting(t, db) == 1 })

			exec(t, db, "UPDATE leases SET expires_ms = 0 WHERE name = 'leader'")
			run(t, next.Run)
			leads := func() bool { _, yes := next.Leads(); return yes }
			eventually(t, "another took over, or waits", func() bool { return leads() || waiting(t, db) == 2 })
			tookOver := leads()
			if err := other.Rollback(); err != nil {
				t.Fatal(err)
			}
			got := <-written
			if got.err != nil {
				t.Fatal(got.err)
			}
			if tookOver && got.rows != 0 {
				t.Error("it was written after another had taken over")
			}
			eventually(t, "the other leads", leads)
			if rows, err := writeUnder(ctx, db, isolation, old.Fence(ctx)); err != nil || rows != 0 {
				t.Errorf("%d rows were written after another had taken over, error %v", rows, err)
			}
		})
	}
}

// The leader hangs in the middle of a transaction, with its connection open: the server ends that, and another takes over in time.
func TestALeaderThatHangsInATransactionKeepsNobodyFromLeading(t *testing.T) {
	t.Parallel()
	db, ctx, old, next := ledByOld(t)
	hung, err := db.SQL().BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hung.Rollback() }()
	if _, err := hung.ExecContext(ctx, "UPDATE settings SET value = 'written' WHERE name = 'x' AND "+old.Fence(ctx)); err != nil {
		t.Fatal(err)
	}
	exec(t, db, "UPDATE leases SET expires_ms = 0 WHERE name = 'leader'")
	began := time.Now()
	run(t, next.Run)
	eventually(t, "another leads", func() bool { _, leads := next.Leads(); return leads })
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("another led after %v", took)
	}
	if err := hung.Commit(); err == nil {
		t.Error("what had hung was committed after another had taken over")
	}
}

// writeUnder changes a row under the fence, in a transaction of its own unless isolation is the default, and returns how many rows
// it matched.
func writeUnder(ctx context.Context, db *database.DB, isolation sql.IsolationLevel, fence string) (int64, error) {
	const update = "UPDATE settings SET value = 'written' WHERE name = 'x' AND "
	if isolation == sql.LevelDefault {
		result, err := db.SQL().ExecContext(ctx, update+fence)
		if err != nil {
			return 0, err
		}
		return result.RowsAffected()
	}
	tx, err := db.SQL().BeginTx(ctx, &sql.TxOptions{Isolation: isolation})
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback() }()
	result, err := tx.ExecContext(ctx, update+fence)
	if err != nil {
		return 0, err
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return 0, err
	}
	return rows, tx.Commit()
}
