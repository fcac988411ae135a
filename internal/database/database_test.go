package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/setting"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

func TestWhatIsWrittenIsReadBackBitByBit(t *testing.T) { readsBack(t, databasetest.Open(t)) }

// D14: a server that cuts what does not fit, lives in another time zone and knows no four-byte characters by itself keeps the same
// as any other.
func TestAServersHabitsChangeNothing(t *testing.T) {
	habits := map[string][]string{
		"mysql": {"SET GLOBAL sql_mode = ''", "SET GLOBAL time_zone = '+05:30'", "ALTER DATABASE roundhouse CHARACTER SET utf8mb3"},
		"postgres": {
			"ALTER DATABASE roundhouse SET timezone TO 'Asia/Kolkata'", "ALTER DATABASE roundhouse SET datestyle TO 'SQL, DMY'",
			"ALTER DATABASE roundhouse SET standard_conforming_strings TO off",
		},
	}[os.Getenv("TEST_DATABASE")]
	if habits == nil {
		t.Skip("SQLite is no server")
	}
	dsn := databasetest.StartServer(t).DSN()
	admin, err := sql.Open(os.Getenv("TEST_DATABASE"), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for _, habit := range habits {
		if _, err := admin.Exec(habit); err != nil {
			t.Fatal(err)
		}
	}
	db := databasetest.OpenAt(t, dsn)
	readsBack(t, db)
	if _, err := db.SQL().Exec("INSERT INTO settings (name, value) VALUES ('" + strings.Repeat("x", 300) + "', '')"); err != nil {
		return // it does not fit
	}
	if name := db.Setting.Query().OnlyX(context.Background()).Name; len(name) != 300 {
		t.Errorf("a text was cut at %d bytes", len(name))
	}
}

func readsBack(t *testing.T, db *database.DB) {
	t.Helper()
	ctx := context.Background()
	digest := []byte(strings.Repeat("\x00\xff'\"\\\n%_", 4))
	made, err := db.ProxyKey.Create().SetDigest(digest).SetMasked("a****z").SetNotes("größe 😀 'quoted' \\ %").Save(ctx)
	if err != nil {
		t.Fatal(err)
	}
	read, err := db.ProxyKey.Get(ctx, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if string(read.Digest) != string(digest) || read.Notes != made.Notes {
		t.Errorf("read %x %q", read.Digest, read.Notes)
	}
	if !read.CreatedAt.Equal(made.CreatedAt) {
		t.Errorf("written at %v, read as %v", made.CreatedAt, read.CreatedAt)
	}
}

func TestATransactionThatFailsLeavesNothing(t *testing.T) {
	db, ctx := databasetest.Open(t), context.Background()
	refused := errors.New("refused")
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if err := tx.Setting.Create().SetName("maxRetries").SetValue("5").Exec(ctx); err != nil {
			return err
		}
		return refused
	})
	if !errors.Is(err, refused) {
		t.Errorf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			tx.Setting.Create().SetName("maxRetries").SetValue("6").ExecX(ctx)
			panic("on purpose")
		})
	}()
	if n := db.Setting.Query().CountX(ctx); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	if err := db.Setting.Create().SetName("maxRetries").Exec(ctx); err != nil {
		t.Errorf("the writer is still held: %v", err)
	}
}

func TestATransactionWithinATransactionIsRefused(t *testing.T) {
	db := databasetest.Open(t)
	err := db.InTx(context.Background(), func(ctx context.Context, _ *ent.Tx) error {
		return db.InTx(ctx, func(context.Context, *ent.Tx) error { return nil })
	})
	if err == nil {
		t.Error("was let through")
	}
}

func TestConcurrentTransactionsLoseNothing(t *testing.T) {
	same := func(int) []string { return []string{"a", "b"} }
	raiseTogether(t, 8, 20, same)
}

// Two transactions that take the same rows in opposite order end in a deadlock, which is repeated.
func TestADeadlockIsRepeated(t *testing.T) {
	crosswise := func(worker int) []string {
		if worker == 0 {
			return []string{"a", "b"}
		}
		return []string{"b", "a"}
	}
	raiseTogether(t, 2, 5, crosswise)
}

