package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"

	"entgo.io/ent/dialect"
	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/internal/database"
)

// scratch is an empty database for a moment.
type scratch struct {
	driver *entsql.Driver
	drop   func() error
}

// openScratch makes a database of a random name on the server; SQLite's lives in memory and needs none.
func openScratch(ctx context.Context, engine, server string) (*scratch, error) {
	name := fmt.Sprintf("roundhouse_migrate_%08x", rand.Uint32())
	if engine == dialect.SQLite {
		pool, err := sql.Open(string(database.SQLite), "file:"+name+"?mode=memory&cache=shared&_pragma=foreign_keys(1)")
		if err != nil {
			return nil, err
		}
		return &scratch{driver: entsql.OpenDB(engine, pool), drop: func() error { return nil }}, nil
	}
	admin, err := sql.Open(engine, server)
	if err != nil {
		return nil, err
	}
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return nil, errors.Join(err, admin.Close())
	}
	drop := func() error {
		_, err := admin.ExecContext(context.WithoutCancel(ctx), "DROP DATABASE "+name)
		return errors.Join(err, admin.Close())
	}
	dsn, err := withDatabase(engine, server, name)
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	pool, err := sql.Open(engine, dsn)
	if err != nil {
		return nil, errors.Join(err, drop())
	}
	return &scratch{driver: entsql.OpenDB(engine, pool), drop: drop}, nil
}

// Close drops the database.
func (s *scratch) Close() error { return errors.Join(s.driver.Close(), s.drop()) }

// withDatabase is the server's DSN with another database.
func withDatabase(engine, server, name string) (string, error) {
	if engine == dialect.MySQL {
		at := strings.LastIndex(server, "/")
		if at < 0 {
			return "", errors.New("the MySQL server's DSN has no slash")
		}
		_, parameters, found := strings.Cut(server[at:], "?")
		if found {
			parameters = "?" + parameters
		}
		return server[:at+1] + name + parameters, nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}
