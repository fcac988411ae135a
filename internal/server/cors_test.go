package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestCORS(t *testing.T) {
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Accept-Encoding")
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "next")
	})
	everyone := CORSOptions{Origins: []string{"*"}, Methods: []string{"GET", "POST"}, Headers: []string{"*"}}
	listed := CORSOptions{Origins: []string{"https://app.example.com"}, Methods: []string{"*"}, Headers: []string{"X-A", "X-B"}, Credentials: true}
	closed := CORSOptions{Origins: []string{"https://app.example.com"}, Methods: []string{"GET"}, Headers: []string{"*"}, Credentials: true}
	ask := []string{"Access-Control-Request-Method", "PATCH", "Access-Control-Request-Headers", "authorization,x-api-key"}
	for _, c := range []struct {
		name    string
		o       CORSOptions
		method  string
		headers []string
		status  int
		want    map[string]string
	}{
		{"no browser", everyone, "POST", nil, 418, map[string]string{"Access-Control-Expose-Headers": ""}},
		{"any origin", everyone, "POST", []string{"Origin", "https://a"}, 418,
			map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Credentials": "", "Access-Control-Expose-Headers": exposed, "Vary": "Accept-Encoding"}},
		{"any origin asks", everyone, "OPTIONS", append([]string{"Origin", "https://a"}, ask...), 204,
			map[string]string{"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "GET, POST",
				"Access-Control-Allow-Headers": "authorization,x-api-key", "Access-Control-Max-Age": "600"}},
		{"OPTIONS that is no preflight", everyone, "OPTIONS", []string{"Origin", "https://a"}, 418, map[string]string{"Access-Control-Allow-Methods": ""}},
		{"OPTIONS without origin", everyone, "OPTIONS", ask, 418, nil},
		{"a listed origin", listed, "GET", []string{"Origin", "https://app.example.com"}, 418,
			map[string]string{"Access-Control-Allow-Origin": "https://app.example.com", "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}},
		{"a listed origin asks", listed, "OPTIONS", append([]string{"Origin", "https://app.example.com"}, ask...), 204,
			map[string]string{"Access-Control-Allow-Methods": "PATCH", "Access-Control-Allow-Headers": "X-A, X-B", "Access-Control-Allow-Credentials": "true"}},
		{"another origin", listed, "GET", []string{"Origin", "https://evil.example"}, 418,
			map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Credentials": "", "Vary": "Origin"}},
		{"another origin asks", listed, "OPTIONS", append([]string{"Origin", "https://evil.example"}, ask...), 403,
			map[string]string{"Access-Control-Allow-Origin": "", "Access-Control-Allow-Methods": ""}},
		{"the null origin", listed, "GET", []string{"Origin", "null"}, 418, map[string]string{"Access-Control-Allow-Origin": ""}},
		{"every header, with credentials", closed, "OPTIONS", append([]string{"Origin", "https://app.example.com"}, ask...), 204,
			map[string]string{"Access-Control-Allow-Headers": "authorization,x-api-key", "Access-Control-Allow-Methods": "GET"}},
	} {
		r := httptest.NewRequest(c.method, "/proxy/g/v1/models", nil)
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		w := httptest.NewRecorder()
		CORS(c.o, next).ServeHTTP(w, r)
		if w.Code != c.status || (c.status == 418) != (w.Body.String() == "next") {
			t.Errorf("%s: %d %s", c.name, w.Code, w.Body)
		}
		for name, value := range c.want {
			if got := w.Header().Get(name); got != value {
				t.Errorf("%s: %s is %q, want %q", c.name, name, got, value)
			}
		}
	}
}
