package dialect

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
)

const (
	jsonType = "application/json"
	sseType  = "text/event-stream; charset=utf-8"
)

// answered is the head of an answer, and what it answers.
type answered struct {
	target              Target
	contentType, coding string
}

// reading writes an answer to an excerpt in pieces of that size, or whole for 0, and reads it.
func reading(d Dialect, e *Excerpt, a answered, body []byte, piece int) Reading {
	e.Begin(a.contentType, a.coding)
	for len(body) > 0 {
		size := len(body)
		if piece > 0 {
			size = min(piece, size)
		}
		_, _ = e.Write(body[:size])
		body = body[size:]
	}
	return d.Read(e, a.target)
}

// sse is a stream of these events' data.
func sse(data ...string) string {
	var b strings.Builder
	for _, d := range data {
		fmt.Fprintf(&b, "data: %s\n\n", d)
	}
	return b.String()
}

// chunk is a chunk of a chat's stream with the text.
func chunk(text string) string {
	return `{"id":"chatcmpl-1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"` + text + `"}}],"usage":null}`
}

func many(n int, event string) string {
	return strings.Repeat(event, n)
}

var (
	infer   = Target{Inference: true}
	creates = Target{Inference: true, Creates: true}
)

func TestReadings(t *testing.T) {
	const openAIUsage = `"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":5,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":4}}`
	const responsesUsage = `"usage":{"input_tokens":36,"input_tokens_details":{"cached_tokens":6},"output_tokens":87,"output_tokens_details":{"reasoning_tokens":7},"total_tokens":123}`
	chat := Usage{Input: 19, Output: 10, Cached: 5, Reasoning: 4, Known: true, ServiceTier: "default"}
	response := Usage{Input: 36, Output: 87, Cached: 6, Reasoning: 7, Known: true, ServiceTier: "flex"}
	long := strings.Repeat(`lorem \"usage\": {\"prompt_tokens\":1} `, 1_000)
	tests := []struct {
		name        string
		dialect     Dialect
		target      Target
		contentType string
		body        string
		want        Reading
	}{
		{"chat", openAI{}, infer, jsonType, `{"id":"chatcmpl-1","choices":[{"message":{"content":"` + long + `"}}],` + openAIUsage + `,"service_tier":"default"}`, Reading{Usage: chat}},
		{"chat's stream", openAI{}, infer, sseType, many(200, sse(chunk("hi"))) + sse(`{"choices":[],"service_tier":"default",`+openAIUsage+`}`, "[DONE]"), Reading{Usage: chat}},
		{"chat's stream without usage", openAI{}, infer, sseType, many(3, sse(chunk("hi"))) + sse("[DONE]"), Reading{}},
		{"embedding", openAI{}, infer, jsonType, `{"object":"list","data":[{"embedding":[` + many(9_000, "0.1,") + `1]}],"model":"m","usage":{"prompt_tokens":8,"total_tokens":8}}`, Reading{Usage: Usage{Input: 8, Known: true}}},
		{"ranking", openAI{}, infer, jsonType, `{"results":[],"usage":{"total_tokens":8}}`, Reading{Usage: Usage{Input: 8, Known: true}}},
		{"transcription by duration", openAI{}, infer, jsonType, `{"text":"hi","usage":{"type":"duration","seconds":3}}`, Reading{}},
		{"usage in a tool's argument only", openAI{}, infer, jsonType, `{"choices":[{"message":{"tool_calls":[{"function":{"arguments":"{\"usage\":{\"input_tokens\":9}}"}}]}}]}`, Reading{}},
		{"reading what was made before costs nothing", openAI{}, Target{Object: "resp_1"}, jsonType, `{"id":"resp_1",` + responsesUsage + `}`, Reading{}},
		{"an error in a stream", openAI{}, infer, sseType, many(90, sse(chunk(`\"error\"`))) + sse(`{"error":{"message":"broke","type":"server_error","code":null}}`), Reading{Fault: Fault{Class: Server, Status: 500, Code: "server_error", Message: "broke"}}},
		{"an error with a status for its code", openAI{}, infer, sseType, sse(chunk("hi"), `{"id":"1","error":{"code":429,"message":"slow"},"choices":[{"finish_reason":"error"}]}`), Reading{Fault: Fault{Class: RateLimit, Status: 429, Code: "429", Message: "slow"}}},
		{"an error in a 200", openAI{}, infer, jsonType, `{"error":{"message":"gone","code":502}}`, Reading{Fault: Fault{Class: Server, Status: 502, Code: "502", Message: "gone"}}},

		{"response", openAIResponses{}, creates, jsonType, `{"id":"resp_1","object":"response","error":null,"output":[{"id":"msg_1","text":"` + long + `"}],"service_tier":"flex","tools":[{"parameters":{"usage":{"type":"object"}}}],` + responsesUsage + `,"user":null,"metadata":{}}`, Reading{Usage: response, Created: []string{"resp_1"}}},
		{"response's stream", openAIResponses{}, creates, sseType, "event: response.created\n" + sse(`{"type":"response.created","sequence_number":0,"response":{"id":"resp_1","error":null,"instructions":"`+long+`","usage":null}}`) +
			"event: response.completed\n" + sse(`{"type":"response.completed","response":{"id":"resp_1","error":null,"output":["`+long+`"],"service_tier":"flex",`+responsesUsage+`}}`), Reading{Usage: response, Created: []string{"resp_1"}}},
		{"a failed response", openAIResponses{}, creates, sseType, "event: response.created\n" + sse(`{"type":"response.created","response":{"id":"resp_1"}}`) +
			"event: response.failed\n" + sse(`{"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"rate_limit_exceeded","message":"slow"},"usage":null}}`),
			Reading{Fault: Fault{Class: RateLimit, Status: 429, Code: "rate_limit_exceeded", Message: "slow"}, Created: []string{"resp_1"}}},
		{"a failed response that repeats long instructions", openAIResponses{}, creates, sseType, "event: response.created\n" + sse(`{"type":"response.created","response":{"id":"resp_1","error":null,"instructions":"`+long+`"}}`) +
			"event: response.failed\n" + sse(`{"type":"response.failed","response":{"id":"resp_1","status":"failed","error":{"code":"insufficient_quota","message":"pay"},"instructions":"`+long+`","usage":null}}`),
			Reading{Fault: Fault{Class: Account, Status: 429, Code: "insufficient_quota", Message: "pay"}, Created: []string{"resp_1"}}},
		{"an error event", openAIResponses{}, creates, sseType, "event: error\n" + sse(`{"type":"error","code":"server_error","message":"broke","param":null,"sequence_number":1}`), Reading{Fault: Fault{Class: Server, Status: 500, Code: "server_error", Message: "broke"}}},
		{"a file", openAI{}, Target{Creates: true}, jsonType, `{"object":"file","id":"file-1","purpose":"batch","filename":"x"}`, Reading{Created: []string{"file-1"}}},
		{"a finished batch", openAI{}, Target{Creates: true}, jsonType, `{"id":"batch_1","errors":null,"input_file_id":"file-1","output_file_id":"file-2","error_file_id":null}`, Reading{Created: []string{"batch_1", "file-2"}}},

		{"message", anthropic{}, infer, jsonType, `{"id":"msg_1","type":"message","content":[{"type":"tool_use","input":{"usage":{"input_tokens":1}}},{"type":"text","text":"` + long + `"}],"usage":{"input_tokens":3,"cache_creation_input_tokens":20,"cache_read_input_tokens":100,"output_tokens":7,"service_tier":"standard"}}`,
			Reading{Usage: Usage{Input: 123, Output: 7, Cached: 100, CacheWrite: 20, Known: true, ServiceTier: "standard"}}},
		{"message's stream", anthropic{}, infer, sseType, "event: message_start\n" + sse(`{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3,"cache_creation_input_tokens":20,"cache_read_input_tokens":100,"output_tokens":1,"service_tier":"standard"}}}`) +
			many(300, "event: content_block_delta\n"+sse(`{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"hi \"error\""}}`)) +
			"event: message_delta\n" + sse(`{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":15}}`) + "event: message_stop\n" + sse(`{"type":"message_stop"}`),
			Reading{Usage: Usage{Input: 123, Output: 15, Cached: 100, CacheWrite: 20, Known: true, ServiceTier: "standard"}}},
		{"overloaded in a stream", anthropic{}, infer, sseType, "event: error\n" + sse(`{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`), Reading{Fault: Fault{Class: Overloaded, Status: 529, Code: "overloaded_error", Message: "Overloaded"}}},

		{"content", gemini{}, infer, jsonType, "{\n  \"candidates\": [{\n    \"content\": {\"parts\": [{\"text\": \"" + long + "\"}]}}],\n  \"usageMetadata\": {\n    \"promptTokenCount\": 40,\n    \"cachedContentTokenCount\": 30,\n    \"candidatesTokenCount\": 9,\n    \"thoughtsTokenCount\": 5,\n    \"toolUsePromptTokenCount\": 2,\n    \"totalTokenCount\": 56\n  }\n}\n",
			Reading{Usage: Usage{Input: 42, Output: 14, Cached: 30, Reasoning: 5, Known: true}}},
		{"content's stream", gemini{}, infer, sseType, many(50, sse(`{"candidates":[{"content":{"parts":[{"text":"hi"}]}}],"usageMetadata":{"promptTokenCount":40}}`)) + sse(`{"candidates":[],"usageMetadata":{"promptTokenCount":40,"candidatesTokenCount":9}}`), Reading{Usage: Usage{Input: 40, Output: 9, Known: true}}},
		{"content's stream as a list", gemini{}, infer, jsonType, "[{\n  \"candidates\": [],\n  \"usageMetadata\": {\"promptTokenCount\": 40}\n}\n,\r\n{\n  \"usageMetadata\": {\"promptTokenCount\": 40, \"candidatesTokenCount\": 9}\n}\n]\n", Reading{Usage: Usage{Input: 40, Output: 9, Known: true}}},
		{"an error in a list", gemini{}, infer, jsonType, "[" + many(80, "{\n  \"candidates\": [{\"text\": \"some words of a model\"}],\n  \"usageMetadata\": {\"promptTokenCount\": 4}\n}\n,\r\n") + "{\n  \"error\": {\n    \"code\": 503,\n    \"message\": \"busy\",\n    \"status\": \"UNAVAILABLE\"\n  }\n}\n]\n",
			Reading{Usage: Usage{Input: 4, Known: true}, Fault: Fault{Class: Server, Status: 503, Code: "UNAVAILABLE", Message: "busy"}}},
		{"an error in a stream", gemini{}, infer, sseType, sse(`{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED"}}`), Reading{Fault: Fault{Class: RateLimit, Status: 429, Code: "RESOURCE_EXHAUSTED", Message: "quota"}}},
		{"a file of Gemini's", gemini{}, Target{Creates: true}, jsonType, `{"file": {"name": "files/f1", "uri": "x"}}`, Reading{Created: []string{"files/f1"}}},
		{"cached content", gemini{}, Target{Creates: true}, jsonType, `{"name":"cachedContents/c1","model":"models/m"}`, Reading{Created: []string{"cachedContents/c1"}}},
		{"OpenAI's shape at Gemini", gemini{}, Target{Inference: true, Compatible: true}, jsonType, `{"choices":[],` + openAIUsage + `,"service_tier":"default"}`, Reading{Usage: chat}},
		{"nothing", openAI{}, creates, sseType, ``, Reading{}},
		{"no text", openAI{}, creates, "image/png", "\x89PNG\x00\"usage\":", Reading{}},
	}
	var e Excerpt
	for _, test := range tests {
		t.Run(string(test.dialect.Name())+" "+test.name, func(t *testing.T) {
			body := []byte(test.body)
			for _, piece := range []int{0, 1, 13, 1_000, 5_000, 8_192} {
				if got := reading(test.dialect, &e, answered{test.target, test.contentType, ""}, body, piece); !reflect.DeepEqual(got, test.want) {
					t.Fatalf("in pieces of %d:\n got %+v\nwant %+v", piece, got, test.want)
				}
			}
			for coding, coded := range map[string][]byte{"gzip": gzipped(body), "X-GZIP": gzipped(body), "deflate": zlibbed(body), "Deflate": deflated(body)} {
				if got := reading(test.dialect, &e, answered{test.target, test.contentType, coding}, coded, 100); !reflect.DeepEqual(got, test.want) {
					t.Errorf("in %s:\n got %+v\nwant %+v", coding, got, test.want)
				}
			}
			if got := reading(test.dialect, &e, answered{test.target, test.contentType, "br"}, body, 0); !reflect.DeepEqual(got, Reading{}) {
				t.Errorf("read what it cannot decode: %+v", got)
			}
		})
	}
}

