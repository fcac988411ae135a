package proxycore

import (
	"crypto/tls"
	"io"
	"net"
	"runtime"
	"sync/atomic"
	"time"
)

const (
	// yields is how often a request gives way to the reader of its connection before it sleeps. One is almost always enough.
	yields = 100
	// restless is how long a reader may take to come to rest before its connection is given up.
	restless  = 100 * time.Millisecond
	shortNaps = 20 * time.Microsecond
)

// upstreamConn is a connection to an upstream, with what net/http does not do by itself.
type upstreamConn struct {
	*net.TCPConn
	// awaiting is set while somebody waits for bytes, closed once nobody will again.
	awaiting, closed atomic.Bool
}

// ReadFrom writes the rest of a body that lies in memory at once, where net/http would copy it through a buffer of 32 KiB. It
// relies on the transport handing its body over as a LimitedReader around a WriterTo; anything else is copied.
func (c *upstreamConn) ReadFrom(r io.Reader) (int64, error) {
	if limited, ok := r.(*io.LimitedReader); ok {
		if body, ok := limited.R.(io.WriterTo); ok {
			n, err := body.WriteTo(c.TCPConn)
			limited.N -= n
			return n, err
		}
	}
	return c.TCPConn.ReadFrom(r)
}

func (c *upstreamConn) Read(p []byte) (int, error) {
	c.awaiting.Store(true)
	n, err := c.TCPConn.Read(p)
	c.awaiting.Store(false)
	return n, err
}

func (c *upstreamConn) Close() error {
	c.closed.Store(true)
	return c.TCPConn.Close()
}

// awaitSilence lets the reader of a kept connection come to rest before a request is written to it. net/http puts a connection
// back before it looks whether bytes came behind the answer; a request that is quicker takes them for its own answer, which
// then reaches the wrong client. Once the reader waits for the network there was nothing behind; if there was, it closes.
func awaitSilence(conn net.Conn) {
	if secure, ok := conn.(*tls.Conn); ok {
		if secure.ConnectionState().NegotiatedProtocol == "h2" {
			return
		}
		conn = secure.NetConn()
	}
	c, ok := conn.(*upstreamConn)
	if !ok {
		return
	}
	var began time.Time
	for n := 0; !c.awaiting.Load() && !c.closed.Load(); n++ {
		switch {
		case n < yields:
			runtime.Gosched()
		case n == yields:
			began = time.Now()
		case time.Since(began) < restless:
			time.Sleep(shortNaps)
		default:
			// The request fails before a byte of it is written, and is repeated on another connection.
			_ = c.Close()
		}
	}
}
