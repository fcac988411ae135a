package graph

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
	"roundhouse/graph/generated"
	"roundhouse/internal/keypool"
	"roundhouse/internal/probe"
)

// keyTask starts a task on the selected keys of a group, and writes who asked for it under the mutation's name.
func (r *Resolver) keyTask(ctx context.Context, kind task.Kind, in generated.KeySelector) (*generated.Task, error) {
	if err := r.hasKeys(ctx, in.GroupID); err != nil {
		return nil, err
	}
	selector := keySelector(in)
	if err := selector.Check(); err != nil {
		return nil, err
	}
	if err := r.Rooms.Keys.Begin(ctx, in.GroupID, graphql.GetFieldContext(ctx).Field.Name); err != nil {
		return nil, err
	}
	return r.start(ctx, kind, in.GroupID, instructions{Keys: &selector})
}

// validateAll tries the selected keys, as many at once as their group allows. A key found valid counts as succeeded, one that is
// gone by then as skipped.
func (r *Resolver) validateAll(ctx context.Context, s keypool.Selector, p keypool.Progress) error {
	began := time.Now()
	err := r.Rooms.Keys.Try(ctx, s, p, func(ctx context.Context, ids <-chan int64, tell keypool.Tell) error {
		return r.Rooms.Prober.ValidateMany(ctx, s.GroupID, ids, func(told probe.Told) {
			switch reason := told.Reason(); reason {
			case "":
				tell(told.KeyID, 1, 0, 0)
			case probe.Gone:
				tell(told.KeyID, 0, 1, 0)
			default:
				p.Problem(r.problemOf(ctx, told))
				tell(told.KeyID, 0, 0, 1)
			}
		})
	})
	if err != nil || !s.All {
		return err
	}
	return r.Rooms.Catalog.NoteValidated(ctx, s.GroupID, began)
}

// problemOf words why a key was not found valid.
func (r *Resolver) problemOf(ctx context.Context, told probe.Told) schema.TaskProblem {
	problem := schema.TaskProblem{Reason: told.Reason(), Message: told.Verdict.Message}
	if key, err := r.Rooms.Keys.Get(ctx, told.KeyID); err == nil {
		problem.KeyMasked = key.Masked
	}
	return problem
}
