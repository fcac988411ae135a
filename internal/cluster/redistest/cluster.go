package redistest

import (
	"fmt"
	"net"
	"strings"
	"testing"
)

const (
	// masters is how many a Redis Cluster has at least.
	masters = 3
	slots   = 16384
)

// Cluster is a Redis Cluster of three masters, each with a replica, every server at an address of its own.
type Cluster struct {
	// Servers are the masters, then their replicas in the same order.
	Servers []*Server
	t       testing.TB
}

// StartCluster returns a cluster that serves, and finds a master dead after half a second. With an authority it speaks TLS
// alone.
func StartCluster(t testing.TB, authority *Authority) *Cluster {
	t.Helper()
	c := &Cluster{t: t}
	for i := range 2 * masters {
		host := fmt.Sprintf("127.0.0.%d", 10+i)
		_, bus, _ := net.SplitHostPort(freeAddr(t, host))
		s := newAt(t, host, "--cluster-enabled", "yes", "--cluster-node-timeout", "500", "--cluster-port", bus, "--cluster-announce-ip", host)
		if authority != nil {
			authority.secure(s)
			s.args = append(s.args, "--tls-cluster", "yes")
		}
		s.Start()
		c.Servers = append(c.Servers, s)
		if i < masters {
			s.Do(fmt.Sprintf("CLUSTER ADDSLOTSRANGE %d %d", i*slots/masters, (i+1)*slots/masters-1))
		}
		s.Do(fmt.Sprintf("CLUSTER SET-CONFIG-EPOCH %d", i+1))
		host, port, _ := net.SplitHostPort(s.Addr)
		c.Servers[0].Do(fmt.Sprintf("CLUSTER MEET %s %s %s", host, port, bus))
	}
	for i, master := range c.Servers[:masters] {
		replica, id := c.Servers[masters+i], master.Do("CLUSTER MYID")
		await(t, "the servers to know each other", func() bool {
			_, err := replica.ask("CLUSTER", "REPLICATE", id)
			return err == nil
		})
	}
	c.await()
	return c
}

// await returns when every server serves and every master has its replica.
func (c *Cluster) await() {
	c.t.Helper()
	for i, s := range c.Servers {
		await(c.t, "the cluster to serve", func() bool {
			info, _ := s.ask("CLUSTER", "INFO")
			nodes, _ := s.ask("CLUSTER", "NODES")
			role, _ := s.ask("ROLE")
			return strings.Contains(info, "cluster_state:ok") && strings.Count(nodes, "slave") == masters &&
				(i < masters || strings.Contains(role, "connected"))
		})
	}
}

// MasterOf is the master that serves the channel or key.
func (c *Cluster) MasterOf(key string) *Server {
	c.t.Helper()
	var slot int
	if _, err := fmt.Sscan(c.Servers[0].Do("CLUSTER KEYSLOT "+key), &slot); err != nil {
		c.t.Fatal(err)
	}
	for i := range masters {
		if slot < (i+1)*slots/masters {
			return c.Servers[i]
		}
	}
	panic("there is no such slot")
}
