package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

type gemini struct{}

// geminiOpenAI is Gemini's face for OpenAI's clients: another carrier, and errors in a list.
type geminiOpenAI struct{ gemini }

var geminiModels = []string{
	"gemini-2.0-flash", "gemini-2.0-flash-lite", "gemini-2.5-flash", "gemini-2.5-flash-lite", "gemini-2.5-pro",
	"gemini-3-pro-preview", "gemini-embedding-001", "text-embedding-004",
}

func (gemini) carried(r *http.Request) (key, carrier string) {
	if key := r.Header.Get("X-Goog-Api-Key"); key != "" {
		return key, "x-goog-api-key"
	}
	if key := r.URL.Query().Get("key"); key != "" {
		return key, "key"
	}
	return "", ""
}

func (geminiOpenAI) carried(r *http.Request) (key, carrier string) { return openAI{}.carried(r) }

func (gemini) indent() string { return "  " }

func (gemini) word(x *exchange, p problem) problem {
	usual := problem{status: http.StatusBadRequest, code: "INVALID_ARGUMENT"}
	switch p.kind {
	case noKey:
		usual = problem{status: 403, code: "PERMISSION_DENIED", message: "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API."}
		if bearer(x.r) != "" {
			usual = problem{status: 401, code: "ACCESS_TOKEN_TYPE_UNSUPPORTED", message: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential."}
		}
	case wrongKey:
		usual = problem{status: 400, code: "API_KEY_INVALID", message: "API key not valid. Please pass a valid API key."}
	case noPath, noMethod:
		usual = problem{status: 404, code: "NOT_FOUND", message: "The requested URL was not found on this server."}
	case malformed:
		usual.message = "Invalid JSON payload received."
	case missingField:
		usual.message = fmt.Sprintf("* GenerateContentRequest.%s: %s is not specified\n", p.param, p.param)
	case unknownField:
		usual.message = fmt.Sprintf("Invalid JSON payload received. Unknown name %q: Cannot find field.", p.param)
	case invalidField:
		usual.message = "Invalid value at '" + p.param + "'"
	case noModel:
		usual = problem{status: 404, code: "NOT_FOUND", message: fmt.Sprintf("models/%s is not found for API version v1beta, or is not supported for generateContent.", p.param)}
	case noObject:
		usual = problem{status: 403, code: "PERMISSION_DENIED", message: fmt.Sprintf("You do not have permission to access the File %s or it may not exist.", p.param)}
	case scripted:
		usual = geminiUsual(p.status)
	}
	return p.or(usual)
}

func geminiUsual(status int) problem {
	switch status {
	case 400:
		return problem{code: "INVALID_ARGUMENT", message: "Request contains an invalid argument."}
	case 401:
		return problem{code: "UNAUTHENTICATED", message: "Request had invalid authentication credentials."}
	case 403:
		return problem{code: "PERMISSION_DENIED", message: "Permission denied on resource project."}
	case 404:
		return problem{code: "NOT_FOUND", message: "Requested entity was not found."}
	case 429:
		return problem{code: "RESOURCE_EXHAUSTED", message: "You exceeded your current quota, please check your plan and billing details."}
	case 503:
		return problem{code: "UNAVAILABLE", message: "The model is overloaded. Please try again later."}
	case 504:
		return problem{code: "DEADLINE_EXCEEDED", message: "Deadline expired before operation could complete."}
	}
	return problem{code: "INTERNAL", message: "An internal error has occurred."}
}

func (gemini) headers(x *exchange, h http.Header) {
	if h.Get("Content-Type") == "application/json" {
		h.Set("Content-Type", "application/json; charset=UTF-8")
	}
	h["Vary"] = []string{"Origin", "X-Origin", "Referer"} // three lines, as Google's front end writes them
	h.Set("Server", "scaffolding on HTTPServer2")
	h.Set("Server-Timing", "gfet4t7; dur=42")
	h.Set("X-Xss-Protection", "0")
	h.Set("X-Frame-Options", "SAMEORIGIN")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Alt-Svc", `h3=":443"; ma=2592000,h3-29=":443"; ma=2592000`)
	h.Set("X-Gemini-Service-Tier", "standard")
}

// geminiStatuses are the codes that Google gives as the status itself; any other is a reason among the details.
var geminiStatuses = []string{
	"INVALID_ARGUMENT", "UNAUTHENTICATED", "PERMISSION_DENIED", "NOT_FOUND", "RESOURCE_EXHAUSTED", "INTERNAL",
	"UNAVAILABLE", "DEADLINE_EXCEEDED", "FAILED_PRECONDITION",
}

func geminiErrorValue(p problem) map[string]any {
	value := map[string]any{"code": p.status, "message": p.message, "status": p.code}
	var details []any
	if !slices.Contains(geminiStatuses, p.code) {
		value["status"] = geminiUsual(p.status).code
		details = append(details, map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": p.code, "domain": "googleapis.com",
			"metadata": map[string]any{"service": "generativelanguage.googleapis.com"},
		})
	}
	if p.retry != "" {
		details = append(details, map[string]any{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": p.retry + "s"})
	}
	if details != nil {
		value["details"] = details
	}
	return map[string]any{"error": value}
}

func (gemini) errorBody(_ *exchange, p problem) []byte {
	body, err := json.MarshalIndent(geminiErrorValue(p), "", "  ")
	if err != nil {
		panic(err) // strings of our own making
	}
	return append(body, '\n')
}

func (geminiOpenAI) errorBody(x *exchange, p problem) []byte {
	return []byte("[" + strings.TrimSpace(string(gemini{}.errorBody(x, p))) + "\n]")
}

func (gemini) errorEvent(x *exchange, p problem) string {
	if x.r.URL.Query().Get("alt") == "sse" {
		return "data: " + line(geminiErrorValue(p)) + "\r\n\r\n"
	}
	return ",\r\n" + line(geminiErrorValue(p)) + "\n]"
}

func (geminiOpenAI) errorEvent(_ *exchange, p problem) string {
	return "data: " + line([]any{geminiErrorValue(p)}) + "\n\n"
}

func (x *exchange) listGeminiModels() *problem {
	var models []any
	for _, name := range geminiModels {
		models = append(models, geminiModelValue(name))
	}
	return x.replyJSON(map[string]any{"models": models})
}

func (x *exchange) getGeminiModel() *problem {
	name, refusal := x.pathModel()
	if refusal != nil {
		return refusal
	}
	return x.replyJSON(geminiModelValue(name))
}

// pathModel is the model that the path names.
func (x *exchange) pathModel() (string, *problem) {
	name, err := url.PathUnescape(x.vars[0])
	if err != nil || !slices.Contains(geminiModels, name) {
		return "", &problem{kind: noModel, param: x.vars[0]}
	}
	return name, nil
}

func geminiModelValue(name string) map[string]any {
	return map[string]any{
		"name": "models/" + name, "version": "001", "displayName": name, "description": "A model of the house.",
		"inputTokenLimit": 1048576, "outputTokenLimit": 65536, "temperature": 1, "topP": 0.95, "topK": 64,
		"supportedGenerationMethods": []any{"generateContent", "countTokens"},
	}
}
