package upstreamtest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// anthropic insists on x-api-key. The provider takes a bearer as well since its clients of late 2026 send one, but the
// older way is the one that every version documents, and the one that a gateway must be seen to use.
type anthropic struct{}

var anthropicModels = []string{
	"claude-3-haiku-20240307", "claude-3-5-haiku-20241022", "claude-haiku-4-5", "claude-haiku-4-5-20251001",
	"claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "claude-opus-4-1", "claude-opus-4-1-20250805",
	"claude-sonnet-5-5", "claude-opus-5-5",
}

func (anthropic) carried(r *http.Request) (key, carrier string) {
	if key := r.Header.Get("X-Api-Key"); key != "" {
		return key, "x-api-key"
	}
	return "", ""
}

func (anthropic) indent() string { return "" }

func (anthropic) word(x *exchange, p problem) problem {
	usual := problem{status: http.StatusBadRequest, code: "invalid_request_error"}
	switch p.kind {
	case noKey:
		usual = problem{status: 401, code: "authentication_error", message: "x-api-key header is required"}
	case wrongKey:
		usual = problem{status: 401, code: "authentication_error", message: "invalid x-api-key"}
	case noPath:
		usual = problem{status: 404, code: "not_found_error", message: "Not Found"}
	case noMethod:
		usual = problem{status: 405, code: "invalid_request_error", message: "Method Not Allowed"}
	case malformed:
		usual.message = "The request body is not valid JSON."
	case missingField:
		usual.message = p.param + ": Field required"
	case unknownField:
		usual.message = p.param + ": Extra inputs are not permitted"
	case invalidField:
		usual.message = p.param + ": Input should be valid"
	case noModel:
		usual = problem{status: 404, code: "not_found_error", message: "model: " + p.param}
	case noObject:
		usual = problem{status: 404, code: "not_found_error", message: "Not found: " + p.param}
	case scripted:
		usual = anthropicUsual(p.status)
	}
	return p.or(usual)
}

func anthropicUsual(status int) problem {
	switch status {
	case 401:
		return problem{code: "authentication_error", message: "invalid x-api-key"}
	case 402:
		return problem{code: "billing_error", message: "There's an issue with your billing or payment information."}
	case 403:
		return problem{code: "permission_error", message: "Your API key does not have permission to use the specified resource."}
	case 404:
		return problem{code: "not_found_error", message: "Not found"}
	case 413:
		return problem{code: "request_too_large", message: "Request exceeds the maximum allowed number of bytes."}
	case 429:
		return problem{code: "rate_limit_error", message: "This request would exceed your organization's rate limit."}
	case 529:
		return problem{code: "overloaded_error", message: "Overloaded"}
	}
	if status >= 500 {
		return problem{code: "api_error", message: "Internal server error"}
	}
	return problem{code: "invalid_request_error", message: http.StatusText(status)}
}

func (anthropic) headers(x *exchange, h http.Header) {
	h.Set("Request-Id", x.requestID())
	h.Set("Anthropic-Organization-Id", "00000000-0000-4000-8000-00000000beef")
	h.Set("Anthropic-Ratelimit-Requests-Limit", "4000")
	h.Set("Anthropic-Ratelimit-Requests-Remaining", "3999")
	h.Set("Anthropic-Ratelimit-Requests-Reset", "2026-01-01T00:00:00Z")
	edgeHeaders(h)
	if x.answer.RetryAfter != "" {
		h.Set("Retry-After", x.answer.RetryAfter)
	}
}

func anthropicErrorValue(x *exchange, p problem) map[string]any {
	return map[string]any{
		"type":       "error",
		"error":      map[string]any{"type": p.code, "message": p.message},
		"request_id": x.requestID(),
	}
}

func (anthropic) errorBody(x *exchange, p problem) []byte {
	return []byte(line(anthropicErrorValue(x, p)))
}

func (anthropic) errorEvent(x *exchange, p problem) string {
	return "event: error\ndata: " + line(anthropicErrorValue(x, p)) + "\n\n"
}

// withoutSampling is the version that took the sampling parameters away:
// https://platform.claude.com/docs/en/api/versioning.
const withoutSampling = "2026-10-21"

// versioned refuses a request that does not name the version of the API it means.
func (x *exchange) versioned() *problem {
	switch version := x.r.Header.Get("Anthropic-Version"); version {
	case "2023-01-01", "2023-06-01", withoutSampling:
		return nil
	case "":
		return &problem{kind: missingField, param: "anthropic-version", message: "anthropic-version: header is required"}
	default:
		return &problem{kind: invalidField, param: "anthropic-version", message: fmt.Sprintf("anthropic-version: %q is not a valid version", version)}
	}
}

func (x *exchange) listAnthropicModels() *problem {
	if refusal := x.versioned(); refusal != nil {
		return refusal
	}
	var data []any
	for _, name := range anthropicModels {
		data = append(data, anthropicModelValue(name))
	}
	return x.replyJSON(map[string]any{
		"data": data, "has_more": false, "first_id": anthropicModels[0], "last_id": anthropicModels[len(anthropicModels)-1],
	})
}

func (x *exchange) getAnthropicModel() *problem {
	if refusal := x.versioned(); refusal != nil {
		return refusal
	}
	name, err := url.PathUnescape(x.vars[0])
	if err != nil || !slices.Contains(anthropicModels, name) {
		return &problem{kind: noModel, param: x.vars[0]}
	}
	return x.replyJSON(anthropicModelValue(name))
}

func anthropicModelValue(name string) map[string]any {
	return map[string]any{"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"}
}

func (x *exchange) uploadAnthropicFile() *problem {
	if refusal := x.versioned(); refusal != nil {
		return refusal
	}
	form, refusal := x.form()
	if refusal != nil {
		return refusal
	}
	file, data, refusal := formFile(form, "file")
	if refusal != nil {
		return refusal
	}
	id := x.objectID("file_")
	value := map[string]any{
		"id": id, "type": "file", "filename": file.Filename, "mime_type": file.Header.Get("Content-Type"),
		"size_bytes": len(data), "created_at": "2026-01-01T00:00:00Z", "downloadable": false,
	}
	x.keep(id, object{kind: "file", json: value, data: data})
	return x.replyJSON(value)
}

func (x *exchange) deleteAnthropicFile() *problem {
	if _, refusal := x.find("file", x.vars[0]); refusal != nil {
		return refusal
	}
	x.drop(x.vars[0])
	return x.replyJSON(map[string]any{"id": x.vars[0], "type": "file_deleted"})
}
