package main

import (
	"database/sql"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/lib/pq"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// serverOfItsOwn is a real PostgreSQL that a test may break. It is the same whichever database the other tests run on.
func serverOfItsOwn(t *testing.T, settings ...string) *databasetest.Server {
	t.Helper()
	if !onSQLite() {
		t.Skip("seen with the tests on SQLite, by a server of its own")
	}
	return databasetest.StartPostgres(t, settings...)
}

// A real server stops, hangs, turns into a standby and has no connection left, each for a while under load.
func TestAPostgresServerIsAwayForAWhile(t *testing.T) {
	t.Parallel()
	server := serverOfItsOwn(t, "max_connections=40")
	for _, fault := range []struct {
		name  string
		begin func(dsn string) (back func())
		// told is outage's; of a server that hangs an administrator is told too late for a test: see TestASilentServerIsGivenUp.
		told bool
	}{
		{"D5 stopped in the middle of its writes", func(string) func() { server.Crash(); return server.Start }, true},
		{"D6 hung", func(string) func() { server.Pause(); return server.Resume }, false},
		{"D9 a standby that is promoted", func(string) func() {
			server.BeStandby()
			return func() { server.Do("SELECT pg_promote()") }
		}, true},
		{"D10 no connection left", func(dsn string) func() { return takeConnections(t, server.Database(), dsn) }, true},
	} {
		t.Run(fault.name, func(t *testing.T) {
			dsn := server.Database()
			comesBack(t, t.TempDir(), outage{dsn: dsn, direct: dsn, told: fault.told, begin: func() func() { return fault.begin(dsn) }})
		})
	}
}

// takeConnections takes every connection that the server has, from whoever has them.
func takeConnections(t *testing.T, server, from string) (giveBack func()) {
	t.Helper()
	const name = `substring($1 from '/(roundhouse_test_[0-9a-f]+)')`
	pool, err := sql.Open("postgres", server)
	if err != nil {
		t.Fatal(err)
	}
	control, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	taken := []*sql.Conn{control}
	for {
		conn, err := pool.Conn(t.Context())
		var refused *pq.Error
		if errors.As(err, &refused) && refused.Code == "53300" {
			var theirs int
			if err := control.QueryRowContext(t.Context(), "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = "+name, from).Scan(&theirs); err != nil {
				t.Fatal(err)
			}
			if theirs == 0 {
				break
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, conn)
	}
	return func() {
		for _, conn := range taken {
			_ = conn.Close()
		}
		_ = pool.Close()
	}
}

// A server that is not there when the gateway starts is waited for, and nothing is served or made meanwhile.
func TestAServerThatComesLater(t *testing.T) {
	t.Parallel()
	server := serverOfItsOwn(t)
	dsn := server.Database()
	server.Crash()
	p := processIn(t, t.TempDir(), map[string]string{"DATABASE_DSN": dsn, "AUTH_KEY": "admin-key-of-the-tests"})
	p.begin(nil)
	t.Cleanup(p.close)
	for _, path := range []string{"/ready", "/proxy/openai/v1/models"} {
		p.await("an answer that says later", func() bool {
			answer, err := http.Get(p.url + path)
			if err != nil {
				return false
			}
			_ = answer.Body.Close()
			return answer.StatusCode == http.StatusServiceUnavailable
		})
	}
	server.Start()
	p.await("the gateway to be ready", p.ready)
	if groups := p.do(`{ groups { id } }`, nil)["groups"].([]any); len(groups) != 0 {
		t.Errorf("there are %v", groups)
	}
}

// D8: a database half a second away makes no request slower, and is written to in larger batches.
func TestASlowServerSlowsNoRequest(t *testing.T) {
	const away = 500 * time.Millisecond
	direct := serverOfItsOwn(t).Database()
	way := open(t, hostAndPort.FindString(direct))
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, t.TempDir(), map[string]string{"DATABASE_DSN": hostAndPort.ReplaceAllString(direct, way.Addr)})
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(20)...)
	p.await("the group to serve", func() bool { status, _ := p.chat("openai", hello); return status == http.StatusOK })
	way.Slow(away / 2)
	var took []time.Duration
	for began := time.Now(); time.Since(began) < *awayFor; {
		at := time.Now()
		if status, body := p.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
		took = append(took, time.Since(at))
		<-time.After(5 * time.Millisecond)
	}
	slices.Sort(took)
	if p99 := took[len(took)*99/100]; p99 > away/4 {
		t.Errorf("of %d requests one in a hundred took %v", len(took), p99)
	}
	way.Slow(0)
	p.close()
	books := readLedger(t, databasetest.OpenAt(t, direct))
	books.balances(t)
	books.agrees(t, p.sent.Load(), int64(len(upstream.Requests())))
}
