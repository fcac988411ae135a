package keypool

import (
	"context"
	"fmt"
	"slices"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
)

// word is what an administrator says of keys: whom it concerns and what becomes of them. It beats whatever a validation that
// is under way will find, since it gives the key a new revision.
type word struct {
	verb string
	from []Status
	to   Status
	// relieves says that ACTIVE keys which rest or cool are concerned too.
	relieves bool
}

// Restore puts INVALID keys back to ACTIVE, wipes the charges of these and of ACTIVE ones, and ends their resting and cooling.
// Keys for which there was nothing to do, DISABLED ones among them, count as skipped.
func (p *Pool) Restore(ctx context.Context, s Selector, progress Progress) error {
	return p.say(ctx, s, word{verb: "restore", from: []Status{key.StatusINVALID}, to: key.StatusACTIVE, relieves: true}, progress)
}

// Enable makes DISABLED keys ACTIVE, with a clean slate; others count as skipped.
func (p *Pool) Enable(ctx context.Context, s Selector, progress Progress) error {
	return p.say(ctx, s, word{verb: "enable", from: []Status{key.StatusDISABLED}, to: key.StatusACTIVE}, progress)
}

// Disable takes keys out of rotation until an administrator enables them; those that are DISABLED already count as skipped.
func (p *Pool) Disable(ctx context.Context, s Selector, progress Progress) error {
	return p.say(ctx, s, word{verb: "disable", from: []Status{key.StatusACTIVE, key.StatusINVALID}, to: key.StatusDISABLED}, progress)
}

func (p *Pool) say(ctx context.Context, s Selector, w word, progress Progress) error {
	if err := s.Check(); err != nil {
		return err
	}
	c := embark(progress)
	return p.each(ctx, s, c, func(some step) error {
		for len(some.ids) > 0 {
			taken, moved, err := p.saySome(ctx, s.GroupID, w, some, c)
			if err != nil {
				return fmt.Errorf("%s keys: %w", w.verb, err)
			}
			p.spreadWord(ctx, s.GroupID, w, moved)
			c.done(some.stepped(taken, len(moved)))
			some.ids = some.ids[taken:]
		}
		return nil
	})
}

// saySome changes as much of a step as fits into one transaction. taken counts from the beginning of its ids; moved are those
// that changed.
func (p *Pool) saySome(ctx context.Context, groupID int64, w word, some step, c *course) (taken int, moved []int64, err error) {
	err = p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		taken, moved = 0, nil
		revision, err := lock(ctx, tx, groupID)
		if err != nil {
			return err
		}
		var counts Counts
		for began := time.Now(); taken < len(some.ids) && time.Since(began) < hold; {
			chunk := some.ids[taken:min(taken+batch, len(some.ids))]
			taken += len(chunk)
			rows, err := tx.Key.Query().Where(some.still...).Where(key.IDIn(chunk...)).
				Order(key.ByID()).Select(key.FieldID, key.FieldGroupID, key.FieldStatus, key.FieldConsecutiveFailures).All(ctx)
			if err != nil {
				return fmt.Errorf("look up keys: %w", err)
			}
			var concerned []int64
			for _, row := range rows {
				// The group is looked at here for the reason that deleteSome gives.
				if row.GroupID == groupID && p.concerns(w, row) {
					concerned = append(concerned, row.ID)
					*counts.at(row.Status)--
					*counts.at(w.to)++
				}
			}
			if len(concerned) == 0 {
				continue
			}
			err = tx.Key.Update().Where(key.IDIn(concerned...)).
				SetStatus(w.to).SetConsecutiveFailures(0).SetFruitless(0).SetRevision(revision).AddVersion(1).Exec(ctx)
			if err != nil {
				return fmt.Errorf("change keys: %w", err)
			}
			moved = append(moved, concerned...)
		}
		if err := settle(ctx, tx, groupID, counts, false); err != nil {
			return err
		}
		return c.mark(ctx, tx, some.stepped(taken, len(moved)))
	})
	if err != nil {
		return 0, nil, err
	}
	return taken, moved, nil
}

// concerns reports whether the word changes anything about the key.
func (p *Pool) concerns(w word, row *ent.Key) bool {
	if slices.Contains(w.from, row.Status) {
		return true
	}
	return w.relieves && row.Status == key.StatusACTIVE && p.troubled(row)
}

// troubled reports whether there is anything of a key in rotation that would be wiped.
func (p *Pool) troubled(row *ent.Key) bool {
	state := p.health.KeyState(row.GroupID, row.ID)
	return row.ConsecutiveFailures > 0 || state.Charges > 0 || state.Suspect || len(state.Models) > 0 ||
		!state.RestingUntil.IsZero() || !state.CoolingUntil.IsZero()
}

// spreadWord tells the data plane and viewers, at once and then by the group's next snapshot.
func (p *Pool) spreadWord(ctx context.Context, groupID int64, w word, moved []int64) {
	if len(moved) == 0 {
		return
	}
	for _, id := range moved {
		if w.to == key.StatusACTIVE {
			p.health.Restore(groupID, id)
		} else {
			p.health.Withdraw(groupID, id)
		}
	}
	p.forget(groupID, moved)
	p.changed(groupID)
	p.announce(ctx, groupID, moved)
}

// forget drops verdicts that were told before the word and are not written yet.
func (p *Pool) forget(groupID int64, ids []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		delete(p.verdicts[groupID], id)
	}
}
