package upstreamtest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

const chatFields = `model messages stream stream_options tools tool_choice parallel_tool_calls temperature top_p n stop
	max_tokens max_completion_tokens presence_penalty frequency_penalty logit_bias logprobs top_logprobs user seed
	response_format metadata store service_tier reasoning_effort modalities audio prediction web_search_options verbosity
	safety_identifier prompt_cache_key prompt_cache_retention functions function_call`

type chatRequest struct {
	Model         string        `json:"model"`
	Messages      []chatMessage `json:"messages"`
	Stream        bool          `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	Tools []struct {
		Type     string `json:"type"`
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
	} `json:"tools"`
}

type chatMessage struct {
	Role       string          `json:"role"`
	Content    json.RawMessage `json:"content"`
	ToolCallID string          `json:"tool_call_id"`
	ToolCalls  json.RawMessage `json:"tool_calls"`
}

// text is the content, whether it is a string or a list of parts.
func text(content json.RawMessage) string {
	var whole string
	if json.Unmarshal(content, &whole) == nil {
		return whole
	}
	var parts []struct {
		Text string `json:"text"`
	}
	if json.Unmarshal(content, &parts) != nil {
		return ""
	}
	var all strings.Builder
	for _, part := range parts {
		all.WriteString(part.Text)
	}
	return all.String()
}

func (x *exchange) chat() *problem {
	var request chatRequest
	if refusal := x.decode(chatFields, &request); refusal != nil {
		return refusal
	}
	if refusal := x.checkChat(request); refusal != nil {
		return refusal
	}
	last := request.Messages[len(request.Messages)-1]
	message := map[string]any{"role": "assistant", "refusal": nil, "annotations": []any{}}
	reason := "stop"
	words := x.words(text(last.Content))
	if len(request.Tools) > 0 && last.Role != "tool" {
		reason, words = "tool_calls", nil
		message["content"] = nil
		message["tool_calls"] = []any{x.toolCall(request.Tools[0].Function.Name, toolArguments)}
	} else {
		message["content"] = strings.Join(words, "")
	}
	if request.Stream {
		x.streamChat(request, words)
		return nil
	}
	return x.replyJSON(map[string]any{
		"id": x.id("chatcmpl-"), "object": "chat.completion", "created": epoch, "model": request.Model,
		"choices": []any{map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": reason}},
		"usage":   chatUsage(request, words), "service_tier": "default", "system_fingerprint": "fp_house",
	})
}

func (x *exchange) checkChat(request chatRequest) *problem {
	if refusal := x.model(request.Model); refusal != nil {
		return refusal
	}
	if len(request.Messages) == 0 {
		return &problem{kind: missingField, param: "messages"}
	}
	for _, message := range request.Messages {
		known := slices.Contains([]string{"system", "developer", "user", "assistant", "tool", "function"}, message.Role)
		empty := len(message.Content) == 0 && len(message.ToolCalls) == 0
		if !known || empty || message.Role == "tool" && message.ToolCallID == "" {
			return &problem{kind: invalidField, param: "messages"}
		}
	}
	if request.StreamOptions != nil && !request.Stream {
		return &problem{kind: invalidField, param: "stream_options", message: "The 'stream_options' parameter is only allowed when 'stream' is enabled."}
	}
	for _, tool := range request.Tools {
		if tool.Type != "function" || tool.Function.Name == "" {
			return &problem{kind: invalidField, param: "tools"}
		}
	}
	return nil
}

// toolArguments is what every tool is called with, an integer beyond a double's reach in it.
const toolArguments = `{"city":"Zürich","station":9007199254740993}`

func (x *exchange) toolCall(name, arguments string) map[string]any {
	return map[string]any{"id": x.id("call_"), "type": "function", "function": map[string]any{"name": name, "arguments": arguments}}
}

func chatUsage(request chatRequest, words []string) map[string]any {
	input, output := 0, max(len(words), 1)
	for _, message := range request.Messages {
		input += tokens(text(message.Content))
	}
	return map[string]any{
		"prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
		"prompt_tokens_details":     map[string]any{"cached_tokens": 0, "audio_tokens": 0},
		"completion_tokens_details": map[string]any{"reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0},
	}
}

func (x *exchange) streamChat(request chatRequest, words []string) {
	usage := request.StreamOptions != nil && request.StreamOptions.IncludeUsage
	chunk := func(choices []any, extra map[string]any) string {
		value := map[string]any{
			"id": x.id("chatcmpl-"), "object": "chat.completion.chunk", "created": epoch, "model": request.Model,
			"service_tier": "default", "system_fingerprint": "fp_house", "choices": choices,
		}
		if usage {
			value["usage"] = nil
		}
		maps.Copy(value, extra)
		return "data: " + line(value) + "\n\n"
	}
	delta := func(value map[string]any, reason any) string {
		return chunk([]any{map[string]any{"index": 0, "delta": value, "logprobs": nil, "finish_reason": reason}}, nil)
	}
	var events []string
	reason := "stop"
	if words == nil {
		reason = "tool_calls"
		call := x.toolCall(request.Tools[0].Function.Name, "")
		call["index"] = 0
		events = append(events, delta(map[string]any{"role": "assistant", "content": nil, "tool_calls": []any{call}}, nil))
		for _, piece := range halves(toolArguments) {
			more := map[string]any{"index": 0, "function": map[string]any{"arguments": piece}}
			events = append(events, delta(map[string]any{"tool_calls": []any{more}}, nil))
		}
	} else {
		events = append(events, delta(map[string]any{"role": "assistant", "content": "", "refusal": nil}, nil))
		for _, word := range words {
			events = append(events, delta(map[string]any{"content": word}, nil))
		}
	}
	events = append(events, delta(map[string]any{}, reason))
	if usage {
		events = append(events, chunk([]any{}, map[string]any{"usage": chatUsage(request, words)}))
	}
	x.stream("text/event-stream; charset=utf-8", append(events, "data: [DONE]\n\n"))
}

// halves cuts a text in two at its first colon.
func halves(whole string) []string {
	before, after, _ := strings.Cut(whole, ":")
	return []string{before + ":", after}
}
