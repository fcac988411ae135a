package proxycore

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A set says what was added to it, in order of ids, however it came to be, and never changes when another grows from it.
func TestAKeySetHoldsWhatWasAdded(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, chunkKeys - 1, chunkKeys, chunkKeys + 1, 3 * chunkKeys, 3*chunkKeys + 7} {
		for _, ordered := range []bool{true, false} {
			want := map[int64]string{}
			add := func(b *KeySetBuilder, n int, base int64) {
				for i := range n {
					id := base + int64(2*i) + 1
					if !ordered {
						id = 1 + random.Int64N(int64(2*n)) // some twice
					}
					want[id] = fmt.Sprintf("key-%d-%d", id, random.IntN(1000))
					b.Add(id, []byte(want[id]), [32]byte{byte(id), byte(id >> 8), byte(id >> 16)})
				}
			}
			b := NewKeySetBuilder(n / 2)
			add(b, n, 0)
			set := b.Build()
			holds(t, set, want)
			before := maps.Clone(want)
			grown := set.Grow()
			add(grown, n/3+5, int64(2*n))
			holds(t, grown.Build(), want)
			holds(t, set, before)
		}
	}
	var none *KeySet
	holds(t, none, nil)
	holds(t, none.Grow().Build(), nil)
}

func holds(t *testing.T, set *KeySet, want map[int64]string) {
	t.Helper()
	ids := slices.Sorted(maps.Keys(want))
	if set.Len() != len(ids) || len(ids) > 0 && set.Last() != ids[len(ids)-1] {
		t.Fatalf("%d keys up to %d, not %d", set.Len(), set.Last(), len(ids))
	}
	for i, id := range ids {
		at, found := set.find(id)
		if !found || at != i || set.id(i) != id || set.key(i) != want[id] || set.bearer(i) != "Bearer "+want[id] || *set.digest(i) != [32]byte{byte(id), byte(id >> 8), byte(id >> 16)} {
			t.Fatalf("key %d at %d is %q, found %t at %d; want %d %q", i, set.id(i), set.key(i), found, at, id, want[id])
		}
	}
	if _, found := set.find(-1); found {
		t.Error("found a key that is not there")
	}
	seen := 0
	set.Each(func(id int64, text string, _ [32]byte) bool {
		if id != ids[seen] || text != want[id] {
			t.Fatalf("%d %q is yielded at %d", id, text, seen)
		}
		seen++
		return true
	})
	if seen != len(ids) {
		t.Errorf("%d keys are yielded of %d", seen, len(ids))
	}
}
