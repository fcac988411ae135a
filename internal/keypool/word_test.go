package keypool_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
)

func TestAWordChangesWhatItSpeaksOfAndNothingElse(t *testing.T) {
	h := newHouse(t)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, g, keysOf("a", 300))
	h.add(t, other, keysOf("b", 2))
	ids, others := h.ids(t, g), h.ids(t, other)
	h.set(t, ids[0], key.StatusINVALID)
	h.set(t, ids[1], key.StatusDISABLED)

	say := func(word func(keypool.Selector, *tally) error, s keypool.Selector) string {
		t.Helper()
		s.GroupID = g
		var p tally
		if err := word(s, &p); err != nil {
			t.Fatal(err)
		}
		h.reconcile(t, g)
		return fmt.Sprintf("%d %d %d", p.succeeded, p.skipped, p.failed)
	}
	restore := func(s keypool.Selector, p *tally) error { return h.Restore(t.Context(), s, p) }
	enable := func(s keypool.Selector, p *tally) error { return h.Enable(t.Context(), s, p) }
	disable := func(s keypool.Selector, p *tally) error { return h.Disable(t.Context(), s, p) }

	if counted := say(disable, keypool.Selector{IDs: []int64{ids[0], ids[2], ids[1], others[0], 99999}}); counted != "2 3 0" {
		t.Error("disable", counted)
	}
	if h.key(t, others[0]).Status != key.StatusACTIVE {
		t.Error("a key of another group was disabled")
	}
	if counted := say(restore, keypool.Selector{All: true}); counted != "0 300 0" {
		t.Error("restore", counted)
	}
	before := h.key(t, ids[2])
	if counted := say(enable, keypool.Selector{All: true, Except: []int64{ids[1]}, UpTo: ids[10]}); counted != "2 8 0" {
		t.Error("enable", counted)
	}
	if after := h.key(t, ids[2]); after.Status != key.StatusACTIVE || after.Revision <= before.Revision || after.Version <= before.Version {
		t.Errorf("%+v", after)
	}
	if counted := say(disable, keypool.Selector{Filter: &keypool.Filter{StatusIn: []key.Status{key.StatusACTIVE}}}); counted != "299 0 0" {
		t.Error("disable all", counted)
	}
	if counts := h.reconcile(t, g); counts != (keypool.Counts{Disabled: 300}) {
		t.Errorf("%+v", counts)
	}
}

func TestAWordBeatsAValidationUnderWay(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, "key-a-0001 key-b-0001")
	ids := h.ids(t, g)
	tried, err := h.Plain(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Disable(t.Context(), keypool.Selector{GroupID: g, All: true}, &tally{}); err != nil {
		t.Fatal(err)
	}
	if err := h.Enable(t.Context(), keypool.Selector{GroupID: g, All: true}, &tally{}); err != nil {
		t.Fatal(err)
	}
	err = h.Decide(t.Context(), keypool.Decision{KeyID: ids[0], Finding: keypool.Dead, Revision: tried.Revision, At: time.Now(), StatusCode: 401})
	if err != nil {
		t.Fatal(err)
	}
	if row := h.key(t, ids[0]); row.Status != key.StatusACTIVE {
		t.Errorf("%s by what was found before the administrator spoke", row.Status)
	}
	h.reconcile(t, g)
}

func TestACopyKeepsStatusAndNotes(t *testing.T) {
	h := newHouse(t)
	from, to, active := h.group(t, "openai"), h.group(t, "copy"), h.group(t, "active")
	h.add(t, from, "key,notes\nkey-a-0001,for a\nkey-b-0001,\nkey-c-0001,for c\n")
	ids := h.ids(t, from)
	h.set(t, ids[1], key.StatusDISABLED)
	h.set(t, ids[2], key.StatusINVALID)
	h.add(t, to, "key-a-0001")
	var all, some tally
	if err := h.Copy(t.Context(), from, to, false, &all); err != nil || all.String() != "3: 2+1+0" {
		t.Errorf("%v %v", &all, err)
	}
	if err := h.Copy(t.Context(), from, active, true, &some); err != nil || some.String() != "1: 1+0+0" {
		t.Errorf("%v %v", &some, err)
	}
	var shown []string
	for _, id := range h.ids(t, to) {
		row := h.key(t, id)
		plain, err := h.Plain(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		shown = append(shown, fmt.Sprintf("%s %s %q", plain.Text, row.Status, row.Notes))
	}
	if got := strings.Join(shown, ", "); got != `key-a-0001 ACTIVE "", key-b-0001 DISABLED "", key-c-0001 INVALID "for c"` {
		t.Error(got)
	}
	h.reconcile(t, to)
	h.reconcile(t, active)
}

func TestViewsOfNowGoByWhatKeysDid(t *testing.T) {
	h := newHouse(t)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, g, keysOf("a", 6))
	h.add(t, other, keysOf("b", 1))
	ids := h.ids(t, g)
	noon := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	for i, id := range []int64{ids[3], ids[1], ids[4], h.ids(t, other)[0]} {
		h.db.KeyUsage.Create().SetID(id).SetRequestCount(1).SetLastUsedMs(noon.Add(time.Duration(-i) * time.Hour).UnixMilli()).ExecX(t.Context())
		h.db.Key.UpdateOneID(id).SetLastFailedAt(noon.Add(time.Duration(i) * time.Hour)).ExecX(t.Context())
	}
	for _, c := range []struct {
		name string
		q    keypool.ListQuery
		want []int64
	}{
		{"recently used", keypool.ListQuery{Order: keypool.RecentlyUsed, First: 2}, []int64{ids[3], ids[1]}},
		{"troubled", keypool.ListQuery{Order: keypool.Troubled, First: 5}, []int64{ids[4], ids[1], ids[3]}},
		{"unused since", keypool.ListQuery{First: 9, Filter: &keypool.Filter{UnusedSince: noon.Add(-time.Hour)}}, []int64{ids[5], ids[4], ids[2], ids[0]}},
		{"recently used and unused since", keypool.ListQuery{Order: keypool.RecentlyUsed, First: 9, Filter: &keypool.Filter{UnusedSince: noon}}, []int64{ids[1], ids[4]}},
		{"oldest", keypool.ListQuery{Order: keypool.Oldest, First: 2, After: ids[1]}, []int64{ids[2], ids[3]}},
	} {
		c.q.GroupID = g
		page, err := h.List(t.Context(), c.q)
		if err != nil || fmt.Sprint(idsOf(page.Keys)) != fmt.Sprint(c.want) {
			t.Errorf("%s: %v, not %v: %v", c.name, idsOf(page.Keys), c.want, err)
		}
	}
}
