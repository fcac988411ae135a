package dialect

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Class says whom an error names.
type Class uint8

// The classes. Where a provider's code is in no table, the status decides and the class says so.
const (
	// None: the answer is no error.
	None Class = iota
	// ByStatus: the answer wears the dialect's error shape, and nothing in it names anybody. What 401 to 403 mean is then
	// for the group's settings to say.
	ByStatus
	// Foreign: an error status below 500 whose body is not the dialect's error shape: a firewall's page, a wrong address.
	Foreign
	// Key: the key is unknown, revoked, expired or lacks a right.
	Key
	// Account: the quota or the balance of the key's account is used up.
	Account
	// RateLimit: too many requests for now.
	RateLimit
	// Request: what the client sent is at fault; another key would hear the same.
	Request
	// Place: the address or the region the request came from is refused.
	Place
	// Overloaded: the provider has no capacity for now.
	Overloaded
	// Server: the provider failed.
	Server
)

// Fault is what an error answer, or an error event inside a stream, says.
type Fault struct {
	Class Class
	// Status is the answer's, or for an event the one its code stands for; 0 when that is not known.
	Status int
	// Code is the provider's most specific code; empty when it gave none.
	Code string
	// Message is the provider's words: at most 200 characters of valid UTF-8 on one line.
	Message string
	// RetryAfter is how long the provider asks to wait, as it says it, without a cap; 0 when it said nothing.
	RetryAfter time.Duration
}

// fault reads an error answer by what the dialect makes of its body, which says false when that is not its shape.
func (a Answer) fault(read func(body []byte) (Fault, bool)) Fault {
	if a.Status < 400 {
		return Fault{}
	}
	var f Fault
	body, ok := a.plain()
	if ok {
		if f, ok = read(body); !ok && !bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) {
			f = Fault{Message: clip(string(body[:min(len(body), 1<<10)]))} // a proxy's plain words
		}
	}
	if wait := retryAfter(a.Header, a.At); wait > 0 {
		f.RetryAfter = wait
	}
	return f.under(a.Status, ok)
}

// under completes what the code said by what the status says; shaped is false when the body is not an error of the dialect's.
func (f Fault) under(status int, shaped bool) Fault {
	f.Status = status
	switch {
	case status == 529: // Anthropic's: https://docs.claude.com/en/api/errors
		f.Class = Overloaded
	case status >= 500:
		f.Class = Server
	case status == http.StatusPaymentRequired:
		f.Class = Account
	case !shaped && status != http.StatusTooManyRequests:
		f.Class = Foreign
	case f.Class != None:
	case status == http.StatusTooManyRequests:
		f.Class = RateLimit
	case status == http.StatusRequestEntityTooLarge:
		f.Class = Request
	default:
		f.Class = ByStatus
	}
	return f
}

// event completes the fault of an error event, whose status nobody sent: status is what the event itself says, or 0.
func (f Fault) event(status int) Fault {
	if status >= 400 && status < 600 {
		return f.under(status, true)
	}
	switch f.Class {
	case None:
		f.Class = ByStatus
	case Key:
		f.Status = http.StatusUnauthorized
	case Account, RateLimit:
		f.Status = http.StatusTooManyRequests
	case Request:
		f.Status = http.StatusBadRequest
	case Place:
		f.Status = http.StatusForbidden
	case Overloaded:
		f.Status = http.StatusServiceUnavailable
	case Server:
		f.Status = http.StatusInternalServerError
	}
	return f
}

// plain is the body without its coding, bounded; false when it cannot be read.
func (a Answer) plain() ([]byte, bool) {
	coding := a.Header.Get("Content-Encoding")
	if coding == "" || len(a.Body) == 0 {
		return a.Body, true
	}
	r, ok := Decode(bytes.NewReader(a.Body), coding)
	if !ok {
		return nil, false
	}
	body, err := io.ReadAll(io.LimitReader(r, 64<<10))
	return body, err == nil
}

// retryAfter is how long the headers ask to wait, the finest word first; 0 when they say nothing, or a time gone by.
func retryAfter(h http.Header, at time.Time) time.Duration {
	// OpenAI's and Azure's own, which their SDKs obey first: github.com/openai/openai-python (_base_client).
	if wait, ok := number(h.Get("Retry-After-Ms"), time.Millisecond); ok {
		return wait
	}
	value := strings.TrimSpace(h.Get("Retry-After")) // RFC 9110, 10.2.3
	if wait, ok := number(value, time.Second); ok {
		return wait
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(at))
	}
	return 0
}

// number reads a decimal number of units; false when it is none. What is too long to be told is a century.
func number(text string, unit time.Duration) (time.Duration, bool) {
	value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil && !math.IsInf(value, 0) || math.IsNaN(value) {
		return 0, false
	}
	const century = 100 * 365 * 24 * time.Hour
	if value >= float64(century)/float64(unit) {
		return century, true
	}
	return max(0, time.Duration(value*float64(unit))), true
}

// word is a value of decoded JSON as text: a string, a whole number, or for anything else nothing.
func word(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case float64:
		return fmt.Sprintf("%.0f", value)
	}
	return ""
}

// clip makes one line of valid UTF-8 without control characters, at most 200 characters long.
func clip(text string) string {
	var b strings.Builder
	count := 0
	for _, r := range strings.TrimSpace(text) {
		if count++; count > 200 {
			break
		}
		if unicode.IsControl(r) {
			r = ' '
		}
		b.WriteRune(r) // an invalid byte was read as U+FFFD
	}
	return b.String()
}
