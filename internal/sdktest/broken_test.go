package sdktest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// TestNoticesWhatAGatewayBreaks sets gateways of a few lines between client and upstream: a faithful one, in which nothing
// may be found, and others that each break one promise, which must be found by the story told.
func TestNoticesWhatAGatewayBreaks(t *testing.T) {
	const proxyKey = "key-of-the-proxy"
	upstream := upstreamtest.New(t, pool()...)
	cases := []struct {
		name, story, finding string
		request              func(*http.Request)
		answer               func(*http.Response)
	}{
		{name: "faithful", story: "openai-chat-stream"},
		{name: "adds a header to the answer", story: "openai-chat", finding: "X-Served-By", answer: func(r *http.Response) {
			r.Header.Set("X-Served-By", "gateway")
		}},
		{name: "merges two values of one header", story: "openai-models", finding: "Server-Timing", answer: func(r *http.Response) {
			r.Header.Set("Server-Timing", strings.Join(r.Header.Values("Server-Timing"), ", "))
		}},
		{name: "gives its own request id", story: "anthropic-message", finding: "which the upstream never sent", answer: func(r *http.Response) {
			r.Header.Set("Request-Id", "req_99999999")
		}},
		{name: "leaks the proxy key", story: "gemini-generate", finding: "the proxy key reached the upstream", request: func(r *http.Request) {
			r.Header.Set("X-Api-Key", proxyKey)
		}},
		{name: "adds a header to the request", story: "gemini-files", finding: "X-Forwarded-For", request: func(r *http.Request) {
			r.Header.Set("X-Forwarded-For", "127.0.0.1")
		}},
		{name: "buffers a stream", story: "openai-chat-stream", finding: "after the upstream had finished", answer: func(r *http.Response) {
			whole, _ := io.ReadAll(r.Body) // what is cut short here is found all the same
			r.Body = io.NopCloser(bytes.NewReader(whole))
		}},
		{name: "writes the JSON anew", story: "openai-chat", finding: "what the upstream was asked", request: func(r *http.Request) {
			var value map[string]any
			if json.NewDecoder(r.Body).Decode(&value) != nil {
				return
			}
			body, _ := json.Marshal(value) // what came out of JSON goes into it
			r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		}},
		{name: "words errors its own way", story: "openai-unknown-model", finding: "what the client saw", answer: func(r *http.Response) {
			r.Body = io.NopCloser(strings.NewReader(`{"error":{"message":"upstream error"}}`))
			r.Header.Del("Content-Length")
			r.Header.Del("Content-Encoding")
			r.ContentLength = -1
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			all := stories()
			tale := all[slices.IndexFunc(all, func(s story) bool { return s.name == c.story })]
			between := httptest.NewServer(small(upstream.URL, c.request, c.answer))
			defer between.Close()
			direct := perform(t, upstream, tale, upstream.URL+tale.path, upstreamKey())
			through := perform(t, upstream, tale, between.URL+tale.path, proxyKey)
			found := strings.Join(append(compare(direct, through), leaks(proxyKey, through.requests)...), "\n")
			if c.finding == "" && found != "" || !strings.Contains(found, c.finding) {
				t.Errorf("found %q, want %q in it", found, c.finding)
			}
		})
	}
}

// small is the smallest gateway there is: it swaps the key in the header it came in, and does what it is told besides.
func small(upstream string, request func(*http.Request), answer func(*http.Response)) http.Handler {
	target, err := url.Parse(upstream)
	if err != nil {
		panic(err) // the address of a listener
	}
	return &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			for _, name := range carriers {
				if held := r.In.Header.Get(name); held != "" {
					scheme, _, two := strings.Cut(held, " ")
					if r.Out.Header.Set(name, upstreamKey()); two {
						r.Out.Header.Set(name, scheme+" "+upstreamKey())
					}
				}
			}
			if request != nil {
				request(r.Out)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			if answer != nil {
				answer(r)
			}
			return nil
		},
	}
}
