package sdktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

// story is something a user does with a client; it is told once straight to the upstream and once through the gateway.
type story struct {
	name    string
	dialect string
	// path is what the client's base URL ends in, after the upstream's address or the group's.
	path string
	// group is the group's name when the story needs it; empty makes one of the story's name.
	group string
	// directPath is what the upstream's address needs besides.
	directPath string
	tell       func(*scene)
}

// scene is one telling: where the client is pointed, and what it saw.
type scene struct {
	*testing.T
	ctx      context.Context
	upstream *upstreamtest.Server
	base     string
	key      string
	// http is the client that the SDK is given; it takes note of every answer before the SDK sees it.
	http  *http.Client
	sight sight
}

// sight is what a client made of the answers.
type sight struct {
	// Seen is everything typed that the SDK returned, events and errors included, in order, as JSON.
	Seen []string
	// Answers are the answers as they came.
	Answers []answer
	// First is when the first event of the last stream was returned.
	First time.Time
	// Left is when the client went away; zero when it did not.
	Left time.Time
}

type answer struct {
	Status int
	Header http.Header
}

// Context ends with the test, or sooner when a gateway keeps the story waiting.
func (s *scene) Context() context.Context { return s.ctx }

// saw keeps a typed value, without the headers that genai puts into its own: those are compared as answers.
func (s *scene) saw(value any) {
	s.Helper()
	if pointer := reflect.ValueOf(value); pointer.Kind() == reflect.Pointer && pointer.Elem().Kind() == reflect.Struct {
		if headers := pointer.Elem().FieldByName("SDKHTTPResponse"); headers.IsValid() {
			headers.SetZero()
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		s.Fatalf("keep %T: %v", value, err)
	}
	s.sight.Seen = append(s.sight.Seen, text.String())
}

// event keeps a typed event of a stream and its time.
func (s *scene) event(value any) {
	s.Helper()
	if s.sight.First.IsZero() {
		s.sight.First = time.Now()
	}
	s.saw(value)
}

// result keeps what a call returned; an error ends the story.
func result[T any](s *scene, value T, err error) T {
	s.Helper()
	if err != nil {
		s.Fatalf("call the upstream: %v", err)
	}
	s.saw(value)
	return value
}

// bytes keeps a body that is not JSON.
func (s *scene) bytes(response *http.Response, err error) {
	s.Helper()
	if err != nil {
		s.Fatalf("call the upstream: %v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		s.Fatalf("read the answer: %v", err)
	}
	s.saw(body)
}

// leave notes that the client goes away now.
func (s *scene) leave(cancel func()) {
	s.sight.Left = time.Now()
	cancel()
}

// witness notes answers between the SDK and the network.
type witness struct {
	network http.RoundTripper
	edit    func(*http.Request)

	mu      sync.Mutex
	answers []answer
}

func (w *witness) RoundTrip(request *http.Request) (*http.Response, error) {
	if w.edit != nil {
		request = request.Clone(request.Context())
		w.edit(request)
	}
	response, err := w.network.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers = append(w.answers, answer{Status: response.StatusCode, Header: response.Header.Clone()})
	return response, nil
}

// patience is how long a story may take; none needs more than a second or two.
const patience = 20 * time.Second

// told is a story told on one side: what the client saw, and what the upstream did.
type told struct {
	sight    sight
	requests []upstreamtest.Request
}

// perform tells the story once, with nothing of earlier ones in sight, and waits until the upstream is done with it.
func perform(t *testing.T, upstream *upstreamtest.Server, tale story, base, key string) told {
	t.Helper()
	upstream.Forget()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	watching := &witness{network: transport}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	s := &scene{T: t, ctx: ctx, upstream: upstream, base: base, key: key, http: &http.Client{Transport: watching}}
	tale.tell(s)
	s.sight.Answers = watching.answers
	upstream.Wait(t, "the last request to end", func(upstreamtest.Request) bool {
		for _, request := range upstream.Requests() {
			if request.Finished.IsZero() {
				return false
			}
		}
		return true
	})
	return told{sight: s.sight, requests: upstream.Requests()}
}
