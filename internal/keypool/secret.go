package keypool

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/keycount"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// Plain is a key in clear, to be sent to an upstream.
type Plain struct {
	ID, GroupID int64
	Text        string
	Digest      seal.Digest
	Status      Status
	// Revision is the key's at this moment; a Decision on the key carries it back.
	Revision int64
}

// Plain opens a key. The error wraps fault.ErrNotFound when there is none.
func (p *Pool) Plain(ctx context.Context, id int64) (Plain, error) {
	row, err := p.Get(ctx, id)
	if err != nil {
		return Plain{}, err
	}
	return p.open(row)
}

func (p *Pool) open(row *ent.Key) (Plain, error) {
	digest := seal.Digest(row.Digest)
	text, err := p.box.Open(seal.KeyIdentity(row.GroupID, digest), row.Sealed)
	if err != nil {
		return Plain{}, fmt.Errorf("open key %d: %w", row.ID, err)
	}
	return Plain{ID: row.ID, GroupID: row.GroupID, Text: string(text), Digest: digest, Status: row.Status, Revision: row.Revision}, nil
}

// Reveal returns a key in clear for an administrator's eyes, and leaves a row that says who saw it.
func (p *Pool) Reveal(ctx context.Context, id int64) (string, error) {
	var plain Plain
	err := p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		row, err := tx.Key.Get(ctx, id)
		if ent.IsNotFound(err) {
			return fmt.Errorf("key %d: %w", id, fault.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("get key: %w", err)
		}
		if plain, err = p.open(row); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Event{Action: "revealKey", Target: "key " + row.Masked, GroupID: row.GroupID, KeyID: id})
	})
	return plain.Text, err
}

// Fingerprint is what to recognise a key by, without holding it.
func (p *Pool) Fingerprint(value string) string {
	return seal.Fingerprint(p.box.Digest([]byte(value)))
}

// Starving returns the groups that have keys to try and none that is ACTIVE.
func (p *Pool) Starving(ctx context.Context) ([]int64, error) {
	ids, err := p.db.KeyCount.Query().Where(keycount.Active(0), keycount.InvalidGT(0)).Order(keycount.ByID()).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for starving groups: %w", err)
	}
	return ids, nil
}

// Sample returns up to n keys of a group at random that may be worth trying: INVALID ones and suspects, never DISABLED ones.
func (p *Pool) Sample(ctx context.Context, groupID int64, n int) ([]int64, error) {
	chosen := map[int64]bool{}
	for _, status := range []Status{key.StatusACTIVE, key.StatusINVALID} {
		if err := p.sampleStatus(ctx, groupID, status, n, chosen); err != nil {
			return nil, fmt.Errorf("sample keys: %w", err)
		}
	}
	return slices.Sorted(maps.Keys(chosen)), nil
}

// sampleStatus adds keys of one status until n are chosen. It looks at a few places in the range of ids and takes what
// stands there, which is one look-up each however many keys there are.
func (p *Pool) sampleStatus(ctx context.Context, groupID int64, status Status, n int, chosen map[int64]bool) error {
	oldest, err := p.walkIDs(ctx, []predicate.Key{key.GroupID(groupID)}, []Status{status}, 0, 1)
	if err != nil || len(oldest) == 0 {
		return err
	}
	newest, err := p.db.Key.Query().Where(key.GroupID(groupID), key.StatusEQ(status)).
		Order(key.ByID(entsql.OrderDesc())).Limit(1).IDs(ctx)
	if err != nil || len(newest) == 0 {
		return err
	}
	for try := 0; try < 2*n && len(chosen) < n; try++ {
		place := oldest[0] + rand.Int64N(max(newest[0]-oldest[0], 0)+1)
		ids, err := p.walkIDs(ctx, []predicate.Key{key.GroupID(groupID)}, []Status{status}, place-1, n)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !chosen[id] && (status == key.StatusINVALID || p.health.KeyState(groupID, id).Suspect) {
				chosen[id] = true
				break
			}
		}
	}
	return nil
}
