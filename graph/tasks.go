package graph

import (
	"context"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/schema"
	"roundhouse/graph/generated"
)

// taskView is a task as the schema shows it; nil stays nil.
func taskView(t *ent.Task) *generated.Task {
	if t == nil {
		return nil
	}
	return &generated.Task{
		ID:              t.ID,
		Kind:            t.Kind,
		State:           t.State,
		GroupID:         t.GroupID,
		Processed:       t.Processed,
		Total:           t.Total,
		Succeeded:       t.Succeeded,
		Skipped:         t.Skipped,
		Failed:          t.Failed,
		Problems:        problemViews(t.Problems),
		Error:           optional(t.Error),
		FileName:        optional(t.FileName),
		CancelRequested: t.CancelRequested,
		CreatedAt:       t.CreatedAt,
		StartedAt:       t.StartedAt,
		FinishedAt:      t.FinishedAt,
	}
}

func problemViews(problems []schema.TaskProblem) []*generated.TaskProblem {
	views := make([]*generated.TaskProblem, len(problems))
	for i, p := range problems {
		views[i] = &generated.TaskProblem{Line: optional(p.Line), KeyMasked: optional(p.KeyMasked), Reason: p.Reason, Message: p.Message}
	}
	return views
}

// each maps what a list holds.
func each[A, B any](list []A, view func(A) B) []B {
	out := make([]B, len(list))
	for i, a := range list {
		out[i] = view(a)
	}
	return out
}

// relay shows every value of a room's channel until that channel is closed or the viewer has gone.
func relay[A, B any](ctx context.Context, from <-chan A, view func(A) B) <-chan B {
	to := make(chan B)
	go func() {
		defer close(to)
		for a := range from {
			select {
			case to <- view(a):
			case <-ctx.Done():
				return
			}
		}
	}()
	return to
}
