package proxycore

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"time"

	"roundhouse/proxycore/dialect"
)

const (
	// refusedBytes is how much of a refused answer is read: to learn whose fault it was, and so that its connection lives.
	refusedBytes = 64 << 10
	// refusedTime is how long that may take.
	refusedTime = 10 * time.Second
)

// savedAnswer is a refused answer that was read whole, in case nothing better comes.
type savedAnswer struct {
	status  int
	header  http.Header
	body    []byte
	attempt attempt
	finding finding
	// retry is the place of its record among the retries.
	retry int
}

// ask tries keys and upstreams until the failure table is content with an answer. Nothing has reached the client before it
// returns.
func (x *exchange) ask() (*http.Response, error) {
	x.asking = time.Now()
	if !x.choose(x.asking) {
		return nil, x.nobody()
	}
	for {
		x.attempt = x.next
		x.attempts++
		x.met = append(x.met, *x.attempt.pool.keys.digest(x.attempt.index))
		x.verdicts.groups = append(x.verdicts.groups, x.attempt.group.id)
		res, err := x.send()
		f, head, whole := x.weigh(res, err)
		if !x.mayRepeat(&f) || !x.chooseAfter(&f) {
			x.hold(&f, -1)
			return x.passOn(res, head, &f)
		}
		x.giveUp(res, head, whole, &f)
	}
}

// mayRepeat asks everything but whether there is anybody left to ask.
func (x *exchange) mayRepeat(f *finding) bool {
	if f.again == passOn || x.attempts >= x.most || x.in.Context().Err() != nil || x.watch.abortedBy() != nil {
		return false
	}
	if f.again == oneOtherKey {
		if x.otherKey {
			return false
		}
		x.otherKey = true
	}
	return time.Since(x.asking) < x.asked.set.RequestTimeout
}

// patienceWith is how long an attempt may take to begin its answer: half of what is left when another may follow.
func (x *exchange) patienceWith(a *attempt) time.Duration {
	left := x.asked.set.RequestTimeout - a.started.Sub(x.asking)
	alone := !x.asked.aggregate() && a.pool.keys.Len() <= len(x.met) && len(a.group.upstreams) < 2
	if x.attempts < x.most && !alone {
		left /= 2
	}
	return min(left, a.group.set.ResponseHeaderTimeout)
}

// send asks once, and once more on a fresh connection when a used one turns out to have died: that is the network's ageing,
// nobody's fault and no attempt.
func (x *exchange) send() (*http.Response, error) {
	a := &x.attempt
	res, err := x.sendOver(a.group.outbound.shared)
	if err == nil || x.repeated || !a.wire.reused || a.wire.firstByte.Load() || x.in.Context().Err() != nil ||
		isTimeout(err) || errors.Is(err, errNoAnswer) || x.watch.abortedBy() != nil {
		return res, err
	}
	x.repeated = true
	x.recordRepeat(err)
	a.started = time.Now()
	return x.sendOver(a.group.outbound.fresh)
}

func (x *exchange) sendOver(transport *http.Transport) (*http.Response, error) {
	a := &x.attempt
	a.wire = x.gateway.wires.Get().(*wire)
	a.wire.begin(a.payload, a.started)
	ctx, cancel := context.WithCancelCause(x.in.Context())
	x.watch.arm(cancel, a.started, x.patienceWith(a))
	r := x.outgoing().WithContext(httptrace.WithClientTrace(ctx, &a.wire.trace))
	x.address(r)
	if a.payload != nil {
		r.Body, r.ContentLength = a.payload.body(), a.payload.size
	}
	res, err := transport.RoundTrip(r)
	a.connect = a.wire.connected
	x.recordSilentRepeats()
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && x.in.Context().Err() == nil {
			err = cause
		}
		return nil, err
	}
	if res.StatusCode == http.StatusSwitchingProtocols && !x.upgrades() {
		// A tunnel that nobody asked for is no answer; nothing of it is wanted.
		_ = res.Body.Close()
		return nil, errUnaskedUpgrade
	}
	a.header = time.Since(a.started)
	return res, nil
}

// address sends the request where the attempt goes.
func (x *exchange) address(r *http.Request) {
	a := &x.attempt
	r.URL = &url.URL{Scheme: a.up.scheme, Host: a.up.host}
	r.URL.RawQuery = x.dress(r, a, a.query)
	r.URL.ForceQuery = x.target.asked && r.URL.RawQuery == "" && x.carrierKept()
	setPath(r.URL, a.up.join(a.path))
}

