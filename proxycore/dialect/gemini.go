package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// gemini is Google's Gemini API, and the paths on which it follows OpenAI's. https://ai.google.dev/api
type gemini struct{}

func (gemini) Name() Name { return Gemini }

func (gemini) Defaults() Defaults {
	return Defaults{
		UpstreamURL:    "https://generativelanguage.googleapis.com",
		TestModel:      "gemini-2.5-flash-lite",
		ValidationPath: "/v1beta/models/{model}:generateContent",
	}
}

// Carrier is a bearer token on the OpenAI-compatible paths: https://ai.google.dev/gemini-api/docs/openai
func (gemini) Carrier(path string) Carrier {
	if compatible(path) {
		return Bearer
	}
	return XGoogAPIKey
}

// compatible reports whether the path is one of those that follow OpenAI's API: /v1beta/openai/.
func compatible(path string) bool {
	name := resource(path)
	return name == "openai" || strings.HasPrefix(name, "openai/")
}

// resource is what the path names behind its version: "models/m:verb". A path without a version, whose upstream has it, is
// all name.
func resource(path string) string {
	path = strings.TrimPrefix(path, "/")
	for rest := path; rest != ""; {
		var segment string
		segment, rest, _ = strings.Cut(rest, "/")
		if len(segment) > 1 && segment[0] == 'v' && segment[1] >= '0' && segment[1] <= '9' {
			return rest
		}
	}
	return strings.TrimPrefix(path, "upload/")
}

// Verbs that only compute. https://ai.google.dev/api/all-methods
var geminiInference = []string{
	"generateContent", "streamGenerateContent", "countTokens", "embedContent", "batchEmbedContents", "predict",
	"generateAnswer", "generateMessage", "generateText", "countMessageTokens", "countTextTokens", "embedText",
}

func (gemini) Target(method, path, query string) Target {
	if compatible(path) {
		t := openAI{}.Target(method, path, query)
		t.Compatible = true
		return t
	}
	name, verb := cutVerb(resource(path))
	t := Target{Stream: verb == "streamGenerateContent" || asksForStream(query), FirstPage: true}
	if verb != "" {
		t.Model, t.ModelSpan = geminiModel(path)
	}
	switch method {
	case http.MethodPost:
		for _, known := range geminiInference {
			t.Inference = t.Inference || verb == known
		}
		t.Inference = t.Inference || name == "interactions"
		t.Creates = verb == "" || strings.HasPrefix(verb, "batchGenerate") || strings.HasPrefix(verb, "asyncBatch") ||
			verb == "predictLongRunning"
	case http.MethodGet:
		t.ModelList = name == "models"
		_, further := queryValue(query, "pageToken")
		t.FirstPage = !further
	}
	t.Object = geminiObject(name)
	if id, ok := queryValue(query, "upload_id"); ok {
		t.Object = id
	}
	return t
}

// cutVerb takes a verb and a slash behind it off a resource's name: "models/m:verb". Some clients spell the colon %3A.
func cutVerb(name string) (resource, verb string) {
	name = strings.TrimSuffix(name, "/")
	colon, width := strings.LastIndexByte(name, ':'), 1
	if encoded := max(strings.LastIndex(name, "%3A"), strings.LastIndex(name, "%3a")); encoded > colon {
		colon, width = encoded, 3
	}
	if colon < 0 || strings.Contains(name[colon:], "/") {
		return name, ""
	}
	return name[:colon], name[colon+width:]
}

// geminiModel is the model that a path ending in a verb names, and where: "/models/m:verb".
func geminiModel(path string) (string, Span) {
	const models = "/models/"
	start := strings.LastIndex(path, models)
	if start < 0 {
		return "", Span{}
	}
	start += len(models)
	named, _ := cutVerb(path)
	end := len(named)
	if end <= start || strings.Contains(path[start:end], "/") {
		return "", Span{}
	}
	model, err := url.PathUnescape(path[start:end])
	if err != nil {
		model = path[start:end]
	}
	return model, Span{start, end}
}

