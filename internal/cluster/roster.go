package cluster

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	// numbers is how many nodes there can be at once: a number has eight bits of a record's id.
	numbers = 256
	// alive is how long after its last beat a node counts as running.
	alive = 15 * time.Second
	// forgotten is how long after the last beat its number may go to another. It is long, since a node that was cut off from
	// the database has records waiting that bear its number.
	forgotten = 5 * time.Minute
)

// ErrFull is returned when all 256 node numbers are held.
var ErrFull = errors.New("all 256 node numbers are held")

// RosterOptions are what a Roster needs; every field but Follower and InFlight is required.
type RosterOptions struct {
	// DB is the shared database; Engine is sqlite, postgres or mysql.
	DB     *sql.DB
	Engine string
	// Hostname and Version are shown to administrators, cut at 255 and 64 bytes.
	Hostname, Version string
	Follower          bool
	// InFlight is asked at each beat; nil shows 0.
	InFlight func() int
	Logger   *slog.Logger
}

// Roster holds this node's row, whose id is the node's number, and knows of the others.
type Roster struct {
	store  store
	o      RosterOptions
	holder string
	began  time.Time
	number atomic.Int64
}

// Node is one running process.
type Node struct {
	// Number is from 0 to 255 and held by no other node at the same time.
	Number            int
	Hostname, Version string
	Leader, Follower  bool
	InFlight          int
	// StartedAt is by the node's clock, LastSeenAt by ours; both are UTC.
	StartedAt, LastSeenAt time.Time
}

// NewRoster returns a roster that holds no number yet.
func NewRoster(o RosterOptions) *Roster {
	o.Hostname, o.Version = o.Hostname[:min(len(o.Hostname), 255)], o.Version[:min(len(o.Version), 64)]
	if o.InFlight == nil {
		o.InFlight = func() int { return 0 }
	}
	r := &Roster{store: store{o.DB, o.Engine}, o: o, holder: rand.Text(), began: time.Now().UTC().Truncate(time.Millisecond)}
	r.number.Store(-1)
	return r
}

// Join takes the smallest number that is free and returns it. Run keeps it; without Run it is free again after five minutes.
func (r *Roster) Join(ctx context.Context) (int, error) {
	ages := map[int]time.Duration{}
	if err := r.store.each(ctx, func(rows *sql.Rows) error {
		var n int
		var ms int64
		defer func() { ages[n] = time.Duration(ms) * time.Millisecond }()
		return rows.Scan(&n, &ms)
	}, "SELECT id, {clock} - last_seen_ms FROM nodes"); err != nil {
		return 0, fmt.Errorf("read the nodes: %w", err)
	}
	for n := range numbers {
		age, held := ages[n]
		if held && age < forgotten {
			continue
		}
		ours, err := r.take(ctx, n, held)
		if err != nil {
			return 0, fmt.Errorf("take node number %d: %w", n, err)
		}
		if ours {
			r.number.Store(int64(n))
			return n, nil
		}
	}
	return 0, ErrFull
}

// take makes the number ours unless another node is quicker.
func (r *Roster) take(ctx context.Context, n int, left bool) (ours bool, err error) {
	if left {
		matched, err := r.store.change(ctx,
			"UPDATE nodes SET holder = ?, hostname = ?, version = ?, follower = ?, in_flight = 0, started_at = ?, last_seen_ms = {clock} "+
				"WHERE id = ? AND last_seen_ms <= {clock} - ?",
			r.holder, r.o.Hostname, r.o.Version, r.o.Follower, r.began, n, forgotten.Milliseconds())
		return matched == 1, err
	}
	_, err = r.store.change(ctx,
		"INSERT INTO nodes (id, holder, hostname, version, follower, in_flight, started_at, last_seen_ms) VALUES (?, ?, ?, ?, ?, 0, ?, {clock})",
		n, r.holder, r.o.Hostname, r.o.Version, r.o.Follower, r.began)
	if err == nil {
		return true, nil
	}
	// Each engine words a repeated key in its own way; what counts is whether the row is there now.
	var holder string
	readErr := r.store.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&holder) }, "SELECT holder FROM nodes WHERE id = ?", n)
	if readErr != nil || holder == "" {
		return false, err
	}
	return holder == r.holder, nil
}

// Number is the number held, or -1 before Join. It changes only when this node was cut off from the database for minutes and
// another took its number meanwhile.
func (r *Roster) Number() int { return int(r.number.Load()) }

// Holder names this process among all that ever ran; a Lease is taken in its name.
func (r *Roster) Holder() string { return r.holder }

// Run renews the number until ctx is cancelled, then gives it back. A database that is away is waited for.
func (r *Roster) Run(ctx context.Context) error {
	away := false
	for {
		select {
		case <-ctx.Done():
			ctx, cancel := last(ctx)
			defer cancel()
			if _, err := r.store.change(ctx, "DELETE FROM nodes WHERE id = ? AND holder = ?", r.Number(), r.holder); err != nil {
				return fmt.Errorf("give back the node number: %w", err)
			}
			return nil
		case <-time.After(beat):
		}
		switch err := r.renew(ctx); {
		case ctx.Err() != nil:
		case err != nil && !away:
			r.o.Logger.Warn("the node could not show that it lives", "node", r.Number(), "error", err)
			away = true
		case err == nil:
			away = false
		}
	}
}

// renew shows that this node lives, under a new number if its own was taken.
func (r *Roster) renew(ctx context.Context) error {
	matched, err := r.store.change(ctx, "UPDATE nodes SET last_seen_ms = {clock}, in_flight = ? WHERE id = ? AND holder = ?",
		r.o.InFlight(), r.Number(), r.holder)
	if err != nil || matched == 1 {
		return err
	}
	old := r.Number()
	n, err := r.Join(ctx)
	if err != nil {
		return err
	}
	r.o.Logger.Warn("the node was away so long that its number was taken", "was", old, "node", n)
	return nil
}

// Now is the time of day by the database.
func (r *Roster) Now(ctx context.Context) (time.Time, error) {
	var ms int64
	err := r.store.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&ms) }, "SELECT {clock}")
	return time.UnixMilli(ms), err
}

// Nodes are the processes that run now, by number.
func (r *Roster) Nodes(ctx context.Context) ([]Node, error) {
	var all []Node
	now := time.Now().UTC()
	err := r.store.each(ctx, func(rows *sql.Rows) error {
		var n Node
		var age, leases int64
		if err := rows.Scan(&n.Number, &n.Hostname, &n.Version, &n.Follower, &n.InFlight, &n.StartedAt, &age, &leases); err != nil {
			return err
		}
		n.StartedAt = n.StartedAt.UTC()
		n.LastSeenAt = now.Add(-time.Duration(age) * time.Millisecond)
		n.Leader = leases > 0 || (r.store.engine == "sqlite" && n.Number == r.Number())
		all = append(all, n)
		return nil
	}, "SELECT id, hostname, version, follower, in_flight, started_at, {clock} - last_seen_ms, "+
		"(SELECT COUNT(*) FROM leases WHERE leases.holder = nodes.holder AND leases.expires_ms >= {clock}) "+
		"FROM nodes WHERE last_seen_ms > {clock} - ? AND last_seen_ms < {clock} + ? ORDER BY id", alive.Milliseconds(), alive.Milliseconds())
	if err != nil {
		return nil, fmt.Errorf("read the nodes: %w", err)
	}
	return all, nil
}
