package database

import (
	"context"
	"fmt"
)

// Released is how many migrations this build has.
func Released(engine Engine) (int, error) {
	all, err := migrationsOf(engine)
	return len(all), err
}

// MigrateFirst runs the first n migrations of this build: what a database of an earlier release has seen.
func MigrateFirst(ctx context.Context, db *DB, n int) error {
	all, err := migrationsOf(db.Engine)
	if err != nil {
		return err
	}
	return migrateBy(ctx, db.Engine, db.writer, all[:n])
}

// MigrateOn leads the database on by further migrations, as a later release would.
func MigrateOn(ctx context.Context, db *DB, bodies ...string) error {
	all, err := migrationsOf(db.Engine)
	if err != nil {
		return err
	}
	for _, body := range bodies {
		m, err := newMigration(fmt.Sprintf("%04d_next.sql", len(all)+1), []byte(body))
		if err != nil {
			return err
		}
		all = append(all, m)
	}
	return migrateBy(ctx, db.Engine, db.writer, all)
}

// CutShort leaves the database as a kill does in the middle of the last migration of this build, or of body when that is
// not empty: so many statements run and so many counted.
func CutShort(ctx context.Context, db *DB, body string, run, counted int) error {
	all, err := migrationsOf(db.Engine)
	if err != nil {
		return err
	}
	m := all[len(all)-1]
	if body != "" {
		if m, err = newMigration(fmt.Sprintf("%04d_next.sql", len(all)+1), []byte(body)); err != nil {
			return err
		}
	}
	statements, err := m.statements()
	if err != nil {
		return err
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := noteBegun(ctx, conn, m); err != nil {
		return err
	}
	return execAll(ctx, conn, append(statements[:run:run], fmt.Sprintf("UPDATE schema_migrations SET statements = %d WHERE version = %d", counted, m.version))...)
}
