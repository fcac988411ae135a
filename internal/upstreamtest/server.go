package upstreamtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"
)

// Server is a Handler on a loopback listener of its own.
type Server struct {
	*Handler
	// URL is the base of every dialect, without a trailing slash: http://127.0.0.1:port.
	URL string

	http *http.Server
	done chan error
}

// New starts a server that accepts the given keys and closes it when the test ends. A key ending in "*" admits every
// key that begins so; without any the server refuses all.
func New(t testing.TB, keys ...string) *Server {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for the scripted upstream: %v", err)
	}
	server := Start(listener, NewHandler(keys...))
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close the scripted upstream: %v", err)
		}
	})
	return server
}

// Start serves the handler on the listener until Close. Only requests that come by such a listener are recorded with
// their raw bytes.
func Start(listener net.Listener, handler *Handler) *Server {
	server := &Server{
		Handler: handler,
		URL:     "http://" + listener.Addr().String(),
		http: &http.Server{
			Handler:           handler,
			ReadHeaderTimeout: time.Minute,
			ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
				return context.WithValue(ctx, tapKey{}, conn)
			},
		},
		done: make(chan error, 1),
	}
	go func() { server.done <- server.http.Serve(tapListener{listener}) }()
	return server
}

// Close cuts every connection, which also ends the answers that hang, and waits for the listener's end.
func (s *Server) Close() error {
	closing := s.http.Close()
	if err := <-s.done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return closing
}

// Wait returns the first recorded request, in order of arrival, that matches, now or within ten seconds; otherwise the
// test fails with what was waited for.
func (s *Server) Wait(t testing.TB, what string, match func(Request) bool) Request {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	request, err := s.Await(ctx, match)
	if err != nil {
		t.Fatalf("wait for %s at the scripted upstream: %v; it saw %d requests", what, err, len(s.Requests()))
	}
	return request
}
