package keypool

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/schema"
)

// Tell counts what became of a key that was tried: one of the three is 1.
type Tell func(keyID int64, succeeded, skipped, failed int64)

// Try hands the selected keys to try, which tells what became of each and returns when there are no more; it may take them in
// any order and many at once. What is not there counts as skipped. An operation that was cut short first hands on the keys of
// which nothing was told: what was found of them may have moved them out of the selection.
func (p *Pool) Try(ctx context.Context, s Selector, progress Progress, try func(ctx context.Context, ids <-chan int64, tell Tell) error) error {
	if err := s.Check(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	t := &trial{course: embark(progress), pool: p, groupID: s.GroupID, ids: make(chan int64)}
	walked := make(chan error, 1)
	go func() {
		defer close(t.ids)
		walked <- t.walk(ctx, s)
	}()
	err := try(ctx, t.ids, func(id, succeeded, skipped, failed int64) {
		t.told(ctx, id, schema.TaskMark{Succeeded: succeeded, Skipped: skipped, Failed: failed})
	})
	cancel() // the walk ends with who tries its keys
	if walkErr := <-walked; err == nil {
		err = walkErr
	}
	return err
}

// trial is a course whose keys are told in any order. Each is in the mark before it is tried, and until it is told.
type trial struct {
	*course
	pool    *Pool
	groupID int64
	ids     chan int64

	written time.Time // guarded by the course's mu
}

// walk hands on first what a former process left, then the rest of the selection.
func (t *trial) walk(ctx context.Context, s Selector) error {
	if pending := slices.Clone(t.Marked().Pending); len(pending) > 0 { // told takes them away one by one
		if err := t.offer(ctx, step{ids: pending}); err != nil {
			return err
		}
	}
	return t.pool.each(ctx, s, t.course, func(some step) error {
		t.mu.Lock()
		t.stored.Pending = append(t.stored.Pending, some.ids...)
		t.stored.Place = some.ids[len(some.ids)-1]
		t.mu.Unlock()
		if err := t.write(ctx); err != nil {
			return err
		}
		return t.offer(ctx, some)
	})
}

// offer hands on the keys of a step that are there.
func (t *trial) offer(ctx context.Context, some step) error {
	there, err := t.pool.there(ctx, t.groupID, some)
	if err != nil {
		return err
	}
	for _, id := range some.ids {
		if _, found := slices.BinarySearch(there, id); !found {
			t.told(ctx, id, schema.TaskMark{Skipped: 1})
			continue
		}
		select {
		case t.ids <- id:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// told counts a key. The mark hears of it within a second; until it does, a key may be tried twice, and is counted once.
func (t *trial) told(ctx context.Context, id int64, counts schema.TaskMark) {
	t.mu.Lock()
	counts.Place = t.stored.Place
	pending := slices.DeleteFunc(t.stored.Pending, func(p int64) bool { return p == id })
	t.advance(counts)
	t.stored.Pending = pending
	due := time.Since(t.written) > time.Second
	t.mu.Unlock()
	t.Add(counts.Succeeded, counts.Skipped, counts.Failed)
	if !due {
		return
	}
	if err := t.write(ctx); err != nil && ctx.Err() == nil {
		t.pool.log.Warn("cannot note how far a validation is", "error", err)
	}
}

// write writes the mark.
func (t *trial) write(ctx context.Context) error {
	return t.pool.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		t.mu.Lock()
		mark := t.stored
		mark.Pending = slices.Clone(mark.Pending)
		t.written = time.Now()
		t.mu.Unlock()
		return t.Mark(ctx, tx, mark)
	})
}

// there are those keys of a step that the group has and for which still holds, ascending.
func (p *Pool) there(ctx context.Context, groupID int64, some step) ([]int64, error) {
	var ids []int64
	for chunk := range slices.Chunk(some.ids, batch) {
		rows, err := p.db.Key.Query().Where(some.still...).Where(key.IDIn(chunk...)).
			Order(key.ByID()).Select(key.FieldID, key.FieldGroupID).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("look up keys: %w", err)
		}
		for _, row := range rows {
			if row.GroupID == groupID {
				ids = append(ids, row.ID)
			}
		}
	}
	return ids, nil
}
