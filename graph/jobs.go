package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/task"
	"roundhouse/graph/generated"
	"roundhouse/internal/keypool"
	roomtask "roundhouse/internal/task"
)

// instructions are what a task's row says of the work, beside its kind and group.
type instructions struct {
	// Keys are those the work is for; nil for all.
	Keys *keypool.Selector `json:"keys,omitempty"`
	// CopyFrom is the group whose keys are copied; of these only the ACTIVE ones when ActiveAlone is true.
	CopyFrom    int64 `json:"copyFrom,omitempty"`
	ActiveAlone bool  `json:"activeAlone,omitempty"`
}

// text is what the row keeps; empty when a key in clear is among it, which a row must not hold.
func (in instructions) text() string {
	if s := in.Keys; s != nil && (s.Text != "" || s.Filter != nil && s.Filter.Search != "") {
		return ""
	}
	text, err := json.Marshal(in)
	if err != nil {
		return ""
	}
	return string(text)
}

// start starts a task on a group's keys.
func (r *Resolver) start(ctx context.Context, kind task.Kind, groupID int64, in instructions) (*generated.Task, error) {
	job, err := r.job(kind, groupID, in)
	if err != nil {
		return nil, err
	}
	started, err := r.Rooms.Tasks.Start(ctx, roomtask.Order{Kind: kind, GroupID: groupID, Instructions: in.text(), Job: job})
	return taskView(started), err
}

// TakeUp is what a task is to do whose process has ended. The error says in words why nobody can.
func (r *Resolver) TakeUp(row *ent.Task) (roomtask.Order, error) {
	var in instructions
	if err := json.Unmarshal([]byte(row.Instructions), &in); err != nil {
		return roomtask.Order{}, fmt.Errorf("interrupted, and its instructions cannot be read; run it again: %w", err)
	}
	job, err := r.job(row.Kind, row.GroupID, in)
	return roomtask.Order{Job: job}, err
}

// job is a task's work. This node serves by what it changed when it ends.
func (r *Resolver) job(kind task.Kind, groupID int64, in instructions) (roomtask.Job, error) {
	var work func(ctx context.Context, p keypool.Progress) error
	ofKeys := func(what func(context.Context, keypool.Selector, keypool.Progress) error) {
		if in.Keys != nil {
			work = func(ctx context.Context, p keypool.Progress) error { return what(ctx, *in.Keys, p) }
		}
	}
	switch kind {
	case task.KindDELETE_KEYS:
		ofKeys(r.Rooms.Keys.Delete)
	case task.KindRESTORE_KEYS:
		ofKeys(r.Rooms.Keys.Restore)
	case task.KindENABLE_KEYS:
		ofKeys(r.Rooms.Keys.Enable)
	case task.KindDISABLE_KEYS:
		ofKeys(r.Rooms.Keys.Disable)
	case task.KindVALIDATE_KEYS:
		ofKeys(r.validateAll)
	case task.KindCOPY_KEYS:
		work = func(ctx context.Context, p keypool.Progress) error {
			return r.Rooms.Keys.Copy(ctx, in.CopyFrom, groupID, in.ActiveAlone, p)
		}
	case task.KindDELETE_GROUP:
		work = func(ctx context.Context, p keypool.Progress) error { return r.Rooms.Keys.DeleteGroup(ctx, groupID, p) }
	}
	if work == nil {
		return nil, fmt.Errorf("interrupted, and nothing says what %s is to do; run it again", kind)
	}
	return func(ctx context.Context, p *roomtask.Progress) error {
		defer r.Rooms.InForce(ctx)
		return work(ctx, p)
	}, nil
}

// lookForOrphans is how often keys are looked for that outlived their group.
const lookForOrphans = time.Minute

// ClearOrphans starts, until ctx ends, the tasks that delete the keys of groups which are gone: a process may be killed after it
// deleted a group and before it made the task, and an import may end just when its group goes. The leader alone should do it.
func (r *Resolver) ClearOrphans(ctx context.Context) error {
	look := time.NewTicker(lookForOrphans)
	defer look.Stop()
	for {
		if err := r.clearOrphans(ctx); err != nil && ctx.Err() == nil {
			r.Rooms.Logger.ErrorContext(ctx, "cannot delete the keys of groups that are gone", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

func (r *Resolver) clearOrphans(ctx context.Context) error {
	orphans, err := r.Rooms.Keys.Orphans(ctx)
	if err != nil || len(orphans) == 0 {
		return err
	}
	tasks, err := r.Rooms.Tasks.Unended(ctx)
	if err != nil {
		return err
	}
	for _, groupID := range orphans {
		if slices.ContainsFunc(tasks, func(t *ent.Task) bool { return t.GroupID == groupID }) {
			continue
		}
		_, err := r.start(ctx, task.KindDELETE_GROUP, groupID, instructions{})
		if errors.Is(err, roomtask.ErrFenced) {
			return nil // the next leader looks
		}
		if err != nil {
			return err
		}
	}
	return nil
}
