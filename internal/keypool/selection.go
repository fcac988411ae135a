package keypool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
)

// Selector says which keys of a group an operation is for: exactly one of IDs, Text, Filter and All.
type Selector struct {
	GroupID int64
	// IDs is nil when keys are not chosen by id.
	IDs []int64
	// Text holds keys as an import reads them; empty when keys are not chosen so.
	Text   string
	Filter *Filter
	All    bool
	// Except leaves keys out, and UpTo those that are newer than it (0: none), of a Filter or All.
	Except []int64
	UpTo   int64
}

// Check refuses a selector that names no keys, or names them twice.
func (s Selector) Check() error {
	ways := 0
	for _, given := range []bool{s.IDs != nil, s.Text != "", s.Filter != nil, s.All} {
		if given {
			ways++
		}
	}
	var faults fault.List
	if ways == 0 {
		faults.Add("keys", fault.Required, nil, "give one of ids, text, filter and all")
	}
	if ways > 1 {
		faults.Add("keys", fault.Exclusive, nil, "give only one of ids, text, filter and all")
	}
	if s.Filter == nil && !s.All {
		if s.Except != nil {
			faults.Add("keys.except", fault.Exclusive, nil, "goes with filter or all")
		}
		if s.UpTo != 0 {
			faults.Add("keys.upTo", fault.Exclusive, nil, "goes with filter or all")
		}
	}
	return faults.Err()
}

// selectedAtOnce is how many keys of a selection are handed on together.
const selectedAtOnce = 500

// step is some of the selected keys, ascending. Ids that name no key of the group may be among them, and a key may have
// changed since it was chosen: still is what must hold, beside its group, when something is done with it.
type step struct {
	ids   []int64
	still []predicate.Key
}

// stepped is what it comes to that so many of the step's ids were taken, of which some were concerned.
func (s step) stepped(taken, concerned int) schema.TaskMark {
	return schema.TaskMark{Place: s.ids[taken-1], Succeeded: int64(concerned), Skipped: int64(taken - concerned)}
}

// each hands the selected keys to do, step by step and in order of ids but for those of a text, and tells the total when it is
// known. An operation that was cut short goes on after the key that its mark names.
func (p *Pool) each(ctx context.Context, s Selector, c *course, do func(step) error) error {
	switch {
	case s.IDs != nil:
		ids := slices.Clone(s.IDs)
		slices.Sort(ids)
		ids = slices.Compact(ids)
		c.SetTotal(int64(len(ids)))
		done, _ := slices.BinarySearch(ids, c.place()+1)
		ids = ids[done:]
		for chunk := range slices.Chunk(ids, selectedAtOnce) {
			if err := do(step{ids: chunk}); err != nil {
				return err
			}
		}
		return nil
	case s.Text != "":
		return p.eachInText(ctx, s, c, do)
	}
	return p.eachPassing(ctx, s, c, do)
}

// eachPassing walks through the keys that pass a filter.
func (p *Pool) eachPassing(ctx context.Context, s Selector, c *course, do func(step) error) error {
	where, indexed, err := p.conditions(ctx, s.GroupID, s.Filter)
	if err != nil {
		return err
	}
	statuses := s.Filter.statuses()
	still := append(slices.Clone(where), key.StatusIn(statuses...))
	where = append(where, key.GroupID(s.GroupID))
	if s.UpTo != 0 {
		where = append(where, key.IDLTE(s.UpTo))
	}
	if s.Filter.byStatusAlone() && s.UpTo == 0 && len(s.Except) == 0 {
		counts, err := p.Counts(ctx, s.GroupID)
		if err != nil {
			return err
		}
		c.SetTotal(counts.of(statuses))
	}
	except := make(map[int64]bool, len(s.Except))
	for _, id := range s.Except {
		except[id] = true
	}
	for at := c.place(); ; {
		ids, far, err := p.passing(ctx, s.GroupID, where, statuses, at, indexed)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id int64) bool {
			return except[id] || s.Filter != nil && s.Filter.Cooling != nil && !s.Filter.coolingIs(p.health.KeyState(s.GroupID, id))
		})
		for chunk := range slices.Chunk(ids, selectedAtOnce) {
			if err := do(step{ids: chunk, still: still}); err != nil {
				return err
			}
		}
		if far == 0 {
			return nil
		}
		at = far
	}
}

// passing are the next keys that meet the conditions, and the id after which to go on; 0 when there are no more. What no index
// finds is looked for one window after the other, so that whoever has seen enough can stop.
func (p *Pool) passing(ctx context.Context, groupID int64, where []predicate.Key, statuses []Status, at int64, indexed bool) (ids []int64, far int64, err error) {
	if indexed {
		ids, err = p.walkIDs(ctx, where, statuses, at, selectedAtOnce)
		if len(ids) == selectedAtOnce {
			far = ids[len(ids)-1]
		}
		return ids, far, err
	}
	from := span{after: at}
	if far, err = p.ahead(ctx, groupID, statuses, from); err != nil {
		return nil, 0, err
	}
	ids, err = p.walkIDs(ctx, append(where[:len(where):len(where)], from.upTo(far)), statuses, at, window*len(statuses))
	return ids, far, err
}

// eachInText finds the keys of a text by their digests. What no key of the group is counts as skipped, what could be no key
// as failed.
func (p *Pool) eachInText(ctx context.Context, s Selector, c *course, do func(step) error) error {
	total, err := countEntries(strings.NewReader(s.Text))
	if err != nil {
		return err
	}
	c.SetTotal(total)
	parser := NewParser(strings.NewReader(s.Text))
	for ended := false; !ended; {
		var digests [][]byte
		for len(digests) < batch {
			entry, err := parser.Next()
			if ended = errors.Is(err, io.EOF); ended {
				break
			}
			if err != nil {
				return fmt.Errorf("read keys: %w", err)
			}
			if entry.Reason != "" {
				c.fail(entry.problem())
				continue
			}
			digest := p.box.Digest(entry.Text)
			digests = append(digests, digest[:])
		}
		if len(digests) == 0 {
			continue
		}
		ids, err := p.db.Key.Query().Where(key.GroupID(s.GroupID), key.DigestIn(digests...)).IDs(ctx)
		if err != nil {
			return fmt.Errorf("look up keys: %w", err)
		}
		slices.Sort(ids)
		c.skip(int64(len(digests) - len(ids)))
		if len(ids) > 0 {
			if err := do(step{ids: ids}); err != nil {
				return err
			}
		}
	}
	return nil
}
