package task

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"roundhouse/ent/schema"
)

const (
	// mostKept is how many of a task's problems are kept in its file.
	mostKept = 100_000
	// keptFor is how long that file is kept.
	keptFor = 30 * 24 * time.Hour
)

// ledger is a task's problems in a file, one JSON object a line, since a row has room for the first few alone. It is made when
// there is one. A file that cannot be written leaves the row's.
type ledger struct {
	name   string
	file   *os.File
	out    *bufio.Writer
	lines  int
	closed bool
}

// add keeps one more problem; the error is told once.
func (l *ledger) add(problem schema.TaskProblem) error {
	if l.closed || l.lines == mostKept {
		return nil
	}
	if l.file == nil {
		if err := l.open(); err != nil {
			l.closed = true
			return err
		}
	}
	l.lines++
	line, err := json.Marshal(problem)
	if err == nil {
		_, err = l.out.Write(append(line, '\n'))
	}
	if err != nil {
		_ = l.file.Close()
		l.closed = true
	}
	return err
}

func (l *ledger) open() (err error) {
	if err := os.MkdirAll(filepath.Dir(l.name), 0o700); err != nil {
		return err
	}
	if l.file, err = os.OpenFile(l.name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return err
	}
	l.out = bufio.NewWriter(l.file)
	return nil
}

// keep forgets all but the first lines of a former process, which may have met more than it stored.
func (l *ledger) keep(lines int64) {
	file, err := os.OpenFile(l.name, os.O_RDWR, 0o600)
	if err != nil {
		return // there was no problem yet
	}
	defer func() { _ = file.Close() }()
	var end int64
	for in := bufio.NewReader(file); l.lines < int(lines); l.lines++ {
		line, err := in.ReadSlice('\n')
		if err != nil {
			break // a line that was cut short, or one that is not ours
		}
		end += int64(len(line))
	}
	_ = file.Truncate(end)
}

// flush makes what was added readable.
func (l *ledger) flush() {
	if l.file != nil && !l.closed {
		_ = l.out.Flush()
	}
}

func (l *ledger) close() {
	l.flush()
	if l.file != nil && !l.closed {
		_ = l.file.Close()
	}
	l.closed = true
}

func (r *Runner) ledgerName(id int64) string {
	return filepath.Join(r.dir, fmt.Sprintf("task-%d.jsonl", id))
}

// Problems hands every problem of a task to give, in their order: those of its file where the task ran on this node not long ago,
// else the first ones that its row kept. The error wraps fault.ErrNotFound when there is no such task.
func (r *Runner) Problems(ctx context.Context, id int64, give func(schema.TaskProblem)) error {
	row, err := r.Get(ctx, id)
	if err != nil {
		return err
	}
	if p, running := r.unfinished()[id]; running {
		p.flushProblems()
	}
	file, err := os.Open(r.ledgerName(id))
	if errors.Is(err, fs.ErrNotExist) {
		for _, problem := range row.Problems {
			give(problem)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("open the problems of task %d: %w", id, err)
	}
	defer func() { _ = file.Close() }()
	for decoder := json.NewDecoder(bufio.NewReader(file)); ; {
		var problem schema.TaskProblem
		if decoder.Decode(&problem) != nil {
			return nil // its end, or a last line that a killed process did not finish
		}
		give(problem)
	}
}

// sweep deletes the files of tasks that ended long ago.
func (r *Runner) sweep() {
	names, _ := filepath.Glob(filepath.Join(r.dir, "task-*.jsonl")) // the pattern is a good one
	for _, name := range names {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > keptFor {
			_ = os.Remove(name)
		}
	}
}
