package proxycore

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// loggedBodyBytes is how much of a body a record holds.
const loggedBodyBytes = 64 << 10

// resultOf is how an attempt ended, before anything of its answer's body was passed on.
func (x *exchange) resultOf(f *finding) result {
	return result{status: f.status, outcome: f.outcome, charged: f.charged, err: x.reasonOf(f)}
}

// reasonOf says in words what went wrong; empty when nothing did.
func (x *exchange) reasonOf(f *finding) string {
	switch {
	case f.err != nil:
		return scrubText(bounded(f.err.Error()), x.attempt.key())
	case f.status < 400:
		return ""
	case f.fault.Message != "":
		return f.fault.Message
	case f.fault.Code != "":
		return f.fault.Code
	}
	return fmt.Sprintf("the upstream answered %d", f.status)
}

// recordOf writes down one attempt.
func (x *exchange) recordOf(a *attempt, l *result, final bool) Record {
	r := Record{
		RequestID: x.id, UpstreamRequestID: l.upstreamID, Started: x.started, Ended: time.Now(), Final: final,
		AttemptNumber: a.number, GroupName: x.target.group, Method: x.in.Method, Path: x.recordedPath(),
		ProxyKeyID: x.proxyKey.ID, Model: x.named(), StatusCode: l.status, Outcome: l.outcome, Charged: l.charged, Cooled: l.cooled,
		Stream: x.streaming || x.facts.Stream, Wait: x.wait, Connect: a.connect, Header: a.header, FirstByte: a.firstByte,
		RequestBytes: x.received, ResponseBytes: l.bytes, Usage: l.usage, ClientIP: x.gateway.clientIP(x.in),
		UserAgent: x.in.UserAgent(), Error: l.err, RequestBody: x.logged, Dialect: x.dialect().Name(),
		Trial: x.pin != nil,
	}
	copy(r.ProxyKeyFingerprint[:], x.proxyKey.Digest[:])
	if x.asked != nil {
		r.GroupID, r.GroupName = x.asked.id, x.asked.name
	}
	if a.group == nil {
		return r
	}
	if a.group != x.asked {
		r.ParentID, r.ParentName = x.asked.id, x.asked.name
		r.GroupID, r.GroupName = a.group.id, a.group.name
	}
	if a.model != x.facts.Model {
		r.UpstreamModel = a.model
	}
	r.Started, r.Upstream, r.KeyID, r.Stream = a.started, a.up.base, a.keyID, x.streaming || x.streams(a.group)
	copy(r.KeyFingerprint[:], a.pool.keys.digest(a.index)[:])
	return r
}

// recordedPath is path and query as the client sent them, behind the group's name and without any key.
func (x *exchange) recordedPath() string {
	if x.target.query == "" {
		return x.target.path
	}
	return x.target.path + "?" + x.target.query
}

// record tells how the request ended: once, whatever happened. What strangers send is told in part.
func (x *exchange) record() {
	if x.proxyKey.ID == 0 && x.pin == nil && !x.gateway.strangers.allow(time.Now()) {
		return
	}
	x.gateway.options.Recorder.Record(x.recordOf(&x.attempt, &x.last, true))
}

// recordRepeat tells of a connection that died idle under an attempt.
func (x *exchange) recordRepeat(err error) {
	l := result{
		outcome: UpstreamError, charged: ChargedNobody,
		err: scrubText(bounded("a kept connection had died: "+err.Error()), x.attempt.key()),
	}
	a := x.attempt
	a.connect = 0
	x.verdicts.retries = append(x.verdicts.retries, x.recordOf(&a, &l, false))
}

// recordSilentRepeats tells of what the transport repeated by itself, which it does without asking for a request that has no
// body.
func (x *exchange) recordSilentRepeats() {
	for range x.attempt.wire.connections - 1 {
		x.recordRepeat(errKeptConnection)
	}
}

var errKeptConnection = errors.New("repeated by the transport")

// upstreamID is the provider's own id of an answer.
func upstreamID(h http.Header) string {
	for _, name := range [...]string{"X-Request-Id", "Request-Id", "Apim-Request-Id", "X-Goog-Request-Id", "X-Amzn-Requestid"} {
		if values := h[name]; len(values) > 0 {
			return bounded(values[0])
		}
	}
	return ""
}

// keepForLog keeps the beginning of the body for the record, when the asked group wants it.
func (x *exchange) keepForLog() {
	if !x.asked.set.LogBodies || x.body == nil {
		return
	}
	x.logged = make([]byte, min(x.body.size, loggedBodyBytes))
	n, _ := readTo(x.body.reader(), x.logged)
	x.logged = x.logged[:n]
}
