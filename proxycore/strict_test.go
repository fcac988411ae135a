package proxycore_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func TestStrictnessRefusesWhatIsNotListed(t *testing.T) {
	up := newUpstream(t, good)
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "mine", To: "gpt-4o"}}
	group.RedirectStrict = true
	r := newRig(t, proxycore.Options{}, group)
	for body, status := range map[string]int{
		`{"model":"mine"}`: 200, `{"model":"gpt-4o"}`: 400, `{"messages":[]}`: 400, `{"Model":"gpt-4o","model":"mine"}`: 400,
	} {
		if got := r.do(r.request(http.MethodPost, "/v1/chat/completions", body)); got.status != status {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	r.wantStatus(r.do(r.request(http.MethodGet, "/v1/files", "")), 200)
}

func TestStrictnessLooksIntoEveryKindOfBody(t *testing.T) {
	up := newUpstream(t, good)
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "mine", To: "whisper-1"}}
	group.RedirectStrict = true
	r := newRig(t, proxycore.Options{}, group)
	form := func(fields ...string) string {
		text := ""
		for i := 0; i < len(fields); i += 2 {
			text += "--edge\r\nContent-Disposition: form-data; name=\"" + fields[i] + "\"\r\n\r\n" + fields[i+1] + "\r\n"
		}
		return text + "--edge--\r\n"
	}
	const speech, video, upload = "/v1/audio/transcriptions", "/v1/videos", "/v1/files"
	const multipart, asJSON = "multipart/form-data; boundary=edge", "application/json"
	for _, row := range []struct {
		name, path, kind, coding, body string
		status                         int
	}{
		{"a form with a listed model", speech, multipart, "", form("model", "mine", "language", "en"), 200},
		{"a form with another", speech, multipart, "", form("model", "whisper-1"), 400},
		{"a form with two", speech, multipart, "", form("model", "mine", "model", "whisper-1"), 400},
		{"a form without", speech, multipart, "", form("language", "en"), 400},
		{"a form that does not end", speech, multipart, "", form("model", "mine")[:60], 400},
		{"a form that is none", speech, multipart, "", `{"model":"mine"}`, 400},
		{"gzip with a listed model", speech, asJSON, "gzip", gzipped(`{"model":"mine"}`), 200},
		{"gzip with another", speech, asJSON, "gzip", gzipped(`{"model":"whisper-1"}`), 400},
		{"gzip that is none", speech, asJSON, "gzip", `{"model":"mine"}`, 400},
		{"two codings", speech, asJSON, "gzip, gzip", gzipped(gzipped(`{"model":"mine"}`)), 415},
		{"a coding that cannot be read, where nothing is inferred", video, asJSON, "br", "\x1b\x00", 415},
		{"JSON that cannot be read, where nothing is inferred", video, asJSON, "", `{"model":"whisper-1"}{}`, 400},
		{"a file", upload, multipart, "", form("purpose", "batch"), 200},
		{"bytes", upload, "application/octet-stream", "", "\x00\x01", 200},
	} {
		q := r.request(http.MethodPost, row.path, row.body)
		q.Header.Set("Content-Type", row.kind)
		if row.coding != "" {
			q.Header.Set("Content-Encoding", row.coding)
		}
		if got := r.do(q); got.status != row.status {
			t.Errorf("%s: %d %s (%v)", row.name, got.status, got.body, got.err)
		}
	}
}

// A name that had to be cut is listed nowhere, even where a listed one is called like what is left of it.
func TestStrictnessAndRedirectsKnowNoCutName(t *testing.T) {
	asked := ""
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		asked += string(body)
		good(w, r)
	})
	long, left := strings.Repeat("m", 300), strings.Repeat("m", 252)+"…"
	strict := openGroup(t, keySet("key-a"), up.URL)
	strict.Redirects = []proxycore.Redirect{{From: left, To: "gpt-4o"}, {From: strings.Repeat("m", 252), To: "gpt-4o"}}
	lax := strict
	strict.RedirectStrict, lax.ID, lax.Name = true, 8, "lax"
	r := newRig(t, proxycore.Options{}, strict, lax)
	body := `{"model":"` + long + `"}`
	for _, path := range []string{"/proxy/openai/v1/chat/completions", "/proxy/openai/v1/fine_tuning/jobs", "/proxy/lax/v1/chat/completions"} {
		r.forget()
		q := r.request(http.MethodPost, "/", body)
		q.URL.Path = path
		want := 400
		if strings.Contains(path, "lax") {
			want = 200
		}
		r.wantStatus(r.do(q), want)
		if _, final := r.one(); final.Model != left || final.UpstreamModel != "" {
			t.Errorf("%s: recorded as %q, asked for as %q", path, final.Model, final.UpstreamModel)
		}
	}
	if asked != body {
		t.Errorf("the upstream was sent %q", asked)
	}
}

func gzipped(text string) string {
	var coded bytes.Buffer
	z := gzip.NewWriter(&coded)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return coded.String()
}

func TestStrictnessHoldsForSocketsAndOddSpellings(t *testing.T) {
	up := newUpstream(t, good)
	group := openGroup(t, keySet("key-a"), up.URL)
	group.Redirects = []proxycore.Redirect{{From: "mine", To: "gpt-4o"}}
	group.RedirectStrict = true
	google := group
	google.ID, google.Name, google.Dialect = 8, "google", dialect.Gemini
	r := newRig(t, proxycore.Options{}, group, google)
	for _, row := range []struct {
		method, path string
		socket       bool
		status       int
	}{
		{"GET", "/proxy/openai/v1/realtime?model=mine", true, 200},
		{"GET", "/proxy/openai/v1/realtime?model=other", true, 400},
		{"GET", "/proxy/openai/v1/realtime?model=mine&model=other", true, 400},
		{"GET", "/proxy/openai/v1/realtime?model=mine&mod%65l=other", true, 400},
		{"GET", "/proxy/openai/v1/realtime?intent=transcription", true, 400},
		{"POST", "/proxy/openai/v1/realtime/client_secrets", false, 400},
		{"GET", "/proxy/google/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent", true, 400},
		{"POST", "/proxy/google/v1beta/models/other:generateContent", false, 400},
		{"POST", "/proxy/google/v1beta/models/other%3AgenerateContent", false, 400},
		{"POST", "/proxy/google/v1beta/models/mine%3agenerateContent", false, 200},
	} {
		q, err := http.NewRequest(row.method, r.front.URL+row.path, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		q.URL.Opaque = strings.TrimPrefix(r.front.URL, "http:") + strings.SplitN(row.path, "?", 2)[0]
		q.Header.Set("Authorization", "Bearer "+proxyKey)
		if row.socket {
			q.Body, q.ContentLength = nil, 0
			q.Header.Set("Connection", "Upgrade")
			q.Header.Set("Upgrade", "websocket")
		}
		if got := r.do(q); got.status != row.status {
			t.Errorf("%s: %d %s (%v)", row.path, got.status, got.body, got.err)
		}
	}
}
