package upstreamtest

import (
	"encoding/json"
	"maps"
	"strings"
)

const messageFields = `model max_tokens messages system stream tools tool_choice stop_sequences metadata diagnostics
	thinking service_tier container context_management mcp_servers output_config output_format cache_control inference_geo speed`

type messagesRequest struct {
	Model     string          `json:"model"`
	MaxTokens int             `json:"max_tokens"`
	System    json.RawMessage `json:"system"`
	Stream    bool            `json:"stream"`
	Messages  []struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	} `json:"messages"`
	Tools []struct {
		Name string `json:"name"`
	} `json:"tools"`
}

func (r messagesRequest) inputTokens() int {
	count := tokens(text(r.System))
	for _, message := range r.Messages {
		count += tokens(text(message.Content))
	}
	return count
}

// toolAnswered tells whether the last message brings back what a tool said.
func (r messagesRequest) toolAnswered() bool {
	var blocks []struct {
		Type string `json:"type"`
	}
	last := r.Messages[len(r.Messages)-1]
	return json.Unmarshal(last.Content, &blocks) == nil && len(blocks) > 0 && blocks[0].Type == "tool_result"
}

func (x *exchange) decodeMessages(known string) (messagesRequest, *problem) {
	var request messagesRequest
	if refusal := x.versioned(); refusal != nil {
		return request, refusal
	}
	if x.r.Header.Get("Anthropic-Version") != withoutSampling {
		known += " temperature top_p top_k"
	}
	if refusal := x.decode(known, &request); refusal != nil {
		return request, refusal
	}
	if refusal := x.model(request.Model); refusal != nil {
		return request, refusal
	}
	if len(request.Messages) == 0 {
		return request, &problem{kind: missingField, param: "messages"}
	}
	for _, message := range request.Messages {
		if message.Role != "user" && message.Role != "assistant" || len(message.Content) == 0 {
			return request, &problem{kind: invalidField, param: "messages"}
		}
	}
	return request, nil
}

func (x *exchange) countMessageTokens() *problem {
	request, refusal := x.decodeMessages("model messages system tools tool_choice thinking mcp_servers context_management output_config output_format cache_control")
	if refusal != nil {
		return refusal
	}
	return x.replyJSON(map[string]any{"input_tokens": request.inputTokens()})
}

func (x *exchange) messages() *problem {
	request, refusal := x.decodeMessages(messageFields)
	if refusal != nil {
		return refusal
	}
	if request.MaxTokens <= 0 {
		return &problem{kind: missingField, param: "max_tokens"}
	}
	words := x.words(text(request.Messages[len(request.Messages)-1].Content))
	reason := "end_turn"
	block := map[string]any{"type": "text", "text": strings.Join(words, ""), "citations": nil}
	if len(request.Tools) > 0 && !request.toolAnswered() {
		words, reason = nil, "tool_use"
		block = map[string]any{"type": "tool_use", "id": x.id("toolu_"), "name": request.Tools[0].Name, "input": json.RawMessage(toolArguments)}
	}
	usage := map[string]any{
		"input_tokens": request.inputTokens(), "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
		"output_tokens": max(len(words), 1), "service_tier": "standard",
	}
	message := map[string]any{
		"id": x.id("msg_"), "type": "message", "role": "assistant", "model": request.Model, "content": []any{block},
		"stop_reason": reason, "stop_sequence": nil, "usage": usage,
	}
	if !request.Stream {
		return x.replyJSON(message)
	}
	x.streamMessage(message, block, words)
	return nil
}

// streamMessage sends one message of one block, with a ping where Anthropic sends one.
func (x *exchange) streamMessage(message, block map[string]any, words []string) {
	var events []string
	add := func(kind string, value map[string]any) {
		event := map[string]any{"type": kind}
		maps.Copy(event, value)
		events = append(events, "event: "+kind+"\ndata: "+line(event)+"\n\n")
	}
	usage := message["usage"].(map[string]any)
	opened := maps.Clone(message)
	first := maps.Clone(usage)
	first["output_tokens"] = 1
	opened["content"], opened["stop_reason"], opened["usage"] = []any{}, nil, first
	add("message_start", map[string]any{"message": opened})

	empty, deltas := maps.Clone(block), []map[string]any{}
	if words == nil {
		empty["input"] = map[string]any{}
		for _, piece := range append([]string{""}, halves(toolArguments)...) {
			deltas = append(deltas, map[string]any{"type": "input_json_delta", "partial_json": piece})
		}
	} else {
		empty["text"] = ""
		for _, word := range words {
			deltas = append(deltas, map[string]any{"type": "text_delta", "text": word})
		}
	}
	add("content_block_start", map[string]any{"index": 0, "content_block": empty})
	add("ping", nil)
	for _, delta := range deltas {
		add("content_block_delta", map[string]any{"index": 0, "delta": delta})
	}
	add("content_block_stop", map[string]any{"index": 0})
	add("message_delta", map[string]any{
		"delta": map[string]any{"stop_reason": message["stop_reason"], "stop_sequence": nil},
		"usage": map[string]any{"output_tokens": usage["output_tokens"]},
	})
	add("message_stop", nil)
	x.stream("text/event-stream; charset=utf-8", events)
}
