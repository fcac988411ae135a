package task

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
)

// Kind says what a task does; State how far it is.
type (
	Kind  = enttask.Kind
	State = enttask.State
)

// Job is the work of a task. It ends soon after ctx is cancelled, which is how it is stopped; nil means it is done whole. One that
// goes on with what a former process began finds its mark in p.
type Job func(ctx context.Context, p *Progress) error

// Order is what a task is to do.
type Order struct {
	Kind    Kind
	GroupID int64
	// FileName, which may be empty, is shown with the task, cut at 255 bytes.
	FileName string
	// Instructions are the job as Options.Resume reads it, so that another process can take the task up when this one ends; empty
	// when none can.
	Instructions string
	Job          Job
	// Ended is called once when the task has ended for good; nil for nothing.
	Ended func()
}

// interrupted is what a task says that ended with its process.
const interrupted = "interrupted: the process stopped; run it again"

// Why a job's context was cancelled.
var (
	errCancelled = errors.New("cancelled by an administrator")
	errStopped   = errors.New(interrupted)
	errTaken     = errors.New("another node has taken the task up")
)

// Options are what a Runner needs.
type Options struct {
	DB *database.DB
	// Node is the number that tells this process's tasks from those of other nodes.
	Node func() int
	// Dir is where files are kept of what tasks could not use.
	Dir string
	// Resume returns what a task is to do whose process has ended: Job and Ended of its order. The error says in words why
	// nobody can.
	Resume func(row *ent.Task) (Order, error)
	// Alive returns the numbers of the nodes that run now.
	Alive func(ctx context.Context) ([]int, error)
	// Fence is for making tasks and taking them up, both of which the leader does too. Once it has one, a task is its node's.
	Fence  database.Fence
	Logger *slog.Logger
}

// ErrFenced is wrapped by the error of Start when its ctx is that of a leader which leads no longer.
var ErrFenced = errors.New("another node leads")

// Runner runs tasks and knows how they are. Use New.
type Runner struct {
	db     *database.DB
	node   func() int
	dir    string
	resume func(row *ent.Task) (Order, error)
	alive  func(ctx context.Context) ([]int, error)
	fence  database.Fence
	log    *slog.Logger

	// ready is closed when what a former process left behind is settled.
	ready   chan struct{}
	workers sync.WaitGroup

	mu       sync.Mutex // guards what follows
	stopping bool
	// queues holds the unfinished tasks of this process by group; the first of each is running.
	queues   map[int64][]*Progress
	watchers map[*watcher]struct{}
}

// New returns a runner; Run makes it work.
func New(o Options) *Runner {
	return &Runner{
		db: o.DB, node: o.Node, dir: o.Dir, resume: o.Resume, alive: o.Alive, fence: o.Fence, log: o.Logger,
		ready:    make(chan struct{}),
		queues:   map[int64][]*Progress{},
		watchers: map[*watcher]struct{}{},
	}
}

// Run first takes up what a former process of this node left unfinished, then runs tasks until ctx ends. It returns when every
// job has returned; what was not done and can be taken up later waits as QUEUED.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.settle(ctx); err != nil {
		return fmt.Errorf("settle interrupted tasks: %w", err)
	}
	close(r.ready)
	r.sweep()
	<-ctx.Done()

	r.mu.Lock()
	r.stopping = true
	for _, queue := range r.queues {
		for _, p := range queue {
			p.cancel(errStopped)
		}
	}
	r.mu.Unlock()
	r.workers.Wait()
	return nil
}

