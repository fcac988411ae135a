package upstreamtest

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// HeaderLine is one header as it stood on the wire.
type HeaderLine struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Request is what the upstream saw of one request, and how it ended. Byte slices are shared: do not change them.
type Request struct {
	// Number counts from 1 in order of arrival.
	Number int    `json:"number"`
	Method string `json:"method"`
	// Target is the request target as written: path and query, nothing decoded.
	Target string `json:"target"`
	Host   string `json:"host"`
	// Header holds every line in order and original case, Host included. By a listener of another's making it is sorted
	// and canonical, for nothing better is known.
	Header []HeaderLine `json:"header"`
	// Body is the body without its transfer coding.
	Body []byte `json:"body"`
	// Raw is the whole request as it came off the wire; nil when it came by a listener that Start did not wrap.
	Raw []byte `json:"raw"`
	// Key is the key seen, known or not, by its carrier: a lower-case header name, or "key" for the query.
	Key     string `json:"key"`
	Carrier string `json:"carrier"`
	// RemoteAddr tells connections apart.
	RemoteAddr string    `json:"remoteAddr"`
	Arrived    time.Time `json:"arrived"`

	// Status is 0 while, and when, nothing was answered.
	Status         int         `json:"status"`
	ResponseHeader http.Header `json:"responseHeader"`
	// Events is how many events of a stream were written and flushed.
	Events int `json:"events"`
	// Answered is when the header left; zero while it has not.
	Answered time.Time `json:"answered"`
	// Finished is when the answer was complete, broken on command or given up; zero while it is not.
	Finished time.Time `json:"finished"`
	// Cancelled is when the client was seen to go away before the answer was complete; zero when it did not.
	Cancelled time.Time `json:"cancelled"`
}

// Values returns the values of all headers of that name, in order; the case does not matter.
func (r Request) Values(name string) []string {
	var values []string
	for _, line := range r.Header {
		if strings.EqualFold(line.Name, name) {
			values = append(values, line.Value)
		}
	}
	return values
}

// Requests returns what was recorded so far in order of arrival, requests under way included.
func (h *Handler) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]Request, len(h.requests))
	for i, request := range h.requests {
		all[i] = *request
	}
	return all
}

// Forget drops what was recorded; numbers go on.
func (h *Handler) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = nil
}

// Await returns the first recorded request that matches, waiting for one until the context ends.
func (h *Handler) Await(ctx context.Context, match func(Request) bool) (Request, error) {
	for {
		h.mu.Lock()
		changed := h.changed
		h.mu.Unlock()
		if all := h.Requests(); slices.ContainsFunc(all, match) {
			return all[slices.IndexFunc(all, match)], nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Request{}, ctx.Err()
		}
	}
}

// note changes a recorded request and wakes those who wait for one.
func (h *Handler) note(request *Request, change func(*Request)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(request)
	close(h.changed)
	h.changed = make(chan struct{})
}
