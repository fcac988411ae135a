package server

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"runtime/debug"
)

// handler is what every request passes: health, the farewell of a stopping server, and the net under panics.
func (s *running) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.open.Add(1)
		defer s.open.Add(-1)
		defer s.catch(r)
		// A message framed in two ways is read by its chunks and the other length is dropped before a handler sees it; what
		// follows on that connection may be a request only to us (RFC 9112 §6.3), so nothing may follow.
		if s.stopping.Load() || len(r.TransferEncoding) > 0 {
			w.Header().Set("Connection", "close")
		}
		switch r.URL.Path {
		case "/health":
			tell(w, r, http.StatusOK, "ok")
			return
		case "/ready":
			if s.stopping.Load() || (s.o.Ready != nil && !s.o.Ready()) {
				tell(w, r, http.StatusServiceUnavailable, "not ready")
				return
			}
			tell(w, r, http.StatusOK, "ready")
			return
		}
		s.o.Handler.ServeHTTP(w, r)
	})
}

// tell answers a question about the server's state.
func tell(w http.ResponseWriter, r *http.Request, status int, state string) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		status, state = http.StatusMethodNotAllowed, "use GET"
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, "{\"status\":%q}\n", state)
}

// catch logs a panic and cuts the connection, so that a client never takes half an answer for a whole one; whether any of it
// was sent is not known here. What a handler panicked with is not logged unless it is the runtime's, since it may hold a
// secret; neither is the query.
func (s *running) catch(r *http.Request) {
	cause := recover()
	if cause == nil {
		return
	}
	if err, ok := cause.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(http.ErrAbortHandler) // how the gateway says that an answer broke off
	}
	what := fmt.Sprintf("%T", cause)
	if err, ok := cause.(runtime.Error); ok {
		what = err.Error()
	}
	s.o.Logger.ErrorContext(r.Context(), "a handler panicked", "panic", what, "method", r.Method, "stack", string(debug.Stack()))
	panic(http.ErrAbortHandler)
}
