package graph

import (
	"context"
	"slices"
	"time"

	"roundhouse/graph/generated"
	"roundhouse/internal/cluster"
)

// nodesEvery is how often a viewer's node looks who is there; nodes show that they live about as often.
const nodesEvery = 2 * time.Second

func nodeView(n cluster.Node) *generated.Node {
	return &generated.Node{
		ID: int64(n.Number), Hostname: n.Hostname, Leader: n.Leader, Follower: n.Follower, Version: n.Version,
		StartedAt: n.StartedAt, LastSeenAt: n.LastSeenAt, InFlight: n.InFlight,
	}
}

// watchNodes yields the nodes now and whenever anything but their sign of life is another, until ctx ends. A database that is
// away leaves viewers with what they have.
func (r *Resolver) watchNodes(ctx context.Context) <-chan []cluster.Node {
	to := make(chan []cluster.Node)
	go func() {
		defer close(to)
		ticker := time.NewTicker(nodesEvery)
		defer ticker.Stop()
		var shown []cluster.Node
		for {
			if nodes, err := r.Rooms.Nodes(ctx); err == nil && (shown == nil || !slices.EqualFunc(nodes, shown, sameNode)) {
				select {
				case to <- nodes:
					shown = nodes
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				return
			}
		}
	}()
	return to
}

func sameNode(a, b cluster.Node) bool {
	a.LastSeenAt = b.LastSeenAt
	a.StartedAt = b.StartedAt // two readings of one instant need not be equal to ==
	return a == b
}
