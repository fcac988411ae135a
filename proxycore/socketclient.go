package proxycore

import (
	"io"
	"net"
	"time"
)

// socketClient is the client's side of a WebSocket. One that takes nothing for too long is cut: what comes for it would lie in
// buffers, and hold its upstream, for as long as it likes.
type socketClient struct {
	net.Conn
	// from reads what the server had read already, and then the connection.
	from    io.Reader
	socket  *socket
	silence time.Duration
}

var _ io.ReadWriter = (*socketClient)(nil)

func (c *socketClient) Read(p []byte) (int, error) { return c.from.Read(p) }

func (c *socketClient) Write(p []byte) (int, error) {
	patience, leaving := c.silence, c.socket.left()
	if leaving {
		patience = farewellTime
	}
	// A connection that cannot keep time says so when it is written to.
	_ = c.SetWriteDeadline(time.Now().Add(patience))
	n, err := c.Conn.Write(p)
	if err != nil && isTimeout(err) && !leaving {
		c.socket.untaken.Store(true)
	}
	return n, err
}
