package proxycore

import (
	"bufio"
	"net"
	"net/http"
	"time"
)

// socketWriter gives ReverseProxy the client's side of a WebSocket, bounded in how long bytes may wait to be taken.
type socketWriter struct {
	http.ResponseWriter
	x *exchange
}

// Unwrap is for http.ResponseController.
func (w socketWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

var _ http.Hijacker = socketWriter{}

// Hijack is called once the upstream has agreed.
func (w socketWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	return &socketClient{Conn: conn, socket: w.x.socket, silence: w.x.gateway.options.WriteSilence}, buffered, nil
}

// socketClient is the client's side of a WebSocket. One that takes nothing for too long is cut: what comes for it would lie in
// buffers, and hold its upstream, for as long as it likes.
type socketClient struct {
	net.Conn
	socket  *socket
	silence time.Duration
}

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
