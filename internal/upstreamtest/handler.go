package upstreamtest

import (
	"context"
	"io"
	"net/http"
	"sort"
	"strings"
	"sync"
	"time"
)

// Handler answers as the providers do, by path: OpenAI below /v1, Anthropic at /v1/messages and wherever a request
// carries its headers, Gemini below /v1beta, and Gemini's OpenAI-compatible face below /v1beta/openai.
type Handler struct {
	// Controlled lets HTTP clients read what was recorded and write scripts, by the paths that control.go lists; false
	// leaves them to the dialects, which do not know them. Set it before serving.
	Controlled bool

	keys []string // a trailing "*" makes one a prefix

	mu       sync.Mutex // guards everything below
	requests []*Request
	number   int
	changed  chan struct{} // closed at the next change of requests
	scripts  map[string][]Answer
	always   map[string]Answer
	objects  map[string]object // files, uploads and responses by id
}

// object is something a provider keeps for the key that made it.
type object struct {
	key  string
	kind string
	json map[string]any
	data []byte
}

// NewHandler returns a handler that accepts the given keys; a key ending in "*" admits every key that begins so.
func NewHandler(keys ...string) *Handler {
	return &Handler{
		keys:    keys,
		changed: make(chan struct{}),
		scripts: map[string][]Answer{},
		always:  map[string]Answer{},
		objects: map[string]object{},
	}
}

func (h *Handler) accepts(key string) bool {
	for _, known := range h.keys {
		prefix, open := strings.CutSuffix(known, "*")
		if key == known || open && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

// ServeHTTP records the request and answers it, in the order in which a provider looks at things: path, key, what was
// scripted for it, body.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	record := newRequest(r)
	if h.Controlled && strings.HasPrefix(r.URL.Path, "/_") {
		if body, err := h.readBody(r, record); err == nil {
			h.control(w, r, body)
		}
		return
	}
	h.arrive(record)
	cancelled := func(request *Request) {
		if request.Finished.IsZero() && request.Cancelled.IsZero() {
			request.Cancelled = time.Now()
		}
	}
	stop := context.AfterFunc(r.Context(), func() { h.note(record, cancelled) })
	defer stop()
	defer h.note(record, func(request *Request) {
		if r.Context().Err() != nil {
			cancelled(request) // the note of AfterFunc may still be on its way, or never set out
		}
		if request.Finished.IsZero() {
			request.Finished = time.Now()
		}
	})

	body, err := h.readBody(r, record)
	if err != nil {
		h.note(record, cancelled)
		return
	}
	x := &exchange{handler: h, w: w, r: r, body: body, record: record, dialect: dialectOf(r)}
	if refusal := x.serve(); refusal != nil {
		x.refuse(*refusal)
	}
}

func (x *exchange) serve() *problem {
	key, carrier := x.dialect.carried(x.r)
	x.key = key
	x.handler.note(x.record, func(request *Request) { request.Key, request.Carrier = key, carrier })
	operation, refusal := x.route()
	if refusal != nil {
		return refusal
	}
	if operation.keyless == nil || !operation.keyless(x.r) {
		if key == "" {
			return &problem{kind: noKey}
		}
		if !x.handler.accepts(key) {
			return &problem{kind: wrongKey}
		}
	}
	answer, err := x.handler.next(key, x.r)
	if err != nil {
		return &problem{status: http.StatusBadRequest, message: "X-Upstream-Do: " + err.Error()}
	}
	x.answer = answer
	if x.obey() {
		return nil
	}
	return operation.serve(x)
}

// newRequest is what is known before the body is read.
func newRequest(r *http.Request) *Request {
	request := &Request{
		Method:     r.Method,
		Target:     r.RequestURI,
		Host:       r.Host,
		RemoteAddr: r.RemoteAddr,
		Arrived:    time.Now(),
	}
	if conn, ok := r.Context().Value(tapKey{}).(*tap); ok {
		request.Raw = conn.takeHead()
	}
	if request.Raw != nil {
		request.Target, request.Header = headerLines(request.Raw)
	} else {
		request.Header = sortedLines(r)
	}
	return request
}

func (h *Handler) arrive(request *Request) {
	h.note(request, func(request *Request) {
		h.number++
		request.Number = h.number
		h.requests = append(h.requests, request)
	})
}

func (h *Handler) readBody(r *http.Request, record *Request) ([]byte, error) {
	body, err := io.ReadAll(r.Body)
	var raw []byte
	if conn, ok := r.Context().Value(tapKey{}).(*tap); ok {
		raw = conn.takeBody(r.ContentLength)
	}
	h.note(record, func(request *Request) {
		request.Body = body
		if request.Raw != nil {
			request.Raw = append(request.Raw, raw...)
		}
	})
	return body, err
}

func sortedLines(r *http.Request) []HeaderLine {
	lines := []HeaderLine{{Name: "Host", Value: r.Host}}
	for name, values := range r.Header {
		for _, value := range values {
			lines = append(lines, HeaderLine{Name: name, Value: value})
		}
	}
	sort.SliceStable(lines, func(i, j int) bool { return lines[i].Name < lines[j].Name })
	return lines
}