func zlibbed(body []byte) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func deflated(body []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func TestExcerptBoundsWhatItDecodes(t *testing.T) {
	var e Excerpt
	bomb := gzipped(make([]byte, 2*maxDecoded))
	if got := reading(openAI{}, &e, answered{creates, jsonType, "gzip"}, bomb, 0); !reflect.DeepEqual(got, Reading{}) {
		t.Errorf("read %+v", got)
	}
	before := []byte(`{"id":"resp_1","usage":{"prompt_tokens":1}}`)
	if got := reading(openAI{}, &e, answered{creates, jsonType, ""}, before, 0); len(got.Created) != 1 {
		t.Fatalf("read %+v", got)
	}
	e.Begin(jsonType, "gzip")
	for range 3 * maxCoded / 1_000 {
		_, _ = e.Write(make([]byte, 1_000))
	}
	if len(e.coded) != maxCoded {
		t.Errorf("kept %d bytes", len(e.coded))
	}
	if got := (openAI{}).Read(&e, creates); !reflect.DeepEqual(got, Reading{}) {
		t.Errorf("read %+v of what is no gzip, or of the answer before", got)
	}
	cut := gzipped([]byte(`{"usage":{"prompt_tokens":1},"choices":[` + strings.Repeat("1,", 100) + `1]}`))
	if got := reading(openAI{}, &e, answered{infer, jsonType, "gzip"}, cut[:len(cut)-8], 0); !got.Usage.Known {
		t.Errorf("a stream cut short lost what came before: %+v", got)
	}
}

func TestExcerptDoesNotAllocate(t *testing.T) {
	var e Excerpt
	stream := []byte(many(500, sse(chunk("hi"))) + sse(`{"usage":{"prompt_tokens":1,"completion_tokens":2}}`))
	var d Dialect = openAI{}
	allocations := testing.AllocsPerRun(50, func() {
		if r := reading(d, &e, answered{infer, sseType, ""}, stream, 300); r.Usage.Output != 2 {
			t.Fatal("no usage")
		}
	})
	if allocations > 1 { // the closure that looks for an error
		t.Errorf("%v allocations", allocations)
	}
}

func TestDecodeRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, coding := range []string{"br", "zstd", "gzip, gzip", "compress"} {
		if _, ok := Decode(strings.NewReader(""), coding); ok {
			t.Errorf("%s was taken", coding)
		}
	}
	r, ok := Decode(strings.NewReader("no gzip"), "gzip")
	if !ok {
		t.Fatal("gzip was refused")
	}
	if _, err := io.ReadAll(r); err == nil {
		t.Error("broken gzip is no error")
	}
}

