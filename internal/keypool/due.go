package keypool

import (
	"context"
	"fmt"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/keycount"
)

// longestWait bounds how long a dead key is left alone, unless its group's interval is longer.
const longestWait = 24 * time.Hour

// skew is how far clocks of nodes may differ. What was noted for later than that was noted before a clock was set back.
const skew = time.Minute

// EachDue hands do the INVALID keys of a group that were not tried for the interval, doubled for each validation in a row that
// found the key INVALID still, a day at most. It ends with the first error of do.
func (p *Pool) EachDue(ctx context.Context, groupID int64, interval time.Duration, do func(id int64) error) error {
	began := time.Now()
	for at := int64(0); ; {
		rows, err := p.db.Key.Query().Where(key.GroupID(groupID), key.StatusEQ(key.StatusINVALID), key.IDGT(at)).
			Order(key.ByID()).Limit(selectedAtOnce).
			Select(key.FieldID, key.FieldLastFailedAt, key.FieldFruitless).All(ctx)
		if err != nil {
			return fmt.Errorf("look for keys to validate: %w", err)
		}
		if len(rows) == 0 {
			return nil
		}
		at = rows[len(rows)-1].ID
		for _, row := range rows {
			if failed := row.LastFailedAt; failed != nil && failed.Add(waitOf(row, interval)).After(began) && failed.Before(began.Add(skew)) {
				continue
			}
			if err := do(row.ID); err != nil {
				return err
			}
		}
	}
}

// waitOf is how long a dead key is left alone: up to a tenth less, by the key, so that keys which died together part.
func waitOf(row *ent.Key, interval time.Duration) time.Duration {
	wait := interval
	if interval < longestWait { // a longer one is not doubled, nor could be without end
		wait = min(interval<<min(row.Fruitless, 14), longestWait)
	}
	return wait - wait/10*time.Duration(row.ID%10)/10
}

// WithInvalid returns the groups that have INVALID keys.
func (p *Pool) WithInvalid(ctx context.Context) ([]int64, error) {
	ids, err := p.db.KeyCount.Query().Where(keycount.InvalidGT(0)).Order(keycount.ByID()).IDs(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for groups with INVALID keys: %w", err)
	}
	return ids, nil
}
