package requestlog

import (
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	firstPause   = 100 * time.Millisecond
	longestPause = 5 * time.Second
)

// Run writes records until ctx is cancelled, then what is left, for as long as Options.DrainTimeout allows; the journal keeps
// the rest for the next run. It returns an error when there is no place for them. The caller stops what records before it
// cancels.
func (l *Log) Run(ctx context.Context) error {
	if err := l.openJournal(); err != nil {
		return err
	}
	keeping, stop := context.WithCancel(context.WithoutCancel(ctx))
	var keeper sync.WaitGroup
	keeper.Go(func() { l.keep(keeping) })
	w := &writer{log: l}
	w.serve(ctx)
	err := w.drain(context.WithoutCancel(ctx))
	stop()
	keeper.Wait()
	return l.leave(err)
}

// leave closes the journal; cause says why records may be left.
func (l *Log) leave(cause error) error {
	kept := 0
	if l.journal != nil {
		l.save()
		l.journal.mu.Lock()
		defer l.journal.mu.Unlock()
		kept = l.journal.kept()
		if err := l.journal.close(); err != nil {
			return fmt.Errorf("close the request log's journal: %w", err)
		}
	}
	if left := l.Depth() - kept; left > 0 {
		return fmt.Errorf("request log: %d records were not written: %w", left, cause)
	}
	if kept > 0 {
		l.options.Logger.Warn("request log: the journal keeps records for the next run", "records", kept, "error", cause)
	}
	return nil
}

// writer is the one goroutine that writes; nothing else touches its fields.
type writer struct {
	log *Log
	// resumed says that the table's last id is known, so that ids go on above it.
	resumed bool
	// pause is how long to wait after the last failure; 0 after a success.
	pause time.Duration
	// inVain counts the tries in a row at records of which none was taken.
	inVain int
	// complained is when a failure was last logged, so that an absent database fills no log.
	complained time.Time
}

func (w *writer) serve(ctx context.Context) {
	w.report(ctx, w.resume(ctx))
	timer := time.NewTimer(tick)
	defer timer.Stop()
	for {
		full := w.log.full
		if w.pause > 0 {
			full = nil // a full queue does not make an absent database come back
		}
		select {
		case <-ctx.Done():
			return
		case <-full:
		case <-timer.C:
		}
		if w.pause > 0 || w.due() {
			w.report(ctx, w.flush(ctx))
		}
		timer.Reset(max(tick, w.pause))
	}
}

// resume has the ids go on above the table's, once.
func (w *writer) resume(ctx context.Context) error {
	if w.resumed {
		return nil
	}
	err := w.log.resume(ctx)
	w.resumed = err == nil
	return err
}

// due says whether a batch is ready, or the oldest record has waited long enough.
func (w *writer) due() bool {
	interval := max(w.log.options.Interval(), soon)
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	q := &w.log.queue
	return len(q.entries) >= batchSize || q.spilled > 0 || q.age() >= interval-tick
}

// flush writes all that waits.
func (w *writer) flush(ctx context.Context) error {
	if err := w.resume(ctx); err != nil {
		return err
	}
	for {
		batch := w.log.front()
		if len(batch) == 0 {
			return nil
		}
		if err := w.settle(ctx, batch); err != nil {
			return err
		}
		w.log.drop(len(batch))
	}
}

// report remembers whether the database is there, and says so when that changes and once a minute while it is not.
func (w *writer) report(ctx context.Context, err error) {
	logger := w.log.options.Logger
	switch {
	case err == nil && w.pause > 0:
		logger.Info("request log: the database takes records again")
		w.pause, w.complained = 0, time.Time{}
	case err != nil && ctx.Err() == nil:
		w.pause = min(max(firstPause, 2*w.pause), longestPause)
		if time.Since(w.complained) >= time.Minute {
			w.complained = time.Now()
			logger.Warn("request log: records wait for the database", "error", err, "waiting", w.log.Depth(), "dropped", w.log.Counts().Dropped)
		}
	}
}

// drain writes what is left and closes the queue once it is empty, or time is up.
func (w *writer) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, w.log.options.DrainTimeout)
	defer cancel()
	var err error
	for !w.close(ctx.Err() != nil) {
		if w.log.journal != nil {
			w.log.save()
		}
		if err = w.flush(ctx); err != nil {
			select {
			case <-ctx.Done():
			case <-time.After(firstPause):
			}
		}
	}
	return err
}

// close makes the queue take no more when it is empty or must be; it reports whether it did.
func (w *writer) close(must bool) bool {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	w.log.queue.closed = must || w.log.queue.len() == 0
	return w.log.queue.closed
}
