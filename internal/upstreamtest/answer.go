package upstreamtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Fault is a way to fail that no status can express.
type Fault string

const (
	// Hang never sends a byte; it ends when the client goes away.
	Hang Fault = "hang"
	// Reset sends RST before the header.
	Reset Fault = "reset"
	// Stall falls silent after Answer.After events, or half of a plain body.
	Stall Fault = "stall"
	// Cut sends RST after Answer.After events, or half of a plain body.
	Cut Fault = "cut"
	// ErrorEvent says error after Answer.After events of a stream whose status was 200, and ends it in good order.
	ErrorEvent Fault = "error"
	// Truncate announces a longer body than it sends. A stream has no length: there it leaves out the last chunk.
	Truncate Fault = "truncate"
)

// Answer is one answer on command. The zero value is what the provider would say.
type Answer struct {
	// Status replaces the answer by an error of the dialect's shape, unless Body is given; 0 keeps the real answer.
	Status int
	// Code is the dialect's error code or type; empty is the usual one for the status.
	Code string
	// Message is the error's text, where {key} stands for the key that was sent; empty is a usual one.
	Message string
	// RetryAfter is the value of the Retry-After header; empty sends none.
	RetryAfter string
	// Body is sent as it is in place of the dialect's, with Status or 200.
	Body string
	// ContentType replaces the right one.
	ContentType string
	// Header is added to the answer's.
	Header http.Header
	// Omit names headers to leave out, those that net/http would add included.
	Omit []string
	// Delay is waited before the header.
	Delay time.Duration
	// Pace is waited between the events of a stream, or the eight pieces of a plain body.
	Pace time.Duration
	// Words is how many words the text of the answer has; 0 is a short sentence.
	Words int
	// Fault breaks the answer; empty does not.
	Fault Fault
	// After is how many events go out before Stall, Cut and ErrorEvent.
	After int
}

// ParseAnswer reads an Answer from the words of the X-Upstream-Do header, separated by semicolons:
//
//	status=429  code=…  message=…  retry-after=2  body=…  content-type=…  header=Name: value  omit=Name
//	delay=50ms  pace=10ms  words=20  hang  reset  stall=2  cut=2  error=2  truncate
//
// Values are percent-decoded, so that %3B is a semicolon in one.
func ParseAnswer(text string) (Answer, error) {
	var answer Answer
	for word := range strings.SplitSeq(text, ";") {
		name, escaped, _ := strings.Cut(strings.TrimSpace(word), "=")
		value, err := url.PathUnescape(escaped)
		if err != nil {
			return Answer{}, fmt.Errorf("read %q: %w", word, err)
		}
		if err := answer.set(name, value); err != nil {
			return Answer{}, fmt.Errorf("read %q: %w", word, err)
		}
	}
	return answer, nil
}

func (a *Answer) set(name, value string) (err error) {
	switch name {
	case "":
	case "status":
		a.Status, err = strconv.Atoi(value)
	case "code":
		a.Code = value
	case "message":
		a.Message = value
	case "retry-after":
		a.RetryAfter = value
	case "body":
		a.Body = value
	case "content-type":
		a.ContentType = value
	case "header":
		field, text, _ := strings.Cut(value, ":")
		if a.Header == nil {
			a.Header = http.Header{}
		}
		a.Header.Add(strings.TrimSpace(field), strings.TrimSpace(text))
	case "omit":
		a.Omit = append(a.Omit, value)
	case "delay":
		a.Delay, err = time.ParseDuration(value)
	case "pace":
		a.Pace, err = time.ParseDuration(value)
	case "words":
		a.Words, err = strconv.Atoi(value)
	case string(Hang), string(Reset), string(Truncate):
		a.Fault = Fault(name)
	case string(Stall), string(Cut), string(ErrorEvent):
		a.Fault = Fault(name)
		a.After, err = strconv.Atoi(value)
	default:
		err = fmt.Errorf("unknown word %q", name)
	}
	return err
}

// Script gives the next requests with this key these answers, one each, after those scripted before; later requests are
// answered as the provider would.
func (h *Handler) Script(key string, answers ...Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.scripts[key] = append(h.scripts[key], answers...)
}

// Always gives every request with this key this answer, once what Script gave is used up.
func (h *Handler) Always(key string, answer Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.always[key] = answer
}

// Unscript makes the key an ordinary one again.
func (h *Handler) Unscript(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.scripts, key)
	delete(h.always, key)
}

// next is the answer that was asked for: by the request's own header first, then by its key's script.
func (h *Handler) next(key string, r *http.Request) (Answer, error) {
	if asked := r.Header.Get("X-Upstream-Do"); asked != "" {
		return ParseAnswer(asked)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if script := h.scripts[key]; len(script) > 0 {
		h.scripts[key] = script[1:]
		return script[0], nil
	}
	return h.always[key], nil
}
