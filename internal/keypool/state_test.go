package keypool_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
	"roundhouse/proxycore"
)

func TestVerdictsBecomeRows(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 5))
	ids := h.ids(t, g)
	at := time.Now().UTC().Truncate(time.Millisecond)
	tell := func(kind proxycore.VerdictKind, id int64, change func(*proxycore.Verdict)) {
		v := proxycore.Verdict{Kind: kind, GroupID: g, KeyID: id, At: at}
		change(&v)
		h.Judge(v)
	}
	tell(proxycore.Charge, ids[0], func(v *proxycore.Verdict) { v.StatusCode, v.Charges, v.Reason = 401, 2, strings.Repeat("é", 300) })
	tell(proxycore.Suspect, ids[1], func(v *proxycore.Verdict) { v.StatusCode, v.Charges, v.Reason = 403, 3, "no access" })
	tell(proxycore.Cool, ids[2], func(v *proxycore.Verdict) { v.StatusCode, v.Model = 429, "m" })
	tell(proxycore.Cool, ids[3], func(v *proxycore.Verdict) { v.StatusCode, v.Account = 429, true })
	tell(proxycore.Starved, 0, func(*proxycore.Verdict) {})
	h.db.Key.UpdateOneID(ids[4]).SetConsecutiveFailures(2).ExecX(t.Context())
	tell(proxycore.Clear, ids[4], func(*proxycore.Verdict) {})

	eventually(t, "the verdicts are rows", func() bool {
		return h.key(t, ids[0]).Fault == key.FaultUNAUTHORIZED && h.key(t, ids[4]).ConsecutiveFailures == 0
	})
	show := func(id int64) string {
		row := h.key(t, id)
		return fmt.Sprintf("%s %s %d %d %t %d %d", row.Status, row.Fault, row.ConsecutiveFailures, *row.LastStatusCode, row.LastFailedAt.Equal(at), row.Version, len([]rune(row.Reason)))
	}
	for i, want := range []string{
		"ACTIVE UNAUTHORIZED 2 401 true 2 200",
		"ACTIVE FORBIDDEN 3 403 true 2 9",
		"ACTIVE RATE_LIMITED 0 429 true 2 0",
		"ACTIVE QUOTA 0 429 true 2 0",
	} {
		if got := show(ids[i]); got != want {
			t.Errorf("key %d: %s, want %s", i, got, want)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if want := []string{fmt.Sprint(g, []int64{ids[1]}), fmt.Sprint(g, []int64{})}; !slices.Equal(h.asked, want) {
		t.Errorf("asked for %v, want %v", h.asked, want)
	}
	if counts := h.reconcile(t, g); counts.Active != 5 {
		t.Errorf("counts: %+v", counts)
	}
}

func TestAVerdictNeverTouchesAKeyOutOfRotation(t *testing.T) {
	h := newHouse(t)
	stop := h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 2))
	ids := h.ids(t, g)
	h.set(t, ids[0], key.StatusDISABLED)
	before := h.key(t, ids[0])
	for _, id := range ids {
		h.Judge(proxycore.Verdict{Kind: proxycore.Charge, GroupID: g, KeyID: id, At: time.Now(), StatusCode: 401, Charges: 1})
	}
	stop() // what was told is written before the pool ends
	if after := h.key(t, ids[0]); after.Version != before.Version || after.Fault != key.FaultNONE {
		t.Errorf("the disabled key became %v", after)
	}
	if after := h.key(t, ids[1]); after.ConsecutiveFailures != 1 {
		t.Errorf("the other key is %v", after)
	}
}

