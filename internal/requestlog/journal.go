package requestlog

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// journalPromise is how long ago at most a record was taken that a killed process loses.
	journalPromise = 100 * time.Millisecond
	// journalPause is the time between two writes to the journal: half of what is promised, since a write takes its time, and
	// a busy machine takes some more before it begins.
	journalPause = journalPromise / 2
	// mostSegment bounds a segment, so that the space of what the database holds comes back soon.
	mostSegment = 8 << 20
	// fewestSegments is how many the bound of the whole journal leaves room for.
	fewestSegments = 8
	// mostLoaded is how many bytes are read back at once.
	mostLoaded = 4 << 20
)

// journal keeps entries in files until the database has them: in order, each in a segment, which is removed when all of its
// entries were dropped. An entry in it was either given out (taken or loaded), and then is in memory too, or not. What the
// system has taken outlives the process, not a loss of power; a sync twenty times a second would cost a disk more than that is
// worth.
type journal struct {
	dir string
	// bound is how many bytes all segments may have.
	bound  int64
	logger *slog.Logger
	// bytes is how many they have.
	bytes atomic.Int64

	mu sync.Mutex // guards what follows and the files; it is taken before the log's own
	// segments are oldest first; the last one takes what is appended.
	segments []*segment
	buffer   []byte
	name     int64
	// complained is when a failure was last logged.
	complained time.Time
}

// open takes over what processes that are gone left behind. It returns the highest id of it.
func (j *journal) open() (last int64, err error) {
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return 0, fmt.Errorf("make the journal's folder: %w", err)
	}
	names, err := filepath.Glob(filepath.Join(j.dir, "*"+segmentSuffix))
	if err != nil {
		return 0, fmt.Errorf("list the journal: %w", err)
	}
	for _, name := range names {
		s, highest, err := adopt(name)
		if err != nil {
			j.logger.Error("request log: a part of the journal cannot be read and is left where it is", "file", name, "error", err)
			continue
		}
		if s == nil {
			continue
		}
		last = max(last, highest)
		j.segments = append(j.segments, s)
		j.bytes.Add(s.size)
	}
	return last, nil
}

// append writes the entries behind all others. It returns how many it wrote before an error.
func (j *journal) append(entries []*Entry) (written int, err error) {
	limit := min(mostSegment, j.bound/fewestSegments)
	for written < len(entries) {
		j.buffer = j.buffer[:0]
		n := 0
		for _, e := range entries[written:] {
			j.buffer = appendFrame(j.buffer, e)
			if n++; int64(len(j.buffer)) >= limit {
				break
			}
		}
		if err := j.write(n, limit); err != nil {
			return written, err
		}
		written += n
	}
	return written, nil
}

// write writes the buffer, which holds n entries, to the last segment, or to a new one when that is full or the database
// has some of it already: so each is gone soon after it began to empty.
func (j *journal) write(n int, limit int64) error {
	var s *segment
	if len(j.segments) > 0 {
		s = j.segments[len(j.segments)-1]
	}
	if s == nil || s.file == nil || s.emptying || s.size >= limit {
		j.name = max(j.name+1, time.Now().UnixNano())
		fresh, err := newSegment(j.dir, j.name)
		if err != nil {
			return err
		}
		s = fresh
		j.segments = append(j.segments, s)
	}
	if err := s.append(j.buffer, n); err != nil {
		if s.size == 0 { // else a full disk would be given an empty file twenty times a second
			j.remove(s)
			j.segments = j.segments[:len(j.segments)-1]
		}
		return err
	}
	j.bytes.Add(int64(len(j.buffer)))
	return nil
}

// makeRoom removes the oldest files until the journal is within its bound again; it returns how many entries are lost with
// them. Those that were given out still have their chance.
func (j *journal) makeRoom() (lost int) {
	for _, s := range j.segments {
		if j.bytes.Load() <= j.bound {
			return lost
		}
		lost += s.unread
		s.unread = 0
		j.remove(s)
	}
	return lost
}

// take gives out all that was not, since the caller still has it.
func (j *journal) take() {
	for _, s := range j.segments {
		s.held += s.unread
		s.unread, s.read = 0, s.size
	}
}

// unread counts the entries that are not given out.
func (j *journal) unread() (n int) {
	for _, s := range j.segments {
		n += s.unread
	}
	return n
}

// hold remembers n entries that are given out and in no file.
func (j *journal) hold(n int) {
	if n > 0 {
		j.segments = append(j.segments, &segment{held: n})
	}
}

// load reads the oldest entries that are not given out, at most of them; lost says how many turned out to be unreadable.
func (j *journal) load(most int) (entries []*Entry, lost int) {
	for _, s := range j.segments {
		if s.unread == 0 {
			continue
		}
		found, err := s.load(most)
		if err != nil {
			j.logger.Error("request log: a part of the journal cannot be read any more", "file", s.file.Name(), "lost", s.unread, "error", err)
			lost += s.unread
			s.unread = 0
		}
		if len(found) > 0 {
			return found, lost
		}
	}
	return nil, lost
}

// drop forgets the oldest n that were given out, and removes the files of which nothing is left.
func (j *journal) drop(n int) {
	for len(j.segments) > 0 {
		s := j.segments[0]
		dropped := min(n, s.held)
		n -= dropped
		s.held -= dropped
		s.emptying = s.emptying || dropped > 0
		if s.held > 0 || s.unread > 0 {
			return
		}
		j.remove(s)
		j.segments = j.segments[1:]
	}
}

// remove deletes a segment's file, if it still has one.
func (j *journal) remove(s *segment) {
	if s.file == nil {
		return
	}
	if err := errors.Join(os.Remove(s.file.Name()), s.file.Close()); err != nil {
		j.complain("a part of the journal that is written cannot be removed", err)
	}
	j.bytes.Add(-s.size)
	s.file = nil
}

// kept counts the entries that are in files.
func (j *journal) kept() (n int) {
	for _, s := range j.segments {
		if s.file != nil {
			n += s.unread + s.held
		}
	}
	return n
}

// close leaves the files to the next process.
func (j *journal) close() error {
	var errs []error
	for _, s := range j.segments {
		if s.file != nil {
			errs = append(errs, s.file.Close())
		}
	}
	j.segments = nil
	return errors.Join(errs...)
}

// complain logs at most once a minute.
func (j *journal) complain(what string, err error) {
	if time.Since(j.complained) >= time.Minute {
		j.complained = time.Now()
		j.logger.Warn("request log: "+what, "error", err)
	}
}
