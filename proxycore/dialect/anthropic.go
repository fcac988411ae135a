package dialect

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// anthropic is Anthropic's API. https://docs.claude.com/en/api/overview
type anthropic struct{}

func (anthropic) Name() Name { return Anthropic }

func (anthropic) Defaults() Defaults {
	return Defaults{
		UpstreamURL:    "https://api.anthropic.com",
		TestModel:      "claude-haiku-4-5",
		ValidationPath: "/v1/messages",
	}
}

func (anthropic) Carrier(string) Carrier { return XAPIKey }

func (anthropic) Target(method, path, query string) Target {
	t := Target{Stream: asksForStream(query), FirstPage: true}
	switch method {
	case http.MethodPost:
		t.Inference = endsIn(path, []string{"/messages", "/messages/count_tokens", "/complete"})
		t.Creates = endsIn(path, []string{"/messages/batches", "/files", "/skills"})
	case http.MethodGet:
		t.ModelList = endsIn(path, []string{"/models"})
		_, after := queryValue(query, "after_id")
		_, before := queryValue(query, "before_id")
		t.FirstPage = !after && !before
	}
	t.Object = idBehind(path, []string{"batches", "files", "skills"})
	return t
}

var anthropicMembers = []want{
	{name: "model", as: asModel},
	{name: "stream", as: asStream},
	{name: "container", as: asObject},
}

func (anthropic) members() []want { return anthropicMembers }

// anthropicCodes are values of error.details.error_code and error.type. permission_error is not among them: it says that the
// key may not, not whether the key or the request is odd.
var anthropicCodes = map[string]Class{
	// https://docs.claude.com/en/api/errors
	"authentication_error":  Key,
	"billing_error":         Account,
	"rate_limit_error":      RateLimit,
	"overloaded_error":      Overloaded,
	"request_too_large":     Request,
	"invalid_request_error": Request,
	"not_found_error":       Request,
	"api_error":             Server,
	"timeout_error":         Server,
	// The tier's spend cap, which no wait of a rate limit mends: https://docs.claude.com/en/api/rate-limits
	"enforced_spend_limit_reached": Account,
	// 403 "Request not allowed", from a region that is not served: https://www.anthropic.com/supported-countries
	"forbidden": Place,
}

// anthropicStatuses are those of errors that other providers answer otherwise.
var anthropicStatuses = map[Class]int{Overloaded: 529}

func (anthropic) Fault(a Answer) Fault {
	f := a.fault(func(body []byte) (Fault, bool) {
		f, ok := anthropicFault(body)
		if f.Code == "invalid_request_error" && a.Status != http.StatusBadRequest {
			f.Class = None // who follows OpenAI as well says it of keys and limits too
		}
		return f, ok
	})
	if f.RetryAfter == 0 && a.Status == http.StatusTooManyRequests {
		f.RetryAfter = anthropicReset(a.Header, a.At)
	}
	return f
}

