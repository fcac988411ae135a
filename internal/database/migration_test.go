package database

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
)

// SQLite changes most columns by building the table anew. With foreign keys on, dropping the old one takes its children's
// rows along.
func TestRebuildingATableKeepsTheRowsThatPointAtIt(t *testing.T) {
	ctx := context.Background()
	pool, err := sql.Open("sqlite", sqliteURI(filepath.Join(t.TempDir(), "x.db"), nil)+"_pragma=foreign_keys(1)")
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := execAll(ctx, conn,
		"CREATE TABLE parents (id integer PRIMARY KEY)",
		"CREATE TABLE children (id integer PRIMARY KEY, parent integer REFERENCES parents (id) ON DELETE CASCADE)",
		"INSERT INTO parents VALUES (1), (2)", "INSERT INTO children VALUES (1, 1), (2, 2), (3, 2)",
	); err != nil {
		t.Fatal(err)
	}
	rebuild := []string{"CREATE TABLE new_parents (id integer PRIMARY KEY, name text DEFAULT '')", "INSERT INTO new_parents (id) SELECT id FROM parents", "DROP TABLE parents", "ALTER TABLE new_parents RENAME TO parents"}
	if err := locked(ctx, conn, rebuild...); err != nil {
		t.Fatal(err)
	}
	if n := count(t, conn, "children"); n != 3 {
		t.Errorf("%d of 3 children are left", n)
	}
	if err := locked(ctx, conn, "DELETE FROM parents WHERE id = 2"); err == nil {
		t.Error("rows that point at nothing were let through")
	}
	if n := count(t, conn, "parents"); n != 2 {
		t.Errorf("%d of 2 parents are left after what was refused", n)
	}
	if err := execAll(ctx, conn, "DELETE FROM parents WHERE id = 2"); err != nil || count(t, conn, "children") != 1 {
		t.Errorf("foreign keys stayed off: %v", err)
	}
}

// locked runs statements as a migration's.
func locked(ctx context.Context, conn *sql.Conn, statements ...string) error {
	release, err := lockSQLite(ctx, conn)
	if err != nil {
		return err
	}
	return release(ctx, execAll(ctx, conn, statements...))
}

func count(t *testing.T, conn *sql.Conn, table string) (n int) {
	t.Helper()
	if err := conn.QueryRowContext(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What runs longest on a first start, so that it is seen when it grows.
func BenchmarkFirstOpen(b *testing.B) {
	for b.Loop() {
		db, err := Open(context.Background(), filepath.Join(b.TempDir(), "x.db"))
		if err != nil {
			b.Fatal(err)
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
