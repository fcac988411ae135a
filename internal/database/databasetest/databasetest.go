// Package databasetest gives a test a database of its own, migrated and empty. It is SQLite unless TEST_DATABASE says
// postgres or mysql, whose server TEST_POSTGRES_DSN or TEST_MYSQL_DSN names.
package databasetest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roundhouse/internal/database"
)

// Open opens a fresh database and closes, or drops, it when the test ends.
func Open(t testing.TB) *database.DB {
	t.Helper()
	return OpenAt(t, DSN(t))
}

// OpenAt opens a database that DSN named; two nodes of a test may share one.
func OpenAt(t testing.TB, dsn string) *database.DB {
	t.Helper()
	db, err := database.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// DSN names a fresh, empty database that is gone when the test ends.
func DSN(t testing.TB) string {
	t.Helper()
	switch engine := os.Getenv("TEST_DATABASE"); engine {
	case "", "sqlite":
		return filepath.Join(t.TempDir(), "roundhouse.db")
	case "postgres":
		return onServer(t, engine, os.Getenv("TEST_POSTGRES_DSN"))
	case "mysql":
		return onServer(t, engine, os.Getenv("TEST_MYSQL_DSN"))
	default:
		t.Fatalf("TEST_DATABASE is %q: give sqlite, postgres or mysql", engine)
		return ""
	}
}

// onServer adds a database to the server, and drops it when the test ends.
func onServer(t testing.TB, engine, server string) string {
	t.Helper()
	if server == "" {
		t.Fatalf("TEST_DATABASE is %s, but TEST_%s_DSN is empty", engine, strings.ToUpper(engine))
	}
	name := fmt.Sprintf("roundhouse_test_%016x", rand.Uint64())
	admin, err := sql.Open(engine, server)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + name); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	return named(t, engine, server, name)
}

// named is the DSN of a server's database of that name.
func named(t testing.TB, engine, server, name string) string {
	t.Helper()
	if engine == "mysql" {
		slash := strings.LastIndex(server, "/")
		_, parameters, _ := strings.Cut(server[slash:], "?")
		return server[:slash+1] + name + "?" + parameters
	}
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