// carrierKept reports whether the client's query was empty as it came, and not emptied by taking its key out.
func (x *exchange) carrierKept() bool { return x.carrier != dialect.Query }

// weigh says what an attempt's end means. Of an error answer it returns the beginning of the body, and whether that is all.
func (x *exchange) weigh(res *http.Response, err error) (f finding, head []byte, whole bool) {
	a := &x.attempt
	if err != nil {
		f = x.weighError(err)
		a.wire = nil
	} else {
		if res.StatusCode >= 400 || a.group.set.Failover.Has(res.StatusCode) {
			head, whole = x.readRefused(res)
		}
		var fault dialect.Fault
		if res.StatusCode >= 400 {
			fault = a.group.dialect.Fault(dialect.Answer{Status: res.StatusCode, Header: res.Header, Body: head, At: time.Now()})
		}
		f = x.judge(res.StatusCode, fault)
	}
	x.judgeUpstream(&f)
	return f, head, whole
}

func (a *attempt) key() string { return a.pool.keys.key(a.index) }

// weighError says what it means that there is no answer.
func (x *exchange) weighError(err error) finding {
	f := finding{outcome: UpstreamError, charged: ChargedUpstream, upstreamFailed: true, err: err}
	switch {
	case x.watch.abortedBy() != nil:
		return finding{outcome: Shutdown, charged: ChargedNobody, err: err}
	case x.in.Context().Err() != nil:
		return finding{outcome: ClientAbort, charged: ChargedClient, err: err}
	case errors.Is(err, errNoAnswer), isTimeout(err):
		f.outcome, f.timedOut = Timeout, true
	}
	x.sent = x.attempt.wire.wrote.Load()
	if !x.sent || x.facts.Inference || x.in.Method == http.MethodGet || x.in.Method == http.MethodHead {
		f.again = elsewhere
	}
	return f
}

// judgeUpstream tells the upstream's cell how the attempt went.
func (x *exchange) judgeUpstream(f *finding) {
	a := &x.attempt
	cell := a.up.cell
	if a.onTrial {
		defer cell.release()
	}
	switch {
	case f.upstreamFailed:
		x.failed = append(x.failed, cell)
		a.group.blame(a.up, failure{connection: f.err != nil, model: a.model, onTrial: a.onTrial, reason: x.reasonOf(f)})
	case f.err == nil:
		cell.succeeded(a.onTrial)
	}
}

// blame lays a failure to an upstream. The group's are taken one after the other: of two that fail together one stays.
func (g *group) blame(u *upstream, f failure) {
	g.home.upstreamsMu.Lock()
	defer g.home.upstreamsMu.Unlock()
	u.cell.suffered(f, time.Now(), g.hasAnother(u))
}

// hasAnother reports whether the group has an upstream in rotation beside this one.
func (g *group) hasAnother(u *upstream) bool {
	for i := range g.wheel.order {
		if other := g.upstreams[g.wheel.order[i]]; other.cell != u.cell && !other.cell.out() {
			return true
		}
	}
	return false
}

// isFailing reports whether every upstream of the group that is in rotation may be down.
func (g *group) isFailing() bool {
	for _, u := range g.wheel.order {
		if cell := g.upstreams[u].cell; !cell.out() && !cell.failing() {
			return false
		}
	}
	return true
}

// readRefused reads the beginning of an answer that may be refused.
func (x *exchange) readRefused(res *http.Response) (head []byte, whole bool) {
	x.watch.flow(time.Now(), min(refusedTime, x.attempt.group.set.StreamIdleTimeout))
	x.watch.beginRead()
	head, err := io.ReadAll(io.LimitReader(res.Body, refusedBytes+1))
	x.watch.endRead()
	if len(head) > refusedBytes {
		return head, false
	}
	return head, err == nil
}

