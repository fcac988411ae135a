package frontend_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"roundhouse/frontend"
)

const script = "export const lamps = ['living', 'cooling', 'invalid', 'disabled', 'failing'];"

func built() fstest.MapFS {
	page := func(name string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`<meta nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__" src="/` + name + `.js"></script>`)}
	}
	return fstest.MapFS{
		"index.html":            page("index"),
		"playground.html":       page("playground"),
		"theme.js":              {Data: []byte("0")},
		"favicon.svg":           {Data: []byte("<svg/>")},
		".vite/manifest.json":   {Data: []byte("{}")},
		"assets/index-1a2b.js":  {Data: []byte(script)},
		"assets/index-1a2b.css": {Data: []byte("body{}")},
	}
}

func get(t *testing.T, h http.Handler, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestWhatEachAddressServes(t *testing.T) {
	h := frontend.Handler(frontend.Options{Files: built()})
	cases := []struct {
		target, contains, kind, cache string
		status                        int
	}{
		{"/", "/index.js", "text/html; charset=utf-8", "no-store", 200},
		{"/index.html", "/index.js", "text/html; charset=utf-8", "no-store", 200},
		{"/groups/openai", "/index.js", "text/html; charset=utf-8", "no-store", 200},
		{"/requests?live=1", "/index.js", "text/html; charset=utf-8", "no-store", 200},
		{"/playground", "/playground.js", "text/html; charset=utf-8", "no-store", 200},
		{"/playground/", "/playground.js", "text/html; charset=utf-8", "no-store", 200},
		{"/assets/index-1a2b.js", script, "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/assets/index-1a2b.css", "body{}", "text/css; charset=utf-8", "public, max-age=31536000, immutable", 200},
		{"/theme.js", "0", "text/javascript; charset=utf-8", "no-cache", 200},
		{"/favicon.svg", "<svg/>", "image/svg+xml", "no-cache", 200},
		{"/assets/gone.js", "not found", "text/plain; charset=utf-8", "", 404},
		{"/.vite/manifest.json", "not found", "text/plain; charset=utf-8", "", 404},
		{"/../embed.go", "not found", "text/plain; charset=utf-8", "", 404},
		{"/assets/", "/index.js", "text/html; charset=utf-8", "no-store", 200},
	}
	for _, c := range cases {
		t.Run(c.target, func(t *testing.T) {
			res := get(t, h, c.target)
			if res.StatusCode != c.status {
				t.Errorf("status %d, want %d", res.StatusCode, c.status)
			}
			if body := text(t, res); !strings.Contains(body, c.contains) {
				t.Errorf("body %q lacks %q", body, c.contains)
			}
			for name, want := range map[string]string{
				"Content-Type": c.kind, "Cache-Control": c.cache, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Etag": "",
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s %q, want %q", name, got, want)
				}
			}
		})
	}
}

func TestEveryPageHasANonceOfItsOwn(t *testing.T) {
	h := frontend.Handler(frontend.Options{Files: built()})
	nonce := regexp.MustCompile(`'nonce-([A-Z2-7]+)'`)
	seen := map[string]bool{}
	for range 3 {
		res := get(t, h, "/")
		policy := res.Header.Get("Content-Security-Policy")
		found := nonce.FindStringSubmatch(policy)
		if found == nil {
			t.Fatalf("no nonce in %q", policy)
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("policy %q is loose", policy)
		}
		if body := text(t, res); strings.Count(body, `nonce="`+found[1]+`"`) != 2 || strings.Contains(body, "__CSP_NONCE__") {
			t.Errorf("body %q does not carry the header's nonce %s in both places", body, found[1])
		}
		seen[found[1]] = true
	}
	if len(seen) != 3 {
		t.Errorf("%d nonces in 3 answers", len(seen))
	}
}

func TestPolicyIsExactlyTheConsoles(t *testing.T) {
	res := get(t, frontend.Handler(frontend.Options{Files: built()}), "/")
	got := regexp.MustCompile(`nonce-\w+`).ReplaceAllString(res.Header.Get("Content-Security-Policy"), "nonce-{r}")
	want := "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{r}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
		"worker-src 'none'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	if got != want {
		t.Errorf("policy\n%s\nwant\n%s", got, want)
	}
}

func TestCompressesForThoseWhoAsk(t *testing.T) {
	h := frontend.Handler(frontend.Options{Files: built()})
	for range 2 { // the second answer comes from memory
		res := get(t, h, "/assets/index-1a2b.js", "Accept-Encoding", "br, gzip")
		if got := res.Header.Get("Content-Encoding"); got != "gzip" {
			t.Fatalf("Content-Encoding %q", got)
		}
		if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Vary %q", got)
		}
		unzip, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(unzip)
		if err != nil {
			t.Fatal(err)
		}
		if string(body) != script {
			t.Errorf("body %q", body)
		}
	}
}

func TestWithoutABuildSaysHowToMakeOne(t *testing.T) {
	h := frontend.Handler(frontend.Options{Files: fstest.MapFS{".gitkeep": {}}})
	for _, target := range []string{"/", "/groups", "/playground"} {
		res := get(t, h, target)
		body := text(t, res)
		if res.StatusCode != 200 || !strings.Contains(body, "make run") || !strings.Contains(body, "Node") {
			t.Errorf("%s: %d %q", target, res.StatusCode, body)
		}
		nonce := regexp.MustCompile(`'nonce-(\w+)'`).FindStringSubmatch(res.Header.Get("Content-Security-Policy"))
		if nonce == nil || !strings.Contains(body, `<style nonce="`+nonce[1]+`">`) {
			t.Errorf("%s: the style has not the policy's nonce", target)
		}
	}
}

func TestOnlyReads(t *testing.T) {
	h := frontend.Handler(frontend.Options{Files: built()})
	for method, want := range map[string]int{"HEAD": 200, "POST": 405, "DELETE": 405, "TRACE": 405} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		if w.Code != want {
			t.Errorf("%s: %d, want %d", method, w.Code, want)
		}
	}
}

func TestEmbeddedBuildIsServedByDefault(t *testing.T) {
	if res := get(t, frontend.Handler(frontend.Options{}), "/"); res.StatusCode != 200 {
		t.Errorf("status %d", res.StatusCode)
	}
}
