package keypool_test

import (
	"fmt"
	"io"
	"testing"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
)

// lines is an input of n keys, one a line, of which one in ten was there before and one in a hundred is junk.
func lines(n int) io.Reader {
	read, write := io.Pipe()
	go func() {
		for i := range n {
			var err error
			switch {
			case i%100 == 99:
				_, err = io.WriteString(write, "sk-\x01\n")
			case i%10 == 9:
				_, err = fmt.Fprintf(write, "sk-test-%040d\n", i-1)
			default:
				_, err = fmt.Fprintf(write, "sk-test-%040d\n", i)
			}
			if err != nil {
				return
			}
		}
		_ = write.Close()
	}()
	return read
}

// BenchmarkImport stores keys into an empty group; ns/op is for one line.
func BenchmarkImport(b *testing.B) {
	h := newHouse(b)
	g := h.group(b, "openai")
	b.ResetTimer()
	if err := h.Import(b.Context(), g, lines(b.N), keypool.Unwatched{}); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkList reads pages of 50 of a group of a million keys, one in a hundred of which is INVALID.
func BenchmarkList(b *testing.B) {
	h := newHouse(b)
	g := h.group(b, "openai")
	if err := h.Import(b.Context(), g, lines(1_120_000), keypool.Unwatched{}); err != nil {
		b.Fatal(err)
	}
	counts, err := h.Counts(b.Context(), g)
	if err != nil {
		b.Fatal(err)
	}
	n := h.db.Key.Update().Where(key.GroupID(g), func(s *entsql.Selector) { s.Where(entsql.ExprP("id % 100 = 0")) }).
		SetStatus(key.StatusINVALID).SetLastFailedAt(time.Now()).SetFault(key.FaultUNAUTHORIZED).SaveX(b.Context())
	h.db.KeyCount.UpdateOneID(g).SetActive(counts.Active - int64(n)).SetInvalid(int64(n)).ExecX(b.Context())
	middle, invalid, at := h.db.Key.Query().FirstIDX(b.Context())+500_000, []keypool.Status{key.StatusINVALID}, 0.7
	for _, c := range []struct {
		name string
		q    keypool.ListQuery
	}{
		{"newest", keypool.ListQuery{}},
		{"oldest", keypool.ListQuery{Order: keypool.Oldest}},
		{"after the middle", keypool.ListQuery{After: middle}},
		{"before the middle", keypool.ListQuery{Before: middle}},
		{"at 0.7", keypool.ListQuery{At: &at}},
		{"of one status", keypool.ListQuery{Filter: &keypool.Filter{StatusIn: invalid}, After: middle}},
		{"by notes nobody wrote", keypool.ListQuery{Filter: &keypool.Filter{Search: "nobody wrote this"}}},
		{"by fault", keypool.ListQuery{Filter: &keypool.Filter{FaultIn: []keypool.Fault{key.FaultQUOTA}}}},
		{"recently used", keypool.ListQuery{Order: keypool.RecentlyUsed}},
		{"troubled", keypool.ListQuery{Order: keypool.Troubled}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.q.GroupID, c.q.First = g, 50
			for b.Loop() {
				if _, err := h.List(b.Context(), c.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
