package dialect

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// openAI is OpenAI's API but for its default paths, and with it the many that follow it: Azure, local servers, resellers.
// https://platform.openai.com/docs/api-reference
type openAI struct{}

func (openAI) Name() Name { return OpenAI }

func (openAI) Defaults() Defaults {
	return Defaults{
		UpstreamURL:    "https://api.openai.com/v1",
		TestModel:      "gpt-4.1-nano",
		ValidationPath: "/v1/chat/completions",
	}
}

func (openAI) Carrier(string) Carrier { return Bearer }

// Endings of paths whose requests only compute, whatever base path is before them.
var openAIInference = []string{
	"/chat/completions", "/responses", "/completions", "/embeddings", "/moderations", "/rerank",
	"/images/generations", "/images/edits", "/images/variations",
	"/audio/speech", "/audio/transcriptions", "/audio/translations",
	"/responses/input_tokens", "/responses/compact",
	// What these make is gone in minutes. Some name their model deeper than is looked: a strict group must refuse them.
	"/realtime/client_secrets", "/realtime/sessions", "/realtime/transcription_sessions", "/realtime/calls",
	// What local servers and resellers have beside it; a bare "/messages" would be an assistant's thread, which keeps them.
	"/v1/messages", "/v1/messages/count_tokens", "/api/chat", "/api/generate", "/api/embed", "/infill", "/tokenize", "/score", "/ocr",
}

// Where objects are made that only the account which made them can see.
var (
	openAICreates = []string{
		"/responses", "/files", "/batches", "/uploads", "/conversations", "/vector_stores", "/containers", "/videos",
		"/assistants", "/threads", "/threads/runs", "/fine_tuning/jobs", "/evals",
		"/complete", // of an upload: a file
	}
	openAICollections = []string{
		"responses", "files", "batches", "uploads", "conversations", "vector_stores", "containers", "videos",
		"assistants", "threads", "jobs", "evals",
	}
)

func (openAI) Target(method, path, query string) Target {
	t := Target{Stream: asksForStream(query), FirstPage: true}
	switch method {
	case http.MethodPost:
		t.Inference = endsIn(path, openAIInference)
		t.Creates = endsIn(path, openAICreates)
	case http.MethodGet:
		t.ModelList = endsIn(path, []string{"/models"})
		// A finished batch tells of its files.
		t.Creates = strings.Contains(path, "/batches/")
		if endsIn(path, []string{"/realtime"}) {
			t.Model, t.LongModel, t.TwoModels = queryModel(query)
		}
	}
	t.Object = idBehind(path, openAICollections)
	return t
}

var openAIMembers = []want{
	{name: "model", as: asModel},
	{name: "stream", as: asStream},
	{name: "previous_response_id", as: asObject},
	{name: "conversation", as: asObject},
	{name: "input_file_id", as: asObject},
	{name: "training_file", as: asObject},
	{name: "file_id", as: asObject},
	{name: "assistant_id", as: asObject},
}

func (openAI) members() []want { return openAIMembers }

// openAICodes are values of error.code, and of error.type where the code says nothing.
var openAICodes = map[string]Class{
	// https://platform.openai.com/docs/guides/error-codes, 401
	"invalid_api_key":     Key,
	"account_deactivated": Key,
	"no_organization":     Key,
	"ip_not_authorized":   Place,
	// The client's own OpenAI-Organization or OpenAI-Project header: https://platform.openai.com/docs/api-reference/authentication
	"mismatched_organization": Request,
	"mismatched_project":      Request,
	"invalid_organization":    Request,
	"invalid_project":         Request,
	// error-codes, 403
	"unsupported_country_region_territory": Place,
	// error-codes, 429: "inspect error.code"; https://platform.openai.com/docs/guides/spend-limits
	"insufficient_quota":                Account,
	"credit_balance_exhausted":          Account,
	"organization_spend_limit_exceeded": Account,
	"project_spend_limit_exceeded":      Account,
	"organization_usage_limit_exceeded": Account,
	"billing_hard_limit_reached":        Account,
	"billing_not_active":                Account,
	"rate_limit_exceeded":               RateLimit,
	"rate_limit_error":                  RateLimit,
	"slow_down":                         RateLimit,
	"requests":                          RateLimit,
	"tokens":                            RateLimit,
	// What no key can mend: https://platform.openai.com/docs/api-reference/responses/object (error.code), guides/safety-checks
	"context_length_exceeded":  Request,
	"request_too_large":        Request,
	"string_above_max_length":  Request,
	"tokens_exceeded":          Request,
	"invalid_prompt":           Request,
	"content_policy_violation": Request,
	"moderation_blocked":       Request,
	"model_not_found":          Request,
	// https://learn.microsoft.com/azure/ai-services/openai/concepts/content-filter, and its network rules
	"content_filter":               Request,
	"ResponsibleAIPolicyViolation": Request,
	"AccessDenied":                 Place,
	// error-codes, 500 and 503
	"server_error":         Server,
	"server_is_overloaded": Overloaded,
	// https://platform.moonshot.ai/docs/api/chat (error types), https://api-docs.deepseek.com/quick_start/error_codes
	"incorrect_api_key_error":      Key,
	"invalid_authentication_error": Key,
	"authentication_error":         Key,
	"exceeded_current_quota_error": Account,
	"rate_limit_reached_error":     RateLimit,
	"engine_overloaded_error":      Overloaded,
}

