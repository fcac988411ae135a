package task

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"roundhouse/ent/generated/ent"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
)

const (
	// mostProblems is how many of a task's problems are kept.
	mostProblems = 20
	// longestError is how much of a task's error is kept, in bytes.
	longestError = 2048
)

// Progress is how far a task is. Its methods may be called from several goroutines.
type Progress struct {
	id, groupID int64
	kind        Kind
	order       Order
	ctx         context.Context
	cancel      context.CancelCauseFunc

	// saving is held while the row is written, so that an older state never lands on a newer one.
	saving sync.Mutex

	mu    sync.Mutex // guards what follows
	row   ent.Task
	moved bool
	// resumed says that a former process began the task.
	resumed  bool
	problems ledger
	// unwritten is why problems are not in their file.
	unwritten error
}

// newProgress takes values, but neither deadline nor cancellation, from ctx.
func newProgress(ctx context.Context, row *ent.Task, file string, o Order) *Progress {
	p := &Progress{id: row.ID, groupID: row.GroupID, kind: row.Kind, order: o, row: *row, problems: ledger{name: file}}
	p.ctx, p.cancel = context.WithCancelCause(context.WithoutCancel(ctx))
	return p
}

// SetTotal says how much there is to do, once it is known. A task that was taken up keeps the total it had.
func (p *Progress) SetTotal(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.row.Total != nil && p.resumed {
		return
	}
	p.row.Total, p.moved = &n, true
}

// Add counts what was done since it was last called; processed grows by the sum.
func (p *Progress) Add(succeeded, skipped, failed int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.row.Succeeded += succeeded
	p.row.Skipped += skipped
	p.row.Failed += failed
	p.row.Processed += succeeded + skipped + failed
	p.moved = true
}

// Problem notes why a line or key failed; the row keeps the first 20, a file as many as fit. It counts nothing: Add does.
func (p *Progress) Problem(problem schema.TaskProblem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.row.Problems) < mostProblems {
		p.row.Problems = append(p.row.Problems, problem)
		p.moved = true
	}
	if err := p.problems.add(problem); err != nil {
		p.unwritten = err
	}
}

// Marked is how far a former process came with the task; zero when this one began it.
func (p *Progress) Marked() schema.TaskMark {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.row.Mark
}

// Mark writes, within a transaction that does part of the work, how far all of it is once that is committed. The error says
// that another node has taken the task up, so that this one must leave it.
func (p *Progress) Mark(ctx context.Context, tx *ent.Tx, mark schema.TaskMark) error {
	p.flushProblems()
	row := p.snapshot()
	n, err := tx.Task.Update().Where(enttask.ID(row.ID), enttask.Node(row.Node)).
		SetMark(mark).SetNillableTotal(row.Total).SetProblems(row.Problems).Save(ctx)
	if err != nil {
		return fmt.Errorf("write the task's mark: %w", err)
	}
	if n == 0 {
		p.cancel(errTaken)
		return errTaken
	}
	return nil
}

func (p *Progress) flushProblems() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.problems.flush()
}

// whyUnwritten is why problems are not in their file; nil when they are.
func (p *Progress) whyUnwritten() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.unwritten
}

// Cancelled reports whether the task was told to end; its context says the same.
func (p *Progress) Cancelled() bool { return p.ctx.Err() != nil }

// begin sets the state to RUNNING; false when the task already ended.
func (p *Progress) begin() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.row.State != enttask.StateQUEUED {
		return false
	}
	if p.row.StartedAt == nil {
		at := now()
		p.row.StartedAt = &at
	}
	p.row.State, p.moved = enttask.StateRUNNING, true
	return true
}

// end sets the last state by what the job returned and why its context ended; false when the task already had one. One that
// ends with its process waits for the next, if that can take it up; one that another node took up is not over.
func (p *Progress) end(err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if finished(p.row.State) {
		return false
	}
	p.problems.close()
	if context.Cause(p.ctx) == errTaken {
		return true
	}
	if err != nil && context.Cause(p.ctx) == errStopped && p.row.Instructions != "" {
		p.row.State = enttask.StateQUEUED
		return true
	}
	at := now()
	p.row.FinishedAt = &at
	switch {
	case err == nil:
		p.row.State = enttask.StateSUCCEEDED
	case context.Cause(p.ctx) == errCancelled:
		p.row.State = enttask.StateCANCELLED
	case context.Cause(p.ctx) == errStopped:
		p.row.State, p.row.Error = enttask.StateFAILED, interrupted
	default:
		p.row.State, p.row.Error = enttask.StateFAILED, cut(err.Error(), longestError)
	}
	p.cancel(nil)
	return true
}

// requestCancel tells the job to end.
func (p *Progress) requestCancel() {
	p.mu.Lock()
	p.row.CancelRequested, p.moved = true, true
	p.mu.Unlock()
	p.cancel(errCancelled)
}

// failure is the error of a task that failed; empty when it did not.
func (p *Progress) failure() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.row.Error
}

// snapshot returns the row as it is now.
func (p *Progress) snapshot() *ent.Task {
	p.mu.Lock()
	defer p.mu.Unlock()
	row := p.row
	row.Problems = slices.Clone(p.row.Problems)
	return &row
}

func (p *Progress) movedSincePublished() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	moved := p.moved
	p.moved = false
	return moved
}

func finished(s State) bool {
	return s == enttask.StateSUCCEEDED || s == enttask.StateFAILED || s == enttask.StateCANCELLED
}

func cut(s string, n int) string {
	return strings.ToValidUTF8(s[:min(len(s), n)], "")
}

func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

func stack() string { return string(debug.Stack()) }
