package task

import (
	"context"
	"fmt"
	"sync"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/internal/fault"
)

// MostListed is how many tasks List returns at most.
const MostListed = 200

// List returns the newest tasks first, of one group or, when groupID is 0, of all.
func (r *Runner) List(ctx context.Context, groupID int64, first int) ([]*ent.Task, error) {
	query := r.db.Task.Query().Order(ent.Desc(enttask.FieldID)).Limit(min(max(first, 0), MostListed))
	if groupID != 0 {
		query.Where(enttask.GroupID(groupID))
	}
	rows, err := query.All(ctx)
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	live := r.unfinished()
	for i, row := range rows {
		if p, ok := live[row.ID]; ok {
			rows[i] = p.snapshot() // the row is a second behind
		}
	}
	return rows, nil
}

// Get returns one task; the error wraps fault.ErrNotFound when there is none.
func (r *Runner) Get(ctx context.Context, id int64) (*ent.Task, error) {
	if p, ok := r.unfinished()[id]; ok {
		return p.snapshot(), nil
	}
	row, err := r.db.Task.Get(ctx, id)
	if ent.IsNotFound(err) {
		return nil, fmt.Errorf("task %d: %w", id, fault.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("get task: %w", err)
	}
	return row, nil
}

// Cancel ends a queued task at once and tells a running one to end; one that ended stays as it is. It returns the task as
// it is then.
func (r *Runner) Cancel(ctx context.Context, id int64) (*ent.Task, error) {
	p, ok := r.unfinished()[id]
	if !ok {
		return r.cancelElsewhere(ctx, id)
	}
	p.requestCancel()
	if p.snapshot().State == enttask.StateQUEUED {
		r.finish(p, errCancelled)
	} else {
		r.save(p)
		r.publish(p)
	}
	return p.snapshot(), nil
}

// cancelElsewhere leaves word in the row for the node that runs the task; that node looks every second.
func (r *Runner) cancelElsewhere(ctx context.Context, id int64) (*ent.Task, error) {
	err := r.db.Task.Update().
		Where(enttask.ID(id), enttask.StateIn(enttask.StateQUEUED, enttask.StateRUNNING)).
		SetCancelRequested(true).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("cancel task: %w", err)
	}
	return r.Get(ctx, id)
}

// unfinished returns this process's queued and running tasks by id.
func (r *Runner) unfinished() map[int64]*Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[int64]*Progress{}
	for _, queue := range r.queues {
		for _, p := range queue {
			all[p.id] = p
		}
	}
	return all
}

// watcher holds the newest state of each task until its reader takes it: a slow reader misses steps, never the last one.
type watcher struct {
	// id is the task watched; 0 watches all.
	id   int64
	wake chan struct{}

	mu     sync.Mutex // guards what follows
	states map[int64]*ent.Task
	order  []int64
}

// Watch yields the current state of a task and every later one, and ends after its last; or, for id 0, those of all tasks
// that are unfinished or start later. It ends with ctx, and at once when there is no such task.
func (r *Runner) Watch(ctx context.Context, id int64) <-chan *ent.Task {
	w := &watcher{id: id, wake: make(chan struct{}, 1), states: map[int64]*ent.Task{}}
	r.mu.Lock()
	r.watchers[w] = struct{}{}
	r.mu.Unlock()

	out := make(chan *ent.Task)
	go func() {
		defer close(out)
		defer func() {
			r.mu.Lock()
			delete(r.watchers, w)
			r.mu.Unlock()
		}()
		current, err := r.offerCurrent(ctx, w)
		if err != nil {
			if ctx.Err() == nil {
				r.log.Warn("cannot read the state of tasks", "error", err)
			}
			return
		}
		ctx, cancel := context.WithCancel(ctx)
		var following sync.WaitGroup
		defer following.Wait()
		defer cancel()
		following.Go(func() { r.follow(ctx, w, current) })
		w.deliver(ctx, out)
	}()
	return out
}

// offerCurrent gives the watcher the states it begins with, unless newer ones have reached it already, and returns them.
func (r *Runner) offerCurrent(ctx context.Context, w *watcher) ([]*ent.Task, error) {
	if w.id != 0 {
		row, err := r.Get(ctx, w.id)
		if err != nil {
			return nil, err
		}
		w.offer(row, false)
		return []*ent.Task{row}, nil
	}
	rows, err := r.unended().All(ctx)
	if err != nil {
		return nil, err
	}
	live := r.unfinished()
	for _, row := range rows {
		if p, ok := live[row.ID]; ok {
			row = p.snapshot()
		}
		w.offer(row, false)
	}
	return rows, nil
}

// publish hands the task's state to whoever watches it.
func (r *Runner) publish(p *Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for w := range r.watchers {
		if w.id == 0 || w.id == p.id {
			w.offer(p.snapshot(), true)
		}
	}
}

// offer keeps a state for the reader. A state that is not newer gives way to one that is there.
func (w *watcher) offer(state *ent.Task, newer bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, waiting := w.states[state.ID]; !waiting {
		w.order = append(w.order, state.ID)
	} else if !newer {
		return
	}
	w.states[state.ID] = state
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

func (w *watcher) take() *ent.Task {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) == 0 {
		return nil
	}
	state := w.states[w.order[0]]
	delete(w.states, state.ID)
	w.order = w.order[1:]
	return state
}

func (w *watcher) deliver(ctx context.Context, out chan<- *ent.Task) {
	for {
		for state := w.take(); state != nil; state = w.take() {
			select {
			case out <- state:
			case <-ctx.Done():
				return
			}
			if w.id != 0 && finished(state.State) {
				return
			}
		}
		select {
		case <-w.wake:
		case <-ctx.Done():
			return
		}
	}
}
