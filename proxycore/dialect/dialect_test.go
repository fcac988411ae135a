package dialect

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestEveryDialectHasDefaultsThatItUnderstands(t *testing.T) {
	for _, d := range All() {
		defaults := d.Defaults()
		if u, err := url.Parse(defaults.UpstreamURL); err != nil || u.Scheme != "https" || strings.HasSuffix(u.Path, "/") {
			t.Errorf("%s: upstream %q", d.Name(), defaults.UpstreamURL)
		}
		if again, ok := ByName(d.Name()); !ok || again.Name() != d.Name() {
			t.Errorf("%s is not found by its name", d.Name())
		}
		if c := d.Carrier(defaults.ValidationPath); c.Header() == "" {
			t.Errorf("%s: carrier %s", d.Name(), c)
		}
	}
	if d, ok := ByName("openai"); d != nil || ok {
		t.Error("found a dialect that is none")
	}
}

func TestProbesAreReadAsWhatTheyAre(t *testing.T) {
	tests := []struct {
		dialect           Name
		model, path       string
		wantPath, want    string
		header, wantModel string
	}{
		{OpenAI, "", "", "/v1/chat/completions", `{"model":"gpt-4.1-nano","messages":[{"role":"user","content":"hi"}],"max_tokens":1}`, "", "gpt-4.1-nano"},
		{OpenAI, "gpt-5-mini", "", "/v1/chat/completions", `{"model":"gpt-5-mini","messages":[{"role":"user","content":"hi"}]}`, "", "gpt-5-mini"},
		{OpenAI, "openai/o3", "/chat/completions", "/chat/completions", `{"model":"openai/o3","messages":[{"role":"user","content":"hi"}]}`, "", "openai/o3"},
		{OpenAI, "llama3:8b", "/v1/completions", "/v1/completions", `{"model":"llama3:8b","prompt":"hi","max_tokens":1}`, "", "llama3:8b"},
		{OpenAI, "embed", "/v1/embeddings", "/v1/embeddings", `{"model":"embed","input":"hi"}`, "", "embed"},
		{OpenAI, "d", "/openai/deployments/{model}/chat/completions", "/openai/deployments/d/chat/completions", `{"model":"d","messages":[{"role":"user","content":"hi"}],"max_tokens":1}`, "", "d"},
		{OpenAIResponses, "", "", "/v1/responses", `{"model":"gpt-4.1-nano","input":"hi","max_output_tokens":16,"store":false}`, "", "gpt-4.1-nano"},
		{OpenAIResponses, "m", "/v1/chat/completions", "/v1/chat/completions", `{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":1}`, "", "m"},
		{Anthropic, "", "", "/v1/messages", `{"model":"claude-haiku-4-5","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}`, "Anthropic-Version", "claude-haiku-4-5"},
		{Anthropic, "m", "/v1/messages/count_tokens", "/v1/messages/count_tokens", `{"model":"m","messages":[{"role":"user","content":"hi"}]}`, "Anthropic-Version", "m"},
		{Gemini, "", "", "/v1beta/models/gemini-2.5-flash-lite:generateContent", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}],"generationConfig":{"maxOutputTokens":1}}`, "", "gemini-2.5-flash-lite"},
		{Gemini, "models/m", "/v1beta/models/{model}:countTokens", "/v1beta/models/m:countTokens", `{"contents":[{"role":"user","parts":[{"text":"hi"}]}]}`, "", "m"},
		{Gemini, "m", "/v1beta/openai/chat/completions", "/v1beta/openai/chat/completions", `{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":1}`, "", "m"},
	}
	for _, test := range tests {
		d, _ := ByName(test.dialect)
		p := d.Probe(test.model, test.path)
		if p.Path != test.wantPath || strings.TrimSpace(string(p.Body)) != test.want || p.Method != http.MethodPost {
			t.Errorf("%s %q %q:\n got %s %s %s\nwant %s %s", test.dialect, test.model, test.path, p.Method, p.Path, p.Body, test.wantPath, test.want)
		}
		if p.Header.Get("Content-Type") != "application/json" || test.header != "" && p.Header.Get(test.header) == "" {
			t.Errorf("%s: header %v", test.dialect, p.Header)
		}
		f := inspect(d, Head{Method: p.Method, Path: p.Path, ContentType: p.Header.Get("Content-Type")}, string(p.Body), 0).Facts()
		if f.Model != test.wantModel || !f.Inference || f.Stream || f.Ambiguous {
			t.Errorf("%s: reads its own probe as %+v", test.dialect, f)
		}
	}
}

