package heapfloor

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// sink keeps what is made from being optimised away.
var sink []byte

// waste makes so many megabytes of garbage and returns how often the collector ran meanwhile.
func waste(megabytes int) uint64 {
	before := read("/gc/cycles/total:gc-cycles")
	for range megabytes << 4 {
		sink = make([]byte, 64<<10)
	}
	sink = nil
	return read("/gc/cycles/total:gc-cycles") - before
}

// until waits for what the collector tells in its own time, driving it on.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 10 s, GOGC is %d", what, read("/gc/gogc:percent"))
		}
	}
}

func TestASmallHeapIsLeftAloneUntilItReachesTheFloor(t *testing.T) {
	runtime.GC()
	if runs := waste(48); runs < 3 {
		t.Fatalf("without a floor 48 MB of garbage were collected in %d runs: the test says nothing", runs)
	}
	stop := Keep(256 << 20)
	until(t, "the floor", func() bool { return read("/gc/gogc:percent") > 1000 })
	if runs := waste(48); runs > 1 {
		t.Errorf("%d runs for 48 MB of garbage below a floor of 256 MB", runs)
	}
	stop()
	if now := read("/gc/gogc:percent"); now != byDefault {
		t.Errorf("GOGC stays %d", now)
	}
}

func TestALargeHeapMayDoubleAndNoMore(t *testing.T) {
	defer Keep(16 << 20)()
	until(t, "the floor", func() bool { return read("/gc/gogc:percent") > byDefault })
	living := make([]byte, 32<<20)
	until(t, "the end of the floor", func() bool { return read("/gc/gogc:percent") == byDefault })
	runtime.KeepAlive(living)
}

func TestWhatTheOperatorSaidStands(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(40))
	defer Keep(256 << 20)()
	runtime.GC()
	if now := read("/gc/gogc:percent"); now != 40 {
		t.Errorf("GOGC is %d", now)
	}
}

func TestThePercentThatReachesAFloor(t *testing.T) {
	for _, c := range []struct {
		floor, live uint64
		want        int
	}{
		{64 << 20, 0, 1500},
		{64 << 20, 4 << 20, 1500},
		{64 << 20, 31 << 20, 106},
		{64 << 20, 32 << 20, 100},
		{64 << 20, 1 << 40, 100},
	} {
		if got := percentFor(c.floor, c.live); got != c.want {
			t.Errorf("a floor of %d with %d alive: %d %%, want %d", c.floor, c.live, got, c.want)
		}
	}
}
