package task

import (
	"context"
	"maps"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/internal/database"
)

// followEvery is how often a watcher's node reads how tasks of other nodes are; their rows are written as often.
const followEvery = time.Second

// follow offers the watcher, until ctx ends, what tasks of other nodes come to. It begins with those that the watcher knows.
func (r *Runner) follow(ctx context.Context, w *watcher, known []*ent.Task) {
	if r.db.Engine == database.SQLite {
		return // no other node
	}
	look := time.NewTicker(followEvery)
	defer look.Stop()
	// going are unfinished tasks as they were last offered.
	going := map[int64]*ent.Task{}
	for _, row := range known {
		if !finished(row.State) {
			going[row.ID] = row
		}
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		rows, err := r.elsewhere(ctx, w.id, slices.Collect(maps.Keys(going)))
		if err != nil {
			continue // what it missed it reads at the next look
		}
		for _, row := range rows {
			if before := going[row.ID]; before == nil || before.State != row.State || before.Processed != row.Processed {
				w.offer(row, true)
			}
			if going[row.ID] = row; finished(row.State) {
				delete(going, row.ID)
			}
		}
	}
}

// elsewhere reads the tasks of other nodes that are unfinished, or were: one, or all when id is 0.
func (r *Runner) elsewhere(ctx context.Context, id int64, going []int64) ([]*ent.Task, error) {
	query := r.db.Task.Query().
		Where(enttask.NodeNEQ(r.node()), enttask.Or(enttask.StateIn(enttask.StateQUEUED, enttask.StateRUNNING), enttask.IDIn(going...))).
		Order(ent.Asc(enttask.FieldID))
	if id != 0 {
		query.Where(enttask.ID(id))
	}
	return query.All(ctx)
}
