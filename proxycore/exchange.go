package proxycore

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"roundhouse/proxycore/dialect"
)

// farewellTime is how long a client may take what it is sent when the gateway has to end.
const farewellTime = time.Second

// exchange is one client request on its way through; it is used again when the request is over.
type exchange struct {
	gateway *Gateway
	// lane and place are where it is registered while it runs.
	lane    *lane
	place   int
	watch   watch
	excerpt dialect.Excerpt
	inbound inbound
	flow    flow
	// push is pushDeadline, bound once.
	push    func()
	scratch []byte
	request
}

// request is all that belongs to one request; it is zeroed as a whole.
type request struct {
	w        http.ResponseWriter
	in       *http.Request
	snapshot *snapshot
	id       string
	started  time.Time
	// asking is when the client's body was there and its answer began to be looked for.
	asking time.Time
	wait   time.Duration
	// slot is set while the request holds one of MaxConcurrent.
	slot, streaming bool
	// entered is set once the request counts as in flight.
	entered bool

	target   target
	asked    *group
	proxyKey ProxyKey
	// carrier is how the client showed its key.
	carrier dialect.Carrier
	facts   dialect.Facts
	// inspection knows where the body says so, while the body is held; nil before and after.
	inspection *dialect.Inspection
	// body is what the client sent; nil is nothing. received is its length, logged its beginning for the record.
	body     *payload
	received int64
	logged   []byte
	shaped   shaped

	attempts int
	most     int
	attempt  attempt
	next     attempt
	met      tried
	// failed are the upstreams that failed this request; sameKey is set while one without fault is looked for, for a key that
	// was asked already.
	failed  []*upstreamCell
	sameKey bool
	// otherKey is set once the one other key has been asked.
	otherKey bool
	// repeated is set once a connection that died idle has been made good for.
	repeated bool
	// sent is set when the last attempt that failed had been sent whole.
	sent     bool
	want     outlook
	verdicts verdicts
	earlier  *savedAnswer
	// socket is the upstream's side of a WebSocket; nil when there is none.
	socket *socket
	// pin is set for an administrator's trial; nil for a client's request.
	pin *Pin

	last result
}

// attempt is one asking of one upstream with one key.
type attempt struct {
	number  int
	group   *group
	up      *upstream
	onTrial bool
	pool    *pool
	index   int
	keyID   int64
	// model is what the upstream is asked for; path and query are the client's with that model in them.
	model, path, query string
	payload            *payload
	// plain is set when a coded body was decoded to be edited.
	plain   bool
	started time.Time
	wire    *wire
	// Times of the record; negative when they never came.
	connect, header, firstByte time.Duration
}

// result is how an attempt ended.
type result struct {
	status     int
	outcome    Outcome
	charged    Charged
	cooled     time.Duration
	err        string
	upstreamID string
	bytes      int64
	usage      dialect.Usage
}

func newExchange(g *Gateway) *exchange {
	x := &exchange{gateway: g, lane: g.running.lane()}
	x.flow.x, x.push = x, x.pushDeadline
	x.inbound.watch, x.inbound.over = &x.watch, x.inbound.giveUp
	return x
}

func newInspection() any { return new(dialect.Inspection) }

// ServeHTTP forwards one request under /proxy/{group}/. When an answer breaks off half-way it panics with
// http.ErrAbortHandler, so that the client sees a broken answer: whoever wraps the gateway must let the panic pass.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.serve(w, r, nil) }

// serve forwards a client's request, or the trial that pin makes of it.
func (g *Gateway) serve(w http.ResponseWriter, r *http.Request, pin *Pin) {
	x := g.exchanges.Get().(*exchange)
	x.w, x.in, x.pin, x.started = w, r, pin, time.Now()
	x.attempt.connect, x.attempt.header, x.attempt.firstByte = -1, -1, -1
	x.id = requestID(x.started)
	defer x.end()
	if pin != nil {
		w.Header().Set(trialHeader, x.id)
	}
	if r := x.prepare(); r != nil {
		x.refuse(r)
		return
	}
	x.forward()
}

