package requestlog

import (
	"cmp"
	"context"
	"slices"
	"time"
)

const (
	tailPause = 250 * time.Millisecond
	mostShown = 20
	// Of those shown, failures take this many at most and then the slowest this many, as long as there is anything else.
	mostFailed  = 10
	mostSlowest = 4
	eachPause   = 50 * time.Millisecond
	// mostBehind is how many records a watcher of each may be behind: five seconds of what it can take.
	mostBehind = 100
)

// Batch is what came by since the one before.
type Batch struct {
	Time time.Time
	// Entries are at most 20, oldest first: failures and the slowest are chosen first, the rest evenly.
	Entries []*Entry
	// Matched counts what the filter meant, shown or not; Failed what of it the error rate counts.
	Matched, Failed int64
	// Dropped counts what was lost, whether it would have matched or not, since the watcher was too slow.
	Dropped int64
}

// Tail watches FINAL records from now on: four batches a second at most, none while nothing comes by. Bodies are left out.
// The channel is closed when ctx is cancelled.
func (l *Log) Tail(ctx context.Context, f Filter) <-chan Batch {
	batches := make(chan Batch)
	w := l.watch(f)
	go func() {
		defer close(batches)
		ticker := time.NewTicker(tailPause)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			found, lost := w.next()
			found = slices.DeleteFunc(found, func(e *Entry) bool { return !e.Final })
			if len(found) == 0 && lost == 0 {
				continue
			}
			select {
			case <-ctx.Done():
				return
			case batches <- batchOf(found, lost):
			}
		}
	}()
	return batches
}

// Single is one record of many. Dropped counts what was lost since the one before, whether it would have matched or not, since
// the watcher was too slow.
type Single struct {
	*Entry
	Dropped int64
}

// Each watches records from now on one at a time, 20 a second at most. Whoever cannot keep up loses the oldest, and is told how
// many. Bodies are left out. The channel is closed when ctx is cancelled.
func (l *Log) Each(ctx context.Context, f Filter) <-chan Single {
	entries := make(chan Single)
	w := l.watch(f)
	go func() {
		defer close(entries)
		ticker := time.NewTicker(eachPause)
		defer ticker.Stop()
		var waiting []*Entry
		dropped := int64(0)
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			found, lost := w.next()
			waiting = append(waiting, found...)
			behind := max(0, len(waiting)-mostBehind)
			waiting, dropped = waiting[behind:], dropped+lost+int64(behind)
			if len(waiting) == 0 {
				continue
			}
			select {
			case <-ctx.Done():
				return
			case entries <- Single{waiting[0], dropped}:
				waiting, dropped = waiting[1:], 0
			}
		}
	}()
	return entries
}

// watcher reads the recent records at its own pace.
type watcher struct {
	log    *Log
	filter Filter
	at     int64
	// seen is reused between reads.
	seen []*Entry
}

func (l *Log) watch(f Filter) *watcher {
	l.mu.Lock()
	defer l.mu.Unlock()
	return &watcher{log: l, filter: f, at: l.recent.next}
}

// next is what came since it was last asked and matches, oldest first, and how many it was too late for.
func (w *watcher) next() (found []*Entry, lost int64) {
	w.log.mu.Lock()
	w.seen, lost = w.log.recent.since(w.at, w.seen[:0])
	w.at = w.log.recent.next
	w.log.mu.Unlock()
	for _, e := range w.seen {
		if w.filter.Matches(e) {
			found = append(found, e)
		}
	}
	clear(w.seen)
	return found, lost
}

func batchOf(found []*Entry, lost int64) Batch {
	b := Batch{Time: time.Now().UTC(), Matched: int64(len(found)), Dropped: lost}
	for _, e := range found {
		if e.Outcome.Failed() {
			b.Failed++
		}
	}
	b.Entries = choose(found)
	return b
}

// choose picks at most mostShown, oldest first.
func choose(found []*Entry) []*Entry {
	if len(found) <= mostShown {
		return found
	}
	failed, others := split(found, func(e *Entry) bool { return e.Outcome.Failed() })
	bySlowness := slices.SortedStableFunc(slices.Values(others), func(a, b *Entry) int { return cmp.Compare(tookMs(&b.Record), tookMs(&a.Record)) })
	slowest := map[*Entry]bool{}
	for _, e := range bySlowness[:min(mostSlowest, len(bySlowness))] {
		slowest[e] = true
	}
	slow, ordinary := split(others, func(e *Entry) bool { return slowest[e] })
	// When there is little else, failures take the rest of the places.
	places := max(mostFailed, mostShown-len(others))
	chosen := append(evenly(failed, places), slow...)
	chosen = append(chosen, evenly(ordinary, mostShown-len(chosen))...)
	slices.SortFunc(chosen, oldestFirst)
	return chosen
}

func split(all []*Entry, is func(*Entry) bool) (yes, no []*Entry) {
	for _, e := range all {
		if is(e) {
			yes = append(yes, e)
		} else {
			no = append(no, e)
		}
	}
	return yes, no
}

// evenly picks n of all at equal distances; all of them when there are no more.
func evenly(all []*Entry, n int) []*Entry {
	if len(all) <= n {
		return slices.Clone(all)
	}
	chosen := make([]*Entry, n)
	for i := range chosen {
		chosen[i] = all[i*len(all)/n]
	}
	return chosen
}
