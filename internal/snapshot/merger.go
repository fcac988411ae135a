package snapshot

import (
	"bytes"
	"cmp"
	"slices"

	"roundhouse/proxycore"
)

// merger makes a set of another and of keys that changed since. Those that come after all others by id, as an import's do, are
// added to what is there: of a million keys each copy counts.
type merger struct {
	was *proxycore.KeySet
	// grown is was with the keys that followed it; nil while none did. last is the id it ends with.
	grown *proxycore.KeySetBuilder
	last  int64
	// changed are all others.
	changed []row
}

// take takes one key, whose text may be gone afterwards.
func (m *merger) take(k row) {
	if m.last == 0 {
		m.last = m.was.Last()
	}
	if k.id <= m.last {
		m.changed = append(m.changed, row{id: k.id, digest: k.digest, text: bytes.Clone(k.text), active: k.active})
		return
	}
	if !k.active {
		return
	}
	if m.grown == nil {
		m.grown = m.was.Grow()
	}
	m.grown.Add(k.id, k.text, k.digest)
	m.last = k.id
}

// merged returns the set that was when nothing changed.
func (m *merger) merged() *proxycore.KeySet {
	set := m.was
	if m.grown != nil {
		set = m.grown.Build()
	}
	if len(m.changed) > 0 {
		set = merge(set, m.changed)
	}
	return set
}

// merge returns the set with the changed keys in their new state.
func merge(set *proxycore.KeySet, changed []row) *proxycore.KeySet {
	slices.SortFunc(changed, func(a, b row) int { return cmp.Compare(a.id, b.id) })
	b := proxycore.NewKeySetBuilder(set.Len() + len(changed))
	next := 0
	var text []byte
	addUpTo := func(id int64) {
		for ; next < len(changed) && changed[next].id <= id; next++ {
			if k := changed[next]; k.active {
				b.Add(k.id, k.text, k.digest)
			}
		}
	}
	set.Each(func(id int64, old string, digest [32]byte) bool {
		addUpTo(id)
		if next > 0 && changed[next-1].id == id {
			return true // it was added in its new state, or left out
		}
		text = append(text[:0], old...)
		b.Add(id, text, digest)
		return true
	})
	if len(changed) > 0 {
		addUpTo(changed[len(changed)-1].id)
	}
	return b.Build()
}
