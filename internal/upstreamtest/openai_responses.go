package upstreamtest

import (
	"encoding/json"
	"maps"
	"strings"
)

const responseFields = `model input instructions stream stream_options tools tool_choice parallel_tool_calls temperature top_p
	max_output_tokens max_tool_calls previous_response_id conversation store metadata reasoning text truncation include user
	background prompt service_tier safety_identifier prompt_cache_key prompt_cache_retention top_logprobs
	client_metadata`

type responseRequest struct {
	Model    string          `json:"model"`
	Input    json.RawMessage `json:"input"`
	Stream   bool            `json:"stream"`
	Previous string          `json:"previous_response_id"`
	Tools    []struct {
		Type string `json:"type"`
		Name string `json:"name"`
	} `json:"tools"`
}

type responseItem struct {
	Type    string          `json:"type"`
	Content json.RawMessage `json:"content"`
}

// prompt is the text of the input, and whether it brings back what a tool said.
func (r responseRequest) prompt() (words string, toolAnswered bool) {
	var whole string
	if json.Unmarshal(r.Input, &whole) == nil {
		return whole, false
	}
	var items []responseItem
	if json.Unmarshal(r.Input, &items) != nil || len(items) == 0 {
		return "", false
	}
	last := items[len(items)-1]
	return text(last.Content), last.Type == "function_call_output"
}

func (x *exchange) createResponse() *problem {
	var request responseRequest
	if refusal := x.decode(responseFields, &request); refusal != nil {
		return refusal
	}
	if refusal := x.model(request.Model); refusal != nil {
		return refusal
	}
	prompt, toolAnswered := request.prompt()
	if prompt == "" && !toolAnswered {
		return &problem{kind: missingField, param: "input"}
	}
	if request.Previous != "" {
		if _, refusal := x.find("response", request.Previous); refusal != nil {
			refusal.code, refusal.status = "previous_response_not_found", 400
			return refusal
		}
	}
	words := x.words(prompt)
	var item map[string]any
	if len(request.Tools) > 0 && !toolAnswered {
		words = nil
		item = map[string]any{"type": "function_call", "id": x.id("fc_"), "call_id": x.id("call_"), "status": "completed",
			"name": request.Tools[0].Name, "arguments": toolArguments}
	} else {
		item = map[string]any{"type": "message", "id": x.id("msg_"), "status": "completed", "role": "assistant",
			"content": []any{textPart(strings.Join(words, ""))}}
	}
	answer := x.responseValue(request, "completed", []any{item})
	answer["usage"] = map[string]any{
		"input_tokens": tokens(prompt), "input_tokens_details": map[string]any{"cached_tokens": 0},
		"output_tokens": max(len(words), 1), "output_tokens_details": map[string]any{"reasoning_tokens": 0},
		"total_tokens": tokens(prompt) + max(len(words), 1),
	}
	x.keep(answer["id"].(string), object{kind: "response", json: answer})
	if !request.Stream {
		return x.replyJSON(answer)
	}
	x.streamResponse(request, answer, item, words)
	return nil
}

func (x *exchange) responseValue(request responseRequest, status string, output []any) map[string]any {
	return map[string]any{
		"id": x.id("resp_"), "object": "response", "created_at": epoch, "status": status, "model": request.Model,
		"error": nil, "incomplete_details": nil, "instructions": nil, "metadata": map[string]any{}, "output": output,
		"parallel_tool_calls": true, "previous_response_id": orNull(request.Previous), "temperature": 1, "top_p": 1,
		"tool_choice": "auto", "tools": []any{}, "usage": nil, "service_tier": "default", "store": true,
	}
}

func textPart(whole string) map[string]any {
	return map[string]any{"type": "output_text", "text": whole, "annotations": []any{}, "logprobs": []any{}}
}

// streamResponse sends the typed events of one output item in the order in which OpenAI does.
func (x *exchange) streamResponse(request responseRequest, answer, item map[string]any, words []string) {
	var events []string
	add := func(kind string, value map[string]any) {
		event := map[string]any{"type": kind, "sequence_number": len(events)}
		maps.Copy(event, value)
		events = append(events, "event: "+kind+"\ndata: "+line(event)+"\n\n")
	}
	begun := x.responseValue(request, "in_progress", []any{})
	add("response.created", map[string]any{"response": begun})
	add("response.in_progress", map[string]any{"response": begun})
	opened := maps.Clone(item)
	opened["status"] = "in_progress"
	at := map[string]any{"item_id": item["id"], "output_index": 0}
	and := func(more map[string]any) map[string]any {
		both := maps.Clone(at)
		maps.Copy(both, more)
		return both
	}
	if words == nil {
		opened["arguments"] = ""
		add("response.output_item.added", map[string]any{"output_index": 0, "item": opened})
		for _, piece := range halves(toolArguments) {
			add("response.function_call_arguments.delta", and(map[string]any{"delta": piece}))
		}
		add("response.function_call_arguments.done", and(map[string]any{"arguments": toolArguments, "name": item["name"]}))
	} else {
		opened["content"] = []any{}
		add("response.output_item.added", map[string]any{"output_index": 0, "item": opened})
		at["content_index"] = 0
		add("response.content_part.added", and(map[string]any{"part": textPart("")}))
		for _, word := range words {
			add("response.output_text.delta", and(map[string]any{"delta": word, "logprobs": []any{}}))
		}
		whole := strings.Join(words, "")
		add("response.output_text.done", and(map[string]any{"text": whole, "logprobs": []any{}}))
		add("response.content_part.done", and(map[string]any{"part": textPart(whole)}))
	}
	add("response.output_item.done", map[string]any{"output_index": 0, "item": item})
	add("response.completed", map[string]any{"response": answer})
	x.stream("text/event-stream; charset=utf-8", events)
}

func (x *exchange) getResponse() *problem {
	found, refusal := x.find("response", x.vars[0])
	if refusal != nil {
		return refusal
	}
	return x.replyJSON(found.json)
}

func (x *exchange) deleteResponse() *problem {
	if _, refusal := x.find("response", x.vars[0]); refusal != nil {
		return refusal
	}
	x.drop(x.vars[0])
	return x.replyJSON(map[string]any{"id": x.vars[0], "object": "response", "deleted": true})
}
