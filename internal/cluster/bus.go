// Package cluster is what nodes tell each other and how they know of each other: messages by Redis or inside the process,
// node numbers and leadership by rows of the shared database. It refuses to know what a message means: a message is a hint
// that something changed and may be lost, so whoever listens reads the truth from the database, now and then even untold.
package cluster

import (
	"context"
	"slices"
	"sync"
)

// Bus carries hints between the rooms of every node that shares it.
type Bus interface {
	// Publish tells every subscriber of the topic, on every node, the caller's own included. It never waits for one of them,
	// and at most a second for the way there. The payload may be used again once it returns.
	Publish(ctx context.Context, topic string, payload []byte) error
	// Subscribe calls hear with each payload, one at a time and in the order of arrival, until cancel is called or Run ends.
	// A nil payload says that messages may have been missed; a published payload is never nil. A call under way when cancel
	// is called may still finish. hear may cancel.
	Subscribe(topic string, hear func(payload []byte)) (cancel func())
	// Run carries messages until ctx is cancelled, then ends every subscription and returns when the last call to one has.
	// It returns nil, since a bus that is away is waited for.
	Run(ctx context.Context) error
	// Name is "memory" or "redis".
	Name() string
}

// mostWaiting bounds the messages that wait for one subscriber. A subscriber that slow is told that it missed some.
const mostWaiting = 256

// audience is the subscribers of one process.
type audience struct {
	mu      sync.Mutex // guards what follows
	topics  map[string][]*subscriber
	ended   bool
	callers sync.WaitGroup
}

// add starts the goroutine that calls hear.
func (a *audience) add(topic string, hear func([]byte)) (cancel func()) {
	s := &subscriber{wake: make(chan struct{}, 1), done: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.ended {
		return func() {}
	}
	if a.topics == nil {
		a.topics = map[string][]*subscriber{}
	}
	a.topics[topic] = append(a.topics[topic], s)
	a.callers.Go(func() { s.call(hear) })
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.topics[topic] = slices.DeleteFunc(a.topics[topic], func(other *subscriber) bool { return other == s })
		if len(a.topics[topic]) == 0 {
			delete(a.topics, topic)
		}
		s.end()
	}
}

// tell hands the payload, which it keeps, to the topic's subscribers.
func (a *audience) tell(topic string, payload []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, s := range a.topics[topic] {
		s.put(payload)
	}
}

// missed tells every subscriber that messages may have been lost.
func (a *audience) missed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, all := range a.topics {
		for _, s := range all {
			s.put(nil)
		}
	}
}

// end ends every subscription and waits for the calls under way.
func (a *audience) end() {
	a.mu.Lock()
	a.ended = true
	for _, all := range a.topics {
		for _, s := range all {
			s.end()
		}
	}
	a.topics = nil
	a.mu.Unlock()
	a.callers.Wait()
}

// subscriber is one function that hears, and what waits for it.
type subscriber struct {
	wake chan struct{} // holds one: something waits
	done chan struct{}
	once sync.Once

	mu      sync.Mutex // guards waiting
	waiting [][]byte
}

func (s *subscriber) end() { s.once.Do(func() { close(s.done) }) }

func (s *subscriber) put(payload []byte) {
	s.mu.Lock()
	if len(s.waiting) == mostWaiting {
		s.waiting = [][]byte{nil} // what it missed says the same as all of them together: look again
	}
	s.waiting = append(s.waiting, payload)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *subscriber) take() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.waiting
	s.waiting = nil
	return all
}

func (s *subscriber) call(hear func([]byte)) {
	for {
		select {
		case <-s.done:
			return
		case <-s.wake:
		}
		for _, payload := range s.take() {
			select {
			case <-s.done:
				return
			default:
				hear(payload)
			}
		}
	}
}
