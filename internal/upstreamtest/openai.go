package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

type openAI struct{}

var openAIModels = []string{
	"gpt-4o", "gpt-4o-mini", "gpt-4.1", "gpt-4.1-mini", "gpt-4.1-nano", "gpt-5", "gpt-5-mini", "gpt-5-nano", "o3", "o4-mini",
	"text-embedding-3-small", "text-embedding-3-large", "gpt-image-1", "gpt-image-2.5-flare", "whisper-1", "gpt-4o-mini-transcribe",
	"tts-1", "gpt-4o-mini-tts", "ft:gpt-4o-mini:acme/house",
}

func (openAI) carried(r *http.Request) (key, carrier string) {
	if key := bearer(r); key != "" {
		return key, "authorization"
	}
	return "", ""
}

func (openAI) indent() string { return "  " }

func (openAI) word(x *exchange, p problem) problem {
	usual := problem{status: http.StatusBadRequest}
	switch p.kind {
	case noKey:
		usual = problem{status: 401, message: "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY)."}
	case wrongKey:
		usual = problem{status: 401, code: "invalid_api_key", message: "Incorrect API key provided: " + masked(x.key) + "."}
	case noPath:
		usual = problem{status: 404, message: fmt.Sprintf("Invalid URL (%s %s)", x.r.Method, x.r.URL.Path)}
	case noMethod:
		usual = problem{status: 405, code: "method_not_supported", message: fmt.Sprintf("Not allowed to %s on %s.", x.r.Method, x.r.URL.Path)}
	case malformed:
		usual.message = "We could not parse the JSON body of your request."
	case missingField:
		usual.code, usual.message = "missing_required_parameter", fmt.Sprintf("Missing required parameter: '%s'.", p.param)
	case unknownField:
		usual.code, usual.message = "unknown_parameter", fmt.Sprintf("Unknown parameter: '%s'.", p.param)
	case invalidField:
		usual.code, usual.message = "invalid_value", fmt.Sprintf("Invalid value for '%s'.", p.param)
	case noModel:
		usual = problem{status: 404, code: "model_not_found", message: fmt.Sprintf("The model `%s` does not exist or you do not have access to it.", p.param)}
	case noObject:
		usual = problem{status: 404, message: "No such object: " + p.param}
	case scripted:
		usual = openAIUsual(p.status)
	}
	return p.or(usual)
}

func openAIUsual(status int) problem {
	switch status {
	case 401:
		return problem{code: "invalid_api_key", message: "Incorrect API key provided."}
	case 403:
		return problem{code: "unsupported_country_region_territory", message: "Country, region, or territory not supported"}
	case 404:
		return problem{code: "model_not_found", message: "The model does not exist or you do not have access to it."}
	case 429:
		return problem{code: "rate_limit_exceeded", message: "Rate limit reached for requests"}
	case 500, 502, 503, 504:
		return problem{code: "server_error", message: "The server had an error while processing your request. Sorry about that!"}
	}
	return problem{message: http.StatusText(status)}
}

// or fills what the problem leaves open.
func (p problem) or(usual problem) problem {
	if p.status == 0 {
		p.status = usual.status
	}
	if p.code == "" {
		p.code = usual.code
	}
	if p.message == "" {
		p.message = usual.message
	}
	return p
}

func (openAI) headers(x *exchange, h http.Header) {
	h.Set("X-Request-Id", x.requestID())
	h.Set("Openai-Organization", "acme-house")
	h.Set("Openai-Processing-Ms", "42")
	h.Set("Openai-Version", "2020-10-01")
	h.Set("X-Ratelimit-Limit-Requests", "10000")
	h.Set("X-Ratelimit-Remaining-Requests", "9999")
	h.Set("X-Ratelimit-Reset-Requests", "6ms")
	h.Set("X-Ratelimit-Limit-Tokens", "200000")
	h.Set("X-Ratelimit-Remaining-Tokens", "199990")
	edgeHeaders(h)
	if x.answer.RetryAfter != "" {
		h.Set("Retry-After", x.answer.RetryAfter)
	}
}

// edgeHeaders are those of the network in front of OpenAI and Anthropic.
func edgeHeaders(h http.Header) {
	h["Server-Timing"] = []string{"cache;desc=MISS", "origin;dur=41"}
	h.Set("Cf-Ray", "9a0000000000beef-FRA")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload")
	h.Set("Alt-Svc", `h3=":443"; ma=86400`)
	h.Set("Access-Control-Expose-Headers", "X-Request-ID")
	h["Set-Cookie"] = []string{"__cf_bm=edge; Path=/; HttpOnly; Secure", "_cfuvid=edge; Path=/; HttpOnly; Secure"}
}

func (openAI) errorValue(p problem) map[string]any {
	kind := "invalid_request_error"
	switch {
	case p.code == "insufficient_quota":
		kind = "insufficient_quota"
	case p.status == 429:
		kind = "requests"
	case p.status == 403:
		kind = "request_forbidden"
	case p.status >= 500:
		kind = "server_error"
	}
	return map[string]any{"error": map[string]any{
		"message": p.message, "type": kind, "param": orNull(p.param), "code": orNull(p.code),
	}}
}

func (d openAI) errorBody(_ *exchange, p problem) []byte {
	body, err := json.MarshalIndent(d.errorValue(p), "", "    ")
	if err != nil {
		panic(err) // strings of our own making
	}
	return body
}

func (d openAI) errorEvent(x *exchange, p problem) string {
	if strings.HasSuffix(x.r.URL.Path, "/responses") {
		event := map[string]any{"type": "error", "code": orNull(p.code), "message": p.message, "param": nil, "sequence_number": x.answer.After}
		return "event: error\ndata: " + line(event) + "\n\n"
	}
	return "data: " + line(d.errorValue(p)) + "\n\n"
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// masked is a key as OpenAI repeats it in errors.
func masked(key string) string {
	if len(key) < 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:4] + strings.Repeat("*", len(key)-8) + key[len(key)-4:]
}

func (x *exchange) listOpenAIModels() *problem {
	var data []any
	for _, name := range x.modelNames() {
		data = append(data, openAIModelValue(name))
	}
	return x.replyJSON(map[string]any{"object": "list", "data": data})
}

func (x *exchange) getOpenAIModel() *problem {
	name, err := url.PathUnescape(x.vars[0])
	if err != nil || !slices.Contains(x.modelNames(), name) {
		return &problem{kind: noModel, param: x.vars[0]}
	}
	return x.replyJSON(openAIModelValue(name))
}

func openAIModelValue(name string) map[string]any {
	return map[string]any{"id": name, "object": "model", "created": epoch, "owned_by": "system"}
}

// modelNames is what this dialect's models are called where it names them.
func (x *exchange) modelNames() []string {
	switch x.dialect.(type) {
	case anthropic:
		return anthropicModels
	case gemini:
		return geminiModels
	case geminiOpenAI:
		var names []string
		for _, name := range geminiModels {
			names = append(names, name, "models/"+name)
		}
		return names
	default:
		return openAIModels
	}
}

// model checks the model that a body names.
func (x *exchange) model(name string) *problem {
	if name == "" {
		return &problem{kind: missingField, param: "model"}
	}
	if !slices.Contains(x.modelNames(), name) {
		return &problem{kind: noModel, param: name}
	}
	return nil
}
