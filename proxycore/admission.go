package proxycore

import (
	"context"
	"sync/atomic"
	"time"
)

// longestWait is how long a request may wait for a slot.
const longestWait = time.Second

// admission bounds the requests that have not sent their first byte yet. As many again as have slots may wait.
type admission struct {
	// slots holds a token for each slot in use; nil is no limit.
	slots   chan struct{}
	waiting atomic.Int64
}

func (a *admission) init(most int) {
	if most > 0 {
		a.slots = make(chan struct{}, most)
	}
}

// acquire takes a slot and says how long that took. It returns false when there is none for a second, when as many wait
// already, or when ctx ends.
func (a *admission) acquire(ctx context.Context) (time.Duration, bool) {
	if a.slots == nil {
		return 0, true
	}
	select {
	case a.slots <- struct{}{}:
		return 0, true
	default:
	}
	defer a.waiting.Add(-1)
	if a.waiting.Add(1) > int64(cap(a.slots)) {
		return 0, false
	}
	began := time.Now()
	timer := time.NewTimer(longestWait)
	defer timer.Stop()
	select {
	case a.slots <- struct{}{}:
		return time.Since(began), true
	case <-timer.C:
	case <-ctx.Done():
	}
	return time.Since(began), false
}

// release gives a slot back.
func (a *admission) release() {
	if a.slots != nil {
		<-a.slots
	}
}

// throttle lets ten a second through and counts the rest: what strangers send must not fill the log.
type throttle struct {
	second        atomic.Int64
	passed        atomic.Int64
	seen, dropped atomic.Int64
}

const strangersASecond = 10

func (t *throttle) allow(now time.Time) bool {
	t.seen.Add(1)
	if s := now.Unix(); t.second.Swap(s) != s {
		t.passed.Store(0)
	}
	if t.passed.Add(1) <= strangersASecond {
		return true
	}
	t.dropped.Add(1)
	return false
}
