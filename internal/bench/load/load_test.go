package load

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func run(t *testing.T, handler http.HandlerFunc, s Spec) Result {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	s.URL, s.Timeout = server.URL+"/v1/chat?x=1", 5*time.Second
	r, err := Run(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryRequestIsAskedOnceAndWhole(t *testing.T) {
	r := run(t, func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		if err != nil || string(body) != "hello" || q.Header.Get("X-Name") != "value" || q.RequestURI != "/v1/chat?x=1" {
			t.Errorf("%s %q %v %v", q.RequestURI, body, q.Header, err)
		}
		_, _ = w.Write([]byte("fine"))
	}, Spec{Body: []byte("hello"), Header: map[string]string{"X-Name": "value"}, Connections: 3, Requests: 50})
	if r.OK != 50 || r.Failed() != 0 || r.P50 <= 0 || r.P99 < r.P50 || r.FirstP50 <= 0 {
		t.Errorf("%+v", r)
	}
}

func TestFailuresAreToldApart(t *testing.T) {
	for name, c := range map[string]struct {
		handler  http.HandlerFunc
		terminal string
		want     string
	}{
		"a refusal":        {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) }, "", "status 418"},
		"a stream cut":     {func(w http.ResponseWriter, _ *http.Request) { stream(w, "data: 1\n\n") }, "[DONE]", "cut short"},
		"an end in two":    {func(w http.ResponseWriter, _ *http.Request) { stream(w, "data: [DO", "NE]\n\n") }, "[DONE]", ""},
		"a broken stream":  {func(w http.ResponseWriter, _ *http.Request) { stream(w, "data: 1\n\n"); panic(http.ErrAbortHandler) }, "", "broken in body"},
		"a broken answer":  {func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, "", "broken in head"},
		"nothing is amiss": {func(w http.ResponseWriter, _ *http.Request) { stream(w, "data: 1\n\n", "data: [DONE]\n\n") }, "[DONE]", ""},
		"an answer is short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = w.Write([]byte("short"))
		}, "", "broken in body"},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, c.handler, Spec{Connections: 1, Requests: 4, Terminal: c.terminal})
			if c.want == "" && (r.OK != 4 || r.Failed() != 0) {
				t.Errorf("%+v", r)
			}
			if c.want != "" && (r.OK != 0 || r.Failures[c.want] != 4) {
				t.Errorf("%+v", r)
			}
		})
	}
}

func stream(w http.ResponseWriter, events ...string) {
	for _, e := range events {
		_, _ = io.WriteString(w, e)
		_ = http.NewResponseController(w).Flush()
	}
}

func TestTheLoadEndsWithItsTime(t *testing.T) {
	began := time.Now()
	r := run(t, func(w http.ResponseWriter, _ *http.Request) {}, Spec{Connections: 2, Duration: 50 * time.Millisecond})
	if took := time.Since(began); took > 5*time.Second || r.OK == 0 {
		t.Errorf("%v %+v", took, r)
	}
}

func TestALoadWithoutAnEndIsRefused(t *testing.T) {
	if _, err := Run(context.Background(), Spec{URL: "http://127.0.0.1:1/", Connections: 1}); err == nil {
		t.Error("no error")
	}
}

func TestQuantilesAreWithinTwoPercent(t *testing.T) {
	var h, other histogram
	for ms := range 1000 {
		to := &h
		if ms%2 == 0 {
			to = &other
		}
		to.add(time.Duration(ms+1) * time.Millisecond)
	}
	h.merge(&other)
	for q, want := range map[float64]float64{0: 1, .5: 501, .99: 991, 1: 1000} {
		if got := float64(h.quantile(q)) / 1e6; got < want*.98 || got > want*1.02 {
			t.Errorf("quantile %v is %v ms; want %v", q, got, want)
		}
	}
	var none histogram
	if none.quantile(.5) != 0 {
		t.Error("a quantile of nothing")
	}
}
