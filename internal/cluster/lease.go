package cluster

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// term is how long a lease lasts unrenewed.
	term = 10 * time.Second
	// lookOut is how often a node that does not lead looks whether the lease has run out.
	lookOut = time.Second
	// margin is how much earlier the leader stops believing, for the way between its clock and the database's.
	margin = time.Second
)

// LeaseOptions are what a Lease needs; every field but Follower is required.
type LeaseOptions struct {
	// DB is the shared database; Engine is sqlite, postgres or mysql.
	DB     *sql.DB
	Engine string
	// Name is what is led, at most 50 letters; Holder is Roster.Holder.
	Name, Holder string
	// Follower never takes the lease.
	Follower bool
	Logger   *slog.Logger
}

// Lease makes at most one node at a time the leader. With SQLite there is only this process, and it always leads.
//
// A leader that was paused may believe a moment too long; what it writes must therefore bear the Fence in its WHERE. A lease has two
// rows: one that its holder renews, and one, the Fence's, that changes only when the lease changes hands. Led work holds a share of
// the second until it commits, and a takeover must have it alone: what was begun in time so lands before it, or not at all, however
// long it waited for its rows, and the first can be renewed meanwhile.
type Lease struct {
	store store
	o     LeaseOptions

	mu    sync.Mutex // guards what follows
	until time.Time
	epoch int64
}

// NewLease returns a lease that is not held yet.
func NewLease(o LeaseOptions) *Lease { return &Lease{store: store{o.DB, o.Engine}, o: o} }

// Leads reports whether this node leads now, and the epoch, which is raised whenever the lease changes hands.
func (l *Lease) Leads() (epoch int64, leads bool) {
	if l.o.Engine == "sqlite" {
		return 1, true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.epoch, time.Now().Before(l.until)
}

// Run takes the lease whenever it is free, renews it, and gives it back when ctx is cancelled.
func (l *Lease) Run(ctx context.Context) error {
	if l.o.Engine == "sqlite" || l.o.Follower {
		<-ctx.Done()
		return nil
	}
	away := false
	for {
		err := l.try(ctx)
		if err != nil && !away && ctx.Err() == nil {
			l.o.Logger.Warn("the lease could not be renewed", "lease", l.o.Name, "error", err)
		}
		away = err != nil
		pause := lookOut
		if _, leads := l.Leads(); leads {
			pause = beat
		}
		select {
		case <-ctx.Done():
			return l.release(ctx)
		case <-time.After(pause):
		}
	}
}

// try renews the lease, or takes it when it is free. The time is taken before the database is asked: the lease we believe in ends
// before the one that is written there.
func (l *Lease) try(ctx context.Context) error {
	asked := time.Now()
	matched, err := l.store.change(ctx, "UPDATE leases SET expires_ms = {clock} + ? WHERE name = ? AND holder = ?",
		term.Milliseconds(), l.o.Name, l.o.Holder)
	if err != nil {
		return err
	}
	if matched == 0 {
		l.set(time.Time{}, 0) // another's
		if taken, err := l.take(ctx); err != nil || !taken {
			return err
		}
	}
	var epoch int64
	if err := l.store.each(ctx, func(r *sql.Rows) error { return r.Scan(&epoch) },
		"SELECT epoch FROM leases WHERE name = ? AND holder = ?", l.o.Name, l.o.Holder); err != nil {
		return err
	}
	if epoch > 0 {
		l.set(asked.Add(term-margin), epoch)
	}
	return nil
}

func (l *Lease) set(until time.Time, epoch int64) {
	l.mu.Lock()
	was := l.epoch
	l.until, l.epoch = until, epoch
	l.mu.Unlock()
	if (was > 0) != (epoch > 0) {
		l.o.Logger.Info("leadership changed", "lease", l.o.Name, "leads", epoch > 0, "epoch", max(was, epoch))
	}
}

func (l *Lease) release(ctx context.Context) error {
	ctx, cancel := last(ctx)
	defer cancel()
	l.set(time.Time{}, 0)
	if _, err := l.store.change(ctx, "UPDATE leases SET expires_ms = 0 WHERE name = ? AND holder = ?", l.o.Name, l.o.Holder); err != nil {
		return fmt.Errorf("give back the lease: %w", err)
	}
	return nil
}