func TestCarriers(t *testing.T) {
	const key = "key-a+/=&%"
	for _, test := range []struct {
		carrier      Carrier
		header, want string
		query        string
	}{
		{Bearer, "Authorization", "Bearer " + key, "a=1&&b=%20&c"},
		{APIKey, "Api-Key", key, "a=1&&b=%20&c"},
		{XAPIKey, "X-Api-Key", key, "a=1&&b=%20&c"},
		{XGoogAPIKey, "X-Goog-Api-Key", key, "a=1&&b=%20&c"},
		{Query, "", "", "a=1&&b=%20&c&key=key-a%2B%2F%3D%26%25"},
	} {
		h := http.Header{}
		if test.header != "" {
			h[test.header] = []string{"old", "older"}
		}
		if got := test.carrier.Set(h, "a=1&&b=%20&c", key); got != test.query {
			t.Errorf("%s: query %q", test.carrier, got)
		}
		if got := h.Values(test.header); test.header != "" && (len(got) != 1 || got[0] != test.want) {
			t.Errorf("%s: header %q", test.carrier, got)
		}
		if test.header == "" && len(h) != 0 {
			t.Errorf("%s: header %v", test.carrier, h)
		}
	}
	if got := Query.Set(nil, "", "k"); got != "key=k" {
		t.Errorf("an empty query became %q", got)
	}
	for _, test := range []struct {
		group Carrier
		path  string
		want  Carrier
	}{
		{DialectsOwn, "/v1beta/models/m:generateContent", XGoogAPIKey},
		{"", "/upload/v1beta/files", XGoogAPIKey},
		{"", "/v1beta/openai/chat/completions", Bearer},
		{"", "/v1/openai", Bearer},
		{Query, "/v1beta/models", Query},
	} {
		if got := test.group.For(gemini{}, test.path); got != test.want {
			t.Errorf("%q on %s: %s", test.group, test.path, got)
		}
	}
	for carrier, want := range map[Carrier]Name{Bearer: OpenAI, APIKey: OpenAI, "": OpenAI, XAPIKey: Anthropic, XGoogAPIKey: Gemini, Query: Gemini} {
		if got := ForCarrier(carrier).Name(); got != want {
			t.Errorf("a caller with %q speaks %s", carrier, got)
		}
	}
}

// codes is the closed list of the gateway's own errors.
var codes = []Code{
	CodeUnauthorized, CodeGroupNotFound, CodeGroupDisabled, CodeBadRequest, CodeModelNotAllowed, CodeMethodNotAllowed,
	CodeRequestTimeout, CodeBodyTooLarge, CodeUnsupportedCoding, CodeUpgradeUnsupported, CodeKeysCooling, CodeNoActiveKey,
	CodeNoUpstream, CodeOverloaded, CodeShuttingDown, CodeUpstreamFailed, CodeUpstreamTimeout, CodeLoop, CodeInternal,
}

func TestOwnErrorsWearTheDialectsShape(t *testing.T) {
	shapes := map[Name]func(t *testing.T, body map[string]any, p Problem){
		OpenAI: func(t *testing.T, body map[string]any, p Problem) {
			e := body["error"].(map[string]any)
			if _, has := e["param"]; !has || e["message"] != p.Message || e["code"] != string(p.Code) || e["type"] == "" {
				t.Errorf("%v", body)
			}
		},
		Anthropic: func(t *testing.T, body map[string]any, p Problem) {
			e := body["error"].(map[string]any)
			if body["type"] != "error" || body["request_id"] != p.RequestID || e["message"] != p.Message || anthropicCodes[e["type"].(string)] == None && e["type"] != "permission_error" {
				t.Errorf("%v", body)
			}
		},
		Gemini: func(t *testing.T, body map[string]any, p Problem) {
			e := body["error"].(map[string]any)
			if e["code"] != float64(p.Code.Status()) || e["message"] != p.Message || e["status"] == "" || len(e["details"].([]any)) != 1 {
				t.Errorf("%v", body)
			}
		},
	}
	shapes[OpenAIResponses] = shapes[OpenAI]
	for _, d := range All() {
		for _, code := range codes {
			p := Problem{Code: code, Message: `no "<key>" here`, RequestID: "req-1", RetryAfter: 1500 * time.Millisecond, NoRetry: true}
			w := httptest.NewRecorder()
			WriteError(w, d, p)
			h := w.Result().Header
			if w.Code != code.Status() || w.Code < 400 || h.Get("X-Request-Id") != "req-1" || h.Get("Retry-After") != "2" || h.Get("X-Should-Retry") != "false" {
				t.Errorf("%s %s: %d %v", d.Name(), code, w.Code, h)
			}
			var body map[string]any
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatalf("%s %s: %v", d.Name(), code, err)
			}
			shapes[d.Name()](t, body, p)
			// A gateway behind a gateway must not take it for a page.
			f := d.Fault(Answer{Status: w.Code, Header: h, Body: w.Body.Bytes()})
			if f.Class == Foreign || f.Class == Key && code != CodeUnauthorized {
				t.Errorf("%s reads its own %s as %+v", d.Name(), code, f)
			}
		}
	}
	w := httptest.NewRecorder()
	WriteError(w, openAI{}, Problem{Code: CodeInternal})
	for _, name := range []string{"X-Request-Id", "Retry-After", "X-Should-Retry"} {
		if w.Result().Header.Get(name) != "" {
			t.Errorf("%s was not asked for", name)
		}
	}
}

