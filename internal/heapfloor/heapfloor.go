// Package heapfloor spares Go's collector a run over every few megabytes. By itself it runs whenever the heap is twice what
// lived after the last run: for a gateway with few keys, which lives on 3 MB, that is every megabyte or two, and some
// seven hundredths of what a small request costs.
package heapfloor

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// Bytes is the floor that the gateway keeps: what a small heap may grow to before it is worth a run. It is the memory that
// is paid for the time, and nothing is paid once half as much lives.
const Bytes = 32 << 20

// byDefault is GOGC when nobody set it, in percent.
const byDefault = 100

// Keep has the collector run when the heap is twice what lives or floor bytes, whichever is more. Where GOGC says otherwise
// than usual it does nothing; a GOMEMLIMIT goes before it, as before GOGC. The collector is as it was once stop was called.
func Keep(floor uint64) (stop func()) {
	if read("/gc/gogc:percent") != byDefault {
		return func() {}
	}
	k := &keeper{floor: floor, percent: byDefault}
	k.afterRun()
	return k.stop
}

type keeper struct {
	floor uint64

	mu      sync.Mutex // guards what follows
	percent int
	stopped bool
}

// afterRun sets what the next run waits for, and has itself called when that is over.
func (k *keeper) afterRun() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stopped {
		return
	}
	k.set(percentFor(k.floor, read("/gc/heap/live:bytes")))
	// What nobody holds is found by the next run; of this size it is an allocation of its own.
	runtime.AddCleanup(new([64]byte), (*keeper).afterRun, k)
}

// set tells the collector, which stops the world for it: what makes little difference is not told.
func (k *keeper) set(percent int) {
	apart := max(percent-k.percent, k.percent-percent)
	if apart == 0 || percent != byDefault && apart < k.percent/8 {
		return
	}
	debug.SetGCPercent(percent)
	k.percent = percent
}

func (k *keeper) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stopped = true
	k.set(byDefault)
}

// least is what the runtime takes for alive where less is: its smallest heap is GOGC percent of 4 MB.
const least = 4 << 20

// percentFor is by how much a heap of live bytes may grow to reach the floor, and at least by what is usual.
func percentFor(floor, live uint64) int {
	live = max(live, least)
	if live >= floor/2 {
		return byDefault
	}
	return int(min((floor-live)*100/live, math.MaxInt32))
}

// read returns one of the runtime's figures.
func read(name string) uint64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
