package database

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	atlas "ariga.io/atlas/sql/migrate"
)

// Until the first release the schema is one file an engine, made anew whenever ent/schema changes.
//go:generate go run ./migrate -dir . -anew initial

//go:embed migrations
var migrations embed.FS

// migration is one embedded file: NNNN_name.sql.
type migration struct {
	version  int
	name     string
	checksum string
	body     []byte
}

// statements cuts the file where a statement ends.
func (m migration) statements() ([]string, error) {
	statements, err := atlas.NewLocalFile(m.name, m.body).Stmts()
	if err != nil {
		return nil, fmt.Errorf("migration %s: %w", m.name, err)
	}
	return statements, nil
}

// applied is what the database says of a migration: how many statements of it were run.
type applied struct {
	checksum   string
	statements int
}

func migrationsOf(engine Engine) ([]migration, error) {
	names, err := fs.Glob(migrations, path.Join("migrations", string(engine), "*.sql"))
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, name := range names { // Glob sorts
		body, err := migrations.ReadFile(name)
		if err != nil {
			return nil, err
		}
		m, err := newMigration(path.Base(name), body)
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func newMigration(name string, body []byte) (migration, error) {
	number, _, _ := strings.Cut(name, "_")
	version, err := strconv.Atoi(number)
	if err != nil {
		return migration{}, fmt.Errorf("migration %s has no number: %w", name, err)
	}
	sum := sha256.Sum256(body)
	return migration{version: version, name: name, checksum: hex.EncodeToString(sum[:]), body: body}, nil
}

// pendingOf returns those of all migrations that are still to be run, wholly or in part.
func pendingOf(all []migration, done map[int]applied) ([]migration, error) {
	var pending []migration
	known := map[int]bool{}
	for _, m := range all {
		known[m.version] = true
		was, begun := done[m.version]
		if begun && was.checksum != m.checksum {
			return nil, fmt.Errorf("%w: %s differs", ErrForeign, m.name)
		}
		statements, err := m.statements()
		if err != nil {
			return nil, err
		}
		if was.statements < len(statements) {
			pending = append(pending, m)
		}
	}
	for version := range done {
		if !known[version] {
			return nil, fmt.Errorf("%w: it knows migration %d", ErrNewer, version)
		}
	}
	return pending, nil
}

// migrate brings the database to the schema of this build.
func migrate(ctx context.Context, engine Engine, pool *sql.DB) error {
	all, err := migrationsOf(engine)
	if err != nil {
		return err
	}
	return migrateBy(ctx, engine, pool, all)
}

// migrateBy runs what is pending on a connection of its own, under the engine's lock, so that of several processes that start
// together one migrates and the others find it done.
func migrateBy(ctx context.Context, engine Engine, pool *sql.DB, all []migration) (err error) {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	release, err := lockSchema(ctx, engine, conn)
	if err != nil {
		return fmt.Errorf("lock the schema: %w", err)
	}
	defer func() { err = release(context.WithoutCancel(ctx), err) }()

	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY, name VARCHAR(255) NOT NULL,
		checksum VARCHAR(64) NOT NULL, statements BIGINT NOT NULL, applied_ms BIGINT NOT NULL)`
	if _, err := conn.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("create schema_migrations: %w", err)
	}
	done, err := readApplied(ctx, conn)
	if err != nil {
		return err
	}
	pending, err := pendingOf(all, done)
	if err != nil {
		return err
	}
	for _, m := range pending {
		was, begun := done[m.version]
		if !begun {
			err = noteBegun(ctx, conn, m)
		}
		if err == nil {
			err = apply(ctx, engine, conn, m, resumed{at: was.statements, begun: begun})
		}
		if err != nil {
			return fmt.Errorf("migration %s: %w", m.name, err)
		}
	}
	return nil
}

func readApplied(ctx context.Context, conn *sql.Conn) (map[int]applied, error) {
	rows, err := conn.QueryContext(ctx, "SELECT version, checksum, statements FROM schema_migrations")
	if err != nil {
		return nil, fmt.Errorf("read schema_migrations: %w", err)
	}
	defer rows.Close()
	done := map[int]applied{}
	for rows.Next() {
		var version int
		var a applied
		if err := rows.Scan(&version, &a.checksum, &a.statements); err != nil {
			return nil, fmt.Errorf("read schema_migrations: %w", err)
		}
		if version == copyMark {
			if ctx.Value(copying{}) == nil {
				return nil, ErrHalfCopied
			}
			continue
		}
		done[version] = a
	}
	return done, rows.Err()
}

func noteBegun(ctx context.Context, conn *sql.Conn, m migration) error {
	return execAll(ctx, conn, fmt.Sprintf("INSERT INTO schema_migrations (version, name, checksum, statements, applied_ms) VALUES (%d, '%s', '%s', 0, %d)",
		m.version, m.name, m.checksum, time.Now().UnixMilli()))
}

// resumed says where a migration goes on: after so many statements, and whether an earlier try was cut short there.
type resumed struct {
	at    int
	begun bool
}

// apply runs the statements that are left and counts each as it goes: MySQL commits what changes the schema by itself, and a
// migration that was killed there goes on where it stopped.
func apply(ctx context.Context, engine Engine, conn *sql.Conn, m migration, from resumed) error {
	statements, err := m.statements()
	if err != nil {
		return err
	}
	for i := from.at; i < len(statements); i++ {
		count := fmt.Sprintf("UPDATE schema_migrations SET statements = %d WHERE version = %d", i+1, m.version)
		if engine != MySQL {
			err = execAll(ctx, conn, statements[i], count)
		} else {
			err = stepMySQL(ctx, conn, statements[i], count, from.begun && i == from.at)
		}
		if err != nil {
			return fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return nil
}

// lockSchema keeps other processes from migrating and, where the engine can, makes what follows one transaction. The
// function it returns ends both, for better or, with an error, for worse, and returns what then is the error.
func lockSchema(ctx context.Context, engine Engine, conn *sql.Conn) (func(context.Context, error) error, error) {
	switch engine {
	case SQLite:
		return lockSQLite(ctx, conn)
	case Postgres:
		const key = 0x726f756e64 // any number, as long as it is always the same
		if err := execAll(ctx, conn, "BEGIN", fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", key)); err != nil {
			return nil, err
		}
		return func(ctx context.Context, err error) error {
			if err != nil {
				return errors.Join(err, execAll(ctx, conn, "ROLLBACK"))
			}
			return execAll(ctx, conn, "COMMIT")
		}, nil
	default:
		const name = "CONCAT('roundhouse.', MD5(DATABASE()))" // a lock's name is the server's, not the database's
		var got sql.NullBool
		if err := conn.QueryRowContext(ctx, "SELECT GET_LOCK("+name+", 120)").Scan(&got); err != nil {
			return nil, err
		}
		if !got.Bool {
			return nil, errors.New("another process is migrating for two minutes")
		}
		return func(ctx context.Context, err error) error {
			return errors.Join(err, execAll(ctx, conn, "DO RELEASE_LOCK("+name+")"))
		}, nil
	}
}

// lockSQLite switches foreign keys off before it begins, since inside a transaction the pragma does nothing: a table that is
// rebuilt there (new table, copy, drop, rename) would take its children's rows with it. They are checked before the commit.
func lockSQLite(ctx context.Context, conn *sql.Conn) (func(context.Context, error) error, error) {
	if err := execAll(ctx, conn, "PRAGMA foreign_keys = off", "BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	return func(ctx context.Context, err error) error {
		if err == nil {
			err = checkForeignKeys(ctx, conn)
		}
		end := "COMMIT"
		if err != nil {
			end = "ROLLBACK"
		}
		return errors.Join(err, execAll(ctx, conn, end, "PRAGMA foreign_keys = on"))
	}, nil
}

func checkForeignKeys(ctx context.Context, conn *sql.Conn) error {
	rows, err := conn.QueryContext(ctx, "PRAGMA foreign_key_check")
	if err != nil {
		return err
	}
	defer rows.Close()
	if rows.Next() {
		return errors.New("rows point at rows that are gone")
	}
	return rows.Err()
}

func execAll(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
