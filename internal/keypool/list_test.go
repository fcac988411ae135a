package keypool_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
)

func idsOf(rows []*ent.Key) []int64 {
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids
}

func TestPagesWalkThroughAllKeysNewestFirst(t *testing.T) {
	h := newHouse(t)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, g, keysOf("a", 13))
	h.add(t, other, keysOf("b", 5))
	h.add(t, g, keysOf("c", 12))
	want := h.ids(t, g)
	for i, id := range want {
		if i%3 > 0 {
			h.set(t, id, []key.Status{key.StatusINVALID, key.StatusDISABLED}[i%3-1])
		}
	}
	slices.Reverse(want)

	var walked []int64
	var pages []keypool.Page
	q := keypool.ListQuery{GroupID: g, First: 7}
	for {
		page, err := h.List(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if *page.Total != 25 || page.HasPrevious != (q.After != 0) {
			t.Errorf("page %d: total %d, previous %t", len(pages), *page.Total, page.HasPrevious)
		}
		walked = append(walked, idsOf(page.Keys)...)
		pages = append(pages, page)
		if !page.HasNext {
			break
		}
		q.After = walked[len(walked)-1]
	}
	if !slices.Equal(walked, want) || len(pages) != 4 {
		t.Errorf("walked %v\nwant   %v", walked, want)
	}
	back, err := h.List(t.Context(), keypool.ListQuery{GroupID: g, First: 7, Before: pages[2].Keys[0].ID})
	if err != nil || !slices.Equal(idsOf(back.Keys), idsOf(pages[1].Keys)) || !back.HasNext || !back.HasPrevious {
		t.Errorf("back: %v %t %t, %v", idsOf(back.Keys), back.HasNext, back.HasPrevious, err)
	}
	first, err := h.List(t.Context(), keypool.ListQuery{GroupID: g, First: 7, Before: pages[1].Keys[0].ID})
	if err != nil || !slices.Equal(idsOf(first.Keys), idsOf(pages[0].Keys)) || !first.HasNext || first.HasPrevious {
		t.Errorf("back to the beginning: %v %t %t, %v", idsOf(first.Keys), first.HasNext, first.HasPrevious, err)
	}
}

// A page on which there is nothing still tells what is on its other side, wherever it begins.
func TestAnEmptyPageTellsWhatIsAheadOfIt(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 9))
	ids := h.ids(t, g)
	for _, id := range ids[3:6] {
		h.set(t, id, key.StatusINVALID)
	}
	invalid := &keypool.Filter{StatusIn: []key.Status{key.StatusINVALID}}
	nothing := &keypool.Filter{StatusIn: []key.Status{key.StatusDISABLED}}
	at := func(f float64) *float64 { return &f }
	type query = keypool.ListQuery
	for name, c := range map[string]struct {
		query          query
		previous, next bool
	}{
		"at, newest first":               {query{Filter: invalid, At: at(1)}, true, false},
		"at, oldest first":               {query{Filter: invalid, At: at(1), Order: keypool.Oldest}, true, false},
		"at a place, searched":           {query{Filter: &keypool.Filter{Search: "key-000003"}, At: at(0.9)}, true, false},
		"at, when nothing matches":       {query{Filter: nothing, At: at(0.5)}, false, false},
		"after, newest first":            {query{Filter: invalid, After: ids[3]}, true, false},
		"after, oldest first":            {query{Filter: invalid, After: ids[5], Order: keypool.Oldest}, true, false},
		"after one that does not match":  {query{Filter: invalid, After: ids[0]}, true, false},
		"before, newest first":           {query{Filter: invalid, Before: ids[5]}, false, true},
		"before, oldest first":           {query{Filter: invalid, Before: ids[3], Order: keypool.Oldest}, false, true},
		"the beginning, nothing matches": {query{Filter: nothing}, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			c.query.GroupID, c.query.First = g, 5
			page, err := h.List(t.Context(), c.query)
			if err != nil || len(page.Keys) != 0 {
				t.Fatalf("%v, %v", idsOf(page.Keys), err)
			}
			if page.HasPrevious != c.previous || page.HasNext != c.next {
				t.Errorf("previous %t, next %t", page.HasPrevious, page.HasNext)
			}
		})
	}
}

