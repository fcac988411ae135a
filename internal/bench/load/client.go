package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http/httputil"
	"strconv"
	"time"
)

const readBufferBytes = 16 << 10

// client is one connection with one request at a time on it.
type client struct {
	address  string
	request  []byte
	timeout  time.Duration
	terminal []byte

	conn  net.Conn
	in    *bufio.Reader
	piece [readBufferBytes]byte

	ok           int64
	failures     map[string]int64
	sample       string
	whole, first histogram
}

func (c *client) run(ctx context.Context, more func() bool) {
	defer c.hangUp()
	for more() {
		err := c.ask()
		if err == nil {
			c.ok++
			continue
		}
		c.failures[kindOf(err)]++
		var status statusError
		if errors.As(err, &status) {
			continue // the answer came whole, and the connection can be used again
		}
		c.hangUp()
		if !pause(ctx, time.Millisecond) { // no busy loop against a dead server
			return
		}
	}
}

func (c *client) hangUp() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// ask sends the request once and reads the answer to its end.
func (c *client) ask() error {
	began := time.Now()
	if c.conn == nil {
		conn, err := net.DialTimeout("tcp", c.address, c.timeout)
		if err != nil {
			return fmt.Errorf("dial: %w", err)
		}
		c.conn, c.in = conn, bufio.NewReaderSize(conn, readBufferBytes)
	}
	if err := c.conn.SetDeadline(began.Add(c.timeout)); err != nil {
		return fmt.Errorf("dial: %w", err)
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if _, err := c.in.Peek(1); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	first := time.Since(began)
	head, err := readHead(c.in)
	if err != nil {
		return fmt.Errorf("head: %w", err)
	}
	if err := c.readBody(head); err != nil {
		return err
	}
	c.whole.add(time.Since(began))
	c.first.add(first)
	if head.closing {
		c.hangUp()
	}
	return nil
}

// readBody reads the answer to its end and returns why it does not count as a good one.
func (c *client) readBody(h head) error {
	var body io.Reader = c.in
	switch {
	case h.chunked:
		body = httputil.NewChunkedReader(c.in)
	case h.length >= 0:
		body = io.LimitReader(c.in, h.length)
	}
	n, met, kept := int64(0), len(c.terminal) == 0, 0
	for {
		m, err := body.Read(c.piece[kept:])
		n += int64(m)
		seen := c.piece[:kept+m]
		if h.status/100 != 2 && c.sample == "" {
			c.sample = fmt.Sprintf("%d: %.300s", h.status, seen)
		}
		if !met {
			met = bytes.Contains(seen, c.terminal)
			// What may be the terminal's beginning stays for the next look.
			kept = copy(c.piece[:], seen[max(0, len(seen)-len(c.terminal)+1):])
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("body: %w", err)
		}
	}
	if n < h.length {
		return fmt.Errorf("body: %w", io.ErrUnexpectedEOF)
	}
	if h.chunked { // httputil leaves the empty line behind the last chunk unread
		if _, err := readLine(c.in); err != nil {
			return fmt.Errorf("body: %w", err)
		}
	}
	if h.status/100 != 2 {
		return statusError(h.status)
	}
	if !met {
		return errCutShort
	}
	return nil
}

var errCutShort = errors.New("cut short: the answer ended without its last event")

// statusError is an answer that came whole and was not a 2xx.
type statusError int

func (e statusError) Error() string { return "status " + strconv.Itoa(int(e)) }

// kindOf is a word for the failure, the same for all of its kind.
func kindOf(err error) string {
	var status statusError
	var timeout net.Error
	switch {
	case errors.As(err, &status):
		return status.Error()
	case errors.Is(err, errCutShort):
		return "cut short"
	case errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	}
	where, _, _ := bytes.Cut([]byte(err.Error()), []byte(":"))
	return "broken in " + string(where)
}

// head is what of an answer's head decides how the rest is read.
type head struct {
	status int
	// length is -1 when it is not told.
	length           int64
	chunked, closing bool
}

func readHead(in *bufio.Reader) (head, error) {
	line, err := readLine(in)
	if err != nil {
		return head{}, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return head{}, fmt.Errorf("odd status line %q", line)
	}
	h := head{length: -1}
	h.status, _ = strconv.Atoi(string(line[9:12]))
	for {
		line, err := readLine(in)
		if err != nil || len(line) == 0 {
			return h, err
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if h.length, err = strconv.ParseInt(string(value), 10, 64); err != nil {
				return h, fmt.Errorf("odd length: %w", err)
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			h.chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, []byte("Connection")):
			h.closing = bytes.EqualFold(value, []byte("close"))
		}
	}
}

// readLine returns the next line without its end; it is valid until the next read.
func readLine(in *bufio.Reader) ([]byte, error) {
	line, err := in.ReadSlice('\n')
	return bytes.TrimRight(line, "\r\n"), err
}
