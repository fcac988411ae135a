package database_test

import (
	"context"
	"errors"
	"testing"

	entmigrate "roundhouse/ent/generated/ent/migrate"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

// emptied is a database that no migration has run on, with its pool open.
func emptied(t *testing.T) (*database.DB, string) {
	t.Helper()
	dsn := databasetest.DSN(t)
	db := databasetest.OpenAt(t, dsn)
	names := []string{"schema_migrations"}
	for _, table := range entmigrate.Tables {
		names = append(names, table.Name)
	}
	for _, name := range names {
		if _, err := db.SQL().ExecContext(context.Background(), "DROP TABLE "+quoted(db, name)); err != nil {
			t.Fatal(err)
		}
	}
	return db, dsn
}

func quoted(db *database.DB, name string) string {
	if db.Engine == database.MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// next are two migrations of a later release: what Atlas writes for a new column with a default, an index and a table, and one
// that changes rows.
func next(db *database.DB) []string {
	sort := "ALTER TABLE " + quoted(db, "groups") + " ADD COLUMN " + quoted(db, "later") + " bigint NOT NULL DEFAULT 7;\n"
	rows := "UPDATE " + quoted(db, "groups") + " SET sort = sort + 1;\n"
	return []string{
		sort + "CREATE INDEX groups_later ON " + quoted(db, "groups") + " (" + quoted(db, "later") + ");\n" + rows +
			"CREATE TABLE later_things (id bigint NOT NULL, PRIMARY KEY (id));\nDROP INDEX groups_later" + map[bool]string{true: " ON `groups`"}[db.Engine == database.MySQL] + ";\n",
		rows,
	}
}

// ledOn demands that the later schema is there and that the rows were changed once by each of its migrations.
func ledOn(t *testing.T, db *database.DB) {
	t.Helper()
	var later, sort, things int
	query := "SELECT later, sort, (SELECT count(*) FROM later_things) FROM " + quoted(db, "groups") + " WHERE name = 'kept'"
	if err := db.SQL().QueryRowContext(context.Background(), query).Scan(&later, &sort, &things); err != nil {
		t.Fatal(err)
	}
	if later != 7 || sort != 12 || things != 0 {
		t.Errorf("later %d, sort %d, %d things", later, sort, things)
	}
}

func keepOne(db *database.DB) {
	db.Group.Create().SetName("kept").SetKind("STANDARD").SetDialect("OPENAI").SetSort(10).SaveX(context.Background())
}

// Every schema that a release had, the empty one among them, is led on to that of this build.
func TestEverySchemaSoFarIsLedOn(t *testing.T) {
	ctx, db := context.Background(), databasetest.Open(t)
	releases, err := database.Released(db.Engine)
	if err != nil {
		t.Fatal(err)
	}
	for n := range releases + 1 {
		db, dsn := emptied(t)
		if err := database.MigrateFirst(ctx, db, n); err != nil {
			t.Fatalf("the first %d: %v", n, err)
		}
		keepOne(databasetest.OpenAt(t, dsn))
	}
}

func TestALaterReleaseLeadsOnAndAnOlderOneRefuses(t *testing.T) {
	ctx, dsn := context.Background(), databasetest.DSN(t)
	db := databasetest.OpenAt(t, dsn)
	keepOne(db)
	for range 2 { // the second time there is nothing to do
		if err := database.MigrateOn(ctx, db, next(db)...); err != nil {
			t.Fatal(err)
		}
		ledOn(t, db)
	}
	if older, err := database.Open(ctx, dsn); !errors.Is(err, database.ErrNewer) {
		t.Errorf("this build opened it: %v", err)
		if err == nil {
			older.Close()
		}
	}
	ledOn(t, db)
}

// A migration that fails, or is killed, leaves either nothing or what the next start goes on from; on MySQL, which commits
// every change of the schema by itself, that is every statement of every migration, counted or not.
func TestAMigrationThatWasKilledAtAnyStatementGoesOn(t *testing.T) {
	ctx := context.Background()
	broken := databasetest.Open(t)
	keepOne(broken)
	first := next(broken)[0]
	if broken.Engine != database.MySQL {
		if err := database.MigrateOn(ctx, broken, first+"SELECT nothing_of_this_name;\n"); err == nil {
			t.Fatal("a broken migration ended well")
		}
		if err := database.MigrateOn(ctx, broken, next(broken)...); err != nil {
			t.Fatalf("something stayed of it: %v", err)
		}
		ledOn(t, broken)
		return
	}
	const statements, changesRows = 5, 3
	for run := range statements + 1 {
		for _, counted := range []int{run, max(run-1, 0)} {
			if run == changesRows && counted < run {
				continue // rows and count are one transaction
			}
			db := databasetest.Open(t)
			keepOne(db)
			if err := database.CutShort(ctx, db, first, run, counted); err != nil {
				t.Fatal(err)
			}
			if err := database.MigrateOn(ctx, db, next(db)...); err != nil {
				t.Errorf("after %d statements, %d counted: %v", run, counted, err)
				continue
			}
			ledOn(t, db)
		}
	}
}

// As above, for the migration that makes the schema: a first start that was killed.
func TestAFirstStartThatWasKilledGoesOn(t *testing.T) {
	ctx := context.Background()
	db, dsn := emptied(t)
	if db.Engine != database.MySQL {
		t.Skip("elsewhere a first start is one transaction")
	}
	for run := 0; ; run += 4 {
		if err := database.MigrateFirst(ctx, db, 0); err != nil { // makes schema_migrations
			t.Fatal(err)
		}
		if run > 20 {
			break
		}
		if err := database.CutShort(ctx, db, "", run, max(run-1, 0)); err != nil {
			t.Fatal(err)
		}
		keepOne(databasetest.OpenAt(t, dsn))
		db, dsn = emptied(t)
	}
}