// requestID is 32 hexadecimal digits. It begins with the time, so that ids made together lie together wherever they are
// indexed; the rest is random.
func requestID(now time.Time) string {
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:], uint64(now.UnixMilli())<<16|rand.Uint64()>>48)
	binary.BigEndian.PutUint64(raw[8:], rand.Uint64())
	var text [32]byte
	hex.Encode(text[:], raw[:])
	return string(text[:])
}

// prepare does everything before an upstream is asked. It returns nil, or why none is.
func (x *exchange) prepare() *refusal {
	target, ok := parseTarget(x.in, x.prefix())
	if !ok {
		return refuse(dialect.CodeGroupNotFound, NotFound, "The gateway's address is "+x.prefix()+"{group}/…")
	}
	x.target = target
	x.snapshot = x.gateway.snapshot.Load()
	if x.snapshot == nil {
		r := refuse(dialect.CodeShuttingDown, Shutdown, "The gateway is starting.")
		r.retryAfter = time.Second
		return r
	}
	if r := x.admit(); r != nil {
		return r
	}
	x.entered = true
	x.asked.home.budget.enter()
	if !x.gateway.running.enter(x) {
		return shuttingDown()
	}
	x.most = x.asked.set.MaxRetries + 1
	for _, step := range [...]func() *refusal{x.checkPin, x.screen, x.takeSlot, x.readBody, x.inspect} {
		if r := step(); r != nil {
			return r
		}
	}
	return nil
}

// screen refuses what no upstream must see.
func (x *exchange) screen() *refusal {
	switch x.in.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		r := refuse(dialect.CodeMethodNotAllowed, BadRequest, "This method is not forwarded.")
		r.header = http.Header{"Allow": {"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}}
		return r
	}
	if hasDotSegment(x.target.path) {
		return refuse(dialect.CodeBadRequest, BadRequest, "The path holds a dot segment.")
	}
	if x.gateway.cameRound(x.in.Header) {
		return refuse(dialect.CodeLoop, BadRequest, "This request has been through the gateway before: an upstream leads back here.")
	}
	return x.screenUpgrade()
}

// takeSlot waits until the request may begin.
func (x *exchange) takeSlot() *refusal {
	wait, ok := x.gateway.admission.acquire(x.in.Context())
	x.wait, x.slot = wait, ok
	switch {
	case ok:
		return nil
	case x.in.Context().Err() != nil:
		return clientGone("the client went away while it waited for a slot")
	}
	r := refuse(dialect.CodeOverloaded, Overload, "The gateway has too many requests in flight.")
	r.retryAfter = time.Second
	return r
}

func (x *exchange) freeSlot() {
	if x.slot {
		x.slot = false
		x.gateway.admission.release()
	}
}

// readBody takes the client's body in, bounded in size and in silence.
func (x *exchange) readBody() *refusal {
	x.beginInspection()
	r := x.in
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		takeOver(x.w, r)
		return nil
	}
	if r.ProtoMajor == 1 && r.ContentLength < 0 {
		// net/http hides a Content-Length that came beside the chunks, and what follows on such a connection is not to be
		// trusted (RFC 9112 §6.3).
		x.w.Header().Set("Connection", "close")
	}
	x.inbound.begin(x.w, r, time.Now(), x.gateway.options.ReadSilence)
	body, err := x.gateway.memory.read(source{
		Reader: &x.inbound, declared: r.ContentLength, limit: x.gateway.options.MaxBody, dir: x.gateway.options.SpillDir,
		shown: x.plainReader(),
	})
	x.inbound.finish(err)
	if err == nil {
		x.body, x.received = body, body.size
		return nil
	}
	var spill *spillError
	switch {
	case errors.Is(err, errTooLarge):
		r := refuse(dialect.CodeBodyTooLarge, BadRequest,
			"The request body is larger than "+strconv.FormatInt(x.gateway.options.MaxBody>>20, 10)+" MB.")
		r.header = http.Header{"Connection": {"close"}}
		return r
	case errors.As(err, &spill):
		x.gateway.options.Logger.Error("a request body could not be kept", "error", err)
		return refuse(dialect.CodeInternal, Overload, "The gateway could not keep the request body.")
	case x.watch.abortedBy() != nil:
		return shuttingDown()
	case isTimeout(err):
		r := refuse(dialect.CodeRequestTimeout, BadRequest, "The request body stopped coming.")
		r.charged, r.header = ChargedClient, http.Header{"Connection": {"close"}}
		return r
	case brokeOff(err) || x.in.Context().Err() != nil:
		return clientGone("the client broke its body off: " + err.Error())
	}
	bad := refuse(dialect.CodeBadRequest, BadRequest, "The request body is malformed.")
	bad.charged, bad.detail = ChargedClient, "malformed body: "+err.Error()
	return bad
}

