package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"entgo.io/ent/dialect/sql/schema"

	entmigrate "roundhouse/ent/generated/ent/migrate"
)

var (
	// ErrNotEmpty is returned by Copy when the target holds rows that no copy left there.
	ErrNotEmpty = errors.New("the target is not empty")
	// ErrHalfCopied is returned by Open while a database holds a part of what is copied into it.
	ErrHalfCopied = errors.New("a copy into this database was begun and has not ended: run roundhouse copy again, to its end")
	// ErrDiffers is returned by Copy when what was read back from the target is not what was written.
	ErrDiffers = errors.New("the copy is not what the source holds")
)

// copyMark stands among the applied migrations while a copy is under way, so that no build takes half of one for a whole.
const copyMark = 1_000_000_000

// copying marks the context of the one who may open a half-copied database.
type copying struct{}

// passing are tables that tell of the processes that run, which are not moved.
var passing = []string{"leases", "nodes"}

// CopiedTable is what was copied of one table, and proved by reading it back.
type CopiedTable struct {
	Name string
	Rows int64
	// Checksum is over every value of every row; equal for equal rows whatever the engine.
	Checksum string
}

// CopyOptions are what Copy needs.
type CopyOptions struct {
	// From and To are DSNs. The source is brought to the schema of this build, as by Open.
	From, To string
	// Idle is asked of each database and returns an error when nodes run on it. It may be nil.
	Idle func(ctx context.Context, db *DB) error
	// Told hears of each table when it is copied and proved. It may be nil.
	Told func(CopiedTable)
}

// Copy copies every row of an installation into a database without any, of the same or another engine, in memory for some
// hundred rows, and proves each table by count and checksum. Sealed values stay sealed: the keyring goes along. New rows get ids
// above all that the source ever gave. Until Copy has ended the target opens for nobody but it; ended by whatever, it can be
// called again, and begins anew.
func Copy(ctx context.Context, o CopyOptions) (err error) {
	from, err := Open(ctx, o.From)
	if err != nil {
		return fmt.Errorf("source: %w", err)
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := Open(context.WithValue(ctx, copying{}, true), o.To)
	if err != nil {
		return fmt.Errorf("target: %w", err)
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	for _, db := range []*DB{from, to} {
		if o.Idle == nil {
			break
		}
		if err := o.Idle(ctx, db); err != nil {
			return err
		}
	}
	if err := to.prepareTarget(ctx); err != nil {
		return err
	}
	return copyTables(ctx, from, to, o.Told)
}

// moved are the tables that are copied.
func moved() []*schema.Table {
	return slices.DeleteFunc(slices.Clone(entmigrate.Tables), func(t *schema.Table) bool { return slices.Contains(passing, t.Name) })
}

// prepareTarget marks an empty database, or empties one that an earlier copy had marked.
func (db *DB) prepareTarget(ctx context.Context) error {
	var marked bool
	if err := db.writer.QueryRowContext(ctx, fmt.Sprintf("SELECT count(*) > 0 FROM schema_migrations WHERE version = %d", copyMark)).Scan(&marked); err != nil {
		return fmt.Errorf("look for an earlier copy: %w", err)
	}
	for _, table := range moved() {
		if marked {
			if _, err := db.writer.ExecContext(ctx, db.emptying(table.Name)); err != nil {
				return fmt.Errorf("take away what an earlier copy left in %s: %w", table.Name, err)
			}
			continue
		}
		var filled bool
		if err := db.writer.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+db.quoted(table.Name)+")").Scan(&filled); err != nil {
			return fmt.Errorf("look into %s: %w", table.Name, err)
		}
		if filled {
			return fmt.Errorf("%w: there are rows in %s; give a database of its own", ErrNotEmpty, table.Name)
		}
	}
	if marked {
		return nil
	}
	_, err := db.writer.ExecContext(ctx, fmt.Sprintf("INSERT INTO schema_migrations (version, name, checksum, statements, applied_ms) VALUES (%d, 'copy', '', 0, %d)", copyMark, time.Now().UnixMilli()))
	if err != nil {
		return fmt.Errorf("mark the target: %w", err)
	}
	return nil
}

func (db *DB) emptying(table string) string {
	if db.Engine == SQLite {
		return "DELETE FROM " + db.quoted(table)
	}
	return "TRUNCATE TABLE " + db.quoted(table)
}

func (db *DB) quoted(name string) string {
	if db.Engine == MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

// copyTables copies what the source holds at one instant.
func copyTables(ctx context.Context, from, to *DB, told func(CopiedTable)) error {
	options := &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead}
	if from.Engine == SQLite {
		options = nil // its writer's transactions keep every other writer out
	}
	source, err := from.writer.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin to read: %w", err)
	}
	defer func() { _ = source.Rollback() }()
	for _, table := range moved() {
		copied, err := copyTable(ctx, from.shape(table), to.shape(table), source, to.writer)
		if err != nil {
			return fmt.Errorf("copy %s: %w", table.Name, err)
		}
		if table.Columns[0].Increment {
			last, err := from.lastID(ctx, source, table.Name)
			if err == nil {
				err = to.setLastID(ctx, table.Name, last)
			}
			if err != nil {
				return fmt.Errorf("lead on the ids of %s: %w", table.Name, err)
			}
		}
		if told != nil {
			told(copied)
		}
	}
	if _, err := to.writer.ExecContext(ctx, fmt.Sprintf("DELETE FROM schema_migrations WHERE version = %d", copyMark)); err != nil {
		return fmt.Errorf("unmark the target: %w", err)
	}
	return nil
}

// copyTable copies one table and reads it back.
func copyTable(ctx context.Context, from, to shape, source, target querier) (CopiedTable, error) {
	wrote := newSum()
	err := from.walk(ctx, source, func(rows [][]any) error {
		wrote.add(rows)
		return to.insert(ctx, rows)
	})
	if err != nil {
		return CopiedTable{}, err
	}
	read := newSum()
	err = to.walk(ctx, target, func(rows [][]any) error { read.add(rows); return nil })
	if err != nil {
		return CopiedTable{}, fmt.Errorf("read it back: %w", err)
	}
	if wrote.rows != read.rows || wrote.text() != read.text() {
		return CopiedTable{}, fmt.Errorf("%w: %d rows with checksum %s were written, %d with %s are there; does anything else use the target?",
			ErrDiffers, wrote.rows, wrote.text(), read.rows, read.text())
	}
	return CopiedTable{Name: from.table.Name, Rows: read.rows, Checksum: read.text()}, nil
}
