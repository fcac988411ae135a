package cluster

import (
	"context"
)

// Local is the bus of a node that is alone: everything stays in the process, and nothing is lost but to a subscriber that is
// too slow. It carries messages before Run as well.
type Local struct{ audience audience }

var _ Bus = (*Local)(nil)

// NewLocal returns a bus without subscribers.
func NewLocal() *Local { return &Local{} }

// Publish implements Bus; it fails only when ctx is done.
func (l *Local) Publish(ctx context.Context, topic string, payload []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.audience.tell(topic, append([]byte{}, payload...))
	return nil
}

// Subscribe implements Bus.
func (l *Local) Subscribe(topic string, hear func(payload []byte)) (cancel func()) {
	return l.audience.add(topic, hear)
}

// Run implements Bus.
func (l *Local) Run(ctx context.Context) error {
	<-ctx.Done()
	l.audience.end()
	return nil
}

// Name implements Bus.
func (l *Local) Name() string { return "memory" }