// plainReader is who may be shown a body as it comes; nil for one in a coding.
func (x *exchange) plainReader() io.Writer {
	if valueOf(x.in.Header, "Content-Encoding") != "" {
		return nil
	}
	return x.inspection
}

// beginInspection reads the request's head.
func (x *exchange) beginInspection() {
	path := x.target.path
	if path == "" {
		path = "/"
	}
	x.inspection = x.gateway.inspections.Get().(*dialect.Inspection)
	x.inspection.Begin(x.asked.dialect, dialect.Head{
		Method: x.in.Method, Path: path, Query: x.target.query, ContentType: valueOf(x.in.Header, "Content-Type"),
	})
}

// inspect learns what the request asks for, and refuses a model that strictness does not allow.
func (x *exchange) inspect() *refusal {
	readable := true
	if x.body != nil {
		readable = x.showBody()
		x.keepForLog()
	}
	x.facts = x.inspection.Facts()
	return x.checkModel(readable)
}

// showBody lets the inspection read the body. It returns false for one in a coding that cannot be taken off.
func (x *exchange) showBody() bool {
	coding := valueOf(x.in.Header, "Content-Encoding")
	if coding == "" {
		// Inspection's Write never fails. What was spilled it has seen.
		_, _ = x.inspection.Write(x.body.bytes())
		return true
	}
	plain, ok := dialect.Decode(x.body.reader(), coding)
	if !ok {
		return false
	}
	// What cannot be decoded to its end is the upstream's to refuse.
	_, _ = io.Copy(x.inspection, io.LimitReader(plain, x.gateway.options.MaxBody))
	return true
}

// fail answers a request for which there is no answer.
func (x *exchange) fail(err error) {
	var r *refusal
	if !errors.As(err, &r) {
		r = refuse(dialect.CodeUpstreamFailed, UpstreamError, "The upstream's answer could not be used.")
		r.charged, r.detail = ChargedUpstream, err.Error()
	}
	x.refuse(r)
}

// end closes the request's books, however it ended: forward panics when an answer breaks off, and the panic goes on after this.
func (x *exchange) end() {
	g, now := x.gateway, time.Now()
	switch {
	case x.flow.begun:
		x.judgeEnd(now)
	case x.socket != nil:
		x.judgeSocket(now)
	}
	x.watch.disarm()
	x.freeSlot()
	if x.streaming {
		g.streams.Add(-1)
	}
	x.settle()
	x.record()
	if x.entered {
		x.asked.home.budget.leave()
		g.running.leave(x)
	}
	if x.attempt.wire != nil {
		x.attempt.wire.letGo()
	}
	x.releaseBody()
	x.reset()
	g.exchanges.Put(x)
}

// abort ends the request from outside: the attempt under way, a body that is still coming, bytes that nobody takes.
func (x *exchange) abort(why error) {
	x.watch.abort(why)
	x.lastMoment()
}

// lastMoment leaves the client a moment to take what it was sent.
func (x *exchange) lastMoment() {
	_ = http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(farewellTime))
}

func (x *exchange) reset() {
	met, failed, verdicts := x.met[:0], x.failed[:0], x.verdicts.reset()
	x.request = request{met: met, failed: failed, verdicts: verdicts}
	x.watch.mu.Lock()
	x.watch.aborted = nil
	x.watch.mu.Unlock()
	x.flow = flow{x: x}
}
