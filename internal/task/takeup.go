package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/internal/database"
)

// lookForDead is how often the leader looks for tasks of nodes that are no more.
const lookForDead = 15 * time.Second

// settle takes up the tasks that no process works on any more. On SQLite there is but one process, whatever its number was.
func (r *Runner) settle(ctx context.Context) error {
	query := r.unended()
	if r.db.Engine != database.SQLite {
		query.Where(enttask.Node(r.node()))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, row := range rows {
		errs = append(errs, r.takeUp(ctx, row))
	}
	return errors.Join(errs...)
}

// Adopt takes up, until ctx ends, the tasks of nodes that are no more. The leader alone should do it.
func (r *Runner) Adopt(ctx context.Context) error {
	select {
	case <-r.ready:
	case <-ctx.Done():
		return nil
	}
	look := time.NewTicker(lookForDead)
	defer look.Stop()
	for {
		if err := r.adopt(ctx); err != nil && ctx.Err() == nil {
			r.log.Error("cannot look for tasks of nodes that are no more", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

func (r *Runner) adopt(ctx context.Context) error {
	// The tasks are read first: a node that joins meanwhile is then among the living.
	rows, err := r.unended().All(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	alive, err := r.alive(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, row := range rows {
		if !slices.Contains(alive, row.Node) {
			errs = append(errs, r.takeUp(ctx, row))
		}
	}
	return errors.Join(errs...)
}

func (r *Runner) unended() *ent.TaskQuery {
	return r.db.Task.Query().Where(enttask.StateIn(enttask.StateQUEUED, enttask.StateRUNNING)).Order(ent.Asc(enttask.FieldID))
}

// Unended returns the tasks that are QUEUED or RUNNING, on whatever node.
func (r *Runner) Unended(ctx context.Context) ([]*ent.Task, error) {
	rows, err := r.unended().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list unfinished tasks: %w", err)
	}
	return rows, nil
}

// takeUp goes on with a task at its mark, or ends it with words where that cannot be. Its counts are those of the mark: what the
// former process met later was not stored.
func (r *Runner) takeUp(ctx context.Context, row *ent.Task) error {
	was := row.Node
	row.Node, row.State = r.node(), enttask.StateQUEUED
	row.Succeeded, row.Skipped, row.Failed = row.Mark.Succeeded, row.Mark.Skipped, row.Mark.Failed
	row.Processed = row.Succeeded + row.Skipped + row.Failed
	row.Problems = row.Problems[:min(int64(len(row.Problems)), row.Failed)]

	n, err := r.db.Task.Update().
		Where(enttask.ID(row.ID), enttask.Node(was), enttask.StateIn(enttask.StateQUEUED, enttask.StateRUNNING), r.fence.Holds(ctx)).
		SetNode(row.Node).SetState(row.State).Save(ctx)
	if err != nil {
		return fmt.Errorf("take up task %d: %w", row.ID, err)
	}
	if n == 0 {
		return nil // another node was quicker, or leads
	}
	order, resumable := Order{}, errors.New(interrupted)
	if row.Instructions != "" {
		order, resumable = r.resume(row) // it may open files, which whoever runs the task closes
	}
	// Nothing of ctx is the task's: it goes on when this node leads no longer.
	p := newProgress(context.Background(), row, r.ledgerName(row.ID), order)
	p.resumed = true
	p.problems.keep(row.Failed)
	switch {
	case row.CancelRequested:
		p.cancel(errCancelled)
		r.finish(p, errCancelled)
	case resumable != nil:
		r.finish(p, resumable)
	default:
		r.log.Info("a task goes on that a former process began", "task", row.ID, "kind", row.Kind, "group", row.GroupID)
		r.queue(p)
	}
	return nil
}
