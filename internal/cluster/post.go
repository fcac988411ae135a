package cluster

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"log/slog"
	"sync"
)

// mostUnsent bounds the values that wait for a bus that is away or slow.
const mostUnsent = 1000

// Post carries small values of one kind to the other nodes. What is sent while the bus is away, or faster than it carries, is
// lost once mostUnsent wait. Use NewPost.
type Post[T any] struct {
	bus    Bus
	topic  string
	sender string
	logger *slog.Logger
	wake   chan struct{}

	mu     sync.Mutex // guards unsent
	unsent []T
}

// letter is what goes over the bus: everything that waited.
type letter[T any] struct {
	From   string `json:"from"`
	Values []T    `json:"values"`
}

// NewPost returns a post that sends nothing until Run. T goes as JSON.
func NewPost[T any](bus Bus, topic string, logger *slog.Logger) *Post[T] {
	return &Post[T]{bus: bus, topic: topic, sender: rand.Text(), logger: logger, wake: make(chan struct{}, 1)}
}

// Send asks for the value to be carried to every other node, and returns at once.
func (p *Post[T]) Send(v T) {
	if _, alone := p.bus.(*Local); alone {
		return
	}
	p.mu.Lock()
	if len(p.unsent) < mostUnsent {
		p.unsent = append(p.unsent, v)
	}
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// Hear calls hear with each value that another node sent, one at a time, until the bus ends. Values of one node come in the
// order in which it sent them. What is no value of this kind, or comes from this post itself, is passed over.
func (p *Post[T]) Hear(hear func(T)) {
	p.bus.Subscribe(p.topic, func(payload []byte) {
		var l letter[T]
		if json.Unmarshal(payload, &l) != nil || l.From == p.sender {
			return
		}
		for _, v := range l.Values {
			hear(v)
		}
	})
}

// Run sends until ctx is cancelled.
func (p *Post[T]) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		}
		p.mu.Lock()
		l := letter[T]{From: p.sender, Values: p.unsent}
		p.unsent = nil
		p.mu.Unlock()
		payload, err := json.Marshal(l)
		if err == nil {
			err = p.bus.Publish(ctx, p.topic, payload)
		}
		if err != nil && ctx.Err() == nil {
			p.logger.Debug("other nodes were not told", "topic", p.topic, "values", len(l.Values), "error", err)
		}
	}
}