// geminiObject is the owned object that a resource's name names: "files/f" of itself, "fileSearchStores/s" of what it holds,
// and an interaction's bare id, as its answers have it. Models belong to nobody, but for their operations.
func geminiObject(name string) string {
	kind, rest, _ := strings.Cut(name, "/")
	id, _, _ := strings.Cut(rest, "/")
	switch {
	case id == "":
		return ""
	case kind == "interactions":
		return id
	case kind == "models" && strings.Contains(rest, "/operations/"):
		return name
	case kind == "files" || kind == "cachedContents" || kind == "batches" || kind == "fileSearchStores" || kind == "corpora":
		return name[:len(kind)+1+len(id)]
	}
	return ""
}

// UploadID is the id of the resumable upload that an answer's headers open, as Target.Object names it when the upload goes
// on; empty when they open none. https://ai.google.dev/api/files
func UploadID(h http.Header) string {
	opened := h["X-Goog-Upload-Url"]
	if len(opened) == 0 {
		return ""
	}
	_, query, _ := strings.Cut(opened[0], "?")
	id, _ := queryValue(query, "upload_id")
	return id
}

var geminiMembers = []want{
	{name: "model", as: asModel, prefix: "models/"},
	{name: "generateContentRequest", into: []want{{name: "model", as: asModel, prefix: "models/"}}}, // of countTokens
	{name: "stream", as: asStream},
	{name: "cachedContent", as: asObject},
	{name: "previous_interaction_id", as: asObject},
}

func (gemini) members() []want { return geminiMembers }

// geminiCodes are values of details[].reason, error.status and, in the newer style, error.code.
var geminiCodes = map[string]Class{
	// google.api.ErrorReason: https://cloud.google.com/php/docs/reference/common-protos/latest/Api.ErrorReason
	"API_KEY_INVALID":               Key, // with status 400
	"API_KEY_SERVICE_BLOCKED":       Key,
	"API_KEY_HTTP_REFERRER_BLOCKED": Key, // the key is for browsers alone
	"API_KEY_ANDROID_APP_BLOCKED":   Key,
	"API_KEY_IOS_APP_BLOCKED":       Key,
	"SERVICE_DISABLED":              Key,
	"CONSUMER_SUSPENDED":            Key,
	"CONSUMER_INVALID":              Key,
	"ACCOUNT_STATE_INVALID":         Key,
	"ACCESS_TOKEN_EXPIRED":          Key,
	"ACCESS_TOKEN_TYPE_UNSUPPORTED": Key,
	"BILLING_DISABLED":              Account,
	"RATE_LIMIT_EXCEEDED":           RateLimit,
	"RESOURCE_QUOTA_EXCEEDED":       Account,
	"API_KEY_IP_ADDRESS_BLOCKED":    Place,
	"LOCATION_POLICY_VIOLATED":      Place,
	"LOCATION_TAX_POLICY_VIOLATED":  Place,
	"SECURITY_POLICY_VIOLATED":      Place,
	// https://ai.google.dev/gemini-api/docs/troubleshooting (backend error codes)
	"FAILED_PRECONDITION": Place,   // with status 400: no free tier where the request came from
	"PERMISSION_DENIED":   Request, // without a reason: a file or a tuned model of somebody else's
	"RESOURCE_EXHAUSTED":  RateLimit,
	"UNAVAILABLE":         Overloaded,
	"INTERNAL":            Server,
	"DEADLINE_EXCEEDED":   Server,
	// https://ai.google.dev/gemini-api/docs/api-errors
	"authentication":      Key,
	"rate_limit_exceeded": RateLimit,
	"quota_exceeded":      RateLimit, // of a model's day
}

func (gemini) Fault(a Answer) Fault {
	return a.fault(func(body []byte) (Fault, bool) {
		f, _, ok := geminiFault(body)
		return f, ok
	})
}

