package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/lease"
	"roundhouse/internal/cluster/redistest"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// within polls until the condition holds and fails when that took longer than it may.
func (g *gateway) within(limit time.Duration, what string, holds func() bool) {
	g.t.Helper()
	begin := time.Now()
	for !holds() {
		if time.Since(begin) > limit+5*time.Second {
			break
		}
		<-time.After(5 * time.Millisecond)
	}
	if took := time.Since(begin); took > limit {
		g.t.Errorf("%s took %v", what, took)
	}
}

// Two nodes share a database: what is changed at one is in force at the other, soon by messages and a little later without.
func TestTwoNodesFollowEachOther(t *testing.T) {
	if engine := os.Getenv("TEST_DATABASE"); engine != "postgres" && engine != "mysql" {
		t.Skip("nodes share PostgreSQL or MySQL: TEST_DATABASE and its DSN are not set")
	}
	for name, c := range map[string]struct {
		redis string
		limit time.Duration
	}{
		"by messages":     {os.Getenv("TEST_REDIS_DSN"), time.Second},
		"without a Redis": {"", 20 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			if c.limit == time.Second && c.redis == "" {
				t.Skip("TEST_REDIS_DSN is not set")
			}
			upstream := upstreamtest.New(t, "key-pooled-*")
			dsn := databasetest.DSN(t)
			env := map[string]string{"DATABASE_DSN": dsn, "AUTH_KEY": "admin-key-of-the-tests", "REDIS_DSN": c.redis, "ENCRYPTION_KEY": "a passphrase"}
			a, b := start(t, env), start(t, env)
			status := func(g *gateway, want int) func() bool {
				return func() bool { got, _ := g.chat("openai", hello); return got == want }
			}

			id := a.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
			b.within(c.limit, "a group to be served by the other node", status(b, http.StatusOK))
			a.do(`mutation { updateSettings(input: {appUrl: "https://gateway.example"}) { version } }`, nil)
			b.within(c.limit, "a setting to be in force at the other node", func() bool {
				return b.do(`{ settings { appUrl } }`, nil)["settings"].(map[string]any)["appUrl"] == "https://gateway.example"
			})
			b.do(`mutation($id: ID!) { updateGroup(id: $id, input: {enabled: false}) { id } }`, map[string]any{"id": id})
			a.within(c.limit, "a group to be off at the other node", func() bool { return !status(a, http.StatusOK)() })

			leaderIsOne(t, dsn)
		})
	}
}

// leaderIsOne demands that one of the nodes that run holds the lease.
func leaderIsOne(t *testing.T, dsn string) {
	t.Helper()
	ctx, db := context.Background(), databasetest.OpenAt(t, dsn)
	holders := map[string]int{}
	for _, node := range db.Node.Query().AllX(ctx) {
		holders[node.Holder]++
	}
	leases := db.Lease.Query().Where(lease.Name("leader")).AllX(ctx)
	if len(holders) != 2 || len(leases) != 1 || holders[leases[0].Holder] != 1 {
		t.Error(fmt.Sprint("nodes ", holders, ", leases ", leases))
	}
}

// A node speaks to a Redis by TLS when the certificate is one that it trusts, and serves without it when not.
func TestRedisIsReachedByTLS(t *testing.T) {
	server, authority := redistest.StartTLS(t)
	listens := func() bool { return server.Do("PUBSUB NUMPAT") != "0" }
	env := map[string]string{"AUTH_KEY": "admin-key-of-the-tests", "REDIS_DSN": "rediss://" + server.Addr + "/0"}
	stranger := launch(t, t.TempDir(), env)
	stranger.await("it to say that Redis cannot be reached", func() bool { return strings.Contains(stranger.output.String(), "certificate") })
	if listens() {
		t.Error("a node listens to a server that nobody vouches for")
	}
	stranger.close()
	env["SSL_CERT_FILE"] = authority
	g := launch(t, t.TempDir(), env)
	g.await("the node to listen", listens)
}
