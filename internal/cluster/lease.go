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
	// Name is what is led, at most 64 letters; Holder is Roster.Holder.
	Name, Holder string
	// Follower never takes the lease.
	Follower bool
	Logger   *slog.Logger
}

// Lease makes at most one node at a time the leader. With SQLite there is only this process, and it always leads.
//
// A leader that was paused may believe a moment too long; what it writes must therefore bear the Fence in its WHERE.
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

// try takes or renews the lease. The time is taken before the database is asked: the lease we believe in ends before the
// one that is written there.
func (l *Lease) try(ctx context.Context) error {
	asked := time.Now()
	// MySQL assigns from left to right and sees what it has assigned, so that the epoch must come before the holder. A lease that
	// ends later than any can was taken before the database's clock was set back, and nobody may be there to renew it.
	matched, err := l.store.change(ctx,
		"UPDATE leases SET epoch = CASE WHEN holder = ? THEN epoch ELSE epoch + 1 END, holder = ?, expires_ms = {clock} + ? "+
			"WHERE name = ? AND (holder = ? OR expires_ms < {clock} OR expires_ms > {clock} + ?)",
		l.o.Holder, l.o.Holder, term.Milliseconds(), l.o.Name, l.o.Holder, 2*term.Milliseconds())
	if err != nil {
		return err
	}
	if matched == 0 {
		var rows int
		if err := l.store.each(ctx, func(r *sql.Rows) error { return r.Scan(&rows) }, "SELECT COUNT(*) FROM leases WHERE name = ?", l.o.Name); err != nil {
			return err
		}
		if rows > 0 {
			l.set(time.Time{}, 0) // another's
			return nil
		}
		// Whoever inserts second fails, and finds the row at the next beat.
		if _, err := l.store.change(ctx, "INSERT INTO leases (name, holder, epoch, expires_ms) VALUES (?, ?, 1, {clock} + ?)",
			l.o.Name, l.o.Holder, term.Milliseconds()); err != nil {
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
