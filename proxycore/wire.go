package proxycore

import (
	"errors"
	"io"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// mostInformational and informationalBytes bound the 1xx answers of one attempt.
	mostInformational  = 5
	informationalBytes = 8 << 10
)

var errTooManyInformational = errors.New("too many 1xx answers")

// wire is what the transport tells of one attempt. The transport may still speak when the attempt is long over, so it is
// used again only when both sides have let go.
type wire struct {
	pool    *sync.Pool
	trace   httptrace.ClientTrace
	payload *payload
	started time.Time
	holders atomic.Int32

	// Of the connection; known when the transport returns.
	connections int
	reused      bool
	connected   time.Duration

	wrote     atomic.Bool
	firstByte atomic.Bool

	mu            sync.Mutex // guards informational and its size
	informational []informational
	size          int
}

type informational struct {
	status int
	header textproto.MIMEHeader
}

func newWire(pool *sync.Pool) *wire {
	w := &wire{pool: pool}
	w.trace = httptrace.ClientTrace{
		GotConn:              w.gotConn,
		WroteRequest:         w.wroteRequest,
		GotFirstResponseByte: func() { w.firstByte.Store(true) },
		Got1xxResponse:       w.got1xx,
	}
	return w
}

// begin readies the wire for an attempt that sends body; nil is none.
func (w *wire) begin(body *payload, now time.Time) {
	w.payload, w.started, w.connected = body, now, -1
	w.connections, w.reused, w.size = 0, false, 0
	w.informational = w.informational[:0]
	w.wrote.Store(false)
	w.firstByte.Store(false)
	w.holders.Store(2)
	if body != nil {
		body.hold()
	}
}

func (w *wire) gotConn(info httptrace.GotConnInfo) {
	if info.Reused {
		awaitSilence(info.Conn)
	}
	w.connections++
	if w.connections > 1 {
		// The transport repeats by itself, and will report a second writing.
		w.holders.Add(1)
		if w.payload != nil {
			w.payload.hold()
		}
	}
	w.reused, w.connected = info.Reused, 0
	if !info.Reused {
		w.connected = time.Since(w.started)
	}
}

// wroteRequest is called once for each connection, when the transport has done with the body for good or for bad.
func (w *wire) wroteRequest(info httptrace.WroteRequestInfo) {
	w.wrote.Store(info.Err == nil)
	if w.payload != nil {
		w.payload.release()
	}
	w.letGo()
}

func (w *wire) got1xx(status int, header textproto.MIMEHeader) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, values := range header {
		for _, value := range values {
			w.size += len(name) + len(value)
		}
	}
	if len(w.informational) >= mostInformational || w.size > informationalBytes {
		return errTooManyInformational
	}
	w.informational = append(w.informational, informational{status, header})
	return nil
}

// letGo is called by the transport when the request is written, and by the exchange when the answer came. After a failure
// the exchange does not: the transport may speak late, and the collector takes the wire.
func (w *wire) letGo() {
	if w.holders.Add(-1) == 0 {
		w.payload = nil
		w.pool.Put(w)
	}
}

// body returns what to send, for a request whose body is read through a wire.
func (p *payload) body() io.ReadCloser { return io.NopCloser(p.reader()) }
