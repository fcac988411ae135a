package requestlog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"roundhouse/internal/fault"
)

const (
	mostFirst = 200
	// scanBudget is how long a query may look for what no index finds.
	scanBudget = 150 * time.Millisecond
	// The chunks of a scan grow while they are quick, so that the first page of a common filter reads little and a long
	// search does not stop at every step.
	firstChunk = 500
	mostChunk  = 16_000
	quickChunk = 20 * time.Millisecond
)

// Page is a part of the log, newest first.
type Page struct {
	Entries []*Entry
	// More says that there may be older ones; ask again after EndCursor.
	More      bool
	EndCursor string
	// ScannedTo is how far back the scan came in its time; zero when everything was looked at or the page is full.
	ScannedTo time.Time
}

// Query finds what the filter means, newest first, records not yet written among it: at most first (1 to 200), after the
// cursor when there is one. Input it cannot mean is a *fault.Input.
func (l *Log) Query(ctx context.Context, f Filter, first int, after string) (Page, error) {
	low, high := f.bounds()
	var faults fault.List
	f.check(&faults)
	f.checkSearch(&faults)
	if first < 1 || first > mostFirst {
		faults.Add("first", fault.TooLarge, map[string]any{"min": 1, "max": mostFirst}, "is from 1 to %d", mostFirst)
	}
	if after != "" {
		id, err := fromCursor(after)
		if err != nil {
			faults.Add("after", fault.BadForm, nil, "is no cursor of ours; pass one that a page gave")
		}
		high = min(high, id)
	}
	if err := faults.Err(); err != nil {
		return Page{}, err
	}
	// Memory before the table: what is written in between shows in both, and in one of them if the order were reversed.
	waiting := l.unwritten(func(e *Entry) bool { return e.ID >= low && e.ID < high && f.Matches(e) })
	written, end, err := l.find(ctx, &f, span{low, high}, first+1)
	if err != nil {
		return Page{}, err
	}
	if f.WithoutBodies {
		for i, e := range waiting {
			waiting[i] = e.bare()
		}
	}
	return page(merge(waiting, written, end), first, end), nil
}

// page is the first of the entries; end is how far the table was scanned, 0 to its beginning.
func page(entries []*Entry, first int, end int64) Page {
	switch {
	case len(entries) > first:
		entries = entries[:first]
		return Page{Entries: entries, More: true, EndCursor: entries[first-1].Cursor()}
	case end > 0:
		return Page{Entries: entries, More: true, EndCursor: cursor(end), ScannedTo: timeOf(end)}
	case len(entries) > 0:
		return Page{Entries: entries, EndCursor: entries[len(entries)-1].Cursor()}
	}
	return Page{}
}

// merge puts together what was found in memory and in the table, each once, leaving out what is older than the scan came.
func merge(waiting, written []*Entry, end int64) []*Entry {
	all := slices.DeleteFunc(append(slices.Clone(waiting), written...), func(e *Entry) bool { return e.ID < end })
	slices.SortStableFunc(all, newestFirst)
	return slices.CompactFunc(all, func(a, b *Entry) bool { return a.ID == b.ID })
}

func newestFirst(a, b *Entry) int { return cmp.Compare(b.ID, a.ID) }
func oldestFirst(a, b *Entry) int { return cmp.Compare(a.ID, b.ID) }

// span is the ids from low on, below high.
type span struct{ low, high int64 }

// find looks the filter up in the table. An end above 0 means that time was up and nothing below that id was looked at.
func (l *Log) find(ctx context.Context, f *Filter, s span, most int) (entries []*Entry, end int64, err error) {
	if f.RequestID != "" {
		if entries, err = l.ofRequest(ctx, f, s, most); err != nil || len(entries) > 0 {
			return entries, 0, err
		}
	}
	return l.scan(ctx, f, f.scanned(l.options.DB.Engine), s, most)
}

