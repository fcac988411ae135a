package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/cluster/redistest"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
	"roundhouse/internal/wire"
)

// Three processes on one database and one Redis serve clients while one fault after another befalls them, in an order that a
// seed decides: no client of a living node sees a failure, one node leads afterwards, what is changed at one node reaches the
// others, and in the end the rows agree. CLUSTER_SEED repeats an order; CLUSTER_FAULTS=long lets faults last as in life.
func TestAClusterStandsItsFaults(t *testing.T) {
	if engine := os.Getenv("TEST_DATABASE"); engine != "postgres" && engine != "mysql" {
		t.Skip("nodes share PostgreSQL or MySQL: TEST_DATABASE is not set")
	}
	seed, err := strconv.ParseUint(os.Getenv("CLUSTER_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	t.Logf("CLUSTER_SEED=%d", seed)
	c := newFaultyCluster(t)
	faults := c.faults()
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(faults), func(i, j int) { faults[i], faults[j] = faults[j], faults[i] })
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			f.befall()
			began := time.Now()
			c.isWhole(t)
			t.Logf("whole after %v", time.Since(began).Round(time.Millisecond))
		})
	}
	c.load.end()
	db, sent := databasetest.OpenAt(t, c.dsn), 0
	for _, n := range c.nodes {
		sent += int(n.sent.Load())
	}
	reconcile(t, c.nodes[0].gateway, db, sent, len(c.upstream.Requests()), c.mayBeLost+c.load.refused)
}

// faultyCluster is three processes, and what a test may break of what they depend on.
type faultyCluster struct {
	t        *testing.T
	dsn      string
	server   *databasetest.Server
	database *wire.Wire // to the server
	redis    *redistest.Server
	network  *wire.Wire // to Redis
	upstream *upstreamtest.Server
	nodes    []*process
	load     *load
	long     bool
	// mayBeLost counts what a killed node answered in its last moments, which may not have been in its journal.
	mayBeLost int
}

func newFaultyCluster(t *testing.T) *faultyCluster {
	t.Helper()
	c := &faultyCluster{t: t, server: databasetest.StartServer(t), redis: redistest.Start(t), upstream: upstreamtest.New(t, "key-pooled-*"), long: os.Getenv("CLUSTER_FAULTS") == "long"}
	c.dsn = c.server.DSN()
	c.database, c.network = open(t, c.server.Addr), open(t, c.redis.Addr)
	env := map[string]string{
		"DATABASE_DSN": strings.Replace(c.dsn, c.server.Addr, c.database.Addr, 1), "REDIS_DSN": "redis://" + c.network.Addr,
		"AUTH_KEY": "admin-key-of-the-tests", "ENCRYPTION_KEY": "a passphrase",
	}
	var gateways []*gateway
	for range 3 {
		n := startProcess(t, env)
		c.nodes, gateways = append(c.nodes, n), append(gateways, n.gateway)
	}
	c.nodes[0].do(`mutation($k: [String!]) { updateSettings(input: {proxyKeys: $k}) { version } }`, map[string]any{"k": []string{c.nodes[0].proxy}})
	c.nodes[0].group("openai", "OPENAI", c.upstream.URL+"/v1", keyNames(5)...)
	serving(t, "openai", gateways)
	c.load = putUnderLoad(t, gateways...)
	c.isWhole(t)
	return c
}