// geminiFault reads an error of Google's shape (google.rpc.Status), alone or as a list of one, and the status it says of
// itself; false when it is none.
func geminiFault(body []byte) (f Fault, status int, ok bool) {
	body = bytes.TrimSpace(body)
	if inner, found := bytes.CutPrefix(body, []byte("[")); found {
		body = bytes.TrimSuffix(inner, []byte("]"))
	}
	var answer struct {
		Error struct {
			Code    any    `json:"code"`
			Message string `json:"message"`
			Status  string `json:"status"`
			Type    string `json:"type"` // on the OpenAI-compatible paths
			Details []struct {
				Reason     string `json:"reason"`
				RetryDelay string `json:"retryDelay"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return Fault{}, 0, false
	}
	e := answer.Error
	if e.Status == "" && e.Type == "" && word(e.Code) == "" {
		return Fault{}, 0, false
	}
	f.Message = clip(e.Message)
	codes := make([]string, 0, 4)
	for _, detail := range e.Details {
		if detail.Reason != "" {
			codes = append(codes, detail.Reason)
		}
		// google.rpc.RetryInfo: https://cloud.google.com/apis/design/errors
		if delay, err := time.ParseDuration(detail.RetryDelay); err == nil {
			f.RetryAfter = max(f.RetryAfter, delay)
		}
	}
	switch code := e.Code.(type) {
	case float64:
		status = int(code)
	case string:
		codes = append(codes, code)
	}
	if len(codes) == 0 && e.Status != "" { // a reason that is in no table is not answered for by the status
		codes = append(codes, e.Status)
	}
	for _, code := range codes {
		if class, known := geminiCodes[code]; known || f.Code == "" {
			f.Class, f.Code = class, clip(code)
		}
		if f.Class != None {
			break
		}
	}
	if f.Code == "" {
		f.Code = word(e.Code)
	}
	return f, status, true
}

// https://ai.google.dev/api/generate-content#UsageMetadata: the prompt counts what was cached, the candidates do not count the
// thoughts. The last three are those of https://ai.google.dev/api/interactions-api, under "usage".
var geminiUsage = []want{
	{name: "promptTokenCount", as: asInput},
	{name: "toolUsePromptTokenCount", as: asTool},
	{name: "candidatesTokenCount", as: asOutput},
	{name: "responseTokenCount", as: asOutput},
	{name: "thoughtsTokenCount", as: asReasoning},
	{name: "cachedContentTokenCount", as: asCached},
	{name: "total_input_tokens", as: asInput},
	{name: "total_output_tokens", as: asOutput},
	{name: "total_cached_tokens", as: asCached},
}

// Where an answer names what it made. https://ai.google.dev/api/files, caching, batch-api
var geminiCreated = []want{
	{name: "name", as: asObject},
	{name: "file", into: []want{{name: "name", as: asObject}}},
	{name: "id", as: asObject},
}

func (gemini) Read(e *Excerpt, t Target) Reading {
	if t.Compatible {
		return openAI{}.Read(e, t)
	}
	var r Reading
	if !t.Inference && !t.Creates {
		return r
	}
	head, tail := e.text()
	if t.Creates {
		for _, name := range words(e.firstPayload(head), geminiCreated) {
			if object := geminiObject(name); object != "" {
				r.Created = append(r.Created, object)
			} else if !strings.Contains(name, "/") { // an interaction's
				r.Created = append(r.Created, name)
			}
		}
	}
	if !t.Inference {
		return r
	}
	end := tail
	if end == nil {
		end = head
	}
	r.Fault = e.geminiEvent(head, tail, end)
	c := usageIn(end, `"usageMetadata"`, geminiUsage, true)
	if !c.known() {
		c = usageIn(end, `"usage"`, geminiUsage, true)
	}
	if c.known() {
		r.Usage = Usage{
			Input: c.of(asInput) + c.of(asTool), Output: c.of(asOutput) + c.of(asReasoning), Cached: c.of(asCached),
			Reasoning: c.of(asReasoning), Known: true, ServiceTier: serviceTier(end, `"serviceTier"`),
		}
	}
	return r
}

// geminiEvent is the error that ends a stream: an event, or the last element of a list, which stands at a line's beginning.
func (e *Excerpt) geminiEvent(head, tail, end []byte) (fault Fault) {
	read := func(payload []byte) bool {
		f, status, ok := geminiFault(payload)
		if ok {
			fault = f.event(status)
		}
		return ok
	}
	if e.events {
		e.lastEvent(head, tail, `"error"`, read)
		return fault
	}
	if at := bytes.LastIndex(end, []byte("\n{")); at >= 0 {
		end = bytes.TrimSuffix(bytes.TrimSpace(end[at+1:]), []byte("]"))
	}
	if bytes.Contains(end, []byte(`"error"`)) {
		read(end)
	}
	return fault
}

func (gemini) ErrorBody(p Problem) []byte {
	status := p.Code.Status()
	word := "INTERNAL"
	switch status { // google.rpc.Code
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUpgradeRequired:
		word = "INVALID_ARGUMENT"
	case http.StatusUnauthorized:
		word = "UNAUTHENTICATED"
	case http.StatusForbidden:
		word = "PERMISSION_DENIED"
	case http.StatusNotFound:
		word = "NOT_FOUND"
	case http.StatusMethodNotAllowed:
		word = "UNIMPLEMENTED"
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		word = "DEADLINE_EXCEEDED"
	case http.StatusTooManyRequests:
		word = "RESOURCE_EXHAUSTED"
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		word = "UNAVAILABLE"
	}
	type detail struct {
		Type   string `json:"@type"`
		Reason Code   `json:"reason"`
		Domain string `json:"domain"`
	}
	type body struct {
		Code    int      `json:"code"`
		Message string   `json:"message"`
		Status  string   `json:"status"`
		Details []detail `json:"details"`
	}
	return encode(struct {
		Error body `json:"error"`
	}{body{status, p.Message, word, []detail{{"type.googleapis.com/google.rpc.ErrorInfo", p.Code, "roundhouse"}}}})
}

func (d gemini) Probe(model, path string) Probe {
	model = strings.TrimPrefix(model, "models/")
	if compatible(path) {
		return post(d.Defaults(), model, path, openAIProbe, nil)
	}
	return post(d.Defaults(), model, path, geminiProbe, nil)
}

// geminiProbe asks for one token where the path generates.
func geminiProbe(_, path string) any {
	type part struct {
		Text string `json:"text"`
	}
	type content struct {
		Role  string `json:"role"`
		Parts []part `json:"parts"`
	}
	type limit struct {
		MaxTokens int `json:"maxOutputTokens"`
	}
	hi := content{"user", []part{{"hi"}}}
	switch {
	case strings.HasSuffix(path, ":embedContent"):
		return struct {
			Content content `json:"content"`
		}{hi}
	case strings.HasSuffix(path, ":countTokens"):
		return struct {
			Contents []content `json:"contents"`
		}{[]content{hi}}
	}
	return struct {
		Contents []content `json:"contents"`
		Config   limit     `json:"generationConfig"`
	}{[]content{hi}, limit{1}}
}

func (gemini) ModelList(t Target, body []byte, names []string, alone bool) ([]byte, bool) {
	if t.Compatible {
		return openAI{}.ModelList(t, body, names, alone)
	}
	return editList(body, listShape{list: "models", id: "name", prefix: "models/", entry: func(name string) []byte {
		return encode(struct {
			Name        string   `json:"name"`
			DisplayName string   `json:"displayName"`
			Methods     []string `json:"supportedGenerationMethods"`
		}{"models/" + name, name, []string{"generateContent", "streamGenerateContent", "countTokens"}})
	}}, t, names, alone)
}
