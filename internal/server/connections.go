package server

import (
	"math"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// freshFor is how long a connection without a request counts as about to send one. Browsers open some in reserve.
const freshFor = time.Second

// connections knows in what state each accepted connection is. Its zero value is ready. Requests tell of it twice each, so
// that they must not wait for each other there.
type connections struct {
	// all holds for each connection until when it is to be waited for, an *atomic.Int64 in Unix nanoseconds.
	all sync.Map
}

const (
	busy = math.MaxInt64
	idle = 0
)

// note is the server's ConnState.
func (c *connections) note(conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		until := new(atomic.Int64)
		until.Store(time.Now().Add(freshFor).UnixNano())
		c.all.Store(conn, until)
	case http.StateActive:
		c.set(conn, busy)
	case http.StateIdle:
		c.set(conn, idle)
	default:
		c.all.Delete(conn)
	}
}

func (c *connections) set(conn net.Conn, until int64) {
	if held, ok := c.all.Load(conn); ok {
		held.(*atomic.Int64).Store(until)
	}
}

// quiet reports whether no connection has a request, or is so fresh that one may be on its way.
func (c *connections) quiet() bool {
	now, quiet := time.Now().UnixNano(), true
	c.all.Range(func(_, until any) bool {
		quiet = until.(*atomic.Int64).Load() < now
		return quiet
	})
	return quiet
}
