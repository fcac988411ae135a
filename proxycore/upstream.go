package proxycore

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// brokenInARow is how many failures of connection or time in a row take an upstream out.
	brokenInARow = 3
	// window is how many answers are remembered; half of them 5xx take an upstream out.
	window = 20
	// firstEjection doubles with every failed trial.
	firstEjection   = 5 * time.Second
	longestEjection = 5 * time.Minute
	// enoughTrials is how many requests at once an upstream on trial has borne when it is trusted again.
	enoughTrials = 16
)

// upstreamCell is the health of one upstream of one group.
type upstreamCell struct {
	// watched is false while there is nothing to remember, so that a healthy upstream costs a request no lock.
	watched atomic.Bool

	mu sync.Mutex // guards all that follows

	broken  int      // failures of connection or time in a row
	failed  int      // failures of any kind in a row
	models  []string // models with a 5xx since the last success, at most two
	answers uint32   // the last answers, a bit each, 1 for a 5xx
	lastErr string

	ejections    int
	ejectedUntil time.Time
	lastFailed   time.Time
	// trials is how many requests may be under way at once; 0 when it is trusted and any number may.
	trials, onTrial int
}

// UpstreamState is what the data plane knows of an upstream.
type UpstreamState struct {
	// Healthy is false while failures keep it out of rotation.
	Healthy bool
	// EjectedUntil is when the next trial may begin; zero when it is healthy.
	EjectedUntil        time.Time
	ConsecutiveFailures int
	// LastError is empty since the last success.
	LastError string
}

// upstreamCell finds the cell of a base URL, or makes it.
func (h *home) upstreamCell(url string) *upstreamCell {
	h.upstreamsMu.Lock()
	defer h.upstreamsMu.Unlock()
	c := h.upstreams[url]
	if c == nil {
		c = &upstreamCell{}
		h.upstreams[url] = c
	}
	return c
}

// keepUpstreams forgets the cells of all other base URLs.
func (h *home) keepUpstreams(urls []string) {
	h.upstreamsMu.Lock()
	defer h.upstreamsMu.Unlock()
	for url := range h.upstreams {
		if !slices.Contains(urls, url) {
			delete(h.upstreams, url)
		}
	}
}

// admit reports whether a request may be sent now; onTrial is set when settle must be told that its trial is over. In need, when
// what is in rotation fails, no pause is longer than the first.
func (c *upstreamCell) admit(now time.Time, need bool) (ok, onTrial bool) {
	if !c.watched.Load() {
		return true, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trials == 0 {
		return true, false
	}
	pausing := now.Before(c.ejectedUntil) && !(need && now.Sub(c.lastFailed) >= firstEjection)
	if pausing || c.onTrial >= c.trials {
		return false, false
	}
	c.onTrial++
	return true, true
}

// release ends a trial.
func (c *upstreamCell) release() {
	c.mu.Lock()
	c.onTrial--
	c.mu.Unlock()
}

// out reports whether failures keep the upstream out of rotation.
func (c *upstreamCell) out() bool {
	if !c.watched.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.trials > 0
}

// failing reports whether the upstream has failed so often in a row that it may be down, though nothing else is there to stand in.
func (c *upstreamCell) failing() bool {
	if !c.watched.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed >= brokenInARow
}

// troubled reports whether the upstream's last answer was a failure.
func (c *upstreamCell) troubled() bool {
	if !c.watched.Load() {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed > 0
}

// succeeded takes an answer that was none of the upstream's failures.
func (c *upstreamCell) succeeded(onTrial bool) {
	if !c.watched.Load() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.trials > 0 && !onTrial {
		// It was under way before the upstream was taken out: old news.
		return
	}
	defer func() { c.watched.Store(c.trials > 0 || c.answers != 0) }()
	c.answers = c.answers << 1 & (1<<window - 1)
	c.broken, c.failed, c.models, c.lastErr = 0, 0, c.models[:0], ""
	if !onTrial || c.trials == 0 {
		return
	}
	c.trials *= 2
	c.ejectedUntil = time.Time{} // a trial made in need may have come before
	if c.trials > enoughTrials {
		c.trials, c.ejections, c.answers = 0, 0, 0
	}
}

// failure is what an upstream did to an attempt.
type failure struct {
	// connection: refused, unresolved, untrusted, reset or silent. Otherwise it answered 5xx.
	connection bool
	model      string
	onTrial    bool
	reason     string
}

// suffered takes a failure, and takes the upstream out when it has failed enough and the group has another.
func (c *upstreamCell) suffered(f failure, now time.Time, hasAnother bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.watched.Store(true)
	c.failed++
	c.lastErr, c.lastFailed = f.reason, now
	if f.connection {
		c.broken++
	} else {
		c.broken = 0
		c.answers = (c.answers<<1 | 1) & (1<<window - 1)
		if len(c.models) < 2 && !slices.Contains(c.models, f.model) {
			c.models = append(c.models, f.model)
		}
	}
	guilty := c.broken >= brokenInARow ||
		len(c.models) >= 2 && c.failed >= brokenInARow ||
		2*bits.OnesCount32(c.answers) >= window
	over := !now.Before(c.ejectedUntil) // a trial in need lengthens no pause
	switch {
	case c.trials > 0 && f.onTrial && over, c.trials == 0 && guilty && hasAnother:
		span := min(firstEjection<<min(c.ejections, 10), longestEjection)
		c.ejections++
		c.trials = 1
		c.ejectedUntil = now.Add(span)
	}
}

func (c *upstreamCell) state() UpstreamState {
	c.mu.Lock()
	defer c.mu.Unlock()
	return UpstreamState{
		Healthy: c.trials == 0, EjectedUntil: c.ejectedUntil, ConsecutiveFailures: c.failed, LastError: c.lastErr,
	}
}
