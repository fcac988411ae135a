package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"
	"github.com/glebarez/go-sqlite"

	"roundhouse/ent/generated/ent"
)

const (
	// sqliteReaders is how many connections read while the one writer writes.
	sqliteReaders = 4
	// sqliteBusyTimeout is how long a connection waits while another process writes.
	sqliteBusyTimeout = 5 * time.Second
)

// openSQLite opens one writing connection, whose transactions take the write lock when they begin, and a pool that can only
// read. With one pool of deferred transactions, a third of concurrent read-modify-writes fails as busy at once, however long
// busy_timeout is.
func openSQLite(ctx context.Context, path string) (*DB, error) {
	db, err := openSQLitePools(ctx, path)
	switch {
	case sqliteCode(err, 11, 26): // corrupt, not a database
		return nil, fmt.Errorf("open sqlite %s: the file is damaged; put a backup in its place: %w", path, err)
	case sqliteCode(err, 8, 14), errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS): // read only, cannot open
		return nil, fmt.Errorf("open sqlite %s: it cannot be written; give this process the right to write it and its folder: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("open sqlite %s: %w", path, err)
	}
	return db, nil
}

func openSQLitePools(ctx context.Context, path string) (*DB, error) {
	if err := createFile(path); err != nil {
		return nil, err
	}
	busyTimeout := fmt.Sprintf("busy_timeout(%d)", sqliteBusyTimeout.Milliseconds())
	writer, err := sql.Open("sqlite", sqliteURI(path, url.Values{
		// Large transactions touch index pages all over the file: they stay in memory until the commit, and are carried over into
		// the file so seldom that one page written often is carried once.
		// auto_vacuum counts before the first table alone: it lets a file shrink in steps (sqlite.org/pragma.html#pragma_auto_vacuum).
		"_pragma": {busyTimeout, "auto_vacuum(2)", "journal_mode(WAL)", "synchronous(NORMAL)", "foreign_keys(1)", "journal_size_limit(67108864)",
			"cache_size(-32768)", "temp_store(2)", "wal_autocheckpoint(8192)"},
		"_txlock": {"immediate"},
	}))
	if err != nil {
		return nil, err
	}
	writer.SetMaxOpenConns(1)
	if err := connectSQLite(ctx, writer); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if err := copyBeforeUpgrade(ctx, writer, path); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	if err := migrate(ctx, SQLite, writer); err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader, err := sql.Open("sqlite", sqliteURI(path, url.Values{
		"mode":    {"ro"},
		"_pragma": {busyTimeout, "query_only(1)"},
	}))
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	reader.SetMaxOpenConns(sqliteReaders)
	reader.SetMaxIdleConns(sqliteReaders)
	split := &splitDriver{Driver: entsql.OpenDB(dialect.SQLite, writer), reader: entsql.OpenDB(dialect.SQLite, reader)}
	return &DB{Client: ent.NewClient(ent.Driver(split)), Engine: SQLite, writer: writer, close: split.Close}, nil
}

// connectSQLite opens the first connection. Of several processes that open a new file at once, one turns it to WAL and the
// others hear at once that it is busy: no busy_timeout helps where two readers both want to become the only one
// (sqlite.org/c3ref/busy_handler.html). So we ask again, as long as busy_timeout would have.
func connectSQLite(ctx context.Context, writer *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, sqliteBusyTimeout)
	defer cancel()
	for {
		err := writer.PingContext(ctx)
		if !sqliteBusy(err) {
			return err
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
}

// createFile makes the file, and the folders above it, for the owner's eyes alone; SQLite would let everyone read it. Its
// companions -wal and -shm take over its mode.
func createFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

// sqliteURI escapes the path, so that a question mark in a folder's name stays a part of it.
func sqliteURI(path string, parameters url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + parameters.Encode()
}

// copyBeforeUpgrade leaves a whole copy beside a database that is about to be migrated, replacing that of an earlier try.
func copyBeforeUpgrade(ctx context.Context, writer *sql.DB, path string) error {
	conn, err := writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var known int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE name = 'schema_migrations'").Scan(&known); err != nil || known == 0 {
		return err
	}
	applied, err := readApplied(ctx, conn)
	if err != nil {
		return err
	}
	all, err := migrationsOf(SQLite)
	if err != nil {
		return err
	}
	pending, err := pendingOf(all, applied)
	if err != nil || len(pending) == 0 || len(applied) == 0 {
		return err
	}
	to := fmt.Sprintf("%s.before-%04d", path, pending[0].version)
	if err := os.Remove(to); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copy to %s: %w", to, err)
	}
	return os.Chmod(to, 0o600)
}

// splitDriver sends what only reads to the reader and everything else, INSERT … RETURNING among it, to the writer.
type splitDriver struct {
	*entsql.Driver
	reader *entsql.Driver
}

var _ dialect.Driver = (*splitDriver)(nil)

func (d *splitDriver) Query(ctx context.Context, query string, args, v any) error {
	return d.of(query).Query(ctx, query, args, v)
}

// QueryContext serves the client's raw queries.
func (d *splitDriver) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.of(query).QueryContext(ctx, query, args...)
}

func (d *splitDriver) Close() error { return errors.Join(d.reader.Close(), d.Driver.Close()) }

func (d *splitDriver) of(query string) *entsql.Driver {
	if strings.HasPrefix(query, "SELECT") {
		return d.reader
	}
	return d.Driver
}

// sqliteBusy reports whether another process held the lock for longer than busy_timeout.
func sqliteBusy(err error) bool {
	const busy, locked = 5, 6
	return sqliteCode(err, busy, locked)
}

// sqliteCode reports whether err has one of these primary result codes (sqlite.org/rescode.html).
func sqliteCode(err error, codes ...int) bool {
	const primary = 0xff
	var e *sqlite.Error
	return errors.As(err, &e) && slices.Contains(codes, e.Code()&primary)
}
