package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
)

// A change of ent/schema without its migration fails here on SQLite, and on the servers that the environment names.
func TestTheMigrationsMakeTheSchema(t *testing.T) {
	servers := map[string]string{dialect.Postgres: os.Getenv("TEST_POSTGRES_DSN"), dialect.MySQL: os.Getenv("TEST_MYSQL_DSN")}
	for _, engine := range engines {
		t.Run(engine, func(t *testing.T) {
			if engine != dialect.SQLite && servers[engine] == "" {
				t.Skip("no server given")
			}
			ctx := context.Background()
			on, err := openScratch(ctx, engine, servers[engine])
			if err != nil {
				t.Fatal(err)
			}
			defer on.Close()
			files := copyInMemory(t, filepath.Join("..", "migrations", engineFolder[engine]))
			if err := diff(ctx, on, files, "difference"); !errors.Is(err, migrate.ErrNoPlan) {
				all, _ := files.Files()
				t.Errorf("run `go generate ./internal/database`: %v\n%s", err, all[len(all)-1].Bytes())
			}
		})
	}
}

// The golden schemas need no server, so that a forgotten engine is noticed on every machine.
func TestTheGoldenSchemasAreTheSchema(t *testing.T) {
	for _, engine := range engines {
		want, err := dump(context.Background(), engine)
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join("..", "testdata", "schema."+engineFolder[engine]+".sql"))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s: run `go generate ./internal/database`", engine)
		}
	}
}

func copyInMemory(t *testing.T, folder string) *migrate.MemDir {
	t.Helper()
	from, err := migrate.NewLocalDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	files, err := from.Files()
	if err != nil {
		t.Fatal(err)
	}
	to := &migrate.MemDir{}
	for _, file := range files {
		if err := to.WriteFile(file.Name(), file.Bytes()); err != nil {
			t.Fatal(err)
		}
	}
	sum, err := from.Checksum()
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.WriteSumFile(to, sum); err != nil {
		t.Fatal(err)
	}
	return to
}
