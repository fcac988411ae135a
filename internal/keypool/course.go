package keypool

import (
	"context"
	"sync"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/schema"
)

// Progress is told how far a long operation is, and remembers where one goes on that was cut short.
type Progress interface {
	SetTotal(n int64)
	Add(succeeded, skipped, failed int64)
	Problem(schema.TaskProblem)
	// Mark writes, within a transaction that does part of the work, how far all of it is once that is committed.
	Mark(ctx context.Context, tx *ent.Tx, mark schema.TaskMark) error
	// Marked is the last mark of an operation that was cut short; zero when this one begins.
	Marked() schema.TaskMark
}

// course is an operation under way: what is stored for good, and what was met since that needs no storing.
type course struct {
	Progress

	mu          sync.Mutex // guards what follows
	stored, met schema.TaskMark
}

// embark begins an operation, or goes on with one that was cut short.
func embark(p Progress) *course { return &course{Progress: p, stored: p.Marked()} }

// place is where the operation goes on.
func (c *course) place() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stored.Place
}

// skip counts entries for which there is nothing to do.
func (c *course) skip(n int64) {
	c.mu.Lock()
	c.met.Skipped += n
	c.mu.Unlock()
	c.Add(0, n, 0)
}

// fail counts an entry that cannot be used.
func (c *course) fail(problem schema.TaskProblem) {
	c.mu.Lock()
	c.met.Failed++
	c.mu.Unlock()
	c.Problem(problem)
	c.Add(0, 0, 1)
}

// mark writes, in the transaction that takes a step, how far everything is with it: its place, and its counts added to what
// there is.
func (c *course) mark(ctx context.Context, tx *ent.Tx, step schema.TaskMark) error {
	c.mu.Lock()
	mark := c.after(step)
	c.mu.Unlock()
	return c.Mark(ctx, tx, mark)
}

// done counts a step whose transaction is committed.
func (c *course) done(step schema.TaskMark) {
	c.mu.Lock()
	c.advance(step)
	c.mu.Unlock()
	c.Add(step.Succeeded, step.Skipped, step.Failed)
}

// advance moves the mark. c.mu is held.
func (c *course) advance(step schema.TaskMark) { c.stored, c.met = c.after(step), schema.TaskMark{} }

// after is the mark once a step is stored as well. c.mu is held.
func (c *course) after(step schema.TaskMark) schema.TaskMark {
	return schema.TaskMark{
		Place:     step.Place,
		Succeeded: c.stored.Succeeded + step.Succeeded,
		Skipped:   c.stored.Skipped + c.met.Skipped + step.Skipped,
		Failed:    c.stored.Failed + c.met.Failed + step.Failed,
	}
}

// Unwatched is the Progress of what nobody watches, and nobody goes on with.
type Unwatched struct{}

func (Unwatched) SetTotal(int64)                                       {}
func (Unwatched) Add(_, _, _ int64)                                    {}
func (Unwatched) Problem(schema.TaskProblem)                           {}
func (Unwatched) Mark(context.Context, *ent.Tx, schema.TaskMark) error { return nil }
func (Unwatched) Marked() schema.TaskMark                              { return schema.TaskMark{} }