// ofRequest reads what the filter means when its request id is ours.
func (l *Log) ofRequest(ctx context.Context, f *Filter, s span, most int) ([]*Entry, error) {
	c := f.condition(l.options.DB.Engine)
	c.and("request_id = ?", f.RequestID)
	return l.read(ctx, f, c, s, most)
}

// scan reads backwards in chunks of the driving index until it has found enough, is through, or time is up.
func (l *Log) scan(ctx context.Context, f *Filter, c *condition, s span, most int) (entries []*Entry, end int64, err error) {
	deadline := time.Now().Add(l.budget)
	bounded, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	within := ctx // the first chunk is always read to its end, so that asking again makes progress
	for size := max(firstChunk, 2*most); ; {
		began := time.Now()
		low, err := l.chunkEnd(within, f, s, size)
		var found []*Entry
		if err == nil {
			found, err = l.read(within, f, c, span{low, s.high}, most-len(entries))
		}
		if err != nil {
			if errors.Is(bounded.Err(), context.DeadlineExceeded) && ctx.Err() == nil && within == bounded {
				return entries, s.high, nil
			}
			return nil, 0, err
		}
		entries = append(entries, found...)
		s.high = low
		switch {
		case low <= s.low || len(entries) >= most:
			return entries, 0, nil
		case time.Now().After(deadline):
			return entries, low, nil
		case time.Since(began) < quickChunk:
			size = min(2*size, mostChunk)
		}
		within = bounded
	}
}

// chunkEnd is the id at which a chunk of size rows below s.high ends; s.low when there are fewer.
func (l *Log) chunkEnd(ctx context.Context, f *Filter, s span, size int) (int64, error) {
	engine := l.options.DB.Engine
	c := f.driving(engine)
	c.and("id >= ?", s.low)
	c.and("id < ?", s.high)
	end := s.low
	text := fmt.Sprintf("SELECT id FROM %s WHERE %s ORDER BY id DESC LIMIT 1 OFFSET %d", f.table(engine), c.text(), size-1)
	err := l.rows(ctx, newStatement(engine).add(text, c.args...), func(rows *sql.Rows) error { return rows.Scan(&end) })
	return end, err
}

// read reads the rows of the span that meet the condition, newest first.
func (l *Log) read(ctx context.Context, f *Filter, c *condition, s span, most int) ([]*Entry, error) {
	engine := l.options.DB.Engine
	text := fmt.Sprintf("SELECT %s FROM %s WHERE %s AND id >= ? AND id < ? ORDER BY id DESC LIMIT %d",
		selected(engine, !f.WithoutBodies), f.table(engine), c.text(), most)
	args := append(slices.Clone(c.args), s.low, s.high)
	var found []*Entry
	r := newReader()
	err := l.rows(ctx, newStatement(engine).add(text, args...), func(rows *sql.Rows) error {
		e, err := r.entry(rows)
		found = append(found, e)
		return err
	})
	return found, err
}

// Get returns one entry with its body, written or not; fault.ErrNotFound when there is none of that id.
func (l *Log) Get(ctx context.Context, id int64) (*Entry, error) {
	for _, e := range l.unwritten(func(e *Entry) bool { return e.ID == id }) {
		return e, nil
	}
	c := &condition{}
	found, err := l.read(ctx, &Filter{}, c, span{id, id + 1}, 1)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("request log %d: %w", id, fault.ErrNotFound)
	}
	return found[0], nil
}

// Request returns every attempt of one client request, first to last, with their bodies; none when it is unknown or past
// retention.
func (l *Log) Request(ctx context.Context, requestID string) ([]*Entry, error) {
	const most = 200 // far above the attempts that settings allow
	waiting := l.unwritten(func(e *Entry) bool { return e.RequestID == requestID })
	c := &condition{}
	c.and("request_id = ?", requestID)
	written, err := l.read(ctx, &Filter{}, c, span{0, 1<<63 - 1}, most)
	if err != nil {
		return nil, err
	}
	all := merge(waiting, written, 0)
	slices.SortFunc(all, oldestFirst)
	return all, nil
}