// openAIError is the error object; those who follow OpenAI write a number for the code, a string for the object, or leave
// the object out.
type openAIError struct {
	Message string `json:"message"`
	Type    string `json:"type"`
	Code    any    `json:"code"`
	// https://openrouter.ai/docs/api/reference/errors-and-debugging: why a moderator refused the input.
	Metadata struct {
		Reasons []any `json:"reasons"`
	} `json:"metadata"`
}

func (openAI) Fault(a Answer) Fault {
	tokens := false
	f := a.fault(func(body []byte) (Fault, bool) {
		e, ok := readOpenAIError(body)
		tokens = e.Type == "tokens"
		f := e.fault()
		if f.Class != None {
			return f, true
		}
		// Google answers so where it follows OpenAI's API.
		if google, _, found := geminiFault(body); found && (!ok || google.Class != None) {
			return google, true
		}
		return f, ok
	})
	if f.Class == RateLimit && tokens && fullBucket(a.Header) {
		f.Class = Request
	}
	return f
}

// readOpenAIError reads an error of OpenAI's shape; false when it is none.
func readOpenAIError(body []byte) (openAIError, bool) {
	var answer struct {
		openAIError
		Error  json.RawMessage `json:"error"`
		Detail json.RawMessage `json:"detail"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return openAIError{}, false
	}
	e := answer.openAIError
	switch {
	case len(answer.Error) > 0 && answer.Error[0] == '{':
		e = openAIError{}
		_ = json.Unmarshal(answer.Error, &e) // what does not fit stays empty
	case len(answer.Error) > 0 && answer.Error[0] == '"':
		e.Message, _ = unquote(answer.Error)
	case e.Message == "":
		e.Message, _ = unquote(answer.Detail)
	}
	return e, e.Message != "" || e.Type != "" || word(e.Code) != ""
}

// fault is what the error says: by its code or, where that is in no table, its type.
func (e openAIError) fault() Fault {
	f := Fault{Message: clip(e.Message)}
	for _, code := range []string{word(e.Code), e.Type} {
		if f.Code == "" {
			f.Code = clip(code)
		}
		if class, ok := openAICodes[code]; ok {
			f.Class, f.Code = class, code
			break
		}
	}
	if f.Class == None && len(e.Metadata.Reasons) > 0 {
		f.Class = Request
	}
	return f
}

// fullBucket reports whether the headers of a 429 say that no token of the minute's was spent: then the request is larger
// than the limit, which no waiting mends. https://platform.openai.com/docs/guides/rate-limits (headers)
func fullBucket(h http.Header) bool {
	limit := h.Get("X-Ratelimit-Limit-Tokens")
	return limit != "" && limit == h.Get("X-Ratelimit-Remaining-Tokens") && h.Get("X-Ratelimit-Remaining-Requests") != "0"
}

// openAIUsage counts in the words of chat completions, of responses and of those who follow them.
// https://platform.openai.com/docs/api-reference/chat/object, responses/object; https://api-docs.deepseek.com/guides/kv_cache
var openAIUsage = []want{
	{name: "prompt_tokens", as: asInput},
	{name: "input_tokens", as: asInput},
	{name: "completion_tokens", as: asOutput},
	{name: "output_tokens", as: asOutput},
	{name: "total_tokens", as: asTotal},
	{name: "prompt_cache_hit_tokens", as: asCached},
	{name: "prompt_tokens_details", into: openAIInputDetails},
	{name: "input_tokens_details", into: openAIInputDetails},
	{name: "completion_tokens_details", into: openAIOutputDetails},
	{name: "output_tokens_details", into: openAIOutputDetails},
}

var (
	openAIInputDetails  = []want{{name: "cached_tokens", as: asCached}, {name: "cache_write_tokens", as: asCacheWrite}}
	openAIOutputDetails = []want{{name: "reasoning_tokens", as: asReasoning}}
)

// Where an answer names what it made: itself, the response inside an event, the file of an upload, the files of a batch.
var openAICreated = []want{
	{name: "id", as: asObject},
	{name: "response", into: []want{{name: "id", as: asObject}}},
	{name: "file", into: []want{{name: "id", as: asObject}}},
	{name: "output_file_id", as: asObject},
	{name: "error_file_id", as: asObject},
}

func (openAI) Read(e *Excerpt, t Target) Reading {
	var r Reading
	if !t.Inference && !t.Creates {
		return r
	}
	head, tail := e.text()
	if t.Creates {
		r.Created = words(e.firstPayload(head), openAICreated)
	}
	if !t.Inference {
		return r
	}
	e.lastEvent(head, tail, `"error"`, func(payload []byte) bool {
		fault, ok := openAIEvent(payload)
		if ok {
			r.Fault = fault
		}
		return ok
	})
	end := tail
	if end == nil {
		end = head
	}
	c := usageIn(end, `"usage"`, openAIUsage, true)
	if !c.known() {
		return r
	}
	r.Usage = Usage{
		Input: c.of(asInput), Output: c.of(asOutput), Cached: c.of(asCached), CacheWrite: c.of(asCacheWrite),
		Reasoning: c.of(asReasoning), Known: true, ServiceTier: serviceTier(end, `"service_tier"`),
	}
	if c[asInput] < 0 && c[asOutput] < 0 {
		r.Usage.Input = c.of(asTotal) // of a ranking, which tells nothing else
	}
	return r
}

// What an event is searched for.
const (
	asError = iota + 1
	asType
)

var openAIEvents = []want{
	{name: "error", as: asError},
	{name: "type", as: asType},
	{name: "response", into: []want{{name: "error", as: asError}}},
}

// openAIEvent reads an event, or an answer, that is an error: {"error": …}, the Responses API's "error" and "response.failed".
// False when it is none. https://platform.openai.com/docs/api-reference/responses-streaming
func openAIEvent(payload []byte) (Fault, bool) {
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	s.begin(openAIEvents, false)
	_, _ = s.Write(payload)
	var body []byte
	for i := range s.found {
		m := &s.found[i]
		if m.value.Len() <= 0 {
			continue
		}
		switch value := payload[m.value.Start:m.value.End]; {
		case m.as == asError && (value[0] == '{' || value[0] == '"'):
			body = append(append([]byte(`{"error":`), value...), '}')
		case m.as == asType && string(value) == `"error"` && body == nil:
			body = payload
		}
	}
	if body == nil {
		return Fault{}, false
	}
	read, ok := readOpenAIError(body)
	f := read.fault()
	status, _ := strconv.Atoi(f.Code) // some write the status for the code
	return f.event(status), ok
}

func (openAI) ErrorBody(p Problem) []byte {
	kind := "invalid_request_error"
	switch status := p.Code.Status(); {
	case status == http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case status >= 500:
		kind = "server_error"
	}
	type body struct {
		Message string  `json:"message"`
		Type    string  `json:"type"`
		Param   *string `json:"param"`
		Code    Code    `json:"code"`
	}
	return encode(struct {
		Error body `json:"error"`
	}{body{p.Message, kind, nil, p.Code}})
}

func (d openAI) Probe(model, path string) Probe {
	return post(d.Defaults(), model, path, openAIProbe, nil)
}

// openAIProbe is the body that fits the path.
func openAIProbe(model, path string) any {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	limit := 1
	if reasons(model) {
		limit = 0
	}
	switch {
	case endsIn(path, []string{"/responses"}):
		return responsesProbe(model)
	case endsIn(path, []string{"/embeddings", "/moderations"}):
		return struct {
			Model string `json:"model"`
			Input string `json:"input"`
		}{model, "hi"}
	case endsIn(path, []string{"/completions"}) && !endsIn(path, []string{"/chat/completions"}):
		return struct {
			Model     string `json:"model"`
			Prompt    string `json:"prompt"`
			MaxTokens int    `json:"max_tokens"`
		}{model, "hi", 1}
	}
	return struct {
		Model     string    `json:"model"`
		Messages  []message `json:"messages"`
		MaxTokens int       `json:"max_tokens,omitempty"`
	}{model, []message{{"user", "hi"}}, limit}
}

// reasons reports whether a name is of OpenAI's reasoning models (o1 and later, gpt-5 and later). They refuse max_tokens, and
// one token of max_completion_tokens is too few for them; every other server knows max_tokens, and not always the other.
func reasons(model string) bool {
	model = model[strings.LastIndexByte(model, '/')+1:]
	if after, ok := strings.CutPrefix(model, "gpt-"); ok {
		return after != "" && (after[0] >= '5' && after[0] <= '9' || len(after) > 1 && after[0] == '1' && after[1] >= '0' && after[1] <= '9')
	}
	return len(model) > 1 && model[0] == 'o' && model[1] >= '1' && model[1] <= '9'
}

func (openAI) ModelList(t Target, body []byte, names []string, alone bool) ([]byte, bool) {
	return editList(body, listShape{list: "data", id: "id", entry: func(name string) []byte {
		return encode(struct {
			ID      string `json:"id"`
			Object  string `json:"object"`
			Created int64  `json:"created"`
			OwnedBy string `json:"owned_by"`
		}{name, "model", 0, "gateway"})
	}}, t, names, alone)
}
