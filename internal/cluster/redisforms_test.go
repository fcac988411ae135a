package cluster

import (
	"log/slog"
	"slices"
	"testing"

	"github.com/redis/go-redis/v9"

	"roundhouse/internal/cluster/redistest"
)

// talk demands that two nodes reach each other by the address; they trust the authority.
func talk(t *testing.T, dsn string, a *redistest.Authority) (say func(), h *heard) {
	t.Helper()
	var nodes [2]*Redis
	for i := range nodes {
		bus, err := NewRedis(dsn, "", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if a != nil {
			trust(bus.client, a)
		}
		running(t, bus)
		nodes[i] = bus
	}
	h = &heard{}
	t.Cleanup(nodes[1].Subscribe("t", h.hear))
	say = func() { _ = nodes[0].Publish(t.Context(), "t", []byte("hello")) }
	eventually(t, "one node hears the other", func() bool { say(); return slices.Contains(h.all(), "hello") })
	return say, h
}

// trust is what SSL_CERT_FILE does for a process.
func trust(client redis.UniversalClient, a *redistest.Authority) {
	switch c := client.(type) {
	case *redis.Client:
		c.Options().TLSConfig.RootCAs = a.Pool()
	case *redis.ClusterClient:
		c.Options().TLSConfig.RootCAs = a.Pool()
	}
}

func TestNodesReachEachOtherByOneServer(t *testing.T) {
	each(t, func(t *testing.T, a *redistest.Authority) { talk(t, serverOf(t, a).URL(), a) })
}

// serverOf returns a server that the authority vouches for, or one that speaks in clear.
func serverOf(t *testing.T, a *redistest.Authority) *redistest.Server {
	if a == nil {
		return redistest.Start(t)
	}
	s := a.New()
	s.Start()
	return s
}

// each runs the test in clear and by TLS. An authority is trusted as an administrator has a node trust one.
func each(t *testing.T, test func(*testing.T, *redistest.Authority)) {
	t.Run("redis", func(t *testing.T) { test(t, nil) })
	t.Run("rediss", func(t *testing.T) { test(t, redistest.NewAuthority(t)) })
}

// The server to which everything is published dies, and the nodes, one of which may have listened there, go on by its replica.
func TestNodesReachEachOtherByARedisCluster(t *testing.T) {
	each(t, func(t *testing.T, a *redistest.Authority) {
		c := redistest.StartCluster(t, a)
		dead := c.MasterOf("roundhouse:t")
		say, h := talk(t, dead.Scheme()+c.Servers[0].Addr+"?addr="+c.Servers[1].Addr+"&addr="+c.Servers[2].Addr, a)
		dead.Kill()
		before := len(h.all())
		eventually(t, "one node hears the other without the master", func() bool { say(); return len(h.all()) > before })
	})
}

// R7: the server of a Sentinel dies and its replica, which refuses writes until then, takes its place.
func TestNodesReachEachOtherBySentinelsAcrossAFailover(t *testing.T) {
	each(t, func(t *testing.T, a *redistest.Authority) {
		primary, replica := serverOf(t, a), serverOf(t, a)
		replica.Follow(primary)
		sentinel := redistest.StartSentinel(t, "mymaster", primary, a)
		say, h := talk(t, sentinel.Scheme()+sentinel.Addr+"?master_name=mymaster", a)
		sentinel.AwaitReplica("mymaster")
		primary.Kill()
		before := len(h.all())
		eventually(t, "one node hears the other by the replica", func() bool { say(); return len(h.all()) > before })
	})
}
