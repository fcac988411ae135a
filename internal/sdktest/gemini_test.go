package sdktest

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3"
	"google.golang.org/genai"

	"roundhouse/internal/upstreamtest"
)

func geminiStories() []story {
	stories := []story{
		{name: "generate", tell: geminiGenerate},
		{name: "key-in-query", tell: geminiKeyInQuery},
		{name: "stream", tell: geminiStream},
		{name: "tools", tell: geminiTools},
		{name: "count-tokens", tell: geminiCount},
		{name: "embeddings", tell: geminiEmbeddings},
		{name: "models", tell: geminiModels},
		{name: "files", tell: geminiFiles},
		{name: "cancel-stream", tell: geminiCancelStream},
		{name: "cancel-wait", tell: geminiCancelWait},
		{name: "unknown-model", tell: geminiError("gemini-9", "")},
		{name: "error-in-stream", tell: geminiBroken("error=3;status=503;" + paced)},
		{name: "cut-stream", tell: geminiBroken("cut=3;" + paced)},
		{name: "openai-face", path: "/v1beta/openai", tell: geminiOpenAIFace},
	}
	for name, order := range map[string]string{
		"refused-400": "status=400", "refused-key": "status=400;code=API_KEY_INVALID", "refused-403": "status=403",
		"refused-404": "status=404", "refused-429": "status=429;retry-after=1", "refused-503": "status=503",
	} {
		stories = append(stories, story{name: name, tell: geminiError(flash, order)})
	}
	for i := range stories {
		stories[i].name = "gemini-" + stories[i].name
		stories[i].dialect = "GEMINI"
	}
	return stories
}

const flash = "gemini-2.5-flash"

func geminiClient(s *scene, order string) *genai.Client {
	s.Helper()
	header := http.Header{}
	if order != "" {
		header.Set(orders, order)
	}
	client, err := genai.NewClient(s.Context(), &genai.ClientConfig{
		APIKey: s.key, Backend: genai.BackendGeminiAPI, HTTPClient: s.http,
		HTTPOptions: genai.HTTPOptions{BaseURL: s.base, Headers: header},
	})
	if err != nil {
		s.Fatalf("make a client: %v", err)
	}
	return client
}

func geminiGenerate(s *scene) {
	answer, err := geminiClient(s, "").Models.GenerateContent(s.Context(), flash, genai.Text("grüß die 世界"), nil)
	if got := result(s, answer, err); !strings.HasPrefix(got.Text(), "You said: grüß die 世界") {
		s.Errorf("answered %q", got.Text())
	}
}

// geminiKeyInQuery is a client of the old kind, which sends ?key= and no header.
func geminiKeyInQuery(s *scene) {
	s.http.Transport.(*witness).edit = func(request *http.Request) {
		query := request.URL.Query()
		query.Set("key", request.Header.Get("X-Goog-Api-Key"))
		request.URL.RawQuery = query.Encode()
		request.Header.Del("X-Goog-Api-Key")
	}
	geminiGenerate(s)
	geminiStream(s)
}

func geminiEvents(s *scene, stream iter.Seq2[*genai.GenerateContentResponse, error]) (text string, failed error) {
	for chunk, err := range stream {
		if err != nil {
			s.saw(geminiFailure(err))
			return text, err
		}
		s.event(chunk)
		text += chunk.Text()
	}
	return text, nil
}

func geminiStream(s *scene) {
	stream := geminiClient(s, paced).Models.GenerateContentStream(s.Context(), flash, genai.Text("hello"), nil)
	if text, err := geminiEvents(s, stream); err != nil || text != "You said: hello – grüße, 世界 🚀." {
		s.Errorf("streamed %q, %v", text, err)
	}
}

func geminiTools(s *scene) {
	client := geminiClient(s, "")
	config := &genai.GenerateContentConfig{Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{
		Name:       "weather",
		Parameters: &genai.Schema{Type: genai.TypeObject, Properties: map[string]*genai.Schema{"city": {Type: genai.TypeString}}},
	}}}}}
	history := genai.Text("what is the weather?")
	answer, err := client.Models.GenerateContent(s.Context(), flash, history, config)
	calls := result(s, answer, err).FunctionCalls()
	if len(calls) != 1 || calls[0].Args["city"] != "Zürich" {
		s.Fatalf("called %v", calls)
	}
	history = append(history, answer.Candidates[0].Content,
		genai.NewContentFromFunctionResponse("weather", map[string]any{"sky": "clear"}, genai.RoleUser))
	answer, err = client.Models.GenerateContent(s.Context(), flash, history, config)
	result(s, answer, err)
	for chunk, err := range client.Models.GenerateContentStream(s.Context(), flash, genai.Text("and now?"), config) {
		result(s, chunk, err)
	}
}

