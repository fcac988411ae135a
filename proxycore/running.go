package proxycore

import (
	"context"
	"sync"
	"sync/atomic"
)

// lanes is in how many parts the registry of exchanges is kept, so that requests on many processors do not wait for each other.
const lanes = 64

// running is the registry of the exchanges under way.
type running struct {
	lanes [lanes]lane
	// made counts the exchanges that were given a lane. One that is used again is mostly so on the processor that had it
	// before, and meets nobody in its lane.
	made    atomic.Uint32
	closing atomic.Bool
	// left has a token when an exchange left since somebody who waits for that looked.
	left chan struct{}
}

func (r *running) init() { r.left = make(chan struct{}, 1) }

// lane is a part of the registry.
type lane struct {
	mu  sync.Mutex // guards all, and place in each of them
	all []*exchange
}

// lane is for an exchange that is made.
func (r *running) lane() *lane { return &r.lanes[r.made.Add(1)%lanes] }

// enter registers an exchange; false once the gateway is closing.
func (r *running) enter(x *exchange) bool {
	l := x.lane
	l.mu.Lock()
	defer l.mu.Unlock()
	x.place = len(l.all)
	l.all = append(l.all, x)
	return !r.closing.Load()
}

func (r *running) leave(x *exchange) {
	x.lane.remove(x)
	if r.closing.Load() {
		select {
		case r.left <- struct{}{}:
		default: // whoever waits has not looked since the last one
		}
	}
}

// remove fills the exchange's place with the last one.
func (l *lane) remove(x *exchange) {
	l.mu.Lock()
	defer l.mu.Unlock()
	end := len(l.all) - 1
	last := l.all[end]
	l.all[x.place], last.place = last, x.place
	l.all[end], l.all = nil, l.all[:end]
}

func (r *running) count() int {
	n := 0
	for i := range r.lanes {
		l := &r.lanes[i]
		l.mu.Lock()
		n += len(l.all)
		l.mu.Unlock()
	}
	return n
}

// drain lets nobody enter any more and waits until all have left. When ctx ends first they are aborted, and ctx's error is
// returned when they are gone.
func (r *running) drain(ctx context.Context) error {
	r.closing.Store(true)
	var aborted error
	for r.count() > 0 {
		over := ctx.Done()
		if aborted != nil {
			over = nil
		}
		select {
		case <-r.left:
		case <-over:
			aborted = ctx.Err()
			r.abort(errShutdown)
		}
	}
	return aborted
}

func (r *running) abort(why error) {
	for i := range r.lanes {
		l := &r.lanes[i]
		l.mu.Lock()
		for _, x := range l.all {
			x.abort(why)
		}
		l.mu.Unlock()
	}
}

// sockets is the registry of the WebSockets that are open. Its zero value is ready.
type sockets struct {
	mu  sync.Mutex // guards all that follows
	all map[*socket]struct{}
	// parting is set once they are to end.
	parting bool
}

// open registers a socket. One that opens while sockets end is ended at once.
func (r *sockets) open(s *socket) {
	r.mu.Lock()
	if r.all == nil {
		r.all = map[*socket]struct{}{}
	}
	r.all[s] = struct{}{}
	parting := r.parting
	r.mu.Unlock()
	if parting {
		s.leave()
	}
}

// part ends all sockets, and has those that open later end at once.
func (r *sockets) part() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parting = true
	for s := range r.all {
		s.leave()
	}
}

func (r *sockets) shut(s *socket) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, s)
}