func TestAnAnswerDecidesWhatBecomesOfAKey(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 3))
	ids := h.ids(t, g)
	place := map[key.Status]int64{key.StatusACTIVE: ids[0], key.StatusINVALID: ids[1], key.StatusDISABLED: ids[2]}
	soon := time.Now().Add(time.Minute)
	for _, c := range []struct {
		from     key.Status
		decision keypool.Decision
		want     string
		told     string
	}{
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Well, StatusCode: 200}, "ACTIVE NONE 0", "restore"},
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Known, StatusCode: 400}, "ACTIVE NONE 0", "restore"},
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Limited, StatusCode: 429, Until: soon}, "ACTIVE RATE_LIMITED 0", "restore, cool"},
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Dead, StatusCode: 401, Reason: "revoked"}, "INVALID UNAUTHORIZED 2", "withdraw"},
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Dead, StatusCode: 400}, "INVALID VALIDATION_FAILED 2", "withdraw"},
		{key.StatusACTIVE, keypool.Decision{Finding: keypool.Unsealable}, "INVALID UNSEALABLE 2", "withdraw"},
		{key.StatusINVALID, keypool.Decision{Finding: keypool.Well, StatusCode: 200}, "ACTIVE NONE 0", "restore"},
		{key.StatusINVALID, keypool.Decision{Finding: keypool.Known, StatusCode: 404}, "INVALID NONE 2", ""},
		{key.StatusINVALID, keypool.Decision{Finding: keypool.Limited, StatusCode: 429, Account: true, Until: soon}, "ACTIVE QUOTA 0", "restore, cool"},
		{key.StatusINVALID, keypool.Decision{Finding: keypool.Dead, StatusCode: 403}, "INVALID FORBIDDEN 2", "withdraw"},
		{key.StatusDISABLED, keypool.Decision{Finding: keypool.Well, StatusCode: 200}, "DISABLED NONE 2", ""},
		{key.StatusDISABLED, keypool.Decision{Finding: keypool.Dead, StatusCode: 401}, "DISABLED NONE 2", ""},
	} {
		t.Run(fmt.Sprint(c.from, c.decision.Finding), func(t *testing.T) {
			id := place[c.from]
			h.set(t, id, c.from)
			h.db.Key.UpdateOneID(id).SetConsecutiveFailures(2).SetFault(key.FaultNONE).ExecX(t.Context())
			h.changes()
			h.core.heard()
			c.decision.KeyID, c.decision.At = id, time.Now()
			if err := h.Decide(t.Context(), c.decision); err != nil {
				t.Fatal(err)
			}
			row := h.key(t, id)
			if got := fmt.Sprintf("%s %s %d", row.Status, row.Fault, row.ConsecutiveFailures); got != c.want {
				t.Errorf("became %s, want %s", got, c.want)
			}
			if got := strings.ReplaceAll(h.core.heard(), fmt.Sprint(" ", id), ""); got != c.told {
				t.Errorf("the data plane was told %q, want %q", got, c.told)
			}
			moved := row.Status != c.from
			if (h.changes() > 0) != moved {
				t.Errorf("a change was told although the status moved: %t", moved)
			}
			h.reconcile(t, g)
		})
	}
	if err := h.Decide(t.Context(), keypool.Decision{KeyID: 99999, Finding: keypool.Well}); err != nil {
		t.Errorf("a key that is gone: %v", err)
	}
}

// What is well and stays so is no news: neither its row nor the group's revision moves, and no viewer reads it again.
func TestAHealthyKeyThatProvesHealthyIsNotWritten(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 3))
	ids := h.ids(t, g)
	h.core.suspects[ids[1]] = true
	h.set(t, ids[2], key.StatusINVALID)
	revision := func() int64 { return h.db.KeyCount.GetX(t.Context(), g).Revision }
	changes := h.Changes(10)
	defer changes.Close()
	for _, c := range []struct {
		id      int64
		finding keypool.Finding
		told    string
		news    bool
	}{
		{ids[0], keypool.Well, fmt.Sprint("restore ", ids[0]), false},
		{ids[0], keypool.Known, fmt.Sprint("restore ", ids[0]), false},
		{ids[1], keypool.Well, fmt.Sprint("restore ", ids[1]), true}, // it was a suspect
		{ids[2], keypool.Known, "", false},
	} {
		h.core.heard()
		row, before := h.key(t, c.id), revision()
		d := keypool.Decision{KeyID: c.id, Finding: c.finding, Revision: row.Revision, At: time.Now(), StatusCode: 200}
		if err := h.Decide(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		if after := h.key(t, c.id); (after.Version != row.Version) != c.news || (revision() != before) != c.news {
			t.Errorf("key %d, finding %d: version %d became %d, the group's revision %d became %d", c.id, c.finding, row.Version, after.Version, before, revision())
		}
		if told := h.core.heard(); told != c.told {
			t.Errorf("key %d, finding %d: the data plane was told %q", c.id, c.finding, told)
		}
	}
	if err := h.Decide(t.Context(), keypool.Decision{KeyID: ids[0], Finding: keypool.Dead, At: time.Now(), StatusCode: 401}); err != nil {
		t.Fatal(err)
	}
	if first, second := <-changes.C, <-changes.C; first.Key.ID != ids[1] || second.Key.ID != ids[0] {
		t.Errorf("shown were key %d and key %d", first.Key.ID, second.Key.ID)
	}
}

func TestWhoLeadsNoLongerDecidesNothing(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1))
	id := h.ids(t, g)[0]
	before := h.key(t, id)
	h.changes()
	for _, c := range []struct{ fence, want string }{{"1 = 0", "ACTIVE"}, {"1 = 1", "INVALID"}} {
		h.fence = c.fence
		if err := h.Decide(t.Context(), keypool.Decision{KeyID: id, Finding: keypool.Dead, StatusCode: 401, At: time.Now()}); err != nil {
			t.Fatal(err)
		}
		row, told := h.key(t, id), h.core.heard()
		if string(row.Status) != c.want || (row.Version > before.Version) != (c.want == "INVALID") || (told != "") != (c.want == "INVALID") {
			t.Errorf("where %s: %s at version %d, and the data plane was told %q", c.fence, row.Status, row.Version, told)
		}
		h.reconcile(t, g)
	}
}

