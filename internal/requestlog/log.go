package requestlog

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/proxycore"
)

const (
	// batchSize is how many records one transaction writes at most. On SQLite it holds the one writer meanwhile.
	batchSize = 2000
	// tick is how often the writer looks whether the oldest record has waited long enough.
	tick = 250 * time.Millisecond
	// soon is how long a record waits when the interval is 0: with writing it stays within the second.
	soon = 500 * time.Millisecond
	// recentSize is how many records behind a watcher may fall: some seconds of a busy node.
	recentSize = 16 << 10
)

// Hook counts something from records in the transaction that writes them. It is given every record once, unless the
// transaction is rolled back, and writes through tx alone.
type Hook func(ctx context.Context, tx *ent.Tx, records []proxycore.Record) error

// Options says what a log is made of.
type Options struct {
	DB *database.DB
	// Node is this process's number in the cluster, 0 to 255.
	Node int
	// QueueSize is how many records may wait in memory; 0 means 50,000. Without a journal, or while it cannot be written,
	// new ones are dropped and counted beyond it.
	QueueSize int
	// Recent is how many of the latest records are kept for who watches; 0 means 16,384.
	Recent int
	// JournalDir is the folder of the journal, which holds what the database has not and outlives the process; empty keeps
	// none. JournalBytes bounds it: beyond that the oldest are dropped and counted; 0 means 1 GiB.
	JournalDir   string
	JournalBytes int64
	// Hooks run in this order after the rows of a batch were inserted.
	Hooks []Hook
	// Interval is how long a record may wait to be written; nil or 0 writes within a second. A full batch never waits.
	Interval func() time.Duration
	// RetentionDays is how long rows are kept; nil or 0 keeps them.
	RetentionDays func() int
	// Fence is for what the leader alone deletes.
	Fence database.Fence
	// Now is the time by which rows grow old; nil is the time of day.
	Now func(ctx context.Context) (time.Time, error)
	// DrainTimeout is how long Run may go on writing after it was cancelled; 0 means 10 s.
	DrainTimeout time.Duration
	Logger       *slog.Logger
}

// Log is the request log of one node.
type Log struct {
	options Options
	// full says that a batch is ready, unsaved that there is something for the journal.
	full, unsaved chan struct{}
	// budget is how long a query scans: scanBudget.
	budget time.Duration
	// journal is nil when there is none.
	journal *journal

	mu     sync.Mutex // guards all below
	clock  clock
	queue  queue
	recent recent
	counts Counts
	// written is the highest id that left the queue.
	written int64
}

// Counts are what became of the records since the process started.
type Counts struct {
	// Waiting for the database now, in memory or in the journal.
	Waiting int
	// Written, with everything that was counted from them.
	Written int64
	// Dropped because queue or journal was full or unreadable, or after the log had stopped.
	Dropped int64
	// Rejected are records that no database would take; with a journal they stand in the file "rejected" beside it.
	Rejected int64
}

var _ proxycore.Recorder = (*Log)(nil)

// New returns a log that takes records at once and writes them when Run runs.
func New(options Options) *Log {
	if options.QueueSize <= 0 {
		options.QueueSize = 50_000
	}
	if options.Recent <= 0 {
		options.Recent = recentSize
	}
	if options.DrainTimeout <= 0 {
		options.DrainTimeout = 10 * time.Second
	}
	if options.Interval == nil {
		options.Interval = func() time.Duration { return 0 }
	}
	if options.RetentionDays == nil {
		options.RetentionDays = func() int { return 0 }
	}
	if options.Now == nil {
		options.Now = func(context.Context) (time.Time, error) { return time.Now(), nil }
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.JournalBytes <= 0 {
		options.JournalBytes = 1 << 30
	}
	l := &Log{
		options: options,
		full:    make(chan struct{}, 1),
		unsaved: make(chan struct{}, 1),
		budget:  scanBudget,
		clock:   clock{node: options.Node & mostNode},
		queue:   queue{bound: options.QueueSize},
		recent:  recent{slots: make([]*Entry, options.Recent)},
	}
	if options.JournalDir != "" {
		l.journal = &journal{dir: options.JournalDir, bound: options.JournalBytes, logger: options.Logger}
		l.queue.journaled = true
	}
	return l
}

// Record takes a record and never blocks. When the queue is full the record is dropped and counted; watchers see it still.
func (l *Log) Record(r proxycore.Record) {
	tidy(&r)
	e := &Entry{Node: l.clock.node, Record: r}
	l.mu.Lock()
	e.ID = l.clock.next(r.Ended)
	if !l.queue.add(e) {
		l.counts.Dropped++
	}
	l.recent.push(e)
	ready, first := len(l.queue.entries) >= batchSize, len(l.queue.fresh) == 1
	l.mu.Unlock()
	if ready {
		wake(l.full)
	}
	if first {
		wake(l.unsaved)
	}
}

// wake tells whoever waits there, once.
func wake(waiting chan struct{}) {
	select {
	case waiting <- struct{}{}:
	default:
	}
}

// Counts tells what became of the records so far.
func (l *Log) Counts() Counts {
	l.mu.Lock()
	defer l.mu.Unlock()
	counts := l.counts
	counts.Waiting = l.queue.len()
	return counts
}

// Depth is how many records wait for the database.
func (l *Log) Depth() int { return l.Counts().Waiting }

// unwritten are the entries that wait and match, newest first. Of those that are in the journal alone only the latest are
// among them, without their bodies; a body in memory comes first.
func (l *Log) unwritten(matches func(*Entry) bool) []*Entry {
	l.mu.Lock()
	all := slices.Concat(l.queue.entries, l.queue.fresh)
	if l.queue.spilled > 0 {
		latest, _ := l.recent.since(0, nil)
		all = append(all, slices.DeleteFunc(latest, func(e *Entry) bool { return e.ID <= l.written })...)
	}
	l.mu.Unlock()
	found := slices.DeleteFunc(all, func(e *Entry) bool { return !matches(e) })
	slices.SortStableFunc(found, newestFirst)
	return found
}