// raiseTogether has every worker raise two counters by one in every round, in the order given, and expects all of it to
// be there at the end.
func raiseTogether(t *testing.T, workers, rounds int, order func(worker int) []string) {
	t.Helper()
	db, ctx := databasetest.Open(t), context.Background()
	for _, name := range []string{"a", "b"} {
		db.Setting.Create().SetName(name).SetValue("0").SaveX(ctx)
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range rounds {
				if err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return raise(ctx, tx, order(w)) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, row := range db.Setting.Query().AllX(ctx) {
		if row.Value != fmt.Sprint(workers*rounds) {
			t.Errorf("%s is %s, not %d", row.Name, row.Value, workers*rounds)
		}
	}
}

// raise adds one to each row, locking it by an update that changes nothing.
func raise(ctx context.Context, tx *ent.Tx, names []string) error {
	for _, name := range names {
		switch n, err := tx.Setting.Update().Where(setting.Name(name)).ClearSealed().Save(ctx); {
		case err != nil:
			return err
		case n != 1:
			return fmt.Errorf("%d rows matched", n)
		}
		row, err := tx.Setting.Query().Where(setting.Name(name)).Only(ctx)
		if err != nil {
			return err
		}
		var value int
		fmt.Sscan(row.Value, &value)
		if err := tx.Setting.UpdateOne(row).SetValue(fmt.Sprint(value + 1)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

func TestOpeningAgainKeepsTheRows(t *testing.T) {
	dsn, ctx := databasetest.DSN(t), context.Background()
	first, err := database.Open(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	first.Setting.Create().SetName("maxRetries").SetValue("5").SaveX(ctx)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	if row := databasetest.OpenAt(t, dsn).Setting.Query().OnlyX(ctx); row.Value != "5" {
		t.Errorf("read %q", row.Value)
	}
}

// Who meets a new file in the very moment in which another turns it to WAL is told that it is busy; that takes a few tries to
// be seen.
func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	ctx := context.Background()
	for range 8 {
		dsn := databasetest.DSN(t)
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				db, err := database.Open(ctx, dsn)
				if err != nil {
					t.Error(err)
					return
				}
				defer db.Close()
				if _, err := db.Setting.Query().Count(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func TestADatabaseOfAnotherBuildIsLeftAlone(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		want      error
	}{
		"newer":    {"INSERT INTO schema_migrations (version, name, checksum, statements, applied_ms) VALUES (9999, 'x', 'x', 1, 0)", database.ErrNewer},
		"tampered": {"UPDATE schema_migrations SET checksum = 'x' WHERE version = 1", database.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			dsn, ctx := databasetest.DSN(t), context.Background()
			db := databasetest.OpenAt(t, dsn)
			if _, err := db.SQL().ExecContext(ctx, c.statement); err != nil {
				t.Fatal(err)
			}
			if again, err := database.Open(ctx, dsn); !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
				if err == nil {
					again.Close()
				}
			}
		})
	}
}

// As after a kill on MySQL, where each statement commits by itself; elsewhere the whole file is one transaction, and the
// count alone is put back.
func TestAMigrationThatWasCutShortGoesOn(t *testing.T) {
	dsn, ctx := databasetest.DSN(t), context.Background()
	db := databasetest.OpenAt(t, dsn)
	var statements int
	if err := db.SQL().QueryRowContext(ctx, "SELECT statements FROM schema_migrations WHERE version = 1").Scan(&statements); err != nil {
		t.Fatal(err)
	}
	last := "DROP TABLE upstreams"
	if db.Engine == database.MySQL {
		statements--
	} else {
		last, statements = "DROP INDEX upstream_group_id_position", statements-1
	}
	for _, statement := range []string{last, fmt.Sprintf("UPDATE schema_migrations SET statements = %d", statements)} {
		if _, err := db.SQL().ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	again := databasetest.OpenAt(t, dsn)
	again.Upstream.Create().SetGroupID(1).SetPosition(0).SetURL("http://127.0.0.1").SaveX(ctx)
	if db.Engine != database.SQLite {
		return
	}
	if info, err := os.Stat(dsn + ".before-0001"); err != nil || info.Size() == 0 || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy from before is %v, %v", info, err)
	}
}

func TestWhatIsNoDSNIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, dsn := range []string{"", "mongodb://user:hush@host/db", "postgres://user:hush@ho st/db", "user:hush@tcp(host", ":memory:"} {
		db, err := database.Open(context.Background(), dsn)
		if err == nil {
			db.Close()
			t.Errorf("%q was opened", dsn)
			continue
		}
		if strings.Contains(err.Error(), "hush") {
			t.Errorf("the password is in %q", err)
		}
	}
}

func TestSQLiteKeepsItsFileToItself(t *testing.T) {
	if os.Getenv("TEST_DATABASE") != "" {
		t.Skip("not on SQLite")
	}
	path := filepath.Join(t.TempDir(), "a folder?with=oddities", "round%20house.db")
	db := databasetest.OpenAt(t, path)
	db.Setting.Create().SetName("a").SaveX(context.Background())
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o", name, info.Mode().Perm())
		}
	}
}

func TestSQLiteReadsWhileATransactionWrites(t *testing.T) {
	if os.Getenv("TEST_DATABASE") != "" {
		t.Skip("not on SQLite")
	}
	db := databasetest.Open(t)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	err := db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		tx.Setting.Create().SetName("a").SaveX(ctx)
		if n, err := db.Setting.Query().Count(ctx); err != nil || n != 0 {
			return fmt.Errorf("a reader saw %d rows: %w", n, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if n := db.Setting.Query().CountX(ctx); n != 1 {
		t.Errorf("after the commit a reader saw %d rows", n)
	}
}
