package stats

import (
	"context"
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
		for _, t := range tables {
			deleted, err := s.retainOnce(ctx, t, time.Now())
			switch {
			case err != nil && ctx.Err() == nil:
				s.options.Logger.Warn("stats: old rollups could not be deleted; trying again later", "error", err)
			case deleted == retainStep:
				pause = retainPause
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
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
