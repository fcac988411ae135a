package requestlog

import (
	"context"
	"fmt"
	"slices"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/proxycore"
)

const (
	// hopeless is how many records in a row a database may refuse without having taken one, before it is the database that
	// is wrong and not the records.
	hopeless = 20
	// patience is how often fewer than that are tried again before they are set aside.
	patience = 5
)

// resume reads the table's last id, so that no id is given out below it even when the clock was set back between two runs.
func (l *Log) resume(ctx context.Context) error {
	last, err := l.lastID(ctx)
	if err != nil {
		return fmt.Errorf("read the last id: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clock.raise(last)
	return nil
}

// renumber puts the entry under a new id in the place of the old one.
func (l *Log) renumber(e *Entry) *Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	other := *e
	other.ID = l.clock.next(e.Ended)
	l.queue.replace(e, &other)
	return &other
}

// settle brings the entries into the database, except those that it refuses for what they hold while it takes others: they
// are set aside. With an error all of them must be tried again later; those that were written nevertheless are then
// recognised as repeats.
func (w *writer) settle(ctx context.Context, batch []*Entry) error {
	s := settlement{log: w.log}
	err := s.write(ctx, batch)
	if err == nil && s.written > 0 {
		err = s.again(ctx)
	}
	if err == nil && s.written == 0 && len(s.refused) > 0 && w.inVain < patience {
		// Nothing proves yet that the database would take another record.
		w.inVain++
		err = fmt.Errorf("nothing is taken: %w", s.refused[0].err)
	}
	if err != nil {
		w.log.count(s.written, 0)
		return err
	}
	w.inVain = 0
	for _, r := range s.refused {
		w.log.setAside(r)
	}
	w.log.count(s.written, len(s.refused))
	return nil
}

func (l *Log) count(written, rejected int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counts.Written += int64(written)
	l.counts.Rejected += int64(rejected)
}

// settlement is one try at one batch.
type settlement struct {
	log     *Log
	written int
	refused []refusal
}

type refusal struct {
	entry *Entry
	err   error
}

// again tries what was refused once more, since the database may have been at fault until it took something.
func (s *settlement) again(ctx context.Context) error {
	refused := s.refused
	s.refused = nil
	for _, r := range refused {
		if err := s.write(ctx, []*Entry{r.entry}); err != nil {
			return err
		}
	}
	return nil
}

// write writes the entries, in halves when they are refused together, down to the one that is refused alone. It returns an
// error when the database is away, or refuses whatever it is given.
func (s *settlement) write(ctx context.Context, batch []*Entry) error {
	if len(batch) == 0 {
		return nil
	}
	err := s.log.insert(ctx, batch)
	if err == nil {
		s.written += len(batch)
		return nil
	}
	if ctx.Err() != nil || database.Away(err) { // any other error is laid to the rows
		return err
	}
	// A commit whose answer was lost may have happened.
	fresh, changed, repeated := s.log.compare(ctx, batch)
	switch {
	case repeated != nil:
		return repeated
	case changed:
		return s.write(ctx, fresh)
	case len(batch) > 1:
		half := len(batch) / 2
		if err := s.write(ctx, batch[:half]); err != nil {
			return err
		}
		return s.write(ctx, batch[half:])
	}
	s.refused = append(s.refused, refusal{batch[0], err})
	if s.written == 0 && len(s.refused) >= hopeless {
		return fmt.Errorf("nothing is taken: %w", err)
	}
	return nil
}

// insert writes the entries and what the hooks count from them, all or nothing.
func (l *Log) insert(ctx context.Context, batch []*Entry) error {
	rows := slices.SortedFunc(slices.Values(batch), oldestFirst)
	records := make([]proxycore.Record, len(rows))
	for i, e := range rows {
		records[i] = e.Record
	}
	return l.options.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		for chunk := range slices.Chunk(rows, rowsPerStatement(l.options.DB.Engine)) {
			text, args := insertStatement(l.options.DB.Engine, chunk)
			if _, err := tx.ExecContext(ctx, text, args...); err != nil {
				return fmt.Errorf("insert request logs: %w", err)
			}
		}
		for _, hook := range l.options.Hooks {
			if err := hook(ctx, tx, records); err != nil {
				return err
			}
		}
		return nil
	})
}

// compare looks which ids of the batch are taken. An entry whose own row is there is a repeat and left out; one whose id
// belongs to another gets a new id, unless it was written under a new one already and the journal still has the old. It
// reports whether there was any of the two.
func (l *Log) compare(ctx context.Context, batch []*Entry) (fresh []*Entry, changed bool, err error) {
	taken, err := l.taken(ctx, batch)
	if err != nil || len(taken) == 0 {
		return batch, false, err
	}
	for _, e := range batch {
		owner, exists := taken[e.ID]
		if exists && owner == ownerOf(e) {
			continue
		}
		if exists {
			written, err := l.Request(ctx, e.RequestID)
			if err != nil {
				return nil, false, err
			}
			if slices.ContainsFunc(written, func(w *Entry) bool { return w.ID != e.ID && ownerOf(w) == ownerOf(e) }) {
				continue
			}
			e = l.renumber(e)
		}
		fresh = append(fresh, e)
	}
	return fresh, true, nil
}

// owner tells whether two rows are the same record. A request that a dead connection ate shares its number with its repetition.
type owner struct {
	request   string
	attempt   int
	final     bool
	startedMS int64
}

func ownerOf(e *Entry) owner {
	return owner{e.RequestID, e.AttemptNumber, e.Final, e.Started.UnixMilli()}
}
