package keypool

import (
	"context"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
)

// Finding is what a validation's answer says of the key.
type Finding uint8

const (
	// Well: the key did what it was asked (2xx). An INVALID key becomes ACTIVE, and charges are wiped.
	Well Finding = iota + 1
	// Known: the request was wrong, but the key was not (400, 404). An ACTIVE key's charges are wiped.
	Known
	// Limited: the key is genuine but out of quota for now (429). It is ACTIVE and cools.
	Limited
	// Dead: the key was refused by a status that blacklists. It is INVALID.
	Dead
	// Unsealable: the key's sealed text does not open. It is INVALID.
	Unsealable
)

// Decision is a validation's answer, turned into what becomes of the key.
type Decision struct {
	KeyID   int64
	Finding Finding
	// Revision is the key's when its text was taken to be tried. When the key went into or out of rotation meanwhile, by an
	// administrator's word or by another decision, this one is dropped. 0 stands for the revision of now.
	Revision int64
	At       time.Time
	// StatusCode is 0 when there was none; Reason is the upstream's own words, without the key.
	StatusCode int
	Reason     string
	// Until is when a Limited key may be asked again; zero when nobody knows. Account says it is the account's quota.
	Until   time.Time
	Account bool
}

// asked is a decision, the condition under which it may be written, and who waits for it.
type asked struct {
	Decision
	fence func(*entsql.Selector)
	done  chan error
}

// answer tells whoever waits, once.
func (a *asked) answer(err error) {
	select {
	case a.done <- err:
	default:
	}
}

// Decide sets a key's status by a validation's answer, and returns when that is stored and the data plane knows. An
// administrator's word wins: a key that is DISABLED, gone, or changed since it was tried stays as it is, which is no error. Neither
// is a decision of a leader that leads no longer, which is dropped.
func (p *Pool) Decide(ctx context.Context, d Decision) error {
	a := &asked{Decision: d, fence: p.fence.Holds(ctx), done: make(chan error, 1)}
	p.mu.Lock()
	p.asked = append(p.asked, a)
	p.mu.Unlock()
	signal(p.hurry)
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Quarantine takes keys out of rotation whose sealed text does not open.
func (p *Pool) Quarantine(ctx context.Context, keyIDs []int64) error {
	for _, id := range keyIDs {
		err := p.Decide(ctx, Decision{KeyID: id, Finding: Unsealable, At: time.Now(), Reason: "its sealed text does not open"})
		if err != nil {
			return fmt.Errorf("quarantine key %d: %w", id, err)
		}
	}
	return nil
}

// outcome is what a decision came to, for whoever must hear of it after the commit.
type outcome struct {
	keyID            int64
	from, to         Status
	restored, cooled bool
	until            time.Time
}

// overruled reports that the decision is none for the key as it is.
func (a *asked) overruled(row *ent.Key) bool {
	return row.Status == key.StatusDISABLED || a.Revision != 0 && a.Revision != row.Revision ||
		a.Finding == Known && row.Status != key.StatusACTIVE
}

// sift takes out of the work what leaves its key as it is, so that neither a row nor the group's revision moves and no viewer reads
// again, and returns what the data planes hear of it still: one of them may know the key otherwise.
func (p *Pool) sift(ctx context.Context, w *work) ([]*outcome, error) {
	if len(w.asked) == 0 {
		return nil, nil
	}
	ids := make([]int64, len(w.asked))
	for i, a := range w.asked {
		ids[i] = a.KeyID
	}
	found, err := p.db.Key.Query().Where(key.IDIn(ids...), key.GroupID(w.groupID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("look up keys: %w", err)
	}
	rows := make(map[int64]*ent.Key, len(found))
	for _, row := range found {
		rows[row.ID] = row
	}
	var outcomes []*outcome
	var rest []*asked
	for _, a := range w.asked {
		row := rows[a.KeyID]
		healthy := a.Finding == Well || a.Finding == Known
		switch {
		case row == nil || a.overruled(row):
		case healthy && row.Status == key.StatusACTIVE && !p.troubled(row):
			outcomes = append(outcomes, &outcome{keyID: row.ID, from: row.Status, to: row.Status, restored: true})
		default:
			rest = append(rest, a)
		}
	}
	w.asked = rest
	return outcomes, nil
}

// write applies the decision to the row as it is in the transaction, which holds the group's lock. The outcome is nil when
// nothing changes.
func (a *asked) write(ctx context.Context, tx *ent.Tx, row *ent.Key, revision int64) (*outcome, error) {
	if a.overruled(row) {
		return nil, nil
	}
	o := &outcome{keyID: row.ID, from: row.Status, to: row.Status}
	update := tx.Key.Update().Where(key.ID(row.ID), a.fence).AddVersion(1)
	switch a.Finding {
	case Known:
		o.restored = true
	case Well:
		o.to, o.restored = key.StatusACTIVE, true
	case Limited:
		o.to, o.restored, o.cooled, o.until = key.StatusACTIVE, true, true, a.Until
		blame(update, faultOf(429, a.Account), a.StatusCode, a.At, a.Reason)
	case Dead:
		o.to = key.StatusINVALID
		why := key.FaultVALIDATION_FAILED
		if a.StatusCode == 401 || a.StatusCode == 402 || a.StatusCode == 403 {
			why = faultOf(a.StatusCode, a.Account)
		}
		blame(update, why, a.StatusCode, a.At, a.Reason)
	case Unsealable:
		o.to = key.StatusINVALID
		blame(update, key.FaultUNSEALABLE, a.StatusCode, a.At, a.Reason)
	}
	if o.restored {
		update.SetConsecutiveFailures(0)
	}
	if o.to != o.from {
		update.SetStatus(o.to).SetRevision(revision).SetFruitless(0)
	} else if o.to == key.StatusINVALID {
		update.AddFruitless(1)
	}
	n, err := update.Save(ctx)
	if err != nil || n == 0 {
		return nil, err
	}
	return o, nil
}
