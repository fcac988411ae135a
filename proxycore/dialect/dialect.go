// Package dialect knows how each API family carries a key, names its model, streams, reports usage and errors, and what
// a validation asks. It reads and shapes bytes; it refuses to know of groups, pools, retries and connections: whose fault
// an answer was is said here, what follows from it is not.
package dialect

import (
	"net/http"
	"time"
)

// Name is a dialect's name in the admin API and in the database.
type Name string

// The dialects.
const (
	OpenAI          Name = "OPENAI"
	OpenAIResponses Name = "OPENAI_RESPONSES"
	Anthropic       Name = "ANTHROPIC"
	Gemini          Name = "GEMINI"
)

// Dialect is one API family. Implementations have no state; all methods may be called at once.
//
// A path is always the part after the group's name, percent-encoded as the client sent it, with its leading slash and
// without the query.
type Dialect interface {
	Name() Name
	Defaults() Defaults

	// Carrier is the dialect's own way to carry a key to that path. Never DialectsOwn.
	Carrier(path string) Carrier

	// Target reads what the request line says.
	Target(method, path, query string) Target
	// members are what Inspection looks for in a body: wants as asModel, asStream and asObject.
	members() []want

	// Fault says whose fault an answer was. Its zero value means that the answer is no error.
	Fault(Answer) Fault
	// Read finds usage, an error event inside a 200, and the id of what was created, in the excerpt of an answer to the
	// request with that target.
	Read(*Excerpt, Target) Reading

	// ErrorBody is an error of our own in the dialect's shape: JSON, with the newline it ends with.
	ErrorBody(Problem) []byte
	// Probe is the cheapest request that proves a key. An empty model or path means the dialect's default; "{model}" in the
	// path is replaced.
	Probe(model, path string) Probe

	// ModelList adds names to the body of a successful answer to a request whose Target.ModelList is set; alone drops those
	// that the upstream listed. It returns false, and the body must pass untouched, when that is no model list.
	ModelList(t Target, body []byte, names []string, alone bool) ([]byte, bool)
}

var (
	_ Dialect = openAI{}
	_ Dialect = openAIResponses{}
	_ Dialect = anthropic{}
	_ Dialect = gemini{}
)

// All returns every dialect, in the order in which the admin API lists them. A new one is a name above, a file like
// anthropic.go and a line here.
func All() []Dialect {
	return []Dialect{openAI{}, openAIResponses{}, anthropic{}, gemini{}}
}

// ByName returns the dialect of that name; nil and false when there is none.
func ByName(name Name) (Dialect, bool) {
	for _, d := range All() {
		if d.Name() == name {
			return d, true
		}
	}
	return nil, false
}

// Defaults are what a group starts with when its administrator says nothing else.
type Defaults struct {
	UpstreamURL string
	TestModel   string
	// ValidationPath may hold "{model}".
	ValidationPath string
}

// Target is what a request line says, before any byte of the body.
type Target struct {
	// Model is named by the path or, where a socket is opened, by the query; empty when the body has to say.
	Model string
	// LongModel is the beginning of a name of more than 256 bytes, with an ellipsis behind it; empty when there is none. It is
	// for eyes: a name that was cut must not be taken for the model that is called so.
	LongModel string
	// ModelSpan is where in the path; zero when it is not there.
	ModelSpan Span
	// TwoModels is set when the query names a second one.
	TwoModels bool
	// Stream is set when path or query ask for a stream.
	Stream bool
	// Inference marks a request that only computes, so that repeating one that may have been executed costs money but
	// changes nothing: it may be retried after it was sent.
	Inference bool
	// Object is the id of the owned object that the path names; empty when it names none.
	Object string
	// Creates is set when the answer may name objects, new to the client, that belong to the key.
	Creates bool
	// ModelList is set when the answer is a list of models.
	ModelList bool
	// FirstPage is false when the request asks for a further page of a list.
	FirstPage bool
	// Compatible marks the OpenAI-compatible paths of another dialect.
	Compatible bool
}

// Answer is an upstream's answer, as much of it as the core kept.
type Answer struct {
	Status int
	Header http.Header
	// Body is the beginning of the body, still in the header's Content-Encoding; 64 KiB are plenty.
	Body []byte
	// At is when the headers came: dates count from it.
	At time.Time
}

// Probe is a validation's request.
type Probe struct {
	Method string
	Path   string
	// Header holds what the API demands beside the key.
	Header http.Header
	Body   []byte
}

// Usage is what an answer says it consumed, in tokens.
type Usage struct {
	// Input counts all that the model read, cached ones included, whatever the dialect calls them.
	Input int64
	// Output counts all that the model wrote, reasoning included.
	Output int64
	// Cached and CacheWrite are parts of Input.
	Cached, CacheWrite int64
	// Reasoning is a part of Output.
	Reasoning int64
	// Known is false when the answer said nothing, or in a way that could not be read; the counts are then 0.
	Known bool
	// ServiceTier is the provider's own word; empty when it said none.
	ServiceTier string
}

// Reading is what an excerpt of an answer told.
type Reading struct {
	Usage Usage
	// Fault is an error event inside an answer whose status was 200; its zero value means none.
	Fault Fault
	// Created are the ids of the objects that the answer made or told of first; nil when there are none.
	Created []string
}