// giveUp closes a refused attempt's books, and keeps its answer when it was read whole.
func (x *exchange) giveUp(res *http.Response, head []byte, whole bool, f *finding) {
	place := len(x.verdicts.retries)
	x.hold(f, place)
	l := x.resultOf(f)
	l.bytes = int64(len(head))
	if res != nil {
		l.upstreamID = upstreamID(res.Header)
	}
	x.verdicts.retries = append(x.verdicts.retries, x.recordOf(&x.attempt, &l, false))
	if res != nil {
		// What was not read in time is not worth a connection.
		_ = res.Body.Close()
		if whole {
			x.earlier = &savedAnswer{status: res.StatusCode, header: res.Header, body: head, attempt: x.attempt, finding: *f, retry: place}
		}
		x.attempt.wire.letGo()
	}
	x.watch.disarm()
	x.attempt.wire = nil
}

// passOn returns the answer that the client gets: the last one; an earlier one, when the last attempt had none; or why there
// is none.
func (x *exchange) passOn(res *http.Response, head []byte, f *finding) (*http.Response, error) {
	x.releaseBody()
	if f.err != nil {
		return x.passOnEarlier(f)
	}
	x.last = x.resultOf(f)
	x.settle()
	x.passInformational()
	if head != nil {
		x.restoreBody(res, head)
	}
	return res, nil
}

// passOnEarlier returns an earlier answer, since the last attempt had none, or why there is none.
func (x *exchange) passOnEarlier(f *finding) (*http.Response, error) {
	if x.earlier == nil || f.outcome == ClientAbort || f.outcome == Shutdown {
		return nil, x.withoutAnswer(f)
	}
	l := x.resultOf(f)
	x.verdicts.retries = append(x.verdicts.retries, x.recordOf(&x.attempt, &l, false))
	return x.replay(), nil
}

// replay makes the earlier answer the one that is passed on.
func (x *exchange) replay() *http.Response {
	saved := x.earlier
	x.attempt = saved.attempt
	x.attempt.wire = nil
	x.last = x.resultOf(&saved.finding)
	x.verdicts.promote(saved.retry)
	x.settle()
	res := &http.Response{
		StatusCode: saved.status, Header: saved.header, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: http.NoBody, ContentLength: int64(len(saved.body)),
	}
	x.restoreBody(res, saved.body)
	return res
}

// restoreBody puts the beginning of an error's body back before its rest, without our key.
func (x *exchange) restoreBody(res *http.Response, head []byte) {
	if len(head) <= refusedBytes && res.StatusCode >= 400 {
		if clean, changed := scrubBody(res.Header, head, x.attempt.key()); changed {
			head = clean
			res.ContentLength = int64(len(head))
			res.Header.Set("Content-Length", strconv.Itoa(len(head)))
		}
	}
	rest := res.Body
	body := io.MultiReader(bytes.NewReader(head), rest)
	if len(head) > refusedBytes && res.StatusCode >= 400 {
		body = newCover(plainly(res, head, body), x.attempt.key())
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{body, rest}
}

// plainly takes the coding off a body that is too long to be looked through whole, and says so in the answer's header. What
// nobody here can read stays as it is, and so does a bomb: what swells so is no error's text.
func plainly(res *http.Response, head []byte, body io.Reader) io.Reader {
	coding := res.Header.Get("Content-Encoding")
	beginning, ok := dialect.Decode(bytes.NewReader(head), coding)
	if !ok || coding == "" {
		return body
	}
	if n, _ := io.Copy(io.Discard, io.LimitReader(beginning, inMemoryBytes)); n == inMemoryBytes {
		return body
	}
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.ContentLength = -1
	plain, _ := dialect.Decode(body, coding)
	return plain
}

// withoutAnswer is our own answer when no upstream gave one.
func (x *exchange) withoutAnswer(f *finding) *refusal {
	reason := x.reasonOf(f)
	switch f.outcome {
	case ClientAbort:
		return clientGone(reason)
	case Shutdown:
		return shuttingDown()
	}
	r := refuse(dialect.CodeUpstreamFailed, UpstreamError, "The upstream gave no answer.")
	if f.timedOut {
		r = refuse(dialect.CodeUpstreamTimeout, Timeout, "The upstream did not answer in time.")
	}
	if x.sent {
		r.message += " The request may have been executed."
	}
	r.charged, r.detail = ChargedUpstream, reason
	return r
}

// releaseBody gives back the client's body and what is known of it: nothing will ask for it again. A stream may run for hours
// after this.
func (x *exchange) releaseBody() {
	if x.inspection != nil {
		x.gateway.inspections.Put(x.inspection)
		x.inspection = nil
	}
	if x.body != nil {
		x.body.release()
		x.body = nil
	}
	x.shaped.release()
}