func TestModelLists(t *testing.T) {
	const openAIList = `{"object":"list", "data":[{"id":"a","object":"model","n":9007199254740993},{"id":"b"}]}`
	const anthropicList = `{"data":[{"type":"model","id":"a"},{"type":"model","id":"b"}],"has_more":true,"first_id":"a","last_id":"b"}`
	const geminiList = `{"models":[{"name":"models/a","version":"1"},{"name":"models/b"}],"nextPageToken":"t"}`
	tests := []struct {
		name    string
		dialect Dialect
		target  Target
		body    string
		names   []string
		alone   bool
		want    string
	}{
		{"beside", openAI{}, Target{FirstPage: true}, openAIList, []string{"a", "x", "x"}, false,
			`{"object":"list", "data":[{"id":"a","object":"model","n":9007199254740993},{"id":"b"},{"id":"x","object":"model","created":0,"owned_by":"gateway"}]}`},
		{"alone", openAI{}, Target{FirstPage: true}, openAIList, []string{"x", "a"}, true,
			`{"object":"list", "data":[{"id":"a","object":"model","n":9007199254740993},{"id":"x","object":"model","created":0,"owned_by":"gateway"}]}`},
		{"none", openAI{}, Target{FirstPage: true}, `{"data":[]}`, nil, true, `{"data":[]}`},
		{"alone", anthropic{}, Target{FirstPage: true}, anthropicList, []string{"x"}, true,
			`{"data":[{"type":"model","id":"x","display_name":"x","created_at":"1970-01-01T00:00:00Z"}],"has_more":false,"first_id":"x","last_id":"x"}`},
		{"a further page", anthropic{}, Target{}, anthropicList, []string{"x"}, false, anthropicList},
		{"beside", gemini{}, Target{FirstPage: true}, geminiList, []string{"b", "x"}, false,
			`{"models":[{"name":"models/a","version":"1"},{"name":"models/b"},{"name":"models/x","displayName":"x","supportedGenerationMethods":["generateContent","streamGenerateContent","countTokens"]}],"nextPageToken":"t"}`},
		{"alone, a further page", gemini{}, Target{}, geminiList, []string{"b", "x"}, true, `{"models":[{"name":"models/b"}],"nextPageToken":""}`},
		{"OpenAI's shape", gemini{}, Target{Compatible: true, FirstPage: true}, `{"data":[]}`, []string{"x"}, false,
			`{"data":[{"id":"x","object":"model","created":0,"owned_by":"gateway"}]}`},
	}
	for _, test := range tests {
		t.Run(string(test.dialect.Name())+" "+test.name, func(t *testing.T) {
			got, ok := test.dialect.ModelList(test.target, []byte(test.body), test.names, test.alone)
			if !ok || string(got) != test.want {
				t.Errorf("%v\n got %s\nwant %s", ok, got, test.want)
			}
		})
	}
	for _, body := range []string{``, `[]`, `{"error":{}}`, `{"data":{}}`, `{"data":[1,`, `{"models":[]}`} {
		if got, ok := (openAI{}).ModelList(Target{FirstPage: true}, []byte(body), []string{"x"}, false); ok || string(got) != body {
			t.Errorf("took %q for a list: %s", body, got)
		}
	}
}

func TestUploadID(t *testing.T) {
	h := header("X-Goog-Upload-Url", "https://host/upload/v1beta/files?upload_id=u1&upload_protocol=resumable")
	if got := UploadID(h); got != "u1" {
		t.Errorf("%q", got)
	}
	if got := UploadID(http.Header{}); got != "" {
		t.Errorf("%q of nothing", got)
	}
}