// FuzzExcerpt holds readings to themselves: split anywhere and coded anyhow, an answer says the same.
func FuzzExcerpt(f *testing.F) {
	f.Add([]byte(sse(chunk("hi"), `{"usage":{"prompt_tokens":1}}`)), uint16(3), true)
	f.Add([]byte(sse(`{"type":"message_start","message":{"usage":{"input_tokens":3}}}`, `{"usage":{"output_tokens":1}}`, `{"error":{"type":"api_error"}}`)), uint16(7), true)
	f.Add([]byte("[{\n\"usageMetadata\":{\"promptTokenCount\":1}\n}\n,\r\n{\n\"error\":{\"code\":500}}]"), uint16(1), false)
	f.Add([]byte(`{"id":"resp_1","response":{"id":"x"},"name":"files/f","usage":{"input_tokens":1e3}}`+strings.Repeat(" ", 9_000)), uint16(4_000), false)
	f.Add([]byte(sse(`{"type":"response.failed","response":{"error":{"code":"x","message":"y"},"instructions":"`+strings.Repeat("z", 9_000)+`"}}`)), uint16(5), true)
	var e Excerpt
	f.Fuzz(func(t *testing.T, body []byte, piece uint16, events bool) {
		contentType := jsonType
		if events {
			contentType = sseType
		}
		for _, d := range All() {
			whole := reading(d, &e, answered{creates, contentType, ""}, body, 0)
			if pieces := reading(d, &e, answered{creates, contentType, ""}, body, int(piece)); !reflect.DeepEqual(whole, pieces) {
				t.Fatalf("%s: whole %+v, in pieces of %d %+v", d.Name(), whole, piece, pieces)
			}
			if coded := reading(d, &e, answered{creates, contentType, "gzip"}, gzipped(body), int(piece)); !reflect.DeepEqual(whole, coded) {
				t.Fatalf("%s: plain %+v, gzip %+v", d.Name(), whole, coded)
			}
		}
	})
}

func BenchmarkExcerpt(b *testing.B) {
	event := []byte(sse(chunk("some words")))
	end := []byte(sse(`{"choices":[],"usage":{"prompt_tokens":19,"completion_tokens":10,"prompt_tokens_details":{"cached_tokens":5}}}`, "[DONE]"))
	var e Excerpt
	var d Dialect = openAI{}
	b.ReportAllocs()
	for b.Loop() {
		e.Begin(sseType, "")
		for range 50 {
			_, _ = e.Write(event)
		}
		_, _ = e.Write(end)
		if !d.Read(&e, infer).Usage.Known {
			b.Fatal("no usage")
		}
	}
}
