package upstreamtest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// exchange is one request on its way to its answer.
type exchange struct {
	handler *Handler
	dialect dialect
	w       http.ResponseWriter
	r       *http.Request
	vars    []string // what the route's braces matched, undecoded
	body    []byte
	key     string
	answer  Answer
	record  *Request
}

// obey does what was scripted instead of the real answer, and tells whether that was all there is to do.
func (x *exchange) obey() bool {
	x.pause(x.answer.Delay)
	switch {
	case x.answer.Fault == Hang:
		<-x.r.Context().Done()
	case x.answer.Fault == Reset:
		x.hangUp(true)
	case x.answer.Body != "":
		x.reply(max(x.answer.Status, http.StatusOK), "application/json", []byte(x.answer.Body))
	case x.answer.Status != 0 && x.answer.Fault != ErrorEvent:
		x.refuse(x.answer.problem())
	default:
		return false
	}
	return true
}

// refuse answers with an error of the dialect's shape.
func (x *exchange) refuse(p problem) {
	p = x.dialect.word(x, p)
	p.message = strings.ReplaceAll(p.message, "{key}", x.key)
	x.reply(p.status, "application/json", x.dialect.errorBody(x, p))
}

// reply sends a plain answer, compressed when the client reads gzip, as the providers' front ends do.
func (x *exchange) reply(status int, contentType string, body []byte) {
	if strings.Contains(x.r.Header.Get("Accept-Encoding"), "gzip") && strings.HasPrefix(contentType, "application/json") {
		var packed bytes.Buffer
		writer := gzip.NewWriter(&packed)
		_, _ = writer.Write(body) // a buffer takes everything
		_ = writer.Close()
		body = packed.Bytes()
		x.w.Header().Set("Content-Encoding", "gzip")
	}
	length := len(body)
	if x.answer.Fault == Truncate {
		length += 100
	}
	x.w.Header().Set("Content-Length", strconv.Itoa(length))
	x.begin(status, contentType)
	half := len(body) / 2
	switch {
	case x.answer.Fault == Stall || x.answer.Fault == Cut:
		x.write(body[:half])
		x.breakOff()
	case x.answer.Pace > 0 && len(body) > 0:
		for piece := range slices.Chunk(body, (len(body)+7)/8) {
			x.write(piece)
			x.pause(x.answer.Pace)
		}
	default:
		x.finish()
		_, _ = x.w.Write(body) // a client that is gone is seen by the context
	}
}

func (x *exchange) replyJSON(value any) *problem {
	body, err := json.Marshal(value)
	if indent := x.dialect.indent(); indent != "" {
		body, err = json.MarshalIndent(value, "", indent)
	}
	if err != nil {
		return &problem{status: http.StatusInternalServerError, message: err.Error()}
	}
	x.reply(http.StatusOK, "application/json", body)
	return nil
}

// stream sends events one by one, each cut where careless readers break and every piece flushed by itself.
func (x *exchange) stream(contentType string, events []string) {
	x.begin(http.StatusOK, contentType)
	x.flush()
	breaks := x.answer.Fault != ""
	for i, event := range events {
		if breaks && x.answer.Fault != Truncate && i == x.answer.After {
			break
		}
		if i == len(events)-1 && !breaks {
			x.finish()
		}
		for _, piece := range awkward(event) {
			x.write([]byte(piece))
		}
		x.handler.note(x.record, func(request *Request) { request.Events = i + 1 })
		if i < len(events)-1 {
			x.pause(x.answer.Pace)
		}
		if x.r.Context().Err() != nil {
			return
		}
	}
	if breaks {
		x.breakOff()
	}
}

// breakOff ends an answer under way by its fault.
func (x *exchange) breakOff() {
	switch x.answer.Fault {
	case Stall:
		<-x.r.Context().Done()
	case Cut:
		x.hangUp(true)
	case Truncate:
		x.hangUp(false)
	case ErrorEvent:
		x.finish()
		x.write([]byte(x.dialect.errorEvent(x, x.dialect.word(x, x.answer.problem()))))
	}
}

func (x *exchange) hangUp(hard bool) {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 and recorders cannot be hijacked; this breaks them too
	}
	if hard {
		reset(conn)
		return
	}
	_ = conn.Close()
}

// begin sends the header.
func (x *exchange) begin(status int, contentType string) {
	header := x.w.Header()
	header.Set("Content-Type", contentType)
	x.dialect.headers(x, header)
	if x.answer.ContentType != "" {
		header.Set("Content-Type", x.answer.ContentType)
	}
	for name, values := range x.answer.Header {
		header[name] = append(header[name], values...)
	}
	for _, name := range x.answer.Omit {
		header[http.CanonicalHeaderKey(name)] = nil // nil, not absent, keeps net/http from adding its own
	}
	x.handler.note(x.record, func(request *Request) {
		request.Status, request.ResponseHeader, request.Answered = status, header.Clone(), time.Now()
	})
	x.w.WriteHeader(status)
}

// finish notes the end just before the last bytes leave, so that a client that goes away on reading them did not cancel.
func (x *exchange) finish() {
	x.handler.note(x.record, func(request *Request) { request.Finished = time.Now() })
}

func (x *exchange) write(piece []byte) {
	_, _ = x.w.Write(piece) // a client that is gone is seen by the context
	x.flush()
}

func (x *exchange) flush() { _ = http.NewResponseController(x.w).Flush() }

// pause waits, or until the client goes away.
func (x *exchange) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-x.r.Context().Done():
	}
}

// awkward cuts an event where readers that trust their buffers break: inside a field name, inside every multi-byte
// character, between CR and LF, and between the two line ends that close the event. The pieces join to the event.
func awkward(event string) []string {
	cuts := []int{min(2, len(event))}
	for i := 1; i < len(event); i++ {
		insideRune := event[i]&0xC0 == 0x80
		betweenCRLF := event[i-1] == '\r' && event[i] == '\n'
		beforeLastLF := i == len(event)-1 && event[i] == '\n'
		if insideRune || betweenCRLF || beforeLastLF {
			cuts = append(cuts, i)
		}
	}
	slices.Sort(cuts)
	var pieces []string
	from := 0
	for _, cut := range append(cuts, len(event)) {
		if cut > from {
			pieces = append(pieces, event[from:cut])
			from = cut
		}
	}
	return pieces
}
