package proxycore

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
	"weak"
)

var (
	// errNoAnswer cancels an attempt whose answer did not begin in time.
	errNoAnswer = errors.New("no answer in time")
	// errStalled cancels an answer that fell silent.
	errStalled = errors.New("the upstream fell silent within its answer")
)

// ticks is into how many parts a silence is divided: it is noticed after at most a part too late, and nobody has to look at a
// clock at every read.
const ticks = 4

// watch cancels what takes too long: a client's body between two of its pieces, an attempt until its answer begins, and that
// between two pieces. It belongs to an exchange and costs it one timer for all its life.
type watch struct {
	mu sync.Mutex // guards all but reads
	// cancel ends what is watched; nil between attempts.
	cancel   context.CancelCauseFunc
	deadline time.Time
	why      error
	// timer rings at rings at the latest while it is set, and looks at the deadline then. It is left running between attempts:
	// almost all end long before it rings, and then the next one finds it set early enough.
	timer *time.Timer
	rings time.Time
	// silence is the longest between two pieces, and tick how often is looked; 0 while an answer's beginning is awaited. silent
	// is how long the reading of seen has lasted.
	silence, tick, silent time.Duration
	seen                  int64
	// push gives the client its time to take what comes; nil for nothing.
	push func()
	// aborted is why nothing may begin any more; nil while it may.
	aborted error

	// reads is odd while a reading is under way. Time in which the client does not take what it was given is not the
	// upstream's silence.
	reads atomic.Int64
}

// beginRead and endRead stand around every reading of what comes in pieces.
func (w *watch) beginRead() { w.reads.Add(1) }
func (w *watch) endRead()   { w.reads.Add(1) }

// watchedReader reads an answer under its watch.
type watchedReader struct {
	from  io.Reader
	watch *watch
}

func (r watchedReader) Read(p []byte) (int, error) {
	r.watch.beginRead()
	defer r.watch.endRead()
	return r.from.Read(p)
}

// arm gives an attempt until then to begin its answer.
func (w *watch) arm(cancel context.CancelCauseFunc, now time.Time, wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begin(cancel)
	w.tick, w.why = 0, errNoAnswer
	w.set(now, wait)
}

// listen watches for silence within a client's body.
func (w *watch) listen(cancel context.CancelCauseFunc, now time.Time, silence time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.begin(cancel)
	w.follow(now, silence, silence, nil)
}

// flow changes to watching for silence within the answer.
func (w *watch) flow(now time.Time, silence time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.follow(now, silence, silence, nil)
}

// pass is flow for an answer on its way to the client: push is called a few times within patience, as long as the client takes
// what it is given.
func (w *watch) pass(now time.Time, silence, patience time.Duration, push func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.follow(now, silence, patience, push)
}

func (w *watch) begin(cancel context.CancelCauseFunc) {
	w.cancel = cancel
	if w.aborted != nil {
		cancel(w.aborted)
	}
}

func (w *watch) follow(now time.Time, silence, patience time.Duration, push func()) {
	w.silence, w.tick, w.push = silence, min(silence, patience)/ticks, push
	w.why, w.silent, w.seen = errStalled, 0, w.reads.Load()
	w.set(now, w.tick)
}

// set moves the deadline. The timer costs more than everything else here, and is touched only when it would ring too late.
func (w *watch) set(now time.Time, wait time.Duration) {
	w.deadline = now.Add(wait)
	if w.rings.After(now) && !w.rings.After(w.deadline) {
		return
	}
	w.rings = w.deadline
	if w.timer == nil {
		// It may be set for minutes when its exchange is dropped by the pool, which it must not keep alive.
		self := weak.Make(w)
		w.timer = time.AfterFunc(wait, func() {
			if w := self.Value(); w != nil {
				w.ring()
			}
		})
		return
	}
	w.timer.Reset(wait)
}

// disarm ends the watching, and the attempt with everything that still hangs on it.
func (w *watch) disarm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cancel == nil {
		return
	}
	w.cancel(nil)
	w.cancel = nil
}

// abort ends the attempt under way and all that would follow.
func (w *watch) abort(why error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.aborted = why
	if w.cancel != nil {
		w.cancel(why)
	}
}

func (w *watch) abortedBy() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.aborted
}

// ring is the timer's. It may come early, or for an attempt that is over: the deadline tells.
func (w *watch) ring() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rings = time.Time{}
	if w.cancel == nil {
		return
	}
	now := time.Now()
	if left := w.deadline.Sub(now); left > 0 {
		w.set(now, left)
		return
	}
	if w.tick > 0 && w.goesOn() {
		w.set(now, w.tick)
		return
	}
	w.cancel(w.why)
}

// goesOn reports whether what is read in pieces may go on: only a reading that nothing ended for so long may not.
func (w *watch) goesOn() bool {
	reads := w.reads.Load()
	moved, reading := reads != w.seen, reads%2 == 1
	w.seen = reads
	w.silent += w.tick
	if moved || !reading {
		w.silent = 0
	}
	if w.push != nil && w.aborted == nil && (moved || reading) {
		w.push()
	}
	return w.silent < w.silence
}
