package main

import (
	"context"
	"net/netip"
	"sync"

	"roundhouse/internal/cluster"
	"roundhouse/internal/stats"
)

// posts are what nodes tell each other beside changes of rows: what each counted in a second, and who showed a wrong admin key.
type posts struct {
	pulses    *cluster.Post[stats.Pulse]
	wrongKeys *cluster.Post[netip.Addr]
}

func (p *program) openPosts() {
	p.posts = posts{
		pulses:    cluster.NewPost[stats.Pulse](p.bus, "pulses", p.logger),
		wrongKeys: cluster.NewPost[netip.Addr](p.bus, "wrong-keys", p.logger),
	}
}

// hear brings what other nodes tell to the rooms that asked for it.
func (p *program) hear() {
	p.posts.pulses.Hear(p.stats.Hear)
	p.posts.wrongKeys.Hear(p.admin.Hear)
}

func (p posts) run(ctx context.Context) error {
	var both sync.WaitGroup
	both.Go(func() { _ = p.pulses.Run(ctx) })
	both.Go(func() { _ = p.wrongKeys.Run(ctx) })
	both.Wait()
	return nil
}
