package cluster

import (
	"context"
	"fmt"
	"time"
)

// watchLease is how often a node looks whether it still leads.
const watchLease = 250 * time.Millisecond

// Led returns what does the work whenever this node leads: its context is cancelled when the node no longer does, and it is
// begun anew when the node leads again. It ends when ctx is cancelled, or with the work's own end.
func (l *Lease) Led(work func(ctx context.Context) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		look := time.NewTicker(watchLease)
		defer look.Stop()
		for {
			epoch, leads := l.Leads()
			if leads {
				ended, err := l.lead(ctx, look.C, epoch, work)
				if ended {
					return err
				}
			}
			select {
			case <-ctx.Done():
				return nil
			case <-look.C:
			}
		}
	}
}

// lead does the work during one epoch. It reports false when the epoch ended before the work did.
func (l *Lease) lead(ctx context.Context, look <-chan time.Time, epoch int64, work func(context.Context) error) (ended bool, err error) {
	ctx, cancel := context.WithCancel(context.WithValue(ctx, ledEpoch{}, epoch))
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	for {
		select {
		case err := <-done:
			return true, err
		case <-look:
			if now, leads := l.Leads(); leads && now == epoch {
				continue
			}
			cancel()
			<-done
			return false, nil
		}
	}
}

// always is a fence that keeps nobody out.
const always = "1 = 1"

// ledEpoch marks the context of work that was begun as the leader.
type ledEpoch struct{}

// Fence is a condition, in SQL without parameters, for the WHERE of everything that led work writes: it holds as long as the
// lease is the one under which ctx was begun, and while the transaction lasts nobody takes the lease over. A leader that was paused,
// and wakes after another took over, so writes nothing, whatever it believes. One that hangs between two statements of a transaction
// loses it when its term is over, and with it the hold on the lease: PostgreSQL is told here, MariaDB of every transaction when it is
// connected to, and MySQL cannot. For a context that Led did not make it never holds.
func (l *Lease) Fence(ctx context.Context) string {
	epoch, led := ctx.Value(ledEpoch{}).(int64)
	switch {
	case !led:
		return "1 = 0"
	case l.o.Engine == "sqlite":
		return always
	}
	what, share := fmt.Sprintf("set_config('idle_in_transaction_session_timeout', '%d', true)", term.Milliseconds()), "FOR SHARE"
	if l.o.Engine == "mysql" {
		what, share = "1", "LOCK IN SHARE MODE" // MariaDB knows no other
	}
	return fmt.Sprintf("EXISTS (SELECT %s FROM leases WHERE name = '%s' AND holder = '%s' AND epoch = %d %s)",
		what, l.fenceName(), l.o.Holder, epoch, share)
}

// FenceIfLed is Fence for what led work has in common with work that is not led: for a context that Led did not make it always
// holds.
func (l *Lease) FenceIfLed(ctx context.Context) string {
	if _, led := ctx.Value(ledEpoch{}).(int64); !led {
		return always
	}
	return l.Fence(ctx)
}
