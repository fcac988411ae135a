package stats

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	entsql "entgo.io/ent/dialect/sql"
)

const (
	// retainStep is how many rows one statement deletes at most: they are short, so that it holds the database for some
	// milliseconds.
	retainStep  = 200
	retainPause = 50 * time.Millisecond
	retainEvery = 10 * time.Minute
)

// Run remembers live values until ctx is cancelled.
func (s *Stats) Run(ctx context.Context) error {
	s.remember(ctx)
	return nil
}

// Retain deletes rollups past their time in small steps until ctx is cancelled. One node of a cluster is enough.
func (s *Stats) Retain(ctx context.Context) error {
	for {
		pause := retainEvery
		more, err := s.retainAll(ctx)
		if err != nil && ctx.Err() == nil {
			s.options.Logger.Warn("stats: old rollups could not be deleted; trying again later", "error", err)
		}
		if more {
			pause = retainPause
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// retainAll deletes some rows of each table and reports whether one has more.
func (s *Stats) retainAll(ctx context.Context) (more bool, err error) {
	now, err := s.options.Now(ctx)
	if err != nil {
		return false, err
	}
	for _, t := range tables {
		deleted, failed := s.retainOnce(ctx, t, now)
		more, err = more || deleted == retainStep, errors.Join(err, failed)
	}
	return more, err
}

// Newest is when the last hour began that something was counted in, zero when there is none.
func (s *Stats) Newest(ctx context.Context) (time.Time, error) {
	var bucket sql.NullInt64
	if err := s.options.DB.SQL().QueryRowContext(ctx, "SELECT MAX(bucket) FROM "+hours.name).Scan(&bucket); err != nil || !bucket.Valid {
		return time.Time{}, err
	}
	return time.Unix(bucket.Int64, 0), nil
}

// retainOnce deletes some rows of the table that are past their time, retainStep at most, and returns how many.
func (s *Stats) retainOnce(ctx context.Context, t *table, now time.Time) (int, error) {
	if t.keep == 0 {
		return 0, nil
	}
	query, args := s.sql().Select("id").From(entsql.Table(t.name)).
		Where(entsql.LT("bucket", now.Unix()-t.keep)).OrderBy("bucket").Limit(retainStep).Query()
	rows, err := s.options.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return 0, fmt.Errorf("find old %s: %w", t.name, err)
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, fmt.Errorf("find old %s: %w", t.name, err)
		}
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	if err := rows.Err(); err != nil || len(ids) == 0 {
		return 0, err
	}
	if _, err := s.options.DB.ExecContext(ctx, "DELETE FROM "+t.name+" WHERE id IN ("+strings.Join(ids, ",")+") AND "+s.options.Fence.Condition(ctx)); err != nil {
		return 0, fmt.Errorf("delete old %s: %w", t.name, err)
	}
	return len(ids), nil
}
