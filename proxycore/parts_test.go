package proxycore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStatusCodesAreReadAsWritten(t *testing.T) {
	for text, want := range map[string][]int{
		"": nil, " 401 - 403 ,\n429,": {401, 402, 403, 429}, "500-500,500": {500}, "100,999": {100, 999},
	} {
		set, err := ParseStatusSet(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		var got []int
		for status := -1; status < 1100; status++ {
			if set.Has(status) {
				got = append(got, status)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q holds %v", text, got)
		}
	}
	for _, text := range []string{"99", "1000", "403-401", "4xx", "401-", "-", "401;402", "+500", "0x190"} {
		if _, err := ParseStatusSet(text); err == nil || !strings.Contains(err.Error(), strings.TrimSpace(text)) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestDotSegmentsAreFoundInAnyEncoding(t *testing.T) {
	for _, path := range []string{"/..", "/a/../b", "/.", "/a/./b", "/%2e%2E/", "/a%2f..%2Fb", "/a%5c..", "/a/..;x/b", "/.%2e", "..", "/a\\.."} {
		if !hasDotSegment(path) {
			t.Errorf("%q passed", path)
		}
	}
	for _, path := range []string{"", "/", "//", "/...", "/a..b", "/v1.0/x", "/.hidden", "/a;../b", "/%252e%252e/", "/x%2fy", "/%zz", "/%2"} {
		if hasDotSegment(path) {
			t.Errorf("%q was refused", path)
		}
	}
}

func TestOnlyTheKeyLeavesTheQuery(t *testing.T) {
	for _, c := range []struct{ query, rest, keys string }{
		{"a=1&&b=%20&c", "a=1&&b=%20&c", ""},
		{"key=x", "", "x"},
		{"a=1&key=x%2By&b=2", "a=1&b=2", "x+y"},
		{"%6Bey=x&monkey=1&key", "monkey=1", "x,"},
		{"a=%zz&k%65y=b&;x", "a=%zz&;x", "b"},
		{"&key=x&", "&", "x"},
	} {
		rest, keys := cutKey(c.query)
		if rest != c.rest || strings.Join(keys, ",") != c.keys {
			t.Errorf("%q: %q %q", c.query, rest, keys)
		}
	}
}

func TestAWheelIsSmoothAndHoldsItsShares(t *testing.T) {
	w := newWheel([]int{50, 0, 20, 10})
	counts := map[int]int{}
	longest, run, last := 0, 0, -1
	for range 800 {
		w.turn(func(i int) bool {
			counts[i]++
			if run++; i != last {
				run = 1
			}
			last = i
			longest = max(longest, run)
			return true
		})
	}
	if counts[0] != 500 || counts[1] != 0 || counts[2] != 200 || counts[3] != 100 || longest > 3 {
		t.Errorf("%v, longest run %d", counts, longest)
	}
	if newWheel(nil).turn(func(int) bool { return true }) || newWheel([]int{0}).turn(func(int) bool { return true }) {
		t.Error("an empty wheel turned")
	}
}

func poolOf(n int) *pool {
	b := NewKeySetBuilder(n)
	for i := range n {
		text := fmt.Appendf(nil, "key-%d", i)
		b.Add(int64(i+1), text, sha256.Sum256(text))
	}
	h := newHome(1)
	h.adopt(b.Build())
	return h.pool.Load()
}

func TestARingMeetsEveryLivingKeyOnceARound(t *testing.T) {
	p := poolOf(30)
	for id := range int64(10) {
		p.home.withdraw(id + 1)
	}
	counts := map[int]int{}
	for range 400 {
		i, ok := p.pick("m", time.Now().UnixNano(), nil, false)
		if !ok {
			t.Fatal("no key")
		}
		counts[i]++
	}
	for i, n := range counts {
		if i < 10 || n < 19 || n > 21 {
			t.Errorf("key %d was chosen %d times", i, n)
		}
	}
	if len(counts) != 20 {
		t.Errorf("%d keys were chosen", len(counts))
	}
}

func TestAChoiceAmongAMillionMostlyDeadKeysStaysCheap(t *testing.T) {
	const n = 1_000_000
	p := poolOf(n)
	for id := range int64(n) {
		if id%10 != 0 {
			p.cells[id].set(withdrawn)
		}
	}
	now := time.Now().UnixNano()
	// The first choice pays for the compaction.
	for range patience * 4 {
		p.pick("m", now, nil, false)
	}
	r := p.ringFor("m")
	if len(r.members) != n/10 {
		t.Fatalf("the ring has %d members", len(r.members))
	}
	p.home.restore(2)
	later := now + int64(time.Hour)
	p.pick("m", later, nil, false)
	if got := len(p.ringFor("m").members); got != n/10+1 {
		t.Errorf("after a restore the ring has %d members", got)
	}
}

func TestATriedKeyIsNotChosenAgainUnderAnotherId(t *testing.T) {
	b := NewKeySetBuilder(2)
	same := sha256.Sum256([]byte("same"))
	b.Add(1, []byte("same"), same)
	b.Add(2, []byte("same"), same)
	h := newHome(1)
	h.adopt(b.Build())
	if i, ok := h.pool.Load().pick("m", 1, tried{same}, true); ok {
		t.Errorf("chose %d", i)
	}
}

func TestHealthSurvivesASnapshotById(t *testing.T) {
	h := newHome(1)
	build := func(ids ...int64) *KeySet {
		b := NewKeySetBuilder(len(ids))
		for _, id := range ids {
			text := fmt.Appendf(nil, "key-%d", id)
			b.Add(id, text, sha256.Sum256(text))
		}
		return b.Build()
	}
	h.adopt(build(3, 1, 5))
	now := time.Now()
	h.charge(3, now, now, 3)
	h.cool(5, coolOrder{model: "m", asked: time.Hour}, now, now)
	h.withdraw(1)
	h.adopt(build(1, 2, 3, 5))
	p := h.pool.Load()
	var got []condition
	for i := range 4 {
		how, _ := p.condition(i, "m", now.UnixNano())
		got = append(got, how)
	}
	if !slices.Equal(got, []condition{gone, clean, resting, cooling}) || p.keys.key(2) != "key-3" {
		t.Errorf("%v", got)
	}
	h.adopt(build(2))
	h.adopt(build(1, 2, 5))
	if how, _ := h.pool.Load().condition(2, "m", now.UnixNano()); how != clean {
		t.Error("a key that was gone is remembered")
	}
}

func TestACooldownDoublesWhileTheLimitRepeats(t *testing.T) {
	h := poolOf(1).home
	now := time.Now()
	order := coolOrder{model: "m", cooldown: 10 * time.Second}
	for _, want := range []time.Duration{10, 20, 40} {
		if got := h.cool(1, order, now, now); got != want*time.Second {
			t.Errorf("cooled for %v, want %v", got, want*time.Second)
		}
		if got := h.cool(1, order, now.Add(-time.Second), now); got != want*time.Second {
			t.Errorf("one that was under way cooled for %v", got)
		}
		now = now.Add(want*time.Second + time.Second)
	}
	now = now.Add(time.Hour)
	if got := h.cool(1, order, now, now); got != 10*time.Second {
		t.Errorf("after an hour: %v", got)
	}
	order.asked = 100 * time.Hour
	if got := h.cool(1, order, now, now); got != 24*time.Hour {
		t.Errorf("asked for 100 h: %v", got)
	}
}

func TestAttemptsUnderWayTogetherAreChargedOnce(t *testing.T) {
	h := poolOf(1).home
	began := time.Now()
	kinds := map[VerdictKind]int{}
	for range 64 {
		kinds[h.charge(1, began, began.Add(time.Millisecond), 3).Kind]++
	}
	if kinds[Charge] != 1 || kinds[0] != 63 {
		t.Errorf("%v", kinds)
	}
	for i := range 5 {
		later := began.Add(time.Duration(i+1) * time.Second)
		kinds[h.charge(1, later, later, 3).Kind]++
	}
	if kinds[Charge] != 2 || kinds[Suspect] != 1 {
		t.Errorf("%v", kinds)
	}
}

func TestBodiesOfEverySizeComeBackAsTheyWere(t *testing.T) {
	var m memory
	dir := t.TempDir()
	for _, size := range []int{0, 1, 1023, 1024, 1025, inMemoryBytes - 1, inMemoryBytes, inMemoryBytes + 1, 3 * inMemoryBytes} {
		sent := make([]byte, size)
		for i := range sent {
			sent[i] = byte(rand.Uint32())
		}
		for _, declared := range []int64{int64(size), -1} {
			p, err := m.read(source{Reader: bytes.NewReader(sent), declared: declared, limit: 4 * inMemoryBytes, dir: dir})
			if err != nil {
				t.Fatalf("%d (%d): %v", size, declared, err)
			}
			for range 2 {
				if got, err := io.ReadAll(p.reader()); err != nil || !bytes.Equal(got, sent) {
					t.Errorf("%d (%d): %d bytes, %v", size, declared, len(got), err)
				}
			}
			p.release()
		}
		if _, err := m.read(source{Reader: bytes.NewReader(sent), declared: -1, limit: int64(size) - 1, dir: dir}); err != errTooLarge && size > 0 {
			t.Errorf("%d over the limit: %v", size, err)
		}
		if size > 0 {
			if _, err := m.read(source{Reader: bytes.NewReader(sent[1:]), declared: int64(size), limit: 4 * inMemoryBytes, dir: dir}); err != io.ErrUnexpectedEOF {
				t.Errorf("%d cut short: %v", size, err)
			}
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v %v", left, err)
	}
}

func TestSpellingsOfAKeyAreScrubbed(t *testing.T) {
	key := `a+b/c="d` + "\u00e9"
	for _, spelling := range spellings(key) {
		if got := scrubText("x "+spelling+" y", key); got != "x "+scrubbed+" y" {
			t.Errorf("%q stays", got)
		}
	}
	if got := scrubText("a b", "a"); got != "a b" {
		t.Errorf("%q", got)
	}
}

func TestFramesAreFollowedByteByByte(t *testing.T) {
	var f frames
	stream := []byte{0x81, 2, 'h', 'i', 0x82, 126, 1, 0}
	stream = append(stream, make([]byte, 256)...)
	stream = append(stream, 0x81, 0x81, 1, 2, 3, 4, 'x')
	var ends []int
	for i := range stream {
		f.pass(stream[i : i+1])
		if f.between() {
			ends = append(ends, i+1)
		}
	}
	if !slices.Equal(ends, []int{4, 264, 271}) {
		t.Errorf("%v", ends)
	}
}