// Start queues a task behind the others of its group and returns its row. The job sees what the ctx of Start holds, such
// as who asked, but outlives it. The error wraps fault.ErrBusy when the process is stopping.
func (r *Runner) Start(ctx context.Context, o Order) (*ent.Task, error) {
	select {
	case <-r.ready:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	row, err := r.create(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("create task: %w", err)
	}
	p := newProgress(ctx, row, r.ledgerName(row.ID), o)
	if !r.queue(p) {
		p.order.Ended = nil // whoever started it hears of it, and has what it was to work on
		p.cancel(errCancelled)
		r.finish(p, errStopped)
		return nil, fmt.Errorf("the process is stopping: %w", fault.ErrBusy)
	}
	r.publish(p)
	return p.snapshot(), nil
}

// create makes a task's row. An INSERT has no WHERE: the row is touched once more by a statement that has, and goes again when the
// fence does not hold.
func (r *Runner) create(ctx context.Context, o Order) (row *ent.Task, err error) {
	fence := r.fence.Holds(ctx)
	err = r.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		row, err = tx.Task.Create().SetKind(o.Kind).SetGroupID(o.GroupID).SetNode(r.node()).
			SetFileName(fileName(o.FileName)).SetInstructions(o.Instructions).Save(ctx)
		if err != nil {
			return err
		}
		n, err := tx.Task.Update().Where(enttask.ID(row.ID), fence).SetNode(row.Node).Save(ctx)
		if err == nil && n == 0 {
			err = ErrFenced
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return row.Unwrap(), nil
}

// queue puts a task behind the others of its group; false when the process is stopping.
func (r *Runner) queue(p *Progress) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stopping {
		return false
	}
	r.queues[p.groupID] = append(r.queues[p.groupID], p)
	if len(r.queues[p.groupID]) == 1 {
		r.workers.Go(func() { r.work(p.groupID) })
	}
	return true
}

// work runs a group's tasks, one after the other, until none is left.
func (r *Runner) work(groupID int64) {
	for {
		r.mu.Lock()
		p := r.queues[groupID][0]
		r.mu.Unlock()

		r.execute(p)

		r.mu.Lock()
		rest := r.queues[groupID][1:]
		if len(rest) == 0 {
			delete(r.queues, groupID)
			r.mu.Unlock()
			return
		}
		r.queues[groupID] = rest
		r.mu.Unlock()
	}
}

// execute runs one task from RUNNING to its end.
func (r *Runner) execute(p *Progress) {
	if p.ctx.Err() != nil || !p.begin() {
		r.finish(p, context.Cause(p.ctx))
		return
	}
	r.save(p)
	r.publish(p)

	done := make(chan struct{})
	var reporter sync.WaitGroup
	reporter.Go(func() { r.report(p, done) })
	err := r.call(p)
	close(done)
	reporter.Wait()
	r.finish(p, err)
}

// call runs the job and turns a panic into an error.
func (r *Runner) call(p *Progress) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			r.log.Error("a task panicked", "task", p.id, "kind", p.kind, "panic", cause, "stack", stack())
			err = fmt.Errorf("a fault of the program: %v", cause)
		}
	}()
	return p.order.Job(p.ctx, p)
}

// How often a moving task is told to watchers, and written to its row.
const (
	publishEvery = 250 * time.Millisecond
	saveEvery    = time.Second
)

// report tells and writes the progress of a running task until it is done, and looks whether another node was asked to
// cancel it.
func (r *Runner) report(p *Progress, done <-chan struct{}) {
	publish, save := time.NewTicker(publishEvery), time.NewTicker(saveEvery)
	defer publish.Stop()
	defer save.Stop()
	for {
		select {
		case <-done:
			return
		case <-publish.C:
			if p.movedSincePublished() {
				r.publish(p)
			}
		case <-save.C:
			r.save(p)
			asked, err := r.db.Task.Query().Where(enttask.ID(p.id), enttask.CancelRequested(true)).Exist(p.ctx)
			if err == nil && asked {
				p.requestCancel()
			}
		}
	}
}

// finish settles the task's state, once; err is why its job ended.
func (r *Runner) finish(p *Progress, err error) {
	if !p.end(err) {
		return
	}
	if err := p.whyUnwritten(); err != nil {
		r.log.Warn("what a task could not use is not all kept", "task", p.id, "error", err)
	}
	if err := p.failure(); err != "" {
		r.log.Warn("a task failed", "task", p.id, "kind", p.kind, "group", p.groupID, "error", err)
	}
	if context.Cause(p.ctx) != errTaken {
		r.save(p)
	}
	r.publish(p)
	if p.order.Ended != nil && finished(p.snapshot().State) {
		p.order.Ended()
	}
}

// save writes the task's row. What could not be written is written by the next save; the last one tries for a while.
func (r *Runner) save(p *Progress) {
	p.saving.Lock()
	defer p.saving.Unlock()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		row := p.snapshot()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(p.ctx), 5*time.Second)
		err := r.write(ctx, row)
		cancel()
		if err == nil {
			return
		}
		if !finished(row.State) || wait > 2*time.Second {
			r.log.Error("cannot write a task's row", "task", p.id, "state", row.State, "error", err)
			return
		}
		time.Sleep(wait)
	}
}

func (r *Runner) write(ctx context.Context, row *ent.Task) error {
	update := r.db.Task.Update().Where(enttask.ID(row.ID), enttask.Node(row.Node)).
		SetState(row.State).SetProcessed(row.Processed).SetNillableTotal(row.Total).
		SetSucceeded(row.Succeeded).SetSkipped(row.Skipped).SetFailed(row.Failed).
		SetProblems(row.Problems).SetError(row.Error).
		SetNillableStartedAt(row.StartedAt).SetNillableFinishedAt(row.FinishedAt)
	if row.CancelRequested {
		update.SetCancelRequested(true) // never back: another node may have asked meanwhile
	}
	return update.Exec(ctx)
}

// fileName is a name as every engine stores it.
func fileName(name string) string {
	return strings.ReplaceAll(cut(strings.ToValidUTF8(name, "?"), 255), "\x00", "?")
}
