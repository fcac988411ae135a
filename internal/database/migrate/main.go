// Command migrate writes the migration from what the migrations make to what ent/schema says, one file an engine, and the
// whole schema of each engine to testdata for a reviewer's eyes:
//
//	go run ./internal/database/migrate add_key_labels
//
// It needs a PostgreSQL and a MySQL or MariaDB server to which it may add a database of its own for a moment.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"

	entmigrate "roundhouse/ent/generated/ent/migrate"
	"roundhouse/internal/database"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "migrate:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	dir := flags.String("dir", "internal/database", "the folder of internal/database")
	anew := flags.Bool("anew", false, "drop every migration first: only before the first release")
	postgres := flags.String("postgres", "postgres://root@127.0.0.1/postgres?sslmode=disable", "a server to work on")
	mysql := flags.String("mysql", "root@tcp(127.0.0.1)/", "a server to work on")
	if err := flags.Parse(args); err != nil {
		return err
	}
	name := flags.Arg(0)
	if flags.NArg() != 1 || !regexp.MustCompile(`^[a-z0-9_]+$`).MatchString(name) {
		return errors.New("give one name of a-z, 0-9 and _")
	}
	servers := map[string]string{dialect.SQLite: "", dialect.Postgres: *postgres, dialect.MySQL: *mysql}
	for _, engine := range engines {
		if err := write(ctx, *dir, engine, servers[engine], plan{name: name, anew: *anew}); err != nil {
			return fmt.Errorf("%s: %w", engine, err)
		}
	}
	return nil
}

// engines are ent's names of the dialects, in the order they are worked on.
var engines = []string{dialect.SQLite, dialect.Postgres, dialect.MySQL}

// engineFolder names each engine's folder as internal/database names the engine.
var engineFolder = map[string]string{
	dialect.SQLite:   string(database.SQLite),
	dialect.Postgres: string(database.Postgres),
	dialect.MySQL:    string(database.MySQL),
}

type plan struct {
	name string
	anew bool
}

// write adds one engine's migration, when there is a difference, and renews its golden schema.
func write(ctx context.Context, dir, engine, server string, p plan) error {
	scratch, err := openScratch(ctx, engine, server)
	if err != nil {
		return err
	}
	defer scratch.Close()
	folder := filepath.Join(dir, "migrations", engineFolder[engine])
	if p.anew {
		old, err := filepath.Glob(filepath.Join(folder, "*.*"))
		if err != nil {
			return err
		}
		for _, file := range old {
			if err := os.Remove(file); err != nil {
				return err
			}
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	files, err := migrate.NewLocalDir(folder)
	if err != nil {
		return err
	}
	switch err := diff(ctx, scratch, files, p.name); {
	case errors.Is(err, migrate.ErrNoPlan):
		fmt.Printf("%s: nothing to do\n", engine)
	case err != nil:
		return err
	}
	ddl, err := dump(ctx, engine)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "testdata", "schema."+engineFolder[engine]+".sql"), []byte(ddl), 0o644)
}

// diff writes the next migration into files, or returns migrate.ErrNoPlan when they already make what ent/schema says.
func diff(ctx context.Context, on *scratch, files migrate.Dir, name string) error {
	existing, err := files.Files()
	if err != nil {
		return err
	}
	m, err := schema.NewMigrate(on.driver,
		schema.WithDir(files),
		schema.WithMigrationMode(schema.ModeReplay),
		schema.WithDialect(on.driver.Dialect()),
		schema.WithFormatter(numbered(len(existing)+1)),
		schema.WithDropColumn(true),
		schema.WithDropIndex(true),
		schema.WithErrNoPlan(true),
	)
	if err != nil {
		return err
	}
	return m.NamedDiff(ctx, name, entmigrate.Tables...)
}

// numbered names a migration by its number instead of the time it was made.
type numbered int

func (n numbered) Format(p *migrate.Plan) ([]migrate.File, error) {
	files, err := migrate.DefaultFormatter.Format(p)
	if err != nil {
		return nil, err
	}
	return []migrate.File{migrate.NewLocalFile(fmt.Sprintf("%04d_%s.sql", int(n), p.Name), files[0].Bytes())}, nil
}

// serverVersions are the releases whose DDL the golden schemas show.
var serverVersions = map[string]string{dialect.SQLite: "", dialect.Postgres: "15", dialect.MySQL: "8.0.0"}

// dump is an engine's whole schema; it needs no server.
func dump(ctx context.Context, engine string) (string, error) {
	return schema.DDL(ctx, schema.DDLArgs{Dialect: engine, Version: serverVersions[engine], Tables: entmigrate.Tables})
}
