package keypool

import (
	"context"
	"fmt"
	"slices"

	"roundhouse/ent/generated/ent/key"
)

// Export hands the selected keys in clear to give, oldest first unless a text says another order, and leaves a row that says
// who took them. A key whose sealed text does not open is left out and told in the log. It ends with the first error of give.
func (p *Pool) Export(ctx context.Context, s Selector, give func(text string) error) error {
	if err := s.Check(); err != nil {
		return err
	}
	if err := p.Begin(ctx, s.GroupID, "export"); err != nil {
		return err
	}
	return p.each(ctx, s, embark(Unwatched{}), func(some step) error {
		for chunk := range slices.Chunk(some.ids, batch) {
			rows, err := p.db.Key.Query().Where(some.still...).Where(key.IDIn(chunk...)).Order(key.ByID()).All(ctx)
			if err != nil {
				return fmt.Errorf("read keys: %w", err)
			}
			for _, row := range rows {
				if row.GroupID != s.GroupID {
					continue
				}
				plain, err := p.open(row)
				if err != nil {
					p.log.WarnContext(ctx, "a key was left out of an export", "key", row.ID, "error", err)
					continue
				}
				if err := give(plain.Text); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
