package requestlog

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"roundhouse/internal/database"
)

const (
	// longestHold is how long a step may hold the database, which on SQLite stops every writer; steps aim at half of it,
	// since what a step costs varies with what else the disk does.
	longestHold = 50 * time.Millisecond
	// retainPause is the time between two steps, in which others write.
	retainPause = 50 * time.Millisecond
	// retainEvery is how often it looks for rows past retention.
	retainEvery = 10 * time.Minute
	// spareFree is how many free pages a SQLite file keeps for the rows to come: 4 MiB.
	spareFree = 1024
)

// Newest is when the last record that is in the database ended, zero when there is none.
func (l *Log) Newest(ctx context.Context) (time.Time, error) {
	last, err := l.lastID(ctx)
	if err != nil || last == 0 {
		return time.Time{}, err
	}
	return timeOf(last), nil
}

// Retain deletes rows past retention in small steps until ctx is cancelled, and has a SQLite file give its space back. One node
// of a cluster is enough.
func (l *Log) Retain(ctx context.Context) error {
	s := newSweep(l)
	for {
		pause := retainPause
		did, err := s.now(ctx)
		if err != nil && ctx.Err() == nil {
			l.options.Logger.Warn("request log: old rows could not be deleted; trying again later", "error", err)
		}
		if err != nil || !did {
			pause = retainEvery
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// pace is how much a step does, found by how long the one before took.
type pace struct{ size, least, most int }

// learn grows slowly while steps are quick and shrinks at once when one was not.
func (p *pace) learn(took time.Duration) {
	switch {
	case took > longestHold/2:
		p.size = max(p.least, p.size/2)
	case took < longestHold/4:
		p.size = min(p.most, p.size+p.size/4+1)
	}
}

// sweep is one node's way through what is past retention.
type sweep struct {
	log         *Log
	rows, pages pace
}

func newSweep(l *Log) *sweep {
	return &sweep{log: l, rows: pace{size: 50, least: 5, most: 500}, pages: pace{size: 50, least: 5, most: 250}}
}

// now takes a step by the time that is believed.
func (s *sweep) now(ctx context.Context) (bool, error) {
	now, err := s.log.options.Now(ctx)
	if err != nil {
		return false, err
	}
	return s.step(ctx, now)
}

// step deletes the oldest rows past retention or, when there are none, gives space back. It reports whether it did anything.
func (s *sweep) step(ctx context.Context, now time.Time) (bool, error) {
	deleted, err := s.delete(ctx, now)
	if err != nil || deleted > 0 {
		return deleted > 0, err
	}
	if s.log.options.DB.Engine != database.SQLite {
		return false, nil // the others use the space again, and PostgreSQL's autovacuum sees to it
	}
	return s.release(ctx)
}

// delete deletes the oldest rows past retention and returns how many there were.
func (s *sweep) delete(ctx context.Context, now time.Time) (int, error) {
	days := s.log.options.RetentionDays()
	if days <= 0 {
		return 0, nil
	}
	limit := firstID(now.AddDate(0, 0, -days))
	engine := s.log.options.DB.Engine
	text := fmt.Sprintf("SELECT MAX(id), COUNT(*) FROM (SELECT id FROM request_logs WHERE id < ? ORDER BY id LIMIT %d) oldest", s.rows.size)
	var last sql.NullInt64
	var n int
	if err := s.log.rows(ctx, newStatement(engine).add(text, limit), func(rows *sql.Rows) error { return rows.Scan(&last, &n) }); err != nil || n == 0 {
		return 0, err
	}
	took, err := s.hold(ctx, newStatement(engine).add("DELETE FROM request_logs WHERE id <= ? AND "+s.log.options.Fence.Condition(ctx), last.Int64))
	if err != nil {
		return 0, fmt.Errorf("delete request logs: %w", err)
	}
	s.rows.learn(took)
	return n, nil
}

// release cuts free pages off the end of a SQLite file, but for some that the next rows will want. It reports whether it did.
func (s *sweep) release(ctx context.Context) (bool, error) {
	var free int
	if err := s.log.options.DB.SQL().QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&free); err != nil {
		return false, fmt.Errorf("count free pages: %w", err)
	}
	if free <= spareFree {
		return false, nil
	}
	pages := min(s.pages.size, free-spareFree)
	took, err := s.hold(ctx, newStatement(database.SQLite).add(fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pages)))
	if err != nil {
		return false, fmt.Errorf("give space back: %w", err)
	}
	s.pages.learn(took)
	var left int
	if err := s.log.options.DB.SQL().QueryRowContext(ctx, "PRAGMA freelist_count").Scan(&left); err != nil {
		return false, fmt.Errorf("count free pages: %w", err)
	}
	return left < free, nil // a file made without auto_vacuum keeps its pages
}

// hold runs a statement and returns how long it held the database, without the time it waited for its turn.
func (s *sweep) hold(ctx context.Context, statement *statement) (time.Duration, error) {
	conn, err := s.log.options.DB.SQL().Conn(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	began := time.Now()
	// Asked rather than executed: SQLite does the work of this pragma while its rows are read.
	rows, err := conn.QueryContext(ctx, statement.text.String(), statement.args...)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return time.Since(began), rows.Err()
}
