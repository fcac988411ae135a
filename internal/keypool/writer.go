package keypool

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
)

const (
	// gather is how long verdicts are collected before they are written; decisions, which someone waits for, do not wait.
	gather = 100 * time.Millisecond
	// lastWrite bounds the writing of what is left when the process stops.
	lastWrite = 5 * time.Second
	// again is how long the writer waits after the database refused.
	again = time.Second
)

// Run writes what Judge and Decide bring until ctx ends, then what is left. It is the only one that sets a key's status by
// what the data plane or a validation says.
func (p *Pool) Run(ctx context.Context) error {
	look := time.NewTicker(lookAnyway)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
			defer cancel()
			p.flush(last)
			return nil
		case <-p.wake:
			pause(ctx, gather, p.hurry)
		case <-p.hurry:
		case <-look.C:
			p.lookElsewhere(ctx)
			continue
		}
		if !p.flush(ctx) {
			pause(ctx, again, nil)
			signal(p.wake)
		}
	}
}

// pause waits, at most until ctx ends or hurry is signalled.
func pause(ctx context.Context, d time.Duration, hurry <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-hurry:
	}
}

// work is what is to be written for one group.
type work struct {
	groupID  int64
	verdicts []told
	asked    []*asked
}

// flush writes what has come and reports whether all verdicts could be written; those that could not are kept.
func (p *Pool) flush(ctx context.Context) (ok bool) {
	ok = true
	jobs, err := p.collect(ctx)
	if err != nil {
		p.log.Error("cannot look up keys to be judged", "error", err)
		ok = false
	}
	for _, w := range jobs {
		outcomes, touched, err := p.store(ctx, w)
		if err == nil {
			p.spread(w.groupID, outcomes)
		}
		for _, a := range w.asked {
			a.answer(err)
		}
		if err != nil {
			p.log.Error("cannot write what keys did", "group", w.groupID, "keys", len(w.verdicts), "error", err)
			p.mu.Lock()
			for _, t := range w.verdicts {
				p.remember(t)
			}
			p.mu.Unlock()
			ok = false
			continue
		}
		if len(touched) > 0 {
			p.announce(ctx, w.groupID, touched)
		}
	}
	return ok
}

// collect takes what has come and sorts it by group, some keys at a time and each of them in order of ids.
func (p *Pool) collect(ctx context.Context) ([]work, error) {
	p.mu.Lock()
	verdicts, decisions := p.verdicts, p.asked
	p.verdicts, p.asked = map[int64]map[int64]told{}, nil
	p.mu.Unlock()

	// What the data plane said comes first: a decision on the same key is the newer word.
	var jobs []work
	for groupID, ofGroup := range verdicts {
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(ofGroup)), batch) {
			w := work{groupID: groupID}
			for _, id := range ids {
				w.verdicts = append(w.verdicts, ofGroup[id])
			}
			jobs = append(jobs, w)
		}
	}
	byGroup, err := p.groupsOf(ctx, decisions)
	for groupID, ofGroup := range byGroup {
		for chunk := range slices.Chunk(ofGroup, batch) {
			jobs = append(jobs, work{groupID: groupID, asked: chunk})
		}
	}
	return jobs, err
}

// groupsOf finds the group of each decision's key. A decision on a key that is gone is done.
func (p *Pool) groupsOf(ctx context.Context, decisions []*asked) (map[int64][]*asked, error) {
	byGroup := map[int64][]*asked{}
	for chunk := range slices.Chunk(decisions, batch) {
		ids := make([]int64, len(chunk))
		for i, a := range chunk {
			ids[i] = a.KeyID
		}
		rows, err := p.db.Key.Query().Where(key.IDIn(ids...)).Select(key.FieldID, key.FieldGroupID).All(ctx)
		if err != nil {
			err = fmt.Errorf("look up keys: %w", err)
			for _, a := range decisions {
				a.answer(err) // those that were sorted already hear it too: nothing of them was written
			}
			return nil, err
		}
		groups := make(map[int64]int64, len(rows))
		for _, row := range rows {
			groups[row.ID] = row.GroupID
		}
		for _, a := range chunk {
			if groupID, there := groups[a.KeyID]; there {
				byGroup[groupID] = append(byGroup[groupID], a)
			} else {
				a.answer(nil)
			}
		}
	}
	for _, all := range byGroup {
		slices.SortStableFunc(all, func(a, b *asked) int { return int(min(max(a.KeyID-b.KeyID, -1), 1)) })
	}
	return byGroup, nil
}

// store writes a group's work, if it changes anything, in one transaction. touched are the keys that changed.
func (p *Pool) store(ctx context.Context, w work) (outcomes []*outcome, touched []int64, err error) {
	unmoved, err := p.sift(ctx, &w)
	if err != nil || len(w.asked)+len(w.verdicts) == 0 {
		return unmoved, nil, err
	}
	err = p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		outcomes, touched = nil, nil
		if len(w.asked) > 0 {
			if outcomes, err = p.storeDecisions(ctx, tx, w); err != nil {
				return err
			}
			for _, o := range outcomes {
				touched = append(touched, o.keyID)
			}
		}
		for _, t := range w.verdicts {
			changed, err := t.write(ctx, tx)
			if err != nil {
				return fmt.Errorf("write verdict: %w", err)
			}
			if changed {
				touched = append(touched, t.KeyID)
			}
		}
		return nil
	})
	return append(unmoved, outcomes...), touched, err
}

// storeDecisions applies decisions under the group's lock, so that each sees what the last one made of its key.
func (p *Pool) storeDecisions(ctx context.Context, tx *ent.Tx, w work) ([]*outcome, error) {
	revision, err := lock(ctx, tx, w.groupID)
	if err != nil {
		return nil, err
	}
	var outcomes []*outcome
	var counts Counts
	for _, a := range w.asked {
		row, err := tx.Key.Query().Where(key.ID(a.KeyID), key.GroupID(w.groupID)).Only(ctx)
		if ent.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("look up key: %w", err)
		}
		o, err := a.write(ctx, tx, row, revision)
		if err != nil {
			return nil, fmt.Errorf("write decision: %w", err)
		}
		if o == nil {
			continue
		}
		outcomes = append(outcomes, o)
		*counts.at(o.from)--
		*counts.at(o.to)++
	}
	return outcomes, settle(ctx, tx, w.groupID, counts, false)
}

// spread tells the data plane what was decided, at once for each key and then for the group's next snapshot.
func (p *Pool) spread(groupID int64, outcomes []*outcome) {
	moved := false
	for _, o := range outcomes {
		switch {
		case o.to == key.StatusINVALID:
			p.health.Withdraw(groupID, o.keyID)
		case o.restored:
			p.health.Restore(groupID, o.keyID)
		}
		if o.cooled && !o.until.IsZero() {
			p.health.Cool(groupID, o.keyID, o.until)
		}
		moved = moved || o.from != o.to
	}
	if moved {
		p.changed(groupID)
	}
}
