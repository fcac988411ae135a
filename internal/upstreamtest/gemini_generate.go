package upstreamtest

import (
	"encoding/json"
	"strings"
)

const generateFields = `contents systemInstruction system_instruction tools toolConfig tool_config safetySettings
	safety_settings generationConfig generation_config cachedContent cached_content model labels serviceTier store`

type generateRequest struct {
	Contents []content `json:"contents"`
	Tools    []struct {
		Functions      []geminiFunction `json:"functionDeclarations"`
		FunctionsSnake []geminiFunction `json:"function_declarations"`
	} `json:"tools"`
}

type geminiFunction struct {
	Name string `json:"name"`
}

type content struct {
	Role  string `json:"role"`
	Parts []struct {
		Text             string          `json:"text"`
		FunctionResponse json.RawMessage `json:"functionResponse"`
	} `json:"parts"`
}

func (c content) text() string {
	var all strings.Builder
	for _, part := range c.Parts {
		all.WriteString(part.Text)
	}
	return all.String()
}

func (r generateRequest) promptTokens() int {
	count := 0
	for _, content := range r.Contents {
		count += tokens(content.text())
	}
	return count
}

// function is the first function the model may call, unless the last message is a function's answer.
func (r generateRequest) function() string {
	for _, part := range r.Contents[len(r.Contents)-1].Parts {
		if len(part.FunctionResponse) > 0 {
			return ""
		}
	}
	for _, tool := range r.Tools {
		for _, function := range append(tool.Functions, tool.FunctionsSnake...) {
			return function.Name
		}
	}
	return ""
}

func (x *exchange) decodeGenerate(known string) (model string, request generateRequest, refusal *problem) {
	if model, refusal = x.pathModel(); refusal != nil {
		return "", request, refusal
	}
	if refusal = x.decode(known, &request); refusal != nil {
		return "", request, refusal
	}
	if len(request.Contents) == 0 {
		return "", request, &problem{kind: missingField, param: "contents"}
	}
	for _, content := range request.Contents {
		if len(content.Parts) == 0 || content.Role != "" && content.Role != "user" && content.Role != "model" && content.Role != "function" {
			return "", request, &problem{kind: invalidField, param: "contents"}
		}
	}
	return model, request, nil
}

func (x *exchange) countTokens() *problem {
	_, request, refusal := x.decodeGenerate("contents generateContentRequest")
	if refusal != nil {
		return refusal
	}
	return x.replyJSON(map[string]any{
		"totalTokens":         request.promptTokens(),
		"promptTokensDetails": []any{map[string]any{"modality": "TEXT", "tokenCount": request.promptTokens()}},
	})
}

// chunk is one GenerateContentResponse; only the last of an answer has a reason.
func (x *exchange) chunk(model string, request generateRequest, part map[string]any, made int, last bool) map[string]any {
	candidate := map[string]any{"content": map[string]any{"parts": []any{part}, "role": "model"}, "index": 0}
	if last {
		candidate["finishReason"] = "STOP"
	}
	return map[string]any{
		"candidates": []any{candidate}, "modelVersion": model, "responseId": x.id(""),
		"usageMetadata": map[string]any{
			"promptTokenCount": request.promptTokens(), "candidatesTokenCount": made,
			"totalTokenCount": request.promptTokens() + made,
		},
	}
}

func functionCall(name string) map[string]any {
	return map[string]any{"functionCall": map[string]any{"name": name, "args": json.RawMessage(toolArguments)}}
}

func (x *exchange) generateContent() *problem {
	model, request, refusal := x.decodeGenerate(generateFields)
	if refusal != nil {
		return refusal
	}
	words := x.words(request.Contents[len(request.Contents)-1].text())
	part := map[string]any{"text": strings.Join(words, "")}
	if name := request.function(); name != "" {
		part = functionCall(name)
	}
	return x.replyJSON(x.chunk(model, request, part, len(words), true))
}

// streamGenerateContent answers with events for alt=sse, and otherwise with one JSON array, written element by element.
func (x *exchange) streamGenerateContent() *problem {
	model, request, refusal := x.decodeGenerate(generateFields)
	if refusal != nil {
		return refusal
	}
	var chunks []string
	words := x.words(request.Contents[len(request.Contents)-1].text())
	if name := request.function(); name != "" {
		chunks = append(chunks, line(x.chunk(model, request, functionCall(name), 1, true)))
	} else {
		for i, word := range words {
			chunks = append(chunks, line(x.chunk(model, request, map[string]any{"text": word}, i+1, i == len(words)-1)))
		}
	}
	if x.r.URL.Query().Get("alt") == "sse" {
		for i := range chunks {
			chunks[i] = "data: " + chunks[i] + "\r\n\r\n"
		}
		x.stream("text/event-stream", chunks)
		return nil
	}
	chunks[0] = "[" + chunks[0]
	for i := range chunks[1:] {
		chunks[i+1] = ",\r\n" + chunks[i+1]
	}
	chunks[len(chunks)-1] += "\n]"
	x.stream("application/json; charset=UTF-8", chunks)
	return nil
}

type embedRequest struct {
	Content    content `json:"content"`
	Dimensions int     `json:"outputDimensionality"`
}

func (r embedRequest) value() map[string]any {
	return map[string]any{"values": vector(r.Content.text(), r.Dimensions)}
}

const embedFields = "model content taskType title outputDimensionality"

func (x *exchange) embedContent() *problem {
	if _, refusal := x.pathModel(); refusal != nil {
		return refusal
	}
	var request embedRequest
	if refusal := x.decode(embedFields, &request); refusal != nil {
		return refusal
	}
	if len(request.Content.Parts) == 0 {
		return &problem{kind: missingField, param: "content"}
	}
	return x.replyJSON(map[string]any{"embedding": request.value()})
}

func (x *exchange) batchEmbedContents() *problem {
	if _, refusal := x.pathModel(); refusal != nil {
		return refusal
	}
	var batch struct {
		Requests []embedRequest `json:"requests"`
	}
	if refusal := x.decode("requests", &batch); refusal != nil {
		return refusal
	}
	if len(batch.Requests) == 0 {
		return &problem{kind: missingField, param: "requests"}
	}
	var embeddings []any
	for _, request := range batch.Requests {
		if len(request.Content.Parts) == 0 {
			return &problem{kind: missingField, param: "content"}
		}
		embeddings = append(embeddings, request.value())
	}
	return x.replyJSON(map[string]any{"embeddings": embeddings})
}