func TestSixtyFourAnswersAreOneTransition(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 2))
	id := h.ids(t, g)[0]
	plain, err := h.Plain(t.Context(), id)
	if err != nil || plain.Text != "key-000000" || plain.GroupID != g {
		t.Fatalf("got %+v, %v", plain, err)
	}
	changes := h.Changes(100)
	defer changes.Close()
	h.changes()
	var wait sync.WaitGroup
	for range 64 {
		wait.Go(func() {
			err := h.Decide(t.Context(), keypool.Decision{KeyID: id, Finding: keypool.Dead, Revision: plain.Revision, At: time.Now(), StatusCode: 401})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	row := h.key(t, id)
	if row.Status != key.StatusINVALID || row.Version != 2 || h.changes() != 1 || h.core.heard() != fmt.Sprint("withdraw ", id) {
		t.Errorf("the key is %v", row)
	}
	if counts := h.reconcile(t, g); counts.Invalid != 1 || counts.Active != 1 {
		t.Errorf("counts: %+v", counts)
	}
	change := <-changes.C
	if change.GroupID != g || change.Key == nil || change.Key.ID != id || change.Key.Status != key.StatusINVALID || len(changes.C) != 0 {
		t.Errorf("told %+v, and %d more", change, len(changes.C))
	}
}

func TestAnAdministratorsWordBeatsAnAnswerUnderWay(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1))
	id := h.ids(t, g)[0]
	h.set(t, id, key.StatusINVALID)
	plain, err := h.Plain(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h.set(t, id, key.StatusACTIVE) // restored while the validation was under way
	if err := h.Decide(t.Context(), keypool.Decision{KeyID: id, Finding: keypool.Dead, Revision: plain.Revision, At: time.Now(), StatusCode: 401}); err != nil {
		t.Fatal(err)
	}
	if row := h.key(t, id); row.Status != key.StatusACTIVE {
		t.Errorf("the key is %v", row)
	}
}

func TestADecisionIsNewerThanWhatWasSaidBefore(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 1))
	id := h.ids(t, g)[0]
	h.Judge(proxycore.Verdict{Kind: proxycore.Suspect, GroupID: g, KeyID: id, At: time.Now(), StatusCode: 401, Charges: 3})
	if err := h.Decide(t.Context(), keypool.Decision{KeyID: id, Finding: keypool.Well, At: time.Now(), StatusCode: 200}); err != nil {
		t.Fatal(err)
	}
	if row := h.key(t, id); row.ConsecutiveFailures != 0 || row.Fault != key.FaultUNAUTHORIZED || row.Version != 3 {
		t.Errorf("the key is %v", row)
	}
}

func TestQuarantine(t *testing.T) {
	h := newHouse(t)
	h.start(t)
	g := h.group(t, "openai")
	h.add(t, g, keysOf("key", 2))
	id := h.ids(t, g)[1]
	h.db.Key.UpdateOneID(id).SetSealed([]byte("spoiled")).ExecX(t.Context())
	if _, err := h.Plain(t.Context(), id); err == nil {
		t.Error("a spoiled key opened")
	}
	if err := h.Quarantine(t.Context(), []int64{id}); err != nil {
		t.Fatal(err)
	}
	if row := h.key(t, id); row.Status != key.StatusINVALID || row.Fault != key.FaultUNSEALABLE {
		t.Errorf("the key is %v", row)
	}
}

func TestSampleFindsKeysWorthTrying(t *testing.T) {
	h := newHouse(t)
	g, other := h.group(t, "openai"), h.group(t, "other")
	h.add(t, other, keysOf("key", 30))
	h.add(t, g, keysOf("key", 30))
	ids := h.ids(t, g)
	for i, id := range ids {
		switch {
		case i < 12:
			h.set(t, id, key.StatusINVALID)
		case i < 15:
			h.set(t, id, key.StatusDISABLED)
		}
	}
	h.core.suspects[ids[20]] = true
	got, err := h.Sample(t.Context(), g, 10)
	if err != nil || len(got) == 0 || len(got) > 10 {
		t.Fatalf("got %v, %v", got, err)
	}
	for _, id := range got {
		if place := slices.Index(ids, id); place < 0 || place >= 12 && place != 20 {
			t.Errorf("chose key %d at %d", id, place)
		}
	}
	if starving, err := h.Starving(t.Context()); err != nil || len(starving) != 0 {
		t.Errorf("starving: %v, %v", starving, err)
	}
	for _, id := range ids[12:] {
		h.set(t, id, key.StatusDISABLED)
	}
	if starving, err := h.Starving(t.Context()); err != nil || !slices.Equal(starving, []int64{g}) {
		t.Errorf("starving: %v, %v", starving, err)
	}
}