func open(t *testing.T, to string) *wire.Wire {
	t.Helper()
	w, err := wire.Open(to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

type clusterFault struct {
	name   string
	befall func()
}

func (c *faultyCluster) faults() []clusterFault {
	return []clusterFault{
		{"leader killed", c.killLeader},
		{"R10 leader restarted", c.restartLeader},
		{"P11 leader paused", c.pauseLeader},
		{"D5 database restarted", func() { c.server.Crash(); c.lasts(3, 30); c.server.Start() }},
		{"database cut off", func() { c.database.Cut(); c.lasts(3, 30); c.database.Mend() }},
		{"D6 database hung", func() { c.database.Hang(); c.lasts(3, 60); c.database.Mend() }},
		{"R2 Redis killed", func() { c.redis.Kill(); c.lasts(2, 15); c.redis.Start() }},
		{"R4 Redis paused", func() { c.redis.Pause(); c.lasts(2, 30); c.redis.Resume() }},
		{"R3 Redis emptied", func() { c.redis.Do("FLUSHALL") }},
		{"R7 Redis read-only", func() { c.redis.Do("REPLICAOF 127.0.0.1 1"); c.lasts(2, 15); c.redis.Do("REPLICAOF NO ONE") }},
		{"R8 Redis full", func() { c.redis.Do("CONFIG SET maxmemory 1"); c.lasts(2, 15); c.redis.Do("CONFIG SET maxmemory 0") }},
		{"R6 Redis cut off", func() { c.network.Cut(); c.lasts(2, 15); c.network.Mend() }},
	}
}

// lasts lets a fault last.
func (c *faultyCluster) lasts(short, long time.Duration) {
	if c.long {
		short = long
	}
	<-time.After(short * time.Second)
}

// leader is the node that says it leads.
func (c *faultyCluster) leader() *process {
	c.t.Helper()
	var leader *process
	c.nodes[0].await("a leader", func() bool {
		for _, n := range c.nodes {
			if n.leads() {
				leader = n
			}
		}
		return leader != nil
	})
	return leader
}

// succeeds waits until another node leads.
func (c *faultyCluster) succeeds(old *process) {
	c.t.Helper()
	other := c.nodes[0]
	if other == old {
		other = c.nodes[1]
	}
	other.within(15*time.Second, "another node to lead", func() bool {
		for _, n := range c.nodes {
			if n != old && n.leads() {
				return true
			}
		}
		return false
	})
}

func (c *faultyCluster) killLeader() {
	old := c.leader()
	c.load.expectDeath(old.gateway, true)
	old.kill()
	c.mayBeLost += c.load.answeredSince(old.gateway, time.Now().Add(-2*time.Second)) + 1
	c.succeeds(old)
	old.again()
	old.await("the node to serve again", func() bool { status, _ := old.chat("openai", hello); return status == http.StatusOK })
	c.load.expectDeath(old.gateway, false)
}

// restartLeader has the leader stop as an administrator does and start again, while the others serve.
func (c *faultyCluster) restartLeader() {
	old := c.leader()
	c.load.expectDeath(old.gateway, true)
	old.close()
	c.succeeds(old)
	old.again()
	c.load.expectDeath(old.gateway, false)
}

// pauseLeader stops the leader until another leads, or longer; it then finds out that it leads no more.
func (c *faultyCluster) pauseLeader() {
	old := c.leader()
	old.pause()
	c.succeeds(old)
	c.lasts(0, 20)
	old.resume()
	old.await("the old leader to yield", func() bool { return !old.leads() })
}

// isWhole demands that one node leads and that each hears of a change at the next.
func (c *faultyCluster) isWhole(t *testing.T) {
	t.Helper()
	for i, n := range c.nodes {
		n.await("three nodes, one of which leads", func() bool {
			data, errs := n.try(`{ nodes { leader } }`, nil)
			if len(errs) > 0 {
				return false
			}
			nodes := line(data["nodes"])
			return strings.Count(nodes, "leader:") == 3 && strings.Count(nodes, "leader:true") == 1
		})
		next := c.nodes[(i+1)%len(c.nodes)]
		address := fmt.Sprint("https://gateway.example/", rand.Uint64())
		n.await("a change to be taken", func() bool {
			_, errs := n.try(`mutation($u: String!) { updateSettings(input: {appUrl: $u}) { version } }`, map[string]any{"u": address})
			return len(errs) == 0
		})
		next.within(20*time.Second, "a change to reach the next node", func() bool {
			data, errs := next.try(`{ settings { appUrl } }`, nil)
			return len(errs) == 0 && line(at(t, data, "settings", "appUrl")) == address
		})
	}
}
