package database_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"

	entmigrate "roundhouse/ent/generated/ent/migrate"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

// fill puts rows of every kind of value into every table, and returns how many into each.
func fill(t *testing.T, db *database.DB) map[string]int64 {
	t.Helper()
	filled := map[string]int64{}
	for _, table := range entmigrate.Tables {
		rows := 7
		if table.Name == "keys" {
			rows = 1203 // more than two batches, and no whole number of them
		}
		filled[table.Name] = int64(rows)
		for at := 0; at < rows; at += 25 {
			insertRows(t, db, table, at+1, min(at+25, rows))
		}
	}
	return filled
}

func insertRows(t *testing.T, db *database.DB, table *schema.Table, from, to int) {
	t.Helper()
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = c.Name
	}
	dialect := db.Name()
	if db.Engine == database.SQLite {
		dialect = "sqlite3"
	}
	insert := entsql.Dialect(dialect).Insert(table.Name).Columns(names...)
	for n := from; n <= to; n++ {
		row := make([]any, len(names))
		for i, c := range table.Columns {
			row[i] = sample(c, n)
		}
		insert.Values(row...)
	}
	query, args := insert.Query()
	if _, err := db.SQL().ExecContext(context.Background(), query, args...); err != nil {
		t.Fatalf("fill %s: %v", table.Name, err)
	}
}

// sample is the n-th row's value of a column, never twice the same where that matters.
func sample(c *schema.Column, n int) any {
	switch {
	case c.Nullable && n%3 == 0:
		return nil
	case c.Type == field.TypeBool:
		return n%2 == 0
	case c.Type == field.TypeInt, c.Type == field.TypeInt64:
		return int64(n)
	case c.Type == field.TypeEnum:
		return c.Enums[n%len(c.Enums)]
	case c.Type == field.TypeJSON:
		return fmt.Sprintf(`{"zett": "ä<%d>", "a": null, "list": [1, 9007199254740993]}`, n)
	case c.Type == field.TypeTime:
		return time.Date(2026, 2, 3, 4, 5, n%60, 678_000_000, time.UTC)
	case c.Type == field.TypeBytes:
		return []byte(fmt.Sprintf("\x00\xff'\\%028d", n))[:min(32, max(int(c.Size), 6))]
	}
	text := fmt.Sprintf("%d größe 😀 'quoted' \\ %%", n)
	return text[:min(len(text), max(int(c.Size), 3))]
}

// copied copies and returns what was told of each table.
func copied(t *testing.T, from, to string) map[string]database.CopiedTable {
	t.Helper()
	told := map[string]database.CopiedTable{}
	err := database.Copy(context.Background(), database.CopyOptions{From: from, To: to, Told: func(c database.CopiedTable) { told[c.Name] = c }})
	if err != nil {
		t.Fatal(err)
	}
	return told
}

func sqliteDSN(t *testing.T) string { return filepath.Join(t.TempDir(), "roundhouse.db") }

// From SQLite to the engine under test, and from there to another SQLite.
func TestACopyHoldsEveryRowOnAnyEngine(t *testing.T) {
	ctx, first, second, third := context.Background(), sqliteDSN(t), databasetest.DSN(t), sqliteDSN(t)
	source := databasetest.OpenAt(t, first)
	filled := fill(t, source)
	source.Group.DeleteOneID(7).ExecX(ctx) // history may name it still
	filled["groups"]--
	there := copied(t, first, second)
	for _, table := range entmigrate.Tables {
		told, moved := there[table.Name]
		if slices.Contains([]string{"nodes", "leases"}, table.Name) {
			if moved {
				t.Errorf("%s was copied, which tells of processes of elsewhere", table.Name)
			}
			continue
		}
		if told.Rows != filled[table.Name] || len(told.Checksum) != 32 {
			t.Errorf("%s: told of %d rows of %d, checksum %s", table.Name, told.Rows, filled[table.Name], told.Checksum)
		}
	}
	if back := copied(t, second, third); fmt.Sprint(back) != fmt.Sprint(there) {
		t.Errorf("there %v\nand back %v", there, back)
	}
	for _, dsn := range []string{second, third} {
		made := databasetest.OpenAt(t, dsn).Group.Create().SetName("new").SetKind("STANDARD").SetDialect("OPENAI").SaveX(ctx)
		if made.ID != 8 {
			t.Errorf("a new group got the id %d, not 8", made.ID)
		}
	}
}

func TestACopyRefusesWhatIsNotEmpty(t *testing.T) {
	ctx, from, to := context.Background(), sqliteDSN(t), databasetest.DSN(t)
	databasetest.OpenAt(t, from)
	target := databasetest.OpenAt(t, to)
	target.Setting.Create().SetName("a").SaveX(ctx)
	err := database.Copy(ctx, database.CopyOptions{From: from, To: to})
	if !errors.Is(err, database.ErrNotEmpty) || !strings.Contains(err.Error(), "settings") {
		t.Errorf("got %v", err)
	}
	if n := databasetest.OpenAt(t, to).Setting.Query().CountX(ctx); n != 1 {
		t.Errorf("%d rows are left", n)
	}
}

func TestACopyThatWasCutShortOpensForNobodyAndIsRunAgain(t *testing.T) {
	from, to := sqliteDSN(t), databasetest.DSN(t)
	fill(t, databasetest.OpenAt(t, from))
	tables := 0
	for cut := range 5 {
		ctx, cancel := context.WithCancel(context.Background())
		err := database.Copy(ctx, database.CopyOptions{From: from, To: to, Told: func(database.CopiedTable) {
			if tables++; tables > 4*cut {
				cancel()
			}
		}})
		cancel()
		if err == nil {
			t.Fatalf("cut after %d tables it was whole", tables)
		}
		tables = 0
		if db, err := database.Open(context.Background(), to); !errors.Is(err, database.ErrHalfCopied) {
			t.Errorf("a half copy opened: %v", err)
			if err == nil {
				db.Close()
			}
		}
	}
	whole := copied(t, from, to)
	if again := copied(t, to, sqliteDSN(t)); fmt.Sprint(again) != fmt.Sprint(whole) {
		t.Errorf("%v\n%v", whole, again)
	}
}

func TestACopyThatIsNotWhatWasWrittenIsNotTold(t *testing.T) {
	ctx, from, to := context.Background(), sqliteDSN(t), sqliteDSN(t)
	fill(t, databasetest.OpenAt(t, from))
	target := databasetest.OpenAt(t, to)
	if _, err := target.SQL().ExecContext(ctx, "CREATE TRIGGER meddle AFTER INSERT ON members BEGIN UPDATE members SET weight = 9 WHERE id = 3; END"); err != nil {
		t.Fatal(err)
	}
	err := database.Copy(ctx, database.CopyOptions{From: from, To: to})
	if !errors.Is(err, database.ErrDiffers) || !strings.Contains(err.Error(), "copy members") {
		t.Errorf("got %v", err)
	}
	if _, err := database.Open(ctx, to); !errors.Is(err, database.ErrHalfCopied) {
		t.Errorf("it opened: %v", err)
	}
}

func TestACopyWaitsForNobodyWhoRuns(t *testing.T) {
	busy := errors.New("nodes run")
	err := database.Copy(context.Background(), database.CopyOptions{
		From: sqliteDSN(t), To: databasetest.DSN(t), Idle: func(context.Context, *database.DB) error { return busy },
	})
	if !errors.Is(err, busy) {
		t.Errorf("got %v", err)
	}
}
