// Package event fans values out to subscribers inside one process. It is for publishers that must never wait, such as the
// path of a request; it refuses to know what the values mean, and it keeps nothing for those who subscribe later.
package event

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Hub hands each published value to every subscription open at that moment. Its zero value is ready for use.
type Hub[T any] struct {
	// subscriptions is replaced, never changed, so that publishing takes no lock that all subscribers share.
	subscriptions atomic.Pointer[[]*Subscription[T]]
	mu            sync.Mutex // guards the replacing of subscriptions
}

// NewHub returns a hub without subscribers.
func NewHub[T any]() *Hub[T] { return &Hub[T]{} }

// Publish hands v to every subscription and never waits: one that is full loses its oldest value. Values of one publisher
// arrive in the order they were published in.
func (h *Hub[T]) Publish(v T) {
	if all := h.subscriptions.Load(); all != nil {
		for _, s := range *all {
			s.offer(v)
		}
	}
}

// Subscribe opens a subscription that holds up to size values its reader has not taken yet; less than one counts as one.
// The caller closes it.
func (h *Hub[T]) Subscribe(size int) *Subscription[T] {
	values := make(chan T, max(size, 1))
	s := &Subscription[T]{C: values, values: values, hub: h}
	h.replace(func(all []*Subscription[T]) []*Subscription[T] { return append(all, s) })
	return s
}

// Subscribers is how many subscriptions are open; a publisher may ask before it computes a value nobody waits for.
func (h *Hub[T]) Subscribers() int {
	if all := h.subscriptions.Load(); all != nil {
		return len(*all)
	}
	return 0
}

// replace installs what change makes of a copy of the open subscriptions.
func (h *Hub[T]) replace(change func([]*Subscription[T]) []*Subscription[T]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var copied []*Subscription[T]
	if all := h.subscriptions.Load(); all != nil {
		copied = slices.Clone(*all)
	}
	copied = change(copied)
	h.subscriptions.Store(&copied)
}

// Subscription is one reader's place at a hub.
type Subscription[T any] struct {
	// C yields the values, oldest first, and is closed by Close after what it still held.
	C <-chan T

	hub     *Hub[T]
	dropped atomic.Int64

	mu     sync.Mutex // guards closed and makes offer the only sender at a time
	values chan T
	closed bool
}

// offer puts v in, at the cost of the oldest value when there is no room.
func (s *Subscription[T]) offer(v T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for !s.closed {
		select {
		case s.values <- v:
			return
		default:
		}
		// No one else sends, so that once a value is out, here or by the reader, the next round finds room.
		select {
		case <-s.values:
			s.dropped.Add(1)
		default:
		}
	}
}

// Dropped is how many values were lost since it was last asked, because the reader was too slow.
func (s *Subscription[T]) Dropped() int64 { return s.dropped.Swap(0) }

// Close ends the subscription; values not read yet stay readable. It may be called more than once and by anyone.
func (s *Subscription[T]) Close() {
	s.hub.replace(func(all []*Subscription[T]) []*Subscription[T] {
		return slices.DeleteFunc(all, func(other *Subscription[T]) bool { return other == s })
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.closed = true
		close(s.values)
	}
}
