package keypool

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
)

// MaxNotes is how many characters a key's notes may have.
const MaxNotes = 1024

// UpdateNotes replaces a key's notes and returns the key as it is then.
func (p *Pool) UpdateNotes(ctx context.Context, id int64, notes string) (*ent.Key, error) {
	notes = strings.TrimSpace(notes)
	if n := utf8.RuneCountInString(notes); n > MaxNotes {
		return nil, fault.One("notes", fault.TooLong, map[string]any{"max": MaxNotes}, "%d characters; at most %d", n, MaxNotes)
	}
	if !utf8.ValidString(notes) || strings.ContainsRune(notes, 0) {
		return nil, fault.One("notes", fault.BadForm, nil, "the text holds a NUL or is no UTF-8")
	}
	var row *ent.Key
	err := p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		before, err := tx.Key.Get(ctx, id)
		if ent.IsNotFound(err) {
			return fmt.Errorf("key %d: %w", id, fault.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("get key: %w", err)
		}
		if row, err = tx.Key.UpdateOneID(id).SetNotes(notes).AddVersion(1).Save(ctx); err != nil {
			return fmt.Errorf("write notes: %w", err)
		}
		return audit.Write(ctx, tx, audit.Event{
			Action: "updateKeyNotes", Target: "key " + row.Masked, GroupID: row.GroupID, KeyID: id,
			Before: map[string]string{"notes": before.Notes}, After: map[string]string{"notes": notes},
		})
	})
	if err != nil {
		return nil, err
	}
	p.announce(ctx, row.GroupID, []int64{row.ID})
	return row, nil
}