func TestListRefusesAPageOfNoLength(t *testing.T) {
	h := newHouse(t)
	for _, q := range []keypool.ListQuery{{First: 0}, {First: 201}, {First: 5, After: 1, Before: 2}} {
		var input *fault.Input
		if _, err := h.List(t.Context(), q); !errors.As(err, &input) {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

func TestFiltersAddUp(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 6))
	ids := h.ids(t, g)
	for i, id := range ids {
		update := h.db.Key.UpdateOneID(id).SetNotes(fmt.Sprintf("batch%%%d_x", i))
		if i%2 == 0 {
			update.SetFault(key.FaultQUOTA).SetLastStatusCode(402)
		}
		update.ExecX(t.Context())
	}
	h.set(t, ids[0], key.StatusINVALID)
	h.set(t, ids[1], key.StatusINVALID)
	long := time.Now().Add(time.Hour)
	for name, c := range map[string]struct {
		filter keypool.Filter
		want   []int64
	}{
		"status":              {keypool.Filter{StatusIn: []key.Status{key.StatusINVALID}}, ids[:2]},
		"fault":               {keypool.Filter{FaultIn: []key.Fault{key.FaultQUOTA}}, []int64{ids[0], ids[2], ids[4]}},
		"status and fault":    {keypool.Filter{StatusIn: []key.Status{key.StatusACTIVE}, FaultIn: []key.Fault{key.FaultQUOTA}}, []int64{ids[2], ids[4]}},
		"status code":         {keypool.Filter{LastStatusCodeIn: []int{402, 403}}, []int64{ids[0], ids[2], ids[4]}},
		"created before":      {keypool.Filter{CreatedTo: long}, ids},
		"created after":       {keypool.Filter{CreatedFrom: long}, nil},
		"whole key":           {keypool.Filter{Search: "key-000003"}, ids[3:4]},
		"fingerprint":         {keypool.Filter{Search: h.Fingerprint("key-000004")}, ids[4:5]},
		"beginning of notes":  {keypool.Filter{Search: "batch%2"}, ids[2:3]},
		"percent is itself":   {keypool.Filter{Search: "%"}, nil},
		"underscore is too":   {keypool.Filter{Search: "batch_"}, nil},
		"search and a status": {keypool.Filter{Search: "key-000003", StatusIn: []key.Status{key.StatusINVALID}}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			page, err := h.List(t.Context(), keypool.ListQuery{GroupID: g, First: 50, Filter: &c.filter})
			if err != nil {
				t.Fatal(err)
			}
			if got := sorted(idsOf(page.Keys)); !slices.Equal(got, c.want) || *page.Total != int64(len(c.want)) {
				t.Errorf("got %v of %d, want %v", got, *page.Total, c.want)
			}
		})
	}
}

// A search that runs out of time says how far it came, either way, and goes on from there.
func TestASearchSaysHowFarItCame(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 3*keypool.Window))
	h.LookForNoTime()
	ids := h.ids(t, g)
	oldest, newest := ids[0], ids[len(ids)-1]
	h.db.Key.Update().Where(key.IDIn(oldest, newest)).SetNotes("wanted").ExecX(t.Context())
	filter := &keypool.Filter{Search: "wanted"}
	for name, c := range map[string]struct {
		query keypool.ListQuery
		turn  func(*keypool.ListQuery, int64)
		want  int64
		far   float64
	}{
		"forwards":          {keypool.ListQuery{After: newest}, func(q *keypool.ListQuery, at int64) { q.After = at }, oldest, 0.33},
		"forwards, oldest":  {keypool.ListQuery{After: oldest, Order: keypool.Oldest}, func(q *keypool.ListQuery, at int64) { q.After = at }, newest, 0.33},
		"backwards":         {keypool.ListQuery{Before: oldest}, func(q *keypool.ListQuery, at int64) { q.Before = at }, newest, 0.67},
		"backwards, oldest": {keypool.ListQuery{Before: newest, Order: keypool.Oldest}, func(q *keypool.ListQuery, at int64) { q.Before = at }, oldest, 0.67},
	} {
		t.Run(name, func(t *testing.T) {
			q := c.query
			q.GroupID, q.First, q.Filter = g, 5, filter
			for asked := 1; ; asked++ {
				page, err := h.List(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				if asked == 1 && (page.Scanned < c.far-0.01 || page.Scanned > c.far+0.01) {
					t.Errorf("came to %f, not %f", page.Scanned, c.far)
				}
				if len(page.Keys) > 0 || page.ScannedTo == 0 || asked > 9 {
					if asked != 3 || len(page.Keys) != 1 || page.Keys[0].ID != c.want {
						t.Errorf("found %v after %d questions", idsOf(page.Keys), asked)
					}
					return
				}
				if onward := page.HasNext || page.HasPrevious; !onward || page.Total != nil {
					t.Errorf("the end is told although not all was seen: %+v", page)
				}
				c.turn(&q, page.ScannedTo)
			}
		})
	}
	h.db.Key.Update().Where(key.IDIn(oldest, newest)).SetLastFailedAt(time.Now()).ExecX(t.Context())
	view, err := h.List(t.Context(), keypool.ListQuery{GroupID: g, First: 50, Order: keypool.Troubled})
	if err != nil || len(view.Keys) != 1 || view.Keys[0].ID != newest || view.Scanned < 0.32 || view.Scanned > 0.35 {
		t.Errorf("%v, looked through %f, %v", idsOf(view.Keys), view.Scanned, err)
	}
}

func TestGetOfNoKey(t *testing.T) {
	if _, err := newHouse(t).Get(t.Context(), 1); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
