package requestlog

import (
	"context"
	"fmt"
	"time"
)

// openJournal takes over what is left of earlier processes: it is written before anything else.
func (l *Log) openJournal() error {
	if l.journal == nil {
		return nil
	}
	l.journal.mu.Lock()
	defer l.journal.mu.Unlock()
	last, err := l.journal.open()
	if err != nil {
		return fmt.Errorf("open the request log's journal: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock.raise(last)
	l.queue.spilled = l.journal.unread()
	if l.queue.spilled > 0 {
		l.options.Logger.Info("request log: records of an earlier run are written now", "records", l.queue.spilled)
	}
	return nil
}

// keep gives the journal what is fresh until ctx is cancelled: the first record after a pause at once, and what comes then
// journalPause after the last write began.
func (l *Log) keep(ctx context.Context) {
	if l.journal == nil {
		return
	}
	pause := time.NewTicker(journalPause)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.unsaved:
		}
		pause.Reset(journalPause)
		l.save()
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// save writes what is fresh to the journal. It stays in memory too when there is room for all of it. When the journal cannot
// be written, memory is the only place, and the writer is given the next as soon as it has none.
func (l *Log) save() {
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	l.mu.Lock()
	fresh := l.queue.fresh[:len(l.queue.fresh):len(l.queue.fresh)]
	l.mu.Unlock()
	if len(fresh) == 0 {
		return
	}
	written, err := j.append(fresh)
	if err != nil {
		j.complain("the journal cannot be written; records wait in memory", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	missing := len(fresh) - written
	q := &l.queue
	if q.spilled == 0 && (q.hasRoom() || missing > 0 && len(q.entries) == 0) {
		j.take()
		j.hold(missing)
		q.keep(len(fresh))
	} else {
		q.spill(written)
	}
	l.counts.Dropped += int64(j.makeRoom())
	q.spilled = j.unread()
	if len(q.entries) >= batchSize || q.spilled > 0 {
		wake(l.full)
	}
	if len(q.fresh) > 0 {
		wake(l.unsaved)
	}
}

// front are the oldest records, at most batchSize, read back from the journal when there are none in memory. Half of the memory
// is kept for what comes meanwhile.
func (l *Log) front() []*Entry {
	l.mu.Lock()
	batch := l.queue.front(batchSize)
	spilled := l.queue.spilled
	l.mu.Unlock()
	if len(batch) > 0 || spilled == 0 {
		return batch
	}
	j := l.journal
	j.mu.Lock()
	defer j.mu.Unlock()
	loaded, lost := j.load(min(batchSize, l.queue.bound/2))
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue.load(loaded)
	l.queue.spilled = j.unread()
	l.counts.Dropped += int64(lost)
	return l.queue.front(batchSize)
}

// drop forgets the oldest n, which the database has or refuses.
func (l *Log) drop(n int) {
	if l.journal != nil {
		l.journal.mu.Lock()
		defer l.journal.mu.Unlock()
		l.journal.drop(n)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if last := l.queue.entries[n-1].ID; last > l.written {
		l.written = last
	}
	l.queue.drop(n)
}

// JournalBytes is how large the journal is now.
func (l *Log) JournalBytes() int64 {
	if l.journal == nil {
		return 0
	}
	return l.journal.bytes.Load()
}
