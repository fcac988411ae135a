package upstreamtest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

const (
	chatBody    = `{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hello there"}]}`
	chatStream  = `{"model":"gpt-4o-mini","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hello"}]}`
	messageBody = `{"model":"claude-haiku-4-5","max_tokens":64,"messages":[{"role":"user","content":"hello"}]}`
	geminiBody  = `{"contents":[{"parts":[{"text":"hello"}]}]}`
	geminiPath  = "/v1beta/models/gemini-2.5-flash:generateContent"
)

// exchange is one request and the answer to it; headers are "Name: value".
type exchange struct {
	method, path, body string
	headers            []string
}

func (e exchange) send(t *testing.T, server *upstreamtest.Server) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), e.method, server.URL+e.path, strings.NewReader(e.body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	for _, header := range e.headers {
		name, value, _ := strings.Cut(header, ": ")
		request.Header.Set(name, value)
	}
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(request)
	if err != nil {
		t.Fatalf("%s %s: %v", e.method, e.path, err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

func bodyOf(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	return string(body)
}

func TestRefusesWhatTheProvidersRefuse(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	bearer, xAPI, goog := "Authorization: Bearer key-a", "x-api-key: key-a", "x-goog-api-key: key-a"
	version := "anthropic-version: 2023-06-01"
	cases := []struct {
		name    string
		ask     exchange
		status  int
		carries string
	}{
		{"openai without a key", exchange{"POST", "/v1/chat/completions", chatBody, nil}, 401, "You didn't provide an API key"},
		{"openai with a key for google", exchange{"POST", "/v1/chat/completions", chatBody, []string{goog}}, 401, "You didn't provide"},
		{"openai with an unknown key", exchange{"POST", "/v1/chat/completions", chatBody, []string{"Authorization: Bearer key-b"}}, 401, `"code": "invalid_api_key"`},
		{"openai without the version", exchange{"POST", "/chat/completions", chatBody, []string{bearer}}, 404, "Invalid URL (POST /chat/completions)"},
		{"openai with a doubled version", exchange{"POST", "/v1/v1/chat/completions", chatBody, []string{bearer}}, 404, "Invalid URL"},
		{"openai by the wrong method", exchange{"GET", "/v1/chat/completions", "", []string{bearer}}, 405, "method_not_supported"},
		{"openai with broken JSON", exchange{"POST", "/v1/chat/completions", chatBody[1:], []string{bearer}}, 400, `"type": "invalid_request_error"`},
		{"openai with a form", exchange{"POST", "/v1/chat/completions", chatBody, []string{bearer, "Content-Type: text/plain"}}, 400, "invalid_request_error"},
		{"openai with an unknown model", exchange{"POST", "/v1/chat/completions", strings.Replace(chatBody, "4o-mini", "9", 1), []string{bearer}}, 404, `"code": "model_not_found"`},
		{"openai without messages", exchange{"POST", "/v1/chat/completions", `{"model":"gpt-4o-mini"}`, []string{bearer}}, 400, `"param": "messages"`},
		{"openai with an unknown field", exchange{"POST", "/v1/chat/completions", `{"model":"gpt-4o-mini","max_tokenz":1}`, []string{bearer}}, 400, `"code": "unknown_parameter"`},
		{"openai with stream_options alone", exchange{"POST", "/v1/chat/completions", strings.Replace(chatStream, `"stream":true,`, "", 1), []string{bearer}}, 400, "only allowed when 'stream'"},
		{"responses without input", exchange{"POST", "/v1/responses", `{"model":"gpt-4o-mini"}`, []string{bearer}}, 400, `"param": "input"`},
		{"responses after one never given", exchange{"POST", "/v1/responses", `{"model":"gpt-4o-mini","input":"x","previous_response_id":"resp_0"}`, []string{bearer}}, 400, "previous_response_not_found"},
		{"embeddings without input", exchange{"POST", "/v1/embeddings", `{"model":"text-embedding-3-small"}`, []string{bearer}}, 400, `"param": "input"`},
		{"a model never heard of", exchange{"GET", "/v1/models/gpt-9", "", []string{bearer}}, 404, "model_not_found"},
		{"a file of nobody's", exchange{"GET", "/v1/files/file-0", "", []string{bearer}}, 404, "No such object"},
		{"speech without a voice", exchange{"POST", "/v1/audio/speech", `{"model":"tts-1","input":"x"}`, []string{bearer}}, 400, "voice"},
		{"anthropic with Authorization alone", exchange{"POST", "/v1/messages", messageBody, []string{bearer, version}}, 401, `"type":"authentication_error"`},
		{"anthropic with an unknown key", exchange{"POST", "/v1/messages", messageBody, []string{"x-api-key: key-b", version}}, 401, "invalid x-api-key"},
		{"anthropic without a version", exchange{"POST", "/v1/messages", messageBody, []string{xAPI}}, 400, "anthropic-version: header is required"},
		{"anthropic with a version of no day", exchange{"POST", "/v1/messages", messageBody, []string{xAPI, "anthropic-version: 2024-02-30"}}, 400, "is not a valid version"},
		{"anthropic with a parameter its version lost", exchange{"POST", "/v1/messages", messageBody[:len(messageBody)-1] + `,"temperature":1}`, []string{xAPI, "anthropic-version: 2026-10-21"}}, 400, "temperature: Extra inputs"},
		{"anthropic without max_tokens", exchange{"POST", "/v1/messages", strings.Replace(messageBody, `"max_tokens":64,`, "", 1), []string{xAPI, version}}, 400, "max_tokens: Field required"},
		{"anthropic with an unknown model", exchange{"POST", "/v1/messages", strings.Replace(messageBody, "haiku-4-5", "9", 1), []string{xAPI, version}}, 404, `"type":"not_found_error"`},
		{"anthropic with broken JSON", exchange{"POST", "/v1/messages", "{", []string{xAPI, version}}, 400, `"type":"invalid_request_error"`},
		{"anthropic's models by a bearer", exchange{"GET", "/v1/models", "", []string{bearer, version}}, 401, "authentication_error"},
		{"gemini without a key", exchange{"POST", geminiPath, geminiBody, nil}, 403, `"status": "PERMISSION_DENIED"`},
		{"gemini with a bearer", exchange{"POST", geminiPath, geminiBody, []string{bearer}}, 401, `"status": "UNAUTHENTICATED"`},
		{"gemini with an unknown key", exchange{"POST", geminiPath, geminiBody, []string{"x-goog-api-key: key-b"}}, 400, `"reason": "API_KEY_INVALID"`},
		{"gemini with an unknown key in the query", exchange{"POST", geminiPath + "?key=key-b", geminiBody, nil}, 400, `"reason": "API_KEY_INVALID"`},
		{"gemini with broken JSON", exchange{"POST", geminiPath, "{", []string{goog}}, 400, `"status": "INVALID_ARGUMENT"`},
		{"gemini with an unknown field", exchange{"POST", geminiPath, `{"content":[]}`, []string{goog}}, 400, "Cannot find field"},
		{"gemini with an unknown model", exchange{"POST", strings.Replace(geminiPath, "2.5", "9", 1), geminiBody, []string{goog}}, 404, `"status": "NOT_FOUND"`},
		{"gemini for OpenAI's clients by its own key header", exchange{"POST", "/v1beta/openai/chat/completions", chatBody, []string{goog}}, 403, `[{`},
		{"an order that is misspelt", exchange{"POST", "/v1/chat/completions", chatBody, []string{bearer, "X-Upstream-Do: statis=429"}}, 400, "unknown word"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			response := c.ask.send(t, server)
			body := bodyOf(t, response)
			if response.StatusCode != c.status || !strings.Contains(body, c.carries) {
				t.Errorf("answered %d %s, want %d with %q in it", response.StatusCode, body, c.status, c.carries)
			}
		})
	}
}

func TestAnswersEveryDialect(t *testing.T) {
	server := upstreamtest.New(t, "key-*")
	openAI := []string{"Authorization: Bearer key-a"}
	claude := []string{"x-api-key: key-a", "anthropic-version: 2023-06-01"}
	google := []string{"x-goog-api-key: key-a"}
	tool := `"tools":[{"type":"function","name":"weather","function":{"name":"weather"}}]`
	cases := []struct {
		name    string
		ask     exchange
		carries string
	}{
		{"chat", exchange{"POST", "/v1/chat/completions", chatBody, openAI}, "You said: hello there – grüße, 世界 🚀."},
		{"chat with a tool", exchange{"POST", "/v1/chat/completions", chatBody[:len(chatBody)-1] + "," + tool + "}", openAI}, `9007199254740993`},
		{"responses", exchange{"POST", "/v1/responses", `{"model":"gpt-5","input":"hello"}`, openAI}, `"output_text"`},
		{"responses with a tool", exchange{"POST", "/v1/responses", `{"model":"gpt-5","input":"hello",` + tool + `}`, openAI}, `"function_call"`},
		{"responses to Codex", exchange{"POST", "/v1/responses", `{"model":"gpt-5","input":"hello","client_metadata":{"x-codex-installation-id":"a"}}`, openAI}, `"output_text"`},
		{"embeddings", exchange{"POST", "/v1/embeddings", `{"model":"text-embedding-3-small","input":["a","b"]}`, openAI}, `"index": 1`},
		{"embeddings in base64", exchange{"POST", "/v1/embeddings", `{"model":"text-embedding-3-small","input":"a","encoding_format":"base64"}`, openAI}, `"embedding": "`},
		{"models", exchange{"GET", "/v1/models", "", openAI}, `"gpt-4.1-nano"`},
		{"a model with a slash in its name", exchange{"GET", "/v1/models/ft:gpt-4o-mini:acme%2Fhouse", "", openAI}, `"ft:gpt-4o-mini:acme/house"`},
		{"images", exchange{"POST", "/v1/images/generations", `{"model":"gpt-image-1","prompt":"a dot"}`, openAI}, `"b64_json"`},
		{"speech", exchange{"POST", "/v1/audio/speech", `{"model":"tts-1","input":"x","voice":"alloy"}`, openAI}, "\x01\x08\x0f"},
		{"messages", exchange{"POST", "/v1/messages", messageBody, claude}, `"stop_reason":"end_turn"`},
		{"messages with a tool", exchange{"POST", "/v1/messages", messageBody[:len(messageBody)-1] + `,"tools":[{"name":"weather"}]}`, claude}, `"tool_use"`},
		{"messages with sampling", exchange{"POST", "/v1/messages", messageBody[:len(messageBody)-1] + `,"temperature":1}`, claude}, `"stop_reason":"end_turn"`},
		{"message tokens", exchange{"POST", "/v1/messages/count_tokens", strings.Replace(messageBody, `"max_tokens":64,`, "", 1), claude}, `"input_tokens":1`},
		{"anthropic's models", exchange{"GET", "/v1/models?limit=5", "", claude}, `"has_more":false`},
		{"gemini", exchange{"POST", geminiPath, geminiBody, google}, "You said: hello – grüße"},
		{"gemini with the key in the query", exchange{"POST", geminiPath + "?key=key-a", geminiBody, nil}, "You said: hello"},
		{"gemini with a tool", exchange{"POST", geminiPath, `{"contents":[{"parts":[{"text":"x"}]}],"tools":[{"functionDeclarations":[{"name":"weather"}]}]}`, google}, `"functionCall"`},
		{"gemini's tokens", exchange{"POST", strings.Replace(geminiPath, "generateContent", "countTokens", 1), geminiBody, google}, `"totalTokens": 1`},
		{"gemini's embedding", exchange{"POST", "/v1beta/models/gemini-embedding-001:embedContent", `{"content":{"parts":[{"text":"x"}]}}`, google}, `"values"`},
		{"gemini's embeddings", exchange{"POST", "/v1beta/models/gemini-embedding-001:batchEmbedContents", `{"requests":[{"content":{"parts":[{"text":"x"}]}}]}`, google}, `"embeddings"`},
		{"gemini's models", exchange{"GET", "/v1beta/models", "", google}, `"models/gemini-2.5-flash"`},
		{"gemini for OpenAI's clients", exchange{"POST", "/v1beta/openai/chat/completions", strings.Replace(chatBody, "gpt-4o-mini", "gemini-2.5-flash", 1), openAI}, `"chat.completion"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			response := c.ask.send(t, server)
			body := bodyOf(t, response)
			if response.StatusCode != 200 || !strings.Contains(body, c.carries) {
				t.Errorf("answered %d %q, want 200 with %q in it", response.StatusCode, body, c.carries)
			}
			again := c.ask.send(t, server)
			if bodyOf(t, again) != body {
				t.Errorf("the same request got another answer")
			}
		})
	}
}

func TestStreamsOfEveryDialectAreWhole(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	openAI := []string{"Authorization: Bearer key-a"}
	claude := []string{"x-api-key: key-a", "anthropic-version: 2023-06-01"}
	google := []string{"x-goog-api-key: key-a"}
	streaming := strings.Replace(messageBody, `"max_tokens"`, `"stream":true,"max_tokens"`, 1)
	geminiStream := strings.Replace(geminiPath, "generate", "streamGenerate", 1)
	cases := []struct {
		name        string
		ask         exchange
		first, last string
		events      int
	}{
		{"chat", exchange{"POST", "/v1/chat/completions", chatStream, openAI}, "data: {", "data: [DONE]\n\n", 15},
		{"responses", exchange{"POST", "/v1/responses", `{"model":"gpt-5","input":"hello","stream":true}`, openAI}, "event: response.created\n", "}\n\n", 19},
		{"messages", exchange{"POST", "/v1/messages", streaming, claude}, "event: message_start\n", "data: {\"type\":\"message_stop\"}\n\n", 17},
		{"gemini as events", exchange{"POST", geminiStream + "?alt=sse", geminiBody, google}, "data: {", "}\r\n\r\n", 11},
		{"gemini as a list", exchange{"POST", geminiStream, geminiBody, google}, "[{", "}\n]", 11},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server.Forget()
			body := bodyOf(t, c.ask.send(t, server))
			if !strings.HasPrefix(body, c.first) || !strings.HasSuffix(body, c.last) {
				t.Errorf("the stream is not framed by %q and %q: %q", c.first, c.last, body)
			}
			seen := server.Wait(t, "the whole stream", func(r upstreamtest.Request) bool { return r.Events == c.events })
			if seen.Status != 200 || !seen.Cancelled.IsZero() {
				t.Errorf("recorded status %d, cancelled %v", seen.Status, seen.Cancelled)
			}
		})
	}
	if !json.Valid([]byte(bodyOf(t, cases[4].ask.send(t, server)))) {
		t.Errorf("the list is not JSON")
	}
}

func TestStreamsAreCutInsideCharactersAndFields(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	conn := dial(t, server)
	write(t, conn, "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer key-a\r\nContent-Length: "+
		strconv.Itoa(len(chatStream))+"\r\n\r\n"+chatStream)
	raw, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []string{"\r\nda\r\n", "\n\r\n1\r\n\n\r\n", "gr\xc3\r\n", "\xe4\r\n1\r\n\xb8\r\n", "\xf0\r\n1\r\n\x9f\r\n1\r\n\x9a\r\n"} {
		if !bytes.Contains(raw, []byte(cut)) {
			t.Errorf("no chunk of the stream ends so that %q is on the wire", cut)
		}
	}
}

func TestRecordsRequestsByteForByte(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	conn := dial(t, server)
	body := `{"model":"gpt-4o-mini", "seed":9007199254740993,"messages":[{"role":"user","content":"x"}]}`
	first := "POST /v1/chat/completions?a=1&&b=%20&c HTTP/1.1\r\nhOsT: x\r\nX-Two: 1\r\nx-two:  2\r\nauthorization: Bearer key-a\r\n" +
		"Content-Type: application/json\r\nContent-Length: " + strconv.Itoa(len(body)) + "\r\n\r\n" + body
	chunked := "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\nauthorization: Bearer key-a\r\n" +
		"Content-Type: application/json\r\n\r\n5\r\n" + body[:5] + "\r\n" + strconv.FormatInt(int64(len(body)-5), 16) + "\r\n" + body[5:] + "\r\n0\r\n\r\n"
	write(t, conn, first+chunked)
	if _, err := io.ReadAll(conn); err != nil {
		t.Fatal(err)
	}
	seen := server.Requests()
	if len(seen) != 2 || string(seen[0].Raw) != first || string(seen[1].Raw) != chunked {
		t.Fatalf("recorded %d requests, want both as sent: %+v", len(seen), seen)
	}
	if got := seen[0]; got.Target != "/v1/chat/completions?a=1&&b=%20&c" || got.Header[0].Name != "hOsT" || got.Key != "key-a" ||
		strings.Join(got.Values("X-TWO"), ",") != "1,2" || got.Carrier != "authorization" || got.Status != 200 {
		t.Errorf("recorded %+v", got)
	}
	if string(seen[1].Body) != body {
		t.Errorf("body %q, want it without its chunks", seen[1].Body)
	}
}

func TestFailsOnCommand(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	auth := "Authorization: Bearer key-a"
	do := func(order string) exchange {
		return exchange{"POST", "/v1/chat/completions", chatStream, []string{auth, "X-Upstream-Do: " + order}}
	}
	t.Run("status with its code", func(t *testing.T) {
		response := do("status=429;code=insufficient_quota;retry-after=2;message=not %7Bkey%7D").send(t, server)
		body := bodyOf(t, response)
		if response.StatusCode != 429 || response.Header.Get("Retry-After") != "2" ||
			!strings.Contains(body, `"type": "insufficient_quota"`) || !strings.Contains(body, "not key-a") {
			t.Errorf("answered %d %v %s", response.StatusCode, response.Header, body)
		}
	})
	t.Run("a body of one's own", func(t *testing.T) {
		response := do("body=<html>%3B</html>;content-type=text/html;header=X-Extra: 1;omit=date").send(t, server)
		if body := bodyOf(t, response); body != "<html>;</html>" || response.Header.Get("Content-Type") != "text/html" ||
			response.Header.Get("X-Extra") != "1" || response.Header.Get("Date") != "" {
			t.Errorf("answered %v %q", response.Header, body)
		}
	})
	t.Run("cut after two events", func(t *testing.T) {
		body, err := io.ReadAll(do("cut=2").send(t, server).Body)
		if !errors.Is(err, syscall.ECONNRESET) || strings.Count(string(body), "\n\n") != 2 {
			t.Errorf("read %q and then %v, want two events and a reset", body, err)
		}
	})
	t.Run("a body shorter than announced", func(t *testing.T) {
		ask := exchange{"POST", "/v1/chat/completions", chatBody, []string{auth, "X-Upstream-Do: truncate"}}
		if _, err := io.ReadAll(ask.send(t, server).Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("read to %v, want an unexpected end", err)
		}
	})
	t.Run("a stream without its end", func(t *testing.T) {
		if _, err := io.ReadAll(do("truncate").send(t, server).Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("read to %v, want an unexpected end", err)
		}
	})
	t.Run("an error in a stream", func(t *testing.T) {
		body := bodyOf(t, do("error=1;code=rate_limit_exceeded").send(t, server))
		if !strings.HasSuffix(body, "}\n\n") || !strings.Contains(body, `data: {"error":{"code":"rate_limit_exceeded"`) || strings.Contains(body, "[DONE]") {
			t.Errorf("streamed %q", body)
		}
	})
	t.Run("reset before the header", func(t *testing.T) {
		conn := dial(t, server)
		server.Script("key-a", upstreamtest.Answer{Fault: upstreamtest.Reset})
		write(t, conn, "GET /v1/models HTTP/1.1\r\nHost: x\r\n"+auth+"\r\n\r\n")
		if read, err := io.ReadAll(conn); !errors.Is(err, syscall.ECONNRESET) || len(read) != 0 {
			t.Errorf("read %q and then %v, want nothing and a reset", read, err)
		}
	})
}

func TestHangsUntilTheClientGoes(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	for _, fault := range []upstreamtest.Answer{{Fault: upstreamtest.Hang}, {Fault: upstreamtest.Stall, After: 1}} {
		server.Forget()
		server.Script("key-a", fault)
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, "POST", server.URL+"/v1/chat/completions", strings.NewReader(chatStream))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer key-a")
		request.Header.Set("Content-Type", "application/json")
		gone := make(chan error, 1)
		go func() {
			response, err := http.DefaultTransport.RoundTrip(request)
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			gone <- err
		}()
		server.Wait(t, "the request to hang", func(r upstreamtest.Request) bool { return r.Body != nil && r.Events == fault.After })
		left := time.Now()
		cancel()
		if err := <-gone; !errors.Is(err, context.Canceled) {
			t.Errorf("%s: the client got %v", fault.Fault, err)
		}
		seen := server.Wait(t, "the cancel", func(r upstreamtest.Request) bool { return !r.Cancelled.IsZero() })
		if late := seen.Cancelled.Sub(left); late < 0 || late > 5*time.Second {
			t.Errorf("%s: cancel seen %v after it", fault.Fault, late)
		}
	}
}

func TestScriptsAreUsedUpAndAlwaysStays(t *testing.T) {
	server := upstreamtest.New(t, "key-a", "key-b")
	server.Script("key-a", upstreamtest.Answer{Status: 500}, upstreamtest.Answer{Status: 429})
	server.Always("key-b", upstreamtest.Answer{Status: 401})
	var statuses []int
	for _, key := range []string{"key-a", "key-b", "key-a", "key-b", "key-a"} {
		ask := exchange{"GET", "/v1/models", "", []string{"Authorization: Bearer " + key}}
		statuses = append(statuses, ask.send(t, server).StatusCode)
	}
	server.Unscript("key-b")
	ask := exchange{"GET", "/v1/models", "", []string{"Authorization: Bearer key-b"}}
	statuses = append(statuses, ask.send(t, server).StatusCode)
	if want := []int{500, 401, 429, 401, 200, 200}; !slices.Equal(statuses, want) {
		t.Errorf("answered %v, want %v", statuses, want)
	}
}

func TestFilesBelongToTheirKey(t *testing.T) {
	server := upstreamtest.New(t, "key-a", "key-b")
	var form bytes.Buffer
	writer := multipart.NewWriter(&form)
	_ = writer.WriteField("purpose", "batch")
	part, err := writer.CreateFormFile("file", "lines.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write([]byte("{}\n"))
	_ = writer.Close()
	upload := exchange{"POST", "/v1/files", form.String(), []string{"Authorization: Bearer key-a", "Content-Type: " + writer.FormDataContentType()}}
	var file struct {
		ID    string
		Bytes int
	}
	if err := json.Unmarshal([]byte(bodyOf(t, upload.send(t, server))), &file); err != nil || file.Bytes != 3 {
		t.Fatalf("uploaded %+v, %v", file, err)
	}
	get := exchange{"GET", "/v1/files/" + file.ID + "/content", "", []string{"Authorization: Bearer key-a"}}
	if content := bodyOf(t, get.send(t, server)); content != "{}\n" {
		t.Errorf("content %q", content)
	}
	get.headers = []string{"Authorization: Bearer key-b"}
	if status := get.send(t, server).StatusCode; status != 404 {
		t.Errorf("another's key got %d, want 404", status)
	}
}

func TestUploadsToGeminiInTwoSteps(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	start := exchange{"POST", "/upload/v1beta/files", `{"file":{"displayName":"notes"}}`, []string{
		"x-goog-api-key: key-a", "X-Goog-Upload-Protocol: resumable", "X-Goog-Upload-Command: start",
		"X-Goog-Upload-Header-Content-Type: text/plain", "X-Goog-Upload-Header-Content-Length: 5"}}
	begun := start.send(t, server)
	address := strings.TrimPrefix(begun.Header.Get("X-Goog-Upload-Url"), server.URL)
	if begun.StatusCode != 200 || !strings.HasPrefix(address, "/upload/v1beta/files?upload_id=") {
		t.Fatalf("answered %d with the address %q", begun.StatusCode, address)
	}
	finish := exchange{"POST", address, "hello", []string{"X-Goog-Upload-Offset: 0", "X-Goog-Upload-Command: upload, finalize"}}
	done := finish.send(t, server)
	if body := bodyOf(t, done); !strings.Contains(body, `"sizeBytes": "5"`) || !strings.Contains(body, `"displayName": "notes"`) {
		t.Errorf("answered %s", body)
	}
}

func TestCompressesForThoseWhoReadIt(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	ask := exchange{"GET", "/v1/models", "", []string{"Authorization: Bearer key-a", "Accept-Encoding: gzip"}}
	response := ask.send(t, server)
	unpacked, err := gzip.NewReader(response.Body)
	if err != nil || response.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("not compressed: %v %v", response.Header, err)
	}
	if body, err := io.ReadAll(unpacked); err != nil || !json.Valid(body) {
		t.Errorf("unpacked to %q, %v", body, err)
	}
}

func TestHeadersLookLikeTheProviders(t *testing.T) {
	server := upstreamtest.New(t, "key-a")
	response := exchange{"GET", "/v1/models", "", []string{"Authorization: Bearer key-a"}}.send(t, server)
	if len(response.Header.Values("Server-Timing")) != 2 || !strings.HasPrefix(response.Header.Get("X-Request-Id"), "req_") {
		t.Errorf("headers %v", response.Header)
	}
	response = exchange{"GET", "/v1/models", "", []string{"x-api-key: key-a", "anthropic-version: 2023-06-01"}}.send(t, server)
	if !strings.HasPrefix(response.Header.Get("Request-Id"), "req_") || response.Header.Get("Anthropic-Organization-Id") == "" {
		t.Errorf("headers %v", response.Header)
	}
	response = exchange{"POST", geminiPath, geminiBody, []string{"x-goog-api-key: key-a", "X-Upstream-Do: status=429;retry-after=7"}}.send(t, server)
	if body := bodyOf(t, response); len(response.Header.Values("Vary")) != 3 || !strings.Contains(body, `"retryDelay": "7s"`) {
		t.Errorf("headers %v, body %s", response.Header, body)
	}
}

func dial(t *testing.T, server *upstreamtest.Server) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(server.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func write(t *testing.T, conn net.Conn, raw string) {
	t.Helper()
	if _, err := io.WriteString(conn, raw); err != nil {
		t.Fatal(err)
	}
}
