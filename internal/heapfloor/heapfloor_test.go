package heapfloor

import (
	"runtime"
	"runtime/debug"
	"testing"
	"time"
)

// goal is how large the heap is to be when the collector runs next.
func goal() uint64 { return read("/gc/heap/goal:bytes") }

// until drives the collector on until it has heard what it is told in its own time.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !ok(); runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within 10 s; the next run is at %d bytes", what, goal())
		}
	}
}

func TestASmallHeapIsLeftAloneUntilItReachesTheFloor(t *testing.T) {
	runtime.GC()
	if before := goal(); before > 32<<20 {
		t.Fatalf("the next run is at %d bytes without a floor: the test says nothing", before)
	}
	stop := Keep(256 << 20)
	until(t, "the floor", func() bool { return goal() > 230<<20 && goal() < 290<<20 })
	stop()
	until(t, "the end", func() bool { return goal() <= 32<<20 })
}

func TestALargeHeapMayDoubleAndNoMore(t *testing.T) {
	defer Keep(16 << 20)()
	until(t, "the floor", func() bool { return goal() >= 12<<20 && goal() < 20<<20 })
	living := make([]byte, 32<<20)
	until(t, "twice what lives", func() bool { return goal() > 64<<20 && goal() < 80<<20 })
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
