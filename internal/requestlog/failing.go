package requestlog

import (
	"cmp"
	"context"
	"slices"
	"time"

	"roundhouse/internal/fault"
	"roundhouse/proxycore"
)

const (
	// mostCharges is how many charges are counted at most: of a flood the latest.
	mostCharges = 20_000
	// mostFailing is how many keys may be asked for.
	mostFailing = 50
)

// FailingKey is a key that was charged. LastStatusCode is of its last charge; 0 when there was no answer.
type FailingKey struct {
	KeyID          int64
	Failures       int64
	LastStatusCode int
}

// FailingKeys are the keys of a group, 0 for all, that were charged on any node since then, most charges first, as far as the
// latest 20,000 charges and a scan of 150 ms go back. first is 1 to 50; else a *fault.Input.
func (l *Log) FailingKeys(ctx context.Context, group int64, since time.Time, first int) ([]FailingKey, error) {
	if first < 1 || first > mostFailing {
		return nil, fault.One("first", fault.TooLarge, map[string]any{"min": 1, "max": mostFailing}, "is from 1 to %d", mostFailing)
	}
	failed := false
	f := Filter{From: since, GroupID: group, Success: &failed, Charged: proxycore.ChargedKey, WithoutBodies: true}
	low, high := f.bounds()
	waiting := l.unwritten(f.Matches)
	written, end, err := l.find(ctx, &f, span{low, high}, mostCharges)
	if err != nil {
		return nil, err
	}
	found := []FailingKey{}
	place := map[int64]int{}
	for _, e := range merge(waiting, written, end) { // newest first
		i, known := place[e.KeyID]
		if !known {
			i = len(found)
			place[e.KeyID] = i
			found = append(found, FailingKey{KeyID: e.KeyID, LastStatusCode: e.StatusCode})
		}
		found[i].Failures++
	}
	slices.SortFunc(found, func(a, b FailingKey) int {
		return cmp.Or(cmp.Compare(b.Failures, a.Failures), cmp.Compare(a.KeyID, b.KeyID))
	})
	return found[:min(first, len(found))], nil
}
