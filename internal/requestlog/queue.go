package requestlog

import (
	"slices"
	"time"
)

// bodiesBound is how many bytes of request bodies wait in memory at most; beyond it records lose their body, not themselves.
const bodiesBound = 64 << 20

// queue holds the entries that are not in the database yet, in order, those being written among them: they leave it when the
// database has them, so that a reader who looks here first and there next misses none. It knows no lock.
//
// The oldest are entries, from which the writer takes; then come those that are in the journal alone; the newest are fresh:
// the journal has yet to be given them. Without a journal the latter two are always empty.
type queue struct {
	entries []*Entry
	// spilled is how many are in the journal alone.
	spilled int
	fresh   []*Entry
	// journaled says that there is a journal.
	journaled bool
	bound     int
	// bodies and freshBodies are bytes of request bodies.
	bodies, freshBodies int
	// since is when the oldest began to wait, or a little later.
	since  time.Time
	closed bool
}

// len counts the journal's too.
func (q *queue) len() int { return len(q.entries) + q.spilled + len(q.fresh) }

// add returns false when there is no room.
func (q *queue) add(e *Entry) bool {
	if q.closed || len(q.entries)+len(q.fresh) >= q.bound {
		return false
	}
	if q.bodies+q.freshBodies+len(e.RequestBody) > bodiesBound {
		e.RequestBody = nil
	}
	if q.len() == 0 {
		q.since = time.Now()
	}
	if q.journaled {
		q.fresh = append(q.fresh, e)
		q.freshBodies += len(e.RequestBody)
		return true
	}
	q.entries = append(q.entries, e)
	q.bodies += len(e.RequestBody)
	return true
}

// hasRoom says whether all that is fresh may wait in memory for the writer. Half is kept for what comes next.
func (q *queue) hasRoom() bool {
	return len(q.entries)+len(q.fresh) <= q.bound/2 && q.bodies+q.freshBodies <= bodiesBound/2
}

// keep moves the oldest n fresh ones to those that the writer takes from.
func (q *queue) keep(n int) {
	for _, e := range q.fresh[:n] {
		q.freshBodies -= len(e.RequestBody)
	}
	q.load(q.fresh[:n])
	q.fresh = slices.Delete(q.fresh, 0, n)
}

// spill leaves the oldest n fresh ones to the journal.
func (q *queue) spill(n int) {
	for _, e := range q.fresh[:n] {
		q.freshBodies -= len(e.RequestBody)
	}
	q.fresh = slices.Delete(q.fresh, 0, n)
}

// load puts entries behind those that the writer takes from.
func (q *queue) load(entries []*Entry) {
	for _, e := range entries {
		q.bodies += len(e.RequestBody)
	}
	q.entries = append(q.entries, entries...)
}

// front is a copy of the oldest n, or fewer.
func (q *queue) front(n int) []*Entry {
	return slices.Clone(q.entries[:min(n, len(q.entries))])
}

// drop forgets the oldest n.
func (q *queue) drop(n int) {
	for i, e := range q.entries[:n] {
		q.bodies -= len(e.RequestBody)
		q.entries[i] = nil // the array lives on until append needs a longer one
	}
	q.entries = q.entries[n:]
	q.since = time.Now()
}

// replace puts the second in the place of the first.
func (q *queue) replace(old, new *Entry) {
	if i := slices.Index(q.entries, old); i >= 0 {
		q.entries[i] = new
	}
}

// age is how long the oldest has waited.
func (q *queue) age() time.Duration {
	if q.len() == 0 {
		return 0
	}
	return time.Since(q.since)
}
