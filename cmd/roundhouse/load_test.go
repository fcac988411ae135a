package main

import (
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"
)

// pace is the time between two requests of one client.
const pace = 40 * time.Millisecond

// load is a client of each of some nodes, which asks the group "openai" one thing after another, and what came of it.
type load struct {
	t       *testing.T
	stop    chan struct{}
	clients sync.WaitGroup

	mu sync.Mutex // guards what follows
	// answered is when each 200 came, by node; dead are nodes whose clients may see failures.
	answered map[*gateway][]time.Time
	dead     map[*gateway]bool
	refused  int
}

func putUnderLoad(t *testing.T, nodes ...*gateway) *load {
	l := &load{t: t, stop: make(chan struct{}), answered: map[*gateway][]time.Time{}, dead: map[*gateway]bool{}}
	for _, g := range nodes {
		l.clients.Go(func() { l.ask(g) })
	}
	return l
}

func (l *load) ask(g *gateway) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-l.stop:
			return
		case <-tick.C:
		}
		status, body, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", hello)
		l.mu.Lock()
		switch {
		case err == nil && status == http.StatusOK:
			l.answered[g] = append(l.answered[g], time.Now())
		case l.dead[g]:
			l.refused++
		default:
			l.t.Errorf("a client of %s saw %d %.300s %v", g.url, status, body, err)
		}
		l.mu.Unlock()
	}
}

// expectDeath says that clients of the node may see failures, or that they may no longer.
func (l *load) expectDeath(g *gateway, dead bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dead[g] = dead
}

// answeredSince counts what the node answered since then.
func (l *load) answeredSince(g *gateway, since time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(l.answered[g]), since.After))
}

// end stops the clients and waits for their last answers.
func (l *load) end() {
	close(l.stop)
	l.clients.Wait()
}
