package keypool

import (
	"context"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/ent/schema"
	"roundhouse/internal/seal"
)

// Copy adds one group's keys to another, with their notes and with their status, so that nothing an administrator switched off
// comes back by it; or of them the ACTIVE ones alone. What keys did stays behind. Keys are counted as by Import; one whose
// sealed text does not open counts as failed.
func (p *Pool) Copy(ctx context.Context, from, to int64, activeAlone bool, progress Progress) error {
	filter := &Filter{}
	if activeAlone {
		filter.StatusIn = []Status{key.StatusACTIVE}
	}
	counts, err := p.Counts(ctx, from)
	if err != nil {
		return err
	}
	progress.SetTotal(counts.of(filter.statuses()))
	c := embark(progress)
	for {
		rows, err := p.walk(ctx, []predicate.Key{key.GroupID(from)}, filter.statuses(), span{after: c.place()}, readAhead)
		if err != nil || len(rows) == 0 {
			return err
		}
		keys, err := p.resealed(rows, to, c)
		if err != nil {
			return err
		}
		if err := p.insert(ctx, to, keys, rows[len(rows)-1].ID, c); err != nil {
			return fmt.Errorf("store copied keys: %w", err)
		}
	}
}

// resealed are keys as another group would store them.
func (p *Pool) resealed(rows []*ent.Key, groupID int64, c *course) ([]fresh, error) {
	keys := make([]fresh, 0, len(rows))
	for _, row := range rows {
		plain, err := p.open(row)
		if err != nil {
			c.fail(schema.TaskProblem{KeyMasked: row.Masked, Reason: string(key.FaultUNSEALABLE), Message: "its sealed text does not open"})
			continue
		}
		sealed, err := p.box.Seal(seal.KeyIdentity(groupID, plain.Digest), []byte(plain.Text))
		if err != nil {
			return nil, fmt.Errorf("seal a copy of key %d: %w", row.ID, err)
		}
		copied := fresh{digest: plain.Digest, sealed: sealed, masked: row.Masked, notes: row.Notes}
		if row.Status != key.StatusACTIVE {
			copied.status = row.Status
		}
		keys = append(keys, copied)
	}
	return keys, nil
}
