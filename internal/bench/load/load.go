// Package load asks an HTTP/1.1 server over plain TCP, one request at a time on each of many connections. It sends a request
// built once and reads of the answer no more than it must, so that it costs far less than what it measures. It refuses to know
// who is asked, and what the figures are compared with.
package load

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Spec says what to ask, how often and over how many connections. Duration or Requests must be set; the first to be reached
// ends the load.
type Spec struct {
	// URL is http:// and complete.
	URL    string
	Header map[string]string
	Body   []byte
	// Connections is at least 1.
	Connections int
	// Duration is how long requests are begun; those under way finish. 0 is no limit.
	Duration time.Duration
	// Requests is how many are begun; 0 is no limit.
	Requests int64
	// Ramp is the time over which the connections begin.
	Ramp time.Duration
	// Timeout bounds one request; 0 is a minute.
	Timeout time.Duration
	// Terminal must appear in an answer for it to count as whole; empty asks for nothing.
	Terminal string
}

// Result is what happened. Times are of whole and successful answers only, 0 when there was none.
type Result struct {
	Elapsed time.Duration
	// OK counts answers with a 2xx that came whole; Failures all others by their kind.
	OK       int64
	Failures map[string]int64
	P50, P99 time.Duration
	// FirstP50 is the median time to an answer's first byte.
	FirstP50 time.Duration
	// Sample is the beginning of one answer that was not a 2xx; empty when there was none.
	Sample string
}

// Failed is how many requests failed.
func (r Result) Failed() (n int64) {
	for _, of := range r.Failures {
		n += of
	}
	return n
}

// Run drives the load until its end or ctx's.
func Run(ctx context.Context, s Spec) (Result, error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return Result{}, fmt.Errorf("load: %w", err)
	}
	if u.Scheme != "http" || u.Port() == "" || s.Connections < 1 || (s.Duration <= 0 && s.Requests <= 0) {
		return Result{}, fmt.Errorf("load: %s with %d connections for %v or %d requests is no load", s.URL, s.Connections, s.Duration, s.Requests)
	}
	if s.Timeout <= 0 {
		s.Timeout = time.Minute
	}
	if s.Duration > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.Duration)
		defer cancel()
	}
	var left atomic.Int64
	left.Store(s.Requests)
	more := func() bool { return ctx.Err() == nil && (s.Requests <= 0 || left.Add(-1) >= 0) }

	clients := make([]*client, s.Connections)
	request := build(u, s)
	began := time.Now()
	var running sync.WaitGroup
	for i := range clients {
		c := &client{address: u.Host, request: request, timeout: s.Timeout, terminal: []byte(s.Terminal), failures: map[string]int64{}}
		clients[i] = c
		running.Go(func() {
			if pause(ctx, s.Ramp*time.Duration(i)/time.Duration(s.Connections)) {
				c.run(ctx, more)
			}
		})
	}
	running.Wait()
	return sum(clients, time.Since(began)), nil
}

func sum(clients []*client, elapsed time.Duration) Result {
	r := Result{Elapsed: elapsed, Failures: map[string]int64{}}
	var whole, first histogram
	for _, c := range clients {
		r.OK += c.ok
		for kind, n := range c.failures {
			r.Failures[kind] += n
		}
		if r.Sample == "" {
			r.Sample = c.sample
		}
		whole.merge(&c.whole)
		first.merge(&c.first)
	}
	r.P50, r.P99, r.FirstP50 = whole.quantile(.5), whole.quantile(.99), first.quantile(.5)
	return r
}

// build writes the request as it goes out.
func build(u *url.URL, s Spec) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n",
		u.RequestURI(), u.Host, len(s.Body))
	names := make([]string, 0, len(s.Header))
	for name := range s.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "%s: %s\r\n", name, s.Header[name])
	}
	b.WriteString("\r\n")
	b.Write(s.Body)
	return b.Bytes()
}

// pause waits and returns whether ctx still lives.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