func geminiCount(s *scene) {
	count, err := geminiClient(s, "").Models.CountTokens(s.Context(), flash, genai.Text("one two three"), nil)
	if got := result(s, count, err); got.TotalTokens != 3 {
		s.Errorf("counted %d", got.TotalTokens)
	}
}

func geminiEmbeddings(s *scene) {
	contents := append(genai.Text("one"), genai.Text("two")...)
	made, err := geminiClient(s, "").Models.EmbedContent(s.Context(), "gemini-embedding-001", contents, nil)
	if got := result(s, made, err); len(got.Embeddings) != 2 {
		s.Errorf("embedded %d", len(got.Embeddings))
	}
}

func geminiModels(s *scene) {
	client := geminiClient(s, "")
	page, err := client.Models.List(s.Context(), &genai.ListModelsConfig{PageSize: 50})
	if err != nil {
		s.Fatal(err)
	}
	s.saw(page.Items)
	model, err := client.Models.Get(s.Context(), flash, nil)
	result(s, model, err)
}

func geminiFiles(s *scene) {
	client := geminiClient(s, "")
	content := strings.Repeat("a line of notes\n", 10_000)
	uploaded, err := client.Files.Upload(s.Context(), strings.NewReader(content), &genai.UploadFileConfig{MIMEType: "text/plain", DisplayName: "notes"})
	file := result(s, uploaded, err)
	if file.SizeBytes == nil || *file.SizeBytes != int64(len(content)) {
		s.Errorf("%v bytes arrived of %d", file.SizeBytes, len(content))
	}
	got, err := client.Files.Get(s.Context(), file.Name, nil)
	result(s, got, err)
	deleted, err := client.Files.Delete(s.Context(), file.Name, nil)
	result(s, deleted, err)
}

func geminiCancelStream(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	seen := 0
	for chunk, err := range geminiClient(s, "stall=2").Models.GenerateContentStream(ctx, flash, genai.Text("hello"), nil) {
		if err != nil {
			if seen != 2 || !errors.Is(err, context.Canceled) {
				s.Errorf("after %d events: %v", seen, err)
			}
			return
		}
		s.event(chunk)
		if seen++; seen == 2 {
			s.leave(cancel)
		}
	}
	s.Errorf("the stream ended well")
}

func geminiCancelWait(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	client := geminiClient(s, "hang")
	ended := make(chan error, 1)
	go func() {
		_, err := client.Models.GenerateContent(ctx, flash, genai.Text("hello"), nil)
		ended <- err
	}()
	s.upstream.Wait(s, "the request", func(r upstreamtest.Request) bool { return r.Body != nil })
	s.leave(cancel)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("after the cancel: %v", err)
	}
}

func geminiError(model, order string) func(*scene) {
	return func(s *scene) {
		_, err := geminiClient(s, order).Models.GenerateContent(s.Context(), model, genai.Text("hello"), nil)
		if err == nil {
			s.Fatal("no error")
		}
		s.saw(geminiFailure(err))
	}
}

func geminiBroken(order string) func(*scene) {
	return func(s *scene) {
		stream := geminiClient(s, order).Models.GenerateContentStream(s.Context(), flash, genai.Text("hello"), nil)
		if text, err := geminiEvents(s, stream); err == nil {
			s.Errorf("the stream ended well with %q", text)
		}
	}
}

// geminiOpenAIFace is OpenAI's client at Gemini's compatible address, where the key is a bearer.
func geminiOpenAIFace(s *scene) {
	client := openAIClient(s)
	ask := openai.ChatCompletionNewParams{Model: flash, Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage("hello")}}
	completion, err := client.Chat.Completions.New(s.Context(), ask)
	result(s, completion, err)
	ask.Model = "gemini-9"
	_, err = client.Chat.Completions.New(s.Context(), ask)
	if err == nil {
		s.Fatal("no error")
	}
	s.saw(openAIFailure(err))
}

func geminiFailure(err error) any {
	var failure genai.APIError
	if !errors.As(err, &failure) {
		return broken(err)
	}
	return []any{failure.Code, failure.Status, failure.Message, failure.Details}
}
