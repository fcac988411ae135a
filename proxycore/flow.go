package proxycore

import (
	"errors"
	"io"
	"net/http"
	"time"

	"roundhouse/proxycore/dialect"
)

// flow is the answer's body on its way to the client. Its bytes are never changed; it counts them, keeps an excerpt of them and
// lets their silence be watched.
type flow struct {
	x     *exchange
	body  io.ReadCloser
	bytes int64
	// length is how many bytes there are to be; -1 when nobody knows.
	length int64
	// begun is set when there is an answer to pass on, done when all of it was read, broken says why not.
	begun, done bool
	broken      error
}

var _ io.ReadCloser = (*flow)(nil)

// begin takes the answer's body over.
func (f *flow) begin(res *http.Response) {
	x, a := f.x, &f.x.attempt
	f.begun, f.body, f.length = true, res.Body, res.ContentLength
	res.Body = f
	x.excerpt.Begin(valueOf(res.Header, "Content-Type"), valueOf(res.Header, "Content-Encoding"))
	came := a.started.Add(a.header)
	x.watch.pass(came, a.group.set.StreamIdleTimeout, x.gateway.options.WriteSilence, x.push)
	x.giveTime(came)
}

func (f *flow) Read(p []byte) (int, error) {
	x := f.x
	x.watch.beginRead()
	n, err := f.body.Read(p)
	x.watch.endRead()
	if n > 0 {
		if f.bytes == 0 {
			x.attempt.firstByte = time.Since(x.attempt.started)
		}
		f.bytes += int64(n)
		// An excerpt never fails.
		_, _ = x.excerpt.Write(p[:n])
	}
	switch {
	case err == io.EOF:
		f.done = true
	case err != nil:
		f.broken = err
	}
	return n, err
}

func (f *flow) Close() error { return f.body.Close() }

// giveTime gives the client its time to take an answer that was long in coming: the deadline that the server itself may have
// given runs since the request came.
func (x *exchange) giveTime(now time.Time) {
	if now.Sub(x.started) > x.gateway.options.WriteSilence/ticks {
		x.pushDeadline()
		if x.watch.abortedBy() != nil {
			// Whoever aborts says so first and sets a deadline of its own then, which this one may just have undone.
			x.lastMoment()
		}
	}
}

// pushDeadline gives the client its time again to take what comes. The server lifts the deadline when the request is over.
func (x *exchange) pushDeadline() {
	// A writer without deadlines, as in tests, writes without.
	_ = http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(x.gateway.options.WriteSilence))
}

// judgeEnd says how an answer that was passed on ended, and lays what went wrong to whom it belongs.
func (x *exchange) judgeEnd(now time.Time) {
	x.last.bytes = x.flow.bytes
	a := &x.attempt
	var reading dialect.Reading
	if x.last.status < 300 {
		reading = a.group.dialect.Read(&x.excerpt, x.facts.Target)
	}
	x.last.usage = reading.Usage
	// Whoever leaves a stream may come back for what it began.
	for _, id := range reading.Created {
		x.own(id, now)
	}
	if !x.flow.done {
		x.judgeBreak()
		return
	}
	if x.last.outcome != OK || x.last.status >= 300 {
		return
	}
	if reading.Fault.Class != dialect.None {
		x.judgeEvent(reading.Fault)
		return
	}
	x.clear(now)
}

// judgeBreak is for an answer that the client did not get whole.
func (x *exchange) judgeBreak() {
	l := &x.last
	switch {
	case x.watch.abortedBy() != nil:
		l.outcome, l.charged, l.err = Shutdown, ChargedNobody, errShutdown.Error()
		return
	case x.flow.broken == nil, x.in.Context().Err() != nil:
		l.outcome, l.charged, l.err = ClientAbort, ChargedClient, "the client went away within the answer"
		return
	}
	l.outcome, l.charged = UpstreamTruncated, ChargedUpstream
	if errors.Is(x.flow.broken, errStalled) {
		l.outcome = Timeout
	}
	l.err = scrubText(bounded(x.flow.broken.Error()), x.attempt.key())
	a := &x.attempt
	a.group.blame(a.up, failure{connection: true, model: a.model, reason: l.err})
}

// judgeEvent is for an error event inside a stream that began with 200: its code is judged as a status would be.
func (x *exchange) judgeEvent(fault dialect.Fault) {
	a, l := &x.attempt, &x.last
	status := fault.Status
	if status == 0 && fault.Class == dialect.Server {
		status = http.StatusInternalServerError
	}
	f := x.judge(status, fault)
	l.outcome, l.charged, l.err = StreamError, f.charged, bounded(f.fault.Message)
	if l.err == "" {
		l.err = fault.Code
	}
	x.hold(&f, -1)
	x.settle()
	if f.upstreamFailed {
		a.group.blame(a.up, failure{model: a.model, reason: l.err})
	}
}
