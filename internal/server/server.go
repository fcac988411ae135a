// Package server runs one HTTP server on one address: its timeouts, its health, and a stop that loses no request. It refuses
// to know what is served.
package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	// headerPatience is how long a client may take to send a request's header.
	headerPatience = 10 * time.Second
	// largestHeader bounds a request's line and header; beyond it the answer is 431.
	largestHeader = 64 << 10
	// lameDuck is how long a stopping server goes on accepting, so that clients and load balancers learn of it: each answer
	// says Connection: close, and an idle connection is not closed while a request is on its way to it.
	lameDuck = 300 * time.Millisecond
	// lastMoment is how long handlers get to return once they were aborted.
	lastMoment = 2 * time.Second
)

// Options say what to serve and how; Addr, Handler and Logger are required.
type Options struct {
	// Addr is host:port; port 0 lets the system choose.
	Addr string
	// Variable is the environment variable that Addr comes from, for the remedy when the address is taken; empty is PORT.
	Variable string
	Handler  http.Handler
	// ReadTimeout bounds the reading of a whole request. A handler that is patient with a client who goes on sending moves the
	// deadline, as PatientReads does; one that does not read the body cannot be held up by it. IdleTimeout is the longest
	// silence between requests. Zero is no limit.
	ReadTimeout, IdleTimeout time.Duration
	// WriteTimeout bounds the time from a request's header to the end of its answer, for a client that sends requests and takes
	// no answers. A handler whose answers take longer moves the deadline, as PatientWrites does. Zero is no limit.
	WriteTimeout time.Duration
	// Grace is how long open requests may finish after ctx is cancelled; zero aborts them after the lame duck.
	Grace time.Duration
	// Hurried ends the grace when it is closed; nil never is.
	Hurried <-chan struct{}
	// Ready is asked by /ready; nil is always.
	Ready func() bool
	// Stopping is called first when the server stops, to end what would last for ever, such as sockets; nil is nothing.
	Stopping func()
	// Abort is called when the grace is over and requests are still open, before their contexts are cancelled and their
	// connections cut, to end them in a way of its own; ctx limits it. Nil is nothing.
	Abort func(ctx context.Context)
	// OnListen is called with the address when connections are accepted.
	OnListen func(net.Addr)
	Logger   *slog.Logger
}

// running is one server at work.
type running struct {
	o        Options
	http     *http.Server
	conns    connections
	open     atomic.Int64 // handlers that have not returned, those of hijacked connections too
	stopping atomic.Bool
}

// Run listens and serves until ctx is cancelled, then stops in this order: readiness off; lame duck; no new connections; open
// requests until the grace is over; abort the rest. It returns nil after such a stop, and an error when it cannot listen or
// serve.
func Run(ctx context.Context, o Options) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if err != nil {
		return remedy(o, err)
	}
	base, abort := context.WithCancel(context.WithoutCancel(ctx))
	defer abort()
	s := &running{o: o}
	s.http = &http.Server{
		Handler:           s.handler(),
		ReadHeaderTimeout: headerPatience,
		ReadTimeout:       o.ReadTimeout,
		WriteTimeout:      o.WriteTimeout,
		IdleTimeout:       o.IdleTimeout,
		MaxHeaderBytes:    largestHeader,
		// OPTIONS * is the handler's to refuse like any other path it does not serve.
		DisableGeneralOptionsHandler: true,
		ConnState:                    s.conns.note,
		BaseContext:                  func(net.Listener) context.Context { return base },
		ErrorLog:                     slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug),
	}
	served := make(chan error, 1)
	go func() { served <- s.http.Serve(listener) }()
	if o.OnListen != nil {
		o.OnListen(listener.Addr())
	}
	select {
	case err := <-served:
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	case <-ctx.Done():
	}
	s.stop(listener, abort)
	if err := <-served; !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("serve %s: %w", listener.Addr(), err)
	}
	return nil
}

// stop ends the server. Shutdown alone would lose requests: it answers none that is read after it began, and closes idle
// connections under clients who are about to use them. So the listener is closed first and every accepted connection is
// served until it is idle. Only connections that the kernel took up and nobody accepted yet are reset by that.
func (s *running) stop(listener net.Listener, abort context.CancelFunc) {
	deadline := time.Now().Add(s.o.Grace)
	s.stopping.Store(true)
	if s.o.Stopping != nil {
		s.o.Stopping()
	}
	time.Sleep(lameDuck)
	_ = listener.Close()
	s.until(deadline, func() bool { return s.hurried() || s.open.Load() == 0 && s.conns.quiet() })
	if open := s.open.Load(); open > 0 {
		s.o.Logger.Warn("requests were cut off, since they did not end in time", "open", open, "grace", s.o.Grace)
		limit := time.Now().Add(lastMoment)
		if s.o.Abort != nil {
			ctx, cancel := context.WithDeadline(context.Background(), limit)
			s.o.Abort(ctx)
			cancel()
		}
		abort()
		s.until(limit, func() bool { return s.open.Load() == 0 })
	}
	_ = s.http.Close()
	s.until(time.Now().Add(lastMoment), func() bool { return s.open.Load() == 0 })
}

func (s *running) hurried() bool {
	select {
	case <-s.o.Hurried:
		return true
	default:
		return false
	}
}

// until waits for the condition, at most until the deadline.
func (s *running) until(deadline time.Time, holds func() bool) {
	for !holds() && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
}

// remedy says what to do about an address that cannot be listened on.
func remedy(o Options, err error) error {
	variable := o.Variable
	if variable == "" {
		variable = "PORT"
	}
	host, port, _ := net.SplitHostPort(o.Addr)
	instead := func(port string) string {
		if variable == "PORT" {
			return "PORT=" + port
		}
		return variable + "=" + net.JoinHostPort(host, port)
	}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		next := "3002"
		if n, parseErr := strconv.Atoi(port); parseErr == nil && n < 65535 {
			next = strconv.Itoa(n + 1)
		}
		return fmt.Errorf("port %s is taken: stop what uses it, or choose another, as in `%s make run` (%w)", port, instead(next), err)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("port %s needs rights that this process lacks: choose one above 1023, as in `%s make run` (%w)", port, instead("3001"), err)
	}
	return fmt.Errorf("listen on %s, which %s gives: %w", o.Addr, variable, err)
}
