package keypool_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
)

func TestDeleteTakesExactlyTheSelectedKeys(t *testing.T) {
	for name, c := range map[string]struct {
		choose func(ids []int64) keypool.Selector
		// left are the places of the keys that stay, of ten: 0 to 3 are INVALID, 4 is DISABLED.
		left []int
		told string
	}{
		"ids": {func(ids []int64) keypool.Selector {
			return keypool.Selector{IDs: []int64{ids[9], ids[0], ids[9], 99999}}
		}, []int{1, 2, 3, 4, 5, 6, 7, 8}, "3: 2+1+0"},
		"ids of another group": {func(ids []int64) keypool.Selector { return keypool.Selector{IDs: []int64{ids[9] + 1, ids[0]}} }, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, "2: 1+1+0"},
		"no id at all":         {func([]int64) keypool.Selector { return keypool.Selector{IDs: []int64{}} }, []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, "0: 0+0+0"},
		"text": {func([]int64) keypool.Selector {
			return keypool.Selector{Text: "key-000001,key-000001 nobody key-000002 k\x00"}
		}, []int{0, 3, 4, 5, 6, 7, 8, 9}, "5: 2+2+1"},
		"filter": {func([]int64) keypool.Selector {
			return keypool.Selector{Filter: &keypool.Filter{StatusIn: []key.Status{key.StatusINVALID}}}
		}, []int{4, 5, 6, 7, 8, 9}, "4: 4+0+0"},
		"filter, except, up to": {func(ids []int64) keypool.Selector {
			return keypool.Selector{Filter: &keypool.Filter{}, Except: ids[:2], UpTo: ids[4]}
		}, []int{0, 1, 5, 6, 7, 8, 9}, "0: 3+0+0"},
		"all": {func([]int64) keypool.Selector { return keypool.Selector{All: true} }, nil, "10: 10+0+0"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			g, other := h.group(t, "openai"), h.group(t, "other")
			h.add(t, g, keysOf("key", 10))
			h.add(t, other, keysOf("key", 10))
			ids := h.ids(t, g)
			for i := range 5 {
				h.set(t, ids[i], []key.Status{key.StatusINVALID, key.StatusDISABLED}[i/4])
			}
			epoch := h.db.KeyCount.GetX(t.Context(), g).Epoch
			h.changes()

			selector := c.choose(ids)
			selector.GroupID = g
			var p tally
			if err := h.Delete(t.Context(), selector, &p); err != nil {
				t.Fatal(err)
			}
			var want []int64
			for _, place := range c.left {
				want = append(want, ids[place])
			}
			if got := h.ids(t, g); !slices.Equal(got, want) {
				t.Errorf("left %v, want %v", got, want)
			}
			if p.String() != c.told {
				t.Errorf("told %s, want %s", &p, c.told)
			}
			h.reconcile(t, g)
			if n := len(h.ids(t, other)); n != 10 {
				t.Errorf("%d keys of the other group are left", n)
			}
			gone := 10 - len(want)
			if n := strings.Count(h.core.heard(), "withdraw"); n != gone {
				t.Errorf("%d keys were withdrawn, %d deleted", n, gone)
			}
			raised := h.db.KeyCount.GetX(t.Context(), g).Epoch > epoch
			if raised != (gone > 0) || (h.changes() > 0) != (gone > 0) {
				t.Errorf("epoch raised: %t, of %d deleted", raised, gone)
			}
		})
	}
}

func TestDeleteInStepsTakesUsageAlong(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1234))
	for _, id := range h.ids(t, g)[:3] {
		h.db.KeyUsage.Create().SetID(id).SetRequestCount(5).ExecX(t.Context())
	}
	var p tally
	if err := h.Delete(t.Context(), keypool.Selector{GroupID: g, All: true}, &p); err != nil {
		t.Fatal(err)
	}
	if p.String() != "1234: 1234+0+0" || h.reconcile(t, g).Total() != 0 || h.db.KeyUsage.Query().CountX(t.Context()) != 0 {
		t.Errorf("told %s", &p)
	}
}

func TestASelectorMustSayOneThing(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 3))
	for name, s := range map[string]keypool.Selector{
		"nothing":        {},
		"two ways":       {All: true, IDs: []int64{1}},
		"ids but except": {IDs: []int64{1}, Except: []int64{2}},
		"text up to":     {Text: "key-a", UpTo: 2},
	} {
		s.GroupID = g
		var input *fault.Input
		if err := h.Delete(t.Context(), s, &tally{}); !errors.As(err, &input) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(h.ids(t, g)) != 3 {
		t.Error("a refused selector deleted keys")
	}
}