// anthropicFault reads an error of Anthropic's shape; false when it is none.
func anthropicFault(body []byte) (Fault, bool) {
	var answer struct {
		Error struct {
			Type    string `json:"type"`
			Message string `json:"message"`
			Details struct {
				Code string `json:"error_code"`
			} `json:"details"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &answer) != nil || answer.Error.Type == "" {
		return Fault{}, false
	}
	e := answer.Error
	f := Fault{Class: anthropicCodes[e.Type], Code: clip(e.Type), Message: clip(e.Message)}
	if class, ok := anthropicCodes[e.Details.Code]; ok {
		f.Class, f.Code = class, e.Details.Code
	}
	return f, true
}

// anthropicReset is the time until the last of the used-up limits is whole again; 0 when the headers name none.
// https://docs.claude.com/en/api/rate-limits (response headers)
func anthropicReset(h http.Header, at time.Time) time.Duration {
	wait := time.Duration(0)
	for _, limit := range []string{"Requests", "Tokens", "Input-Tokens", "Output-Tokens"} {
		const prefix = "Anthropic-Ratelimit-"
		if h.Get(prefix+limit+"-Remaining") != "0" {
			continue
		}
		if reset, err := time.Parse(time.RFC3339, h.Get(prefix+limit+"-Reset")); err == nil {
			wait = max(wait, reset.Sub(at))
		}
	}
	return wait
}

// https://docs.claude.com/en/api/messages (usage): what was read from a cache and written to one is not in input_tokens.
var anthropicUsage = []want{
	{name: "input_tokens", as: asInput},
	{name: "output_tokens", as: asOutput},
	{name: "cache_read_input_tokens", as: asCached},
	{name: "cache_creation_input_tokens", as: asCacheWrite},
}

func (anthropic) Read(e *Excerpt, t Target) Reading {
	var r Reading
	if !t.Inference && !t.Creates {
		return r
	}
	head, tail := e.text()
	if t.Creates {
		r.Created = words(e.firstPayload(head), []want{{name: "id", as: asObject}})
	}
	if !t.Inference {
		return r
	}
	e.lastEvent(head, tail, `"error"`, func(payload []byte) bool {
		fault, ok := anthropicFault(payload)
		if ok {
			r.Fault = fault.event(anthropicStatuses[fault.Class])
		}
		return ok
	})
	// A stream counts the input when it starts and the output, cumulated, until it ends; an answer counts both at its end.
	end := tail
	if end == nil {
		end = head
	}
	c := usageIn(end, `"usage"`, anthropicUsage, true)
	if e.events {
		start := usageIn(head, `"usage"`, anthropicUsage, false)
		for as := range c {
			c[as] = max(c[as], start[as])
		}
	}
	if c.known() {
		r.Usage = Usage{
			Input:  c.of(asInput) + c.of(asCached) + c.of(asCacheWrite),
			Output: c.of(asOutput), Cached: c.of(asCached), CacheWrite: c.of(asCacheWrite),
			Known: true, ServiceTier: serviceTier(head, `"service_tier"`),
		}
		if r.Usage.ServiceTier == "" {
			r.Usage.ServiceTier = serviceTier(tail, `"service_tier"`)
		}
	}
	return r
}

func (anthropic) ErrorBody(p Problem) []byte {
	kind := "api_error"
	switch p.Code.Status() {
	case http.StatusUnauthorized:
		kind = "authentication_error"
	case http.StatusForbidden:
		kind = "permission_error"
	case http.StatusNotFound:
		kind = "not_found_error"
	case http.StatusRequestEntityTooLarge:
		kind = "request_too_large"
	case http.StatusTooManyRequests:
		kind = "rate_limit_error"
	case http.StatusServiceUnavailable:
		kind = "overloaded_error"
	case http.StatusGatewayTimeout:
		kind = "timeout_error"
	case http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusRequestTimeout, http.StatusUnsupportedMediaType,
		http.StatusUpgradeRequired:
		kind = "invalid_request_error"
	}
	type details struct {
		Code Code `json:"error_code"`
	}
	type body struct {
		Type    string  `json:"type"`
		Message string  `json:"message"`
		Details details `json:"details"`
	}
	return encode(struct {
		Type      string `json:"type"`
		Error     body   `json:"error"`
		RequestID string `json:"request_id"`
	}{"error", body{kind, p.Message, details{p.Code}}, p.RequestID})
}

// anthropicVersion is the API's version, which every request must name. https://docs.claude.com/en/api/versioning
const anthropicVersion = "2023-06-01"

func (d anthropic) Probe(model, path string) Probe {
	return post(d.Defaults(), model, path, func(model, path string) any {
		type message struct {
			Role    string `json:"role"`
			Content string `json:"content"`
		}
		limit := 1
		if strings.HasSuffix(path, "/count_tokens") {
			limit = 0 // it takes none
		}
		return struct {
			Model     string    `json:"model"`
			MaxTokens int       `json:"max_tokens,omitempty"`
			Messages  []message `json:"messages"`
		}{model, limit, []message{{"user", "hi"}}}
	}, http.Header{"Anthropic-Version": {anthropicVersion}})
}

func (anthropic) ModelList(t Target, body []byte, names []string, alone bool) ([]byte, bool) {
	return editList(body, listShape{list: "data", id: "id", entry: func(name string) []byte {
		return encode(struct {
			Type        string `json:"type"`
			ID          string `json:"id"`
			DisplayName string `json:"display_name"`
			CreatedAt   string `json:"created_at"`
		}{"model", name, name, "1970-01-01T00:00:00Z"})
	}}, t, names, alone)
}
