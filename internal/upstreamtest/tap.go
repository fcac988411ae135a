package upstreamtest

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http/httputil"
	"slices"
	"strings"
	"sync"
)

type tapKey struct{}

type tapListener struct{ net.Listener }

func (l tapListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &tap{Conn: conn}, nil
}

// tap keeps what is read from a connection until a request claims it, because net/http forgets the order and the
// spelling of headers.
type tap struct {
	net.Conn

	mu     sync.Mutex
	unread []byte // read by net/http, claimed by no request yet
}

func (c *tap) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.mu.Lock()
	c.unread = append(c.unread, p[:n]...)
	c.mu.Unlock()
	return n, err
}

// takeHead claims the bytes of the next request up to and with the empty line after its headers; nil when there is none.
func (c *tap) takeHead() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	end := bytes.Index(c.unread, []byte("\r\n\r\n"))
	if end < 0 {
		return nil
	}
	return c.take(end + 4)
}

// takeBody claims the bytes of a body as framed on the wire. A length below zero means chunked, trailers included.
func (c *tap) takeBody(length int64) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	if length >= 0 {
		return c.take(int(min(length, int64(len(c.unread)))))
	}
	rest := bytes.NewReader(c.unread)
	buffered := bufio.NewReader(rest)
	if _, err := io.Copy(io.Discard, httputil.NewChunkedReader(buffered)); err != nil {
		return c.take(len(c.unread))
	}
	for {
		line, err := buffered.ReadString('\n')
		if err != nil || strings.TrimRight(line, "\r\n") == "" {
			break
		}
	}
	return c.take(len(c.unread) - rest.Len() - buffered.Buffered())
}

func (c *tap) take(n int) []byte {
	taken := slices.Clone(c.unread[:n])
	c.unread = c.unread[n:]
	return taken
}

// reset closes the connection so that the peer sees RST instead of an orderly end.
func reset(conn net.Conn) {
	if wrapped, ok := conn.(*tap); ok {
		conn = wrapped.Conn
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// The error does not matter: a socket that is gone already is what was wanted.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// headerLines splits a raw request head into its lines as they were written.
func headerLines(head []byte) (target string, lines []HeaderLine) {
	all := strings.Split(strings.TrimRight(string(head), "\r\n"), "\r\n")
	if parts := strings.SplitN(all[0], " ", 3); len(parts) == 3 {
		target = parts[1]
	}
	for _, line := range all[1:] {
		name, value, _ := strings.Cut(line, ":")
		lines = append(lines, HeaderLine{Name: name, Value: strings.TrimSpace(value)})
	}
	return target, lines
}
