package proxycore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"roundhouse/proxycore/dialect"
)

// Why Send sent nothing.
var (
	// ErrNoSnapshot: nothing was ever swapped in.
	ErrNoSnapshot = errors.New("there is no snapshot yet")
	// ErrUnknownGroup: the snapshot has no such standard group.
	ErrUnknownGroup = errors.New("the snapshot has no such group with upstreams")
	// ErrNoUpstream: none was named and the group has none that takes traffic.
	ErrNoUpstream = errors.New("the group has no upstream to ask")
)

// SendRequest is a request of our own with a given key.
type SendRequest struct {
	GroupID, KeyID int64
	// Key is the key in clear.
	Key       string
	KeyDigest [32]byte
	// Upstream is a base URL; empty lets the group's wheel choose.
	Upstream string
	Method   string
	// Path is as a client would write it behind the group's name, with a query if there is one.
	Path   string
	Header http.Header
	Body   []byte
	// MaxBody bounds what is kept of the answer's body, in bytes; 0 is 64 KiB, more than any answer to a probe.
	MaxBody int64
	// Probe marks the record.
	Probe bool
	// Timeout bounds the whole exchange; 0 is the group's request timeout.
	Timeout time.Duration
}

// SendResult is what an upstream answered.
type SendResult struct {
	Status int
	Header http.Header
	// Body is its beginning, as much as was asked for, without the key.
	Body     []byte
	Upstream string
	Duration time.Duration
	// Fault is what the dialect makes of the answer; its zero value is none.
	Fault dialect.Fault
}

// SendError says why there was no answer, without any secret.
type SendError struct {
	Reason string
	// Timeout is set when what was missing was time.
	Timeout bool
	// Upstream is the base URL that was asked.
	Upstream string
	Duration time.Duration
}

func (e *SendError) Error() string { return e.Reason }

// Send asks one upstream once with a given key, exactly as traffic of the group would: same redirects, overrides, header
// rules and outbound proxy. It stands outside ring, admission and failover, charges and cools nobody, and is recorded. The
// error is one of the above or a *SendError.
func (g *Gateway) Send(ctx context.Context, q SendRequest) (SendResult, error) {
	s := g.snapshot.Load()
	if s == nil {
		return SendResult{}, ErrNoSnapshot
	}
	group := s.byID[q.GroupID]
	if group == nil || group.aggregate() {
		return SendResult{}, ErrUnknownGroup
	}
	up, err := group.upstreamFor(q.Upstream)
	if err != nil {
		return SendResult{}, err
	}
	if q.Timeout <= 0 {
		q.Timeout = group.set.RequestTimeout
	}
	if q.MaxBody <= 0 {
		q.MaxBody = refusedBytes
	}
	ctx, cancel := context.WithTimeout(ctx, q.Timeout)
	defer cancel()
	in, err := http.NewRequestWithContext(ctx, q.Method, "http://gateway"+clientPrefix+group.name+q.Path, nil)
	if err != nil {
		return SendResult{}, fmt.Errorf("build request: %w", err)
	}
	if q.Header != nil {
		in.Header = q.Header.Clone()
	}
	x := g.exchanges.Get().(*exchange)
	x.in, x.snapshot, x.asked, x.started, x.most = in, s, group, time.Now(), 1
	x.id = requestID(x.started)
	defer func() {
		x.watch.disarm()
		x.releaseBody()
		x.reset()
		g.exchanges.Put(x)
	}()
	if refused := x.prepareSend(q, up); refused != nil {
		return SendResult{}, &SendError{Reason: refused.Error(), Upstream: up.base}
	}
	return x.sendOnce(q)
}

// upstreamFor finds an upstream by its base URL, or lets the wheel choose one in rotation.
func (g *group) upstreamFor(base string) (up *upstream, err error) {
	if base == "" {
		if !g.wheel.turn(func(i int) bool { up = g.upstreams[i]; return !up.cell.out() }) && up == nil {
			return nil, ErrNoUpstream
		}
		return up, nil
	}
	if up := g.upstreamAt(base); up != nil {
		return up, nil
	}
	if up, err = parseUpstream(base); err == nil {
		up.cell = &upstreamCell{}
	}
	return up, err
}

