package dialect

// openAIResponses is OpenAI's API used by its Responses endpoint: the same API, another probe.
// https://platform.openai.com/docs/api-reference/responses
type openAIResponses struct{ openAI }

func (openAIResponses) Name() Name { return OpenAIResponses }

func (openAIResponses) Defaults() Defaults {
	defaults := openAI{}.Defaults()
	defaults.ValidationPath = "/v1/responses"
	return defaults
}

func (d openAIResponses) Probe(model, path string) Probe {
	return post(d.Defaults(), model, path, openAIProbe, nil)
}

// responsesProbe asks for as short an answer as the endpoint allows (16 tokens) and keeps none of it.
func responsesProbe(model string) any {
	limit := 16
	if reasons(model) {
		limit = 0
	}
	return struct {
		Model     string `json:"model"`
		Input     string `json:"input"`
		MaxTokens int    `json:"max_output_tokens,omitempty"`
		Store     bool   `json:"store"`
	}{model, "hi", limit, false}
}
