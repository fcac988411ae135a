package upstreamtest

import (
	"net/http"
	"strings"
)

// dialect is how one provider carries keys and words its refusals.
type dialect interface {
	// carried returns the key where this provider looks for it and the name of that place; empty when there is none.
	carried(r *http.Request) (key, carrier string)
	// word gives a problem of a kind its status, code and message.
	word(x *exchange, p problem) problem
	headers(x *exchange, h http.Header)
	errorBody(x *exchange, p problem) []byte
	errorEvent(x *exchange, p problem) string
	// indent is how this provider lays out its JSON.
	indent() string
}

type operation struct {
	method  string
	path    string // {} matches one segment, or what of one is before a suffix
	serve   func(*exchange) *problem
	keyless func(*http.Request) bool // whether the address itself is the permission; nil never
}

var openAIOperations = []operation{
	{method: "POST", path: "/v1/chat/completions", serve: (*exchange).chat},
	{method: "POST", path: "/v1/responses", serve: (*exchange).createResponse},
	{method: "GET", path: "/v1/responses/{}", serve: (*exchange).getResponse},
	{method: "DELETE", path: "/v1/responses/{}", serve: (*exchange).deleteResponse},
	{method: "POST", path: "/v1/embeddings", serve: (*exchange).embeddings},
	{method: "GET", path: "/v1/models", serve: (*exchange).listOpenAIModels},
	{method: "GET", path: "/v1/models/{}", serve: (*exchange).getOpenAIModel},
	{method: "POST", path: "/v1/images/generations", serve: (*exchange).images},
	{method: "POST", path: "/v1/audio/transcriptions", serve: (*exchange).transcription},
	{method: "POST", path: "/v1/audio/speech", serve: (*exchange).speech},
	{method: "POST", path: "/v1/files", serve: (*exchange).uploadOpenAIFile},
	{method: "GET", path: "/v1/files", serve: (*exchange).listOpenAIFiles},
	{method: "GET", path: "/v1/files/{}", serve: (*exchange).getFile},
	{method: "GET", path: "/v1/files/{}/content", serve: (*exchange).getFileContent},
	{method: "DELETE", path: "/v1/files/{}", serve: (*exchange).deleteOpenAIFile},
}

var anthropicOperations = []operation{
	{method: "POST", path: "/v1/messages", serve: (*exchange).messages},
	{method: "POST", path: "/v1/messages/count_tokens", serve: (*exchange).countMessageTokens},
	{method: "GET", path: "/v1/models", serve: (*exchange).listAnthropicModels},
	{method: "GET", path: "/v1/models/{}", serve: (*exchange).getAnthropicModel},
	{method: "POST", path: "/v1/files", serve: (*exchange).uploadAnthropicFile},
	{method: "GET", path: "/v1/files/{}", serve: (*exchange).getFile},
	{method: "DELETE", path: "/v1/files/{}", serve: (*exchange).deleteAnthropicFile},
}

var geminiOperations = []operation{
	{method: "GET", path: "/v1beta/models", serve: (*exchange).listGeminiModels},
	{method: "GET", path: "/v1beta/models/{}", serve: (*exchange).getGeminiModel},
	{method: "POST", path: "/v1beta/models/{}:generateContent", serve: (*exchange).generateContent},
	{method: "POST", path: "/v1beta/models/{}:streamGenerateContent", serve: (*exchange).streamGenerateContent},
	{method: "POST", path: "/v1beta/models/{}:countTokens", serve: (*exchange).countTokens},
	{method: "POST", path: "/v1beta/models/{}:embedContent", serve: (*exchange).embedContent},
	{method: "POST", path: "/v1beta/models/{}:batchEmbedContents", serve: (*exchange).batchEmbedContents},
	{method: "POST", path: "/upload/v1beta/files", serve: (*exchange).upload, keyless: namesUpload},
	{method: "GET", path: "/v1beta/files", serve: (*exchange).listGeminiFiles},
	{method: "GET", path: "/v1beta/files/{}", serve: (*exchange).getGeminiFile},
	{method: "DELETE", path: "/v1beta/files/{}", serve: (*exchange).deleteGeminiFile},
}

var geminiOpenAIOperations = []operation{
	{method: "POST", path: "/v1beta/openai/chat/completions", serve: (*exchange).chat},
	{method: "POST", path: "/v1beta/openai/embeddings", serve: (*exchange).embeddings},
	{method: "GET", path: "/v1beta/openai/models", serve: (*exchange).listOpenAIModels},
	{method: "GET", path: "/v1beta/openai/models/{}", serve: (*exchange).getOpenAIModel},
}

// dialectOf tells whose request this is. OpenAI and Anthropic share paths, being different hosts in the world; here
// Anthropic's own headers tell them apart.
func dialectOf(r *http.Request) dialect {
	path := r.URL.Path
	switch {
	case strings.HasPrefix(path, "/v1beta/openai/"):
		return geminiOpenAI{}
	case strings.HasPrefix(path, "/v1beta/"), strings.HasPrefix(path, "/upload/"):
		return gemini{}
	case strings.HasPrefix(path, "/v1/messages"), r.Header.Get("Anthropic-Version") != "", r.Header.Get("X-Api-Key") != "":
		return anthropic{}
	default:
		return openAI{}
	}
}

func operationsOf(d dialect) []operation {
	switch d.(type) {
	case geminiOpenAI:
		return geminiOpenAIOperations
	case gemini:
		return geminiOperations
	case anthropic:
		return anthropicOperations
	default:
		return openAIOperations
	}
}

// route finds the operation by the path as it was written: %2F does not part segments.
func (x *exchange) route() (operation, *problem) {
	known := false
	for _, candidate := range operationsOf(x.dialect) {
		vars, ok := match(candidate.path, x.r.URL.EscapedPath())
		if !ok {
			continue
		}
		known = true
		if candidate.method == x.r.Method {
			x.vars = vars
			return candidate, nil
		}
	}
	if known {
		return operation{}, &problem{kind: noMethod}
	}
	return operation{}, &problem{kind: noPath}
}

func match(pattern, path string) (vars []string, ok bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	for i, segment := range want {
		suffix, open := strings.CutPrefix(segment, "{}")
		if !open {
			if segment != have[i] {
				return nil, false
			}
			continue
		}
		variable, ok := strings.CutSuffix(have[i], suffix)
		if !ok || variable == "" {
			return nil, false
		}
		vars = append(vars, variable)
	}
	return vars, true
}
