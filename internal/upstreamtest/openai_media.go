package upstreamtest

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"strings"
)

func (x *exchange) embeddings() *problem {
	var request struct {
		Model      string          `json:"model"`
		Input      json.RawMessage `json:"input"`
		Encoding   string          `json:"encoding_format"`
		Dimensions int             `json:"dimensions"`
	}
	if refusal := x.decode("model input encoding_format dimensions user", &request); refusal != nil {
		return refusal
	}
	if refusal := x.model(request.Model); refusal != nil {
		return refusal
	}
	var texts []string
	var single string
	if json.Unmarshal(request.Input, &single) == nil {
		texts = []string{single}
	} else if json.Unmarshal(request.Input, &texts) != nil {
		return &problem{kind: invalidField, param: "input"}
	}
	if len(texts) == 0 || single == "" && len(texts) == 1 && texts[0] == "" {
		return &problem{kind: missingField, param: "input"}
	}
	var data []any
	used := 0
	for i, text := range texts {
		used += tokens(text)
		var embedding any = vector(text, request.Dimensions)
		if request.Encoding == "base64" {
			var packed bytes.Buffer
			_ = binary.Write(&packed, binary.LittleEndian, embedding) // a buffer takes everything
			embedding = base64.StdEncoding.EncodeToString(packed.Bytes())
		}
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": embedding})
	}
	return x.replyJSON(map[string]any{
		"object": "list", "model": request.Model, "data": data,
		"usage": map[string]any{"prompt_tokens": used, "total_tokens": used},
	})
}

func (x *exchange) images() *problem {
	var request struct {
		Model  string `json:"model"`
		Prompt string `json:"prompt"`
	}
	known := `model prompt n size quality style background moderation output_compression output_format partial_images
		response_format stream user`
	if refusal := x.decode(known, &request); refusal != nil {
		return refusal
	}
	if refusal := x.model(request.Model); refusal != nil {
		return refusal
	}
	if request.Prompt == "" {
		return &problem{kind: missingField, param: "prompt"}
	}
	dot := image.NewRGBA(image.Rect(0, 0, 1, 1))
	dot.Set(0, 0, color.RGBA{R: 0x40, G: 0x80, B: 0xC0, A: 0xFF})
	var picture bytes.Buffer
	_ = png.Encode(&picture, dot) // a buffer takes everything
	return x.replyJSON(map[string]any{
		"created": epoch,
		"data":    []any{map[string]any{"b64_json": base64.StdEncoding.EncodeToString(picture.Bytes())}},
		"usage":   map[string]any{"input_tokens": tokens(request.Prompt), "output_tokens": 1, "total_tokens": tokens(request.Prompt) + 1},
	})
}

func (x *exchange) transcription() *problem {
	form, refusal := x.form()
	if refusal != nil {
		return refusal
	}
	if refusal := x.model(formValue(form, "model")); refusal != nil {
		return refusal
	}
	file, data, refusal := formFile(form, "file")
	if refusal != nil {
		return refusal
	}
	heard := strings.Join(x.words(file.Filename), "")
	if formValue(form, "response_format") == "text" {
		x.reply(200, "text/plain; charset=utf-8", []byte(heard+"\n"))
		return nil
	}
	return x.replyJSON(map[string]any{"text": heard, "usage": map[string]any{"type": "duration", "seconds": len(data)}})
}

func (x *exchange) speech() *problem {
	var request struct {
		Model string `json:"model"`
		Input string `json:"input"`
		Voice string `json:"voice"`
	}
	if refusal := x.decode("model input voice instructions response_format speed stream_format", &request); refusal != nil {
		return refusal
	}
	if refusal := x.model(request.Model); refusal != nil {
		return refusal
	}
	if request.Input == "" || request.Voice == "" {
		return &problem{kind: missingField, param: "input and voice"}
	}
	sound := make([]byte, 4096) // every byte there is, in an order of its own: nothing that could pass for text
	for i := range sound {
		sound[i] = byte(i*7 + len(request.Input))
	}
	x.reply(200, "audio/mpeg", sound)
	return nil
}

func (x *exchange) uploadOpenAIFile() *problem {
	form, refusal := x.form()
	if refusal != nil {
		return refusal
	}
	purpose := formValue(form, "purpose")
	if purpose == "" {
		return &problem{kind: missingField, param: "purpose"}
	}
	file, data, refusal := formFile(form, "file")
	if refusal != nil {
		return refusal
	}
	id := x.objectID("file-")
	value := map[string]any{
		"id": id, "object": "file", "bytes": len(data), "created_at": epoch, "filename": file.Filename,
		"purpose": purpose, "status": "processed",
	}
	x.keep(id, object{kind: "file", json: value, data: data})
	return x.replyJSON(value)
}

func (x *exchange) listOpenAIFiles() *problem {
	return x.replyJSON(map[string]any{"object": "list", "data": x.files(), "has_more": false})
}

func (x *exchange) deleteOpenAIFile() *problem {
	if _, refusal := x.find("file", x.vars[0]); refusal != nil {
		return refusal
	}
	x.drop(x.vars[0])
	return x.replyJSON(map[string]any{"id": x.vars[0], "object": "file", "deleted": true})
}
