package requestlog

import (
	"context"

	"roundhouse/internal/fault"
)

// stride is how many rows of the table a walk looks at in one statement: two or three megabytes in memory.
const stride = 2000

// Walk hands everything that the filter means to each, in parts and newest first, records not yet written among it, bodies left
// out. While one part is handed over the next is read; no statement is open for longer than it takes to read one, however slow
// each is. An error of each ends the walk and is returned. Input it cannot mean is a *fault.Input.
func (l *Log) Walk(ctx context.Context, f Filter, each func([]*Entry) error) error {
	var faults fault.List
	f.check(&faults)
	f.checkSearch(&faults)
	if err := faults.Err(); err != nil {
		return err
	}
	f.WithoutBodies = true
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	parts, failed := make(chan []*Entry), make(chan error, 1)
	go func() {
		defer close(parts)
		failed <- l.readParts(ctx, &f, parts)
	}()
	for part := range parts {
		if err := each(part); err != nil {
			return err
		}
	}
	return <-failed
}

// readParts reads what the filter means from the log's end to its beginning.
func (l *Log) readParts(ctx context.Context, f *Filter, parts chan<- []*Entry) error {
	low, high := f.bounds()
	// Memory before the table: what is written in between shows in both.
	waiting := l.unwritten(func(e *Entry) bool { return e.ID >= low && e.ID < high && f.Matches(e) })
	for i, e := range waiting {
		waiting[i] = e.bare()
	}
	for first := true; first || high > low; first = false {
		written, end, err := l.stride(ctx, f, span{low, high}, first)
		if err != nil {
			return err
		}
		part := merge(waiting, written, end)
		for len(waiting) > 0 && waiting[0].ID >= end {
			waiting = waiting[1:]
		}
		high = end
		if len(part) == 0 {
			continue
		}
		select {
		case parts <- part:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// stride reads what the filter means among the newest rows of the span, all of which are at or above end.
func (l *Log) stride(ctx context.Context, f *Filter, s span, first bool) (entries []*Entry, end int64, err error) {
	if first && f.RequestID != "" {
		if entries, err = l.ofRequest(ctx, f, s, stride); err != nil || len(entries) > 0 {
			return entries, s.low, err
		}
	}
	if end, err = l.chunkEnd(ctx, f, s, stride); err != nil {
		return nil, 0, err
	}
	entries, err = l.read(ctx, f, f.scanned(l.options.DB.Engine), span{end, s.high}, stride)
	return entries, end, err
}
