package cluster

import (
	"log/slog"
	"slices"
	"testing"

	"roundhouse/internal/cluster/redistest"
)

// talk demands that two nodes reach each other by the address.
func talk(t *testing.T, dsn string) (say func(), h *heard) {
	t.Helper()
	var nodes [2]*Redis
	for i := range nodes {
		bus, err := NewRedis(dsn, "", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
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

func TestNodesReachEachOtherByOneServer(t *testing.T) {
	talk(t, redistest.Start(t).URL())
}

func TestNodesReachEachOtherByARedisCluster(t *testing.T) {
	one, two := redistest.Start(t, "--cluster-enabled", "yes"), redistest.Start(t, "--cluster-enabled", "yes")
	one.Do("CLUSTER ADDSLOTSRANGE 0 8191")
	two.Do("CLUSTER ADDSLOTSRANGE 8192 16383")
	one.Meet(two)
	talk(t, "redis://"+one.Addr+"?addr="+two.Addr)
}

// R7: the server of a Sentinel dies and its replica, which refuses writes until then, takes its place.
func TestNodesReachEachOtherBySentinelsAcrossAFailover(t *testing.T) {
	primary := redistest.Start(t)
	replica := redistest.Start(t)
	replica.Follow(primary)
	sentinel := redistest.StartSentinel(t, "mymaster", primary)
	say, h := talk(t, "redis://"+sentinel+"?master_name=mymaster")
	redistest.AwaitReplica(t, sentinel, "mymaster")
	primary.Kill()
	before := len(h.all())
	eventually(t, "one node hears the other by the replica", func() bool { say(); return len(h.all()) > before })
}
