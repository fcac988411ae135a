package keypool_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
)

// The killed process had found a key dead without having noted it: the key is out of the selection then, and counted all the same.
func TestATrialGoesOnWithWhatWasNotTold(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 700))
	ids := h.ids(t, g)
	h.set(t, ids[1], key.StatusINVALID)
	active := keypool.Selector{GroupID: g, Filter: &keypool.Filter{StatusIn: []keypool.Status{key.StatusACTIVE}}}

	var killed tally
	stop := errors.New("killed")
	err := h.Try(t.Context(), active, &killed, func(_ context.Context, some <-chan int64, tell keypool.Tell) error {
		first, second := <-some, <-some
		h.set(t, first, key.StatusINVALID)
		tell(second, 1, 0, 0)
		return stop
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	resumed := tally{mark: killed.mark}
	var tried []int64
	err = h.Try(t.Context(), active, &resumed, func(_ context.Context, some <-chan int64, tell keypool.Tell) error {
		for id := range some {
			tried = append(tried, id)
			tell(id, 1, 0, 0)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(tried)
	if !slices.Contains(tried, ids[0]) || slices.Contains(tried, ids[1]) || len(slices.Compact(tried)) != len(tried) {
		t.Errorf("%d keys were tried", len(tried))
	}
	if total := killed.mark.Succeeded + resumed.succeeded; total != 699 {
		t.Errorf("%d are counted", total)
	}
}
