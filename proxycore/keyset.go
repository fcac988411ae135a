package proxycore

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

const (
	bearerPrefix = "Bearer "
	// chunkKeys is how many keys lie together: few enough that a set that grows by some copies little, and enough that their chunks
	// are nothing for the collector to walk.
	chunkBits = 12
	chunkKeys = 1 << chunkBits
)

// KeySet holds the ACTIVE keys of one group. It is immutable, so snapshots share it, and a set shares what did not change with the
// one that it grew from.
type KeySet struct {
	// chunks are full but for the last.
	chunks []chunk
	n      int
}

// chunk is some keys. It holds no pointer a key.
type chunk struct {
	ids     []int64
	digests [][32]byte
	// text holds "Bearer " and the key, one after the other, so that the commonest header value is a slice of it.
	text string
	// ends[i] is where key i ends in text; it begins where its neighbour ended.
	ends []uint32
}

// KeySetBuilder collects keys. Use NewKeySetBuilder, or Grow of a set.
type KeySetBuilder struct {
	set KeySet
	// open is the chunk that is filled, but for its text.
	open   chunk
	text   []byte
	last   int64
	sorted bool
}

// NewKeySetBuilder returns a builder with room for sizeHint keys.
func NewKeySetBuilder(sizeHint int) *KeySetBuilder {
	b := &KeySetBuilder{last: math.MinInt64, sorted: true}
	b.begin(sizeHint)
	return b
}

// Grow returns a builder that holds the set's keys; a nil set has none.
func (s *KeySet) Grow() *KeySetBuilder {
	b := NewKeySetBuilder(chunkKeys)
	if s.Len() == 0 {
		return b
	}
	full := s.n >> chunkBits
	b.set = KeySet{chunks: slices.Clone(s.chunks[:full]), n: full << chunkBits}
	b.last = s.id(max(b.set.n-1, 0))
	var text []byte
	for i := b.set.n; i < s.n; i++ {
		text = append(text[:0], s.key(i)...)
		b.Add(s.id(i), text, *s.digest(i))
	}
	return b
}

// begin opens a chunk.
func (b *KeySetBuilder) begin(sizeHint int) {
	room := min(max(sizeHint, 0), chunkKeys)
	b.open = chunk{ids: make([]int64, 0, room), digests: make([][32]byte, 0, room), ends: make([]uint32, 0, room)}
}

// Add takes one key. text is copied. Keys added by ascending id are built without sorting; of two with the same id the
// later wins.
func (b *KeySetBuilder) Add(id int64, text []byte, digest [32]byte) {
	if b.set.n+len(b.open.ids) > 0 && id <= b.last {
		b.sorted = false
	}
	if len(b.open.ids) == chunkKeys {
		b.close()
		b.begin(chunkKeys)
	}
	b.last = id
	b.open.ids = append(b.open.ids, id)
	b.open.digests = append(b.open.digests, digest)
	b.text = append(append(b.text, bearerPrefix...), text...)
	b.open.ends = append(b.open.ends, uint32(len(b.text)))
}

// close puts the open chunk to the others.
func (b *KeySetBuilder) close() {
	b.open.text = string(b.text)
	b.set.chunks = append(b.set.chunks, b.open)
	b.set.n += len(b.open.ids)
	b.text = b.text[:0]
}

// Build returns the set and leaves the builder empty.
func (b *KeySetBuilder) Build() *KeySet {
	if len(b.open.ids) > 0 {
		b.close()
	}
	set := b.set
	if !b.sorted {
		set = set.inOrder()
	}
	*b = KeySetBuilder{last: math.MinInt64, sorted: true}
	return &set
}

// inOrder returns the set in order of ids, the last of equal ids only.
func (s *KeySet) inOrder() KeySet {
	order := make([]int, s.n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(s.id(a), s.id(b)) })
	b := NewKeySetBuilder(len(order))
	for at, i := range order {
		if at+1 < len(order) && s.id(order[at+1]) == s.id(i) {
			continue
		}
		b.Add(s.id(i), []byte(s.key(i)), *s.digest(i))
	}
	return *b.Build()
}

// Len returns how many keys the set holds; a nil set holds none.
func (s *KeySet) Len() int {
	if s == nil {
		return 0
	}
	return s.n
}

// Last returns the greatest id; 0 of an empty set.
func (s *KeySet) Last() int64 {
	if s.Len() == 0 {
		return 0
	}
	return s.id(s.n - 1)
}

// Each yields the keys in order of their ids; a nil set yields nothing.
func (s *KeySet) Each(yield func(id int64, text string, digest [32]byte) bool) {
	for i := range s.Len() {
		if !yield(s.id(i), s.key(i), *s.digest(i)) {
			return
		}
	}
}

func (s *KeySet) id(i int) int64 { return s.chunks[i>>chunkBits].ids[i&(chunkKeys-1)] }

func (s *KeySet) digest(i int) *[32]byte { return &s.chunks[i>>chunkBits].digests[i&(chunkKeys-1)] }

// bearer returns "Bearer " and the key.
func (s *KeySet) bearer(i int) string {
	c, at, begin := &s.chunks[i>>chunkBits], i&(chunkKeys-1), uint32(0)
	if at > 0 {
		begin = c.ends[at-1]
	}
	return c.text[begin:c.ends[at]]
}

func (s *KeySet) key(i int) string { return s.bearer(i)[len(bearerPrefix):] }

// find returns the place of a key.
func (s *KeySet) find(id int64) (int, bool) {
	i := sort.Search(s.Len(), func(i int) bool { return s.id(i) >= id })
	return i, i < s.Len() && s.id(i) == id
}
