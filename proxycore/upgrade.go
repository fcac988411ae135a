package proxycore

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"roundhouse/proxycore/dialect"
)

// socketWatch is a watch's patience with a WebSocket, which ends when either side likes.
const socketWatch = 10 * 365 * 24 * time.Hour

// goingAway is a WebSocket's close frame with status 1001 (RFC 6455 §7.4.1), as a server sends it.
const goingAway = "\x88\x02\x03\xe9"

var (
	errUnaskedUpgrade = errors.New("the upstream switched protocols unasked")
)

// screenUpgrade lets a WebSocket through and nothing else that would turn the connection into a tunnel.
func (x *exchange) screenUpgrade() *refusal {
	upgrade := x.in.Header["Upgrade"]
	if len(upgrade) == 0 || x.upgrades() {
		return nil
	}
	r := refuse(dialect.CodeUpgradeUnsupported, BadRequest, "Only an upgrade to websocket is forwarded.")
	r.header = http.Header{"Upgrade": {"websocket"}, "Connection": {"Upgrade"}}
	return r
}

func (x *exchange) upgrades() bool {
	return len(x.in.Header["Upgrade"]) == 1 && strings.EqualFold(upgradeOf(x.in.Header), "websocket")
}

// join agrees to a WebSocket and passes on what either side says, until one of them ends.
func (x *exchange) join(res *http.Response) {
	inner, ok := res.Body.(io.ReadWriteCloser)
	if !ok || !strings.EqualFold(upgradeOf(res.Header), "websocket") {
		_ = res.Body.Close()
		x.fail(errUnaskedUpgrade)
		return
	}
	conn, buffered, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		_ = inner.Close()
		x.fail(err)
		return
	}
	defer conn.Close()
	x.welcome(res)
	x.moveHeader(res.Header)
	x.open(inner)
	defer x.socket.closeSoon()
	client := &socketClient{Conn: conn, from: buffered.Reader, socket: x.socket, silence: x.gateway.options.WriteSilence}
	agreed := http.Response{StatusCode: res.StatusCode, ProtoMajor: 1, ProtoMinor: 1, Header: x.w.Header()}
	if agreed.Write(buffered) != nil || buffered.Flush() != nil {
		return
	}
	over := make(chan struct{}, 2)
	pass := func(to io.Writer, from io.Reader) {
		// Whatever ended it, it is over; judgeSocket says why.
		_, _ = io.Copy(to, from)
		over <- struct{}{}
	}
	go pass(x.socket, client)
	go pass(client, x.socket)
	<-over
}

// open makes the upstream's side the exchange's socket.
func (x *exchange) open(inner io.ReadWriteCloser) {
	x.socket = &socket{inner: inner}
	x.gateway.sockets.open(x.socket)
	x.streaming = true
	x.gateway.streams.Add(1)
	x.watch.arm(x.socket.cut, time.Now(), socketWatch)
}

// judgeSocket says how a WebSocket ended. Both sides may end it, and rudely: that is nobody's fault.
func (x *exchange) judgeSocket(now time.Time) {
	x.last.bytes, x.received = x.socket.down.Load(), x.socket.up.Load()
	x.gateway.sockets.shut(x.socket)
	if x.socket.left() {
		x.last.outcome, x.last.err = Shutdown, errShutdown.Error()
		return
	}
	if x.socket.untaken.Load() {
		x.last.outcome, x.last.charged, x.last.err = ClientAbort, ChargedClient, "the client took nothing of what came for it"
		return
	}
	x.clear(now)
}

// socket is the upstream's side of a WebSocket. It counts what goes by, and knows where frames of the upstream end, so that
// it can be closed between two of them.
type socket struct {
	inner    io.ReadWriteCloser
	up, down atomic.Int64
	// untaken is set when the client was cut because it took nothing.
	untaken atomic.Bool
	closing sync.Once

	// parted is set once the close frame is given out; it is the reader's.
	parted bool

	mu     sync.Mutex // guards all that follows
	frames frames
	// leaving is set when the gateway ends the socket.
	leaving bool
}

var _ io.ReadWriteCloser = (*socket)(nil)

func (s *socket) Read(p []byte) (int, error) {
	if s.parting() {
		return s.farewell(p)
	}
	n, err := s.inner.Read(p)
	s.down.Add(int64(n))
	s.mu.Lock()
	s.frames.pass(p[:n])
	s.mu.Unlock()
	if n == 0 && err != nil && s.parting() {
		return s.farewell(p)
	}
	return n, err
}

// parting reports whether the gateway ends the socket and no frame is half-way.
func (s *socket) parting() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaving && s.frames.between()
}

// farewell gives out the close frame, and then an error, as at any end. What the upstream still has to say is not read.
func (s *socket) farewell(p []byte) (int, error) {
	if s.parted {
		return 0, errShutdown
	}
	s.parted = true
	s.closeSoon()
	return copy(p, goingAway), nil
}

func (s *socket) Write(p []byte) (int, error) {
	// Counted first: the upstream may answer and end the socket before the writing returns.
	s.up.Add(int64(len(p)))
	n, err := s.inner.Write(p)
	s.up.Add(int64(n - len(p)))
	if err != nil && s.left() {
		// The first error would end both directions, before the close frame is out.
		return len(p), nil
	}
	return n, err
}

func (s *socket) Close() (err error) {
	s.closing.Do(func() { err = s.inner.Close() })
	return err
}

// closeSoon closes the upstream's side without waiting for an upstream that does not take the end of its TLS connection.
func (s *socket) closeSoon() {
	go func() { _ = s.Close() }()
}

// leave ends the socket as soon as no frame is half-way, and tells the client.
func (s *socket) leave() {
	s.mu.Lock()
	s.leaving = true
	s.mu.Unlock()
	if s.parting() {
		// The reading under way fails, which is what this is for.
		s.closeSoon()
	}
}

// left reports whether the gateway ended the socket.
func (s *socket) left() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leaving
}

// cut ends the socket at once; the client is told when no frame is half-way.
func (s *socket) cut(error) {
	s.leave()
	s.closeSoon()
}

// frames follows the framing of one direction of a WebSocket (RFC 6455 §5.2).
type frames struct {
	header []byte
	left   uint64
}

// between reports whether the next byte begins a frame.
func (f *frames) between() bool { return len(f.header) == 0 && f.left == 0 }

func (f *frames) pass(p []byte) {
	for len(p) > 0 {
		if f.left > 0 {
			n := min(f.left, uint64(len(p)))
			p, f.left = p[n:], f.left-n
			continue
		}
		f.header = append(f.header, p[0])
		p = p[1:]
		if size, ok := frameSize(f.header); ok {
			f.header, f.left = f.header[:0], size
		}
	}
}

// frameSize returns the length of a frame's payload when its header is whole.
func frameSize(header []byte) (uint64, bool) {
	if len(header) < 2 {
		return 0, false
	}
	size, extra, mask := uint64(header[1]&0x7f), 0, 0
	switch size {
	case 126:
		extra = 2
	case 127:
		extra = 8
	}
	if header[1]&0x80 != 0 {
		mask = 4
	}
	if len(header) < 2+extra+mask {
		return 0, false
	}
	if extra > 0 {
		size = 0
		for _, b := range header[2 : 2+extra] {
			size = size<<8 | uint64(b)
		}
	}
	return size, true
}
