// Package database opens the store that a DSN names (SQLite, PostgreSQL or MySQL) as an ent client and brings its schema
// up to date. It knows engines, connections, transactions and migrations, and nothing of what the rows mean.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
)

// Engine is the kind of database behind a DSN.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
	MySQL    Engine = "mysql"
)

// Dialect is the engine's name in ent's statement builders.
func (e Engine) Dialect() string {
	if e == SQLite {
		return dialect.SQLite
	}
	return string(e)
}

var (
	// ErrNewer is returned by Open when the database was migrated by a newer build than this one.
	ErrNewer = errors.New("the database belongs to a newer version of Roundhouse")
	// ErrForeign is returned by Open when a migration that was applied is not the one this build has under that number.
	ErrForeign = errors.New("the database was migrated by another build of Roundhouse")
)

// serverConns bounds the connections to PostgreSQL or MySQL; both allow about 100 to all comers by default.
const serverConns = 20

// DB is an open database with the schema of this build. Affected rows count the rows that matched on every engine, changed
// or not; times are UTC.
type DB struct {
	*ent.Client
	Engine Engine

	writer *sql.DB
	close  func() error
	dialer *dialer // nil on SQLite
}

// Open opens the database of the DSN and applies the migrations it lacks, one process at a time. A DSN is a file's path,
// postgres://…, or user:pass@tcp(host)/db; it never appears in an error. Nothing stays open on failure.
func Open(ctx context.Context, dsn string) (*DB, error) {
	switch engine := EngineOf(dsn); engine {
	case SQLite:
		return openSQLite(ctx, dsn)
	case Postgres:
		dialer := &dialer{}
		pool, err := postgresPool(dsn, dialer)
		return openServer(ctx, engine, pool, dialer, err)
	case MySQL:
		dialer := &dialer{}
		pool, err := mysqlPool(dsn, dialer)
		return openServer(ctx, engine, pool, dialer, err)
	default:
		return nil, errors.New("open database: a DSN is a file's path, postgres://user:password@host/database or user:password@tcp(host)/database")
	}
}

// EngineOf is the engine that a DSN names; empty when it names none we know.
func EngineOf(dsn string) Engine {
	switch {
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		return Postgres
	case strings.Contains(dsn, "@tcp("), strings.Contains(dsn, "@unix("), strings.HasPrefix(dsn, "tcp("), strings.HasPrefix(dsn, "unix("):
		return MySQL
	case dsn == "", strings.Contains(dsn, "://"), strings.Contains(dsn, ":memory:"):
		return ""
	}
	return SQLite
}

func openServer(ctx context.Context, engine Engine, pool *sql.DB, dialer *dialer, err error) (*DB, error) {
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", engine, err)
	}
	pool.SetMaxOpenConns(serverConns)
	pool.SetMaxIdleConns(serverConns)
	if err := migrate(ctx, engine, pool); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", engine, err), pool.Close())
	}
	client := ent.NewClient(ent.Driver(entsql.OpenDB(string(engine), pool)))
	return &DB{Client: client, Engine: engine, writer: pool, close: pool.Close, dialer: dialer}, nil
}

// leaveReadOnly closes the idle connections to a server that takes no writes: after a failover they would lead to what was the
// primary for as long as they live.
func (db *DB) leaveReadOnly(err error) {
	if postgresReadOnly(err) || mysqlReadOnly(err) {
		db.writer.SetMaxIdleConns(0)
		db.writer.SetMaxIdleConns(serverConns)
	}
}

// Name is the engine's name: sqlite, postgres or mysql.
func (db *DB) Name() string { return string(db.Engine) }

// SQL is the pool that writes, for statements that ent cannot express. On SQLite it is one single connection: whoever holds
// it longer than a statement stops every writer.
func (db *DB) SQL() *sql.DB { return db.writer }

// Close closes every connection; transactions under way are rolled back.
func (db *DB) Close() error {
	if err := db.close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
