package keypool_test

import (
	"slices"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
)

func TestADeadKeyWaitsLongerTheOftenerItIsTriedInVain(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 9))
	ids := h.ids(t, g)
	const interval = time.Hour
	since := func(d time.Duration) *time.Time { at := time.Now().Add(-d).UTC(); return &at }
	due := map[int64]bool{}
	for i, c := range []struct {
		status    key.Status
		failed    *time.Time
		fruitless int
		due       bool
	}{
		{key.StatusACTIVE, since(9 * interval), 0, false},
		{key.StatusDISABLED, since(9 * interval), 0, false},
		{key.StatusINVALID, nil, 0, true},
		{key.StatusINVALID, since(interval * 8 / 10), 0, false},
		{key.StatusINVALID, since(interval), 0, true},
		{key.StatusINVALID, since(interval), 1, false},
		{key.StatusINVALID, since(4 * interval), 2, true},
		{key.StatusINVALID, since(24 * time.Hour), 1000, true},
		{key.StatusINVALID, since(-365 * 24 * time.Hour), 0, true}, // by a clock that was set back since
	} {
		h.db.Key.UpdateOneID(ids[i]).SetStatus(c.status).SetNillableLastFailedAt(c.failed).SetFruitless(c.fruitless).ExecX(t.Context())
		due[ids[i]] = c.due
	}
	var got []int64
	if err := h.EachDue(t.Context(), g, interval, func(id int64) error { got = append(got, id); return nil }); err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		if slices.Contains(got, id) != due[id] {
			t.Errorf("key %d: due is %t", i, !due[id])
		}
	}
}

func TestADeadKeyIsLeftAloneForItsGroupsIntervalWhenThatIsLongerThanADay(t *testing.T) {
	h := newHouse(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1))
	const longest = 10080 * time.Minute
	h.db.Key.Update().SetStatus(key.StatusINVALID).SetLastFailedAt(time.Now().Add(-longest / 2)).SetFruitless(14).ExecX(t.Context())
	err := h.EachDue(t.Context(), g, longest, func(int64) error { t.Error("it is tried again too early"); return nil })
	if err != nil {
		t.Fatal(err)
	}
}

func TestValidationsInVainAreCountedUntilTheKeyLives(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1))
	id := h.ids(t, g)[0]
	for i, c := range []struct {
		finding keypool.Finding
		want    int
	}{{keypool.Dead, 0}, {keypool.Dead, 1}, {keypool.Dead, 2}, {keypool.Known, 2}, {keypool.Well, 0}, {keypool.Dead, 0}, {keypool.Dead, 1}} {
		if err := h.Decide(t.Context(), keypool.Decision{KeyID: id, Finding: c.finding, StatusCode: 401, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		if n := h.key(t, id).Fruitless; n != c.want {
			t.Errorf("after answer %d: %d", i, n)
		}
	}
	if err := h.Restore(t.Context(), keypool.Selector{GroupID: g, All: true}, keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
	if n := h.key(t, id).Fruitless; n != 0 {
		t.Errorf("a restored key has %d", n)
	}
}