// prepareSend readies the only attempt.
func (x *exchange) prepareSend(q SendRequest, up *upstream) *refusal {
	x.target, _ = parseTarget(x.in, clientPrefix)
	x.beginInspection()
	if len(q.Body) > 0 {
		body, err := x.gateway.memory.read(source{
			Reader: bytes.NewReader(q.Body), declared: int64(len(q.Body)), limit: max(x.gateway.options.MaxBody, int64(len(q.Body))),
			dir: x.gateway.options.SpillDir, shown: x.plainReader(),
		})
		if err != nil {
			return refuse(dialect.CodeInternal, Overload, err.Error())
		}
		x.body, x.received = body, body.size
	}
	// Strictness is for clients: an administrator may probe any model.
	_ = x.inspect()
	if r := x.shapeFor(x.asked); r != nil {
		return r
	}
	body := x.body
	if x.shaped.body != nil {
		body = x.shaped.body
	}
	x.attempts, x.asking = 1, time.Now()
	x.attempt = attempt{
		number: 1, group: x.asked, up: up, pool: onlyKey(x.asked.home, q.KeyID, q.Key, q.KeyDigest), keyID: q.KeyID,
		model: x.shaped.model, path: x.shaped.path, query: x.shaped.query, payload: body, plain: x.shaped.plain, started: time.Now(),
		connect: -1, header: -1, firstByte: -1,
	}
	return nil
}

func (x *exchange) sendOnce(q SendRequest) (SendResult, error) {
	res, err := x.send()
	result := SendResult{Upstream: x.attempt.up.base}
	var f finding
	if err != nil {
		f = x.weighError(err)
		if x.in.Context().Err() == context.DeadlineExceeded {
			f.outcome, f.charged, f.timedOut = Timeout, ChargedUpstream, true
		}
		x.attempt.wire = nil
		x.last = x.resultOf(&f)
	} else {
		usage := x.readSent(res, q.MaxBody, &result)
		f = judge(result.Status, result.Fault, &x.asked.set)
		x.last = x.resultOf(&f)
		x.last.upstreamID, x.last.bytes = upstreamID(res.Header), int64(len(result.Body))
		x.last.charged, x.last.usage = ChargedNobody, usage
		x.attempt.wire.letGo()
		x.attempt.wire = nil
	}
	result.Duration = time.Since(x.attempt.started)
	for _, record := range append(x.verdicts.retries, x.recordOf(&x.attempt, &x.last, true)) {
		record.Probe = q.Probe
		x.gateway.options.Recorder.Record(record)
	}
	if err != nil {
		return result, &SendError{Reason: x.last.err, Timeout: f.timedOut, Upstream: result.Upstream, Duration: result.Duration}
	}
	return result, nil
}

// readSent reads the answer to Send, the beginning of its body.
func (x *exchange) readSent(res *http.Response, most int64, result *SendResult) dialect.Usage {
	key := x.attempt.key()
	x.watch.flow(time.Now(), min(refusedTime, x.asked.set.StreamIdleTimeout))
	x.watch.beginRead()
	body, _ := io.ReadAll(io.LimitReader(res.Body, most))
	x.watch.endRead()
	_ = res.Body.Close()
	result.Status, result.Header = res.StatusCode, res.Header
	if res.StatusCode >= 400 {
		result.Fault = x.asked.dialect.Fault(dialect.Answer{Status: res.StatusCode, Header: res.Header, Body: body, At: time.Now()})
		result.Fault.Message = scrubText(result.Fault.Message, key)
	}
	x.excerpt.Begin(valueOf(res.Header, "Content-Type"), valueOf(res.Header, "Content-Encoding"))
	_, _ = x.excerpt.Write(body)
	result.Body, _ = scrubBody(res.Header, body, key)
	for _, values := range res.Header {
		for i := range values {
			values[i] = scrubText(values[i], key)
		}
	}
	if result.Status >= 300 {
		return dialect.Usage{}
	}
	return x.asked.dialect.Read(&x.excerpt, x.facts.Target).Usage
}
