package cluster

import (
	"context"
	"database/sql"
	"fmt"
)

// free is the condition under which a lease can be taken. One that ends later than any can was taken before the database's clock
// was set back, and nobody may be there to renew it.
const free = "(expires_ms < {clock} OR expires_ms > {clock} + ?)"

// fenceName names the row that the fence reads.
func (l *Lease) fenceName() string { return l.o.Name + ".fence" }

// take takes the lease when it is free.
func (l *Lease) take(ctx context.Context) (taken bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if err := l.prepare(ctx); err != nil {
		return false, err
	}
	var chance bool
	if err := l.store.each(ctx, func(r *sql.Rows) error { return r.Scan(&chance) },
		"SELECT COUNT(*) > 0 FROM leases WHERE name = ? AND "+free, l.o.Name, 2*term.Milliseconds()); err != nil || !chance {
		return false, err
	}
	tx, err := l.o.DB.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }()
	if taken, err := l.takeIn(ctx, store{tx, l.o.Engine}); err != nil || !taken {
		return false, err
	}
	err = tx.Commit()
	return err == nil, err
}

// takeIn waits for the fence's row first, with nothing in hand that whoever holds a share of it might want.
func (l *Lease) takeIn(ctx context.Context, s store) (taken bool, err error) {
	none := func(*sql.Rows) error { return nil }
	if err := s.each(ctx, none, "SELECT id FROM leases WHERE name = ? FOR UPDATE", l.fenceName()); err != nil {
		return false, fmt.Errorf("wait for what is written under it: %w", err)
	}
	matched, err := s.change(ctx, "UPDATE leases SET epoch = epoch + 1, holder = ?, expires_ms = {clock} + ? WHERE name = ? AND "+free,
		l.o.Holder, term.Milliseconds(), l.o.Name, 2*term.Milliseconds())
	if err != nil || matched == 0 {
		return false, err
	}
	var epoch int64
	if err := s.each(ctx, func(r *sql.Rows) error { return r.Scan(&epoch) }, "SELECT epoch FROM leases WHERE name = ?", l.o.Name); err != nil {
		return false, err
	}
	_, err = s.change(ctx, "UPDATE leases SET epoch = ?, holder = ? WHERE name = ?", epoch, l.o.Holder, l.fenceName())
	return err == nil, err
}

// prepare makes the lease's rows when they are not there, held by nobody. Whoever inserts second fails, and finds them at the next beat.
func (l *Lease) prepare(ctx context.Context) error {
	missing := map[string]bool{l.o.Name: true, l.fenceName(): true}
	if err := l.store.each(ctx, func(r *sql.Rows) error {
		var name string
		defer func() { delete(missing, name) }()
		return r.Scan(&name)
	}, "SELECT name FROM leases WHERE name IN (?, ?)", l.o.Name, l.fenceName()); err != nil {
		return err
	}
	for name := range missing {
		if _, err := l.store.change(ctx, "INSERT INTO leases (name, holder, epoch, expires_ms) VALUES (?, '', 0, 0)", name); err != nil {
			return err
		}
	}
	return nil
}
