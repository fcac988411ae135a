package sdktest

import (
	"context"
	"errors"
	"strings"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"github.com/openai/openai-go/v3/packages/ssestream"
	"github.com/openai/openai-go/v3/responses"
	"github.com/openai/openai-go/v3/shared"

	"roundhouse/internal/upstreamtest"
)

// orders is the header by which a test tells the upstream what to do.
const orders = "X-Upstream-Do"

// paced makes a stream slow enough to see that its first event is not held back.
const paced = "pace=15ms"

// mini is the model that is asked for text.
const mini = "gpt-5-mini"

func openAIStories() []story {
	stories := []story{
		{name: "chat", tell: openAIChat},
		{name: "chat-stream", tell: openAIChatStream},
		{name: "chat-tools", tell: openAITools},
		{name: "chat-tools-stream", tell: openAIToolsStream},
		{name: "responses", tell: openAIResponses},
		{name: "embeddings", tell: openAIEmbeddings},
		{name: "media", tell: openAIMedia},
		{name: "files", tell: openAIFiles},
		{name: "models", tell: openAIModels},
		{name: "cancel-stream", tell: openAICancelStream},
		{name: "cancel-wait", tell: openAICancelWait},
		{name: "unknown-model", tell: openAIError("gpt-9", "")},
		{name: "error-in-stream", tell: openAIBroken("error=3;code=server_error;" + paced)},
		{name: "cut-stream", tell: openAIBroken("cut=3;" + paced)},
	}
	for name, order := range map[string]string{
		"refused-400": "status=400", "refused-401": "status=401", "refused-404": "status=404", "refused-429": "status=429;retry-after=1",
		"refused-quota": "status=429;code=insufficient_quota", "refused-503": "status=503",
	} {
		stories = append(stories, story{name: name, tell: openAIError(mini, order)})
	}
	for i := range stories {
		stories[i].name = "openai-" + stories[i].name
		stories[i].dialect, stories[i].path = "OPENAI", "/v1"
	}
	// The snippet that users paste: the base URL is the group's endpoint and nothing more.
	return append(stories, story{name: "openai-snippet", dialect: "OPENAI", group: "openai", directPath: "/v1", tell: openAIChat})
}

func openAIClient(s *scene, options ...option.RequestOption) openai.Client {
	return openai.NewClient(append([]option.RequestOption{
		option.WithBaseURL(s.base), option.WithAPIKey(s.key), option.WithHTTPClient(s.http), option.WithMaxRetries(0),
	}, options...)...)
}

func openAIAsk(text string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    mini,
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(text)},
		Seed:     openai.Int(9007199254740993),
	}
}

func weatherTool() []openai.ChatCompletionToolUnionParam {
	return []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(shared.FunctionDefinitionParam{
		Name:       "weather",
		Parameters: shared.FunctionParameters{"type": "object", "properties": map[string]any{"city": map[string]any{"type": "string"}}},
	})}
}

func openAIChat(s *scene) {
	client := openAIClient(s)
	completion, err := client.Chat.Completions.New(s.Context(), openAIAsk("grüß die 世界"))
	result(s, completion, err)
	if text := completion.Choices[0].Message.Content; !strings.HasPrefix(text, "You said: grüß die 世界") {
		s.Errorf("answered %q", text)
	}
}

func openAIChatStream(s *scene) {
	client := openAIClient(s, option.WithHeader(orders, paced))
	ask := openAIAsk("hello")
	ask.StreamOptions.IncludeUsage = openai.Bool(true)
	text := ""
	for chunk := range openAIEvents(s, client.Chat.Completions.NewStreaming(s.Context(), ask)) {
		for _, choice := range chunk.Choices {
			text += choice.Delta.Content
		}
	}
	if text != "You said: hello – grüße, 世界 🚀." {
		s.Errorf("streamed %q", text)
	}
}

// openAIEvents yields and keeps the events of a stream, and at last its error, if any.
func openAIEvents[T any](s *scene, stream *ssestream.Stream[T]) func(func(T) bool) {
	return func(yield func(T) bool) {
		defer stream.Close()
		for stream.Next() {
			s.event(stream.Current())
			if !yield(stream.Current()) {
				return
			}
		}
		if err := stream.Err(); err != nil {
			s.saw(openAIFailure(err))
		}
	}
}

func openAITools(s *scene) {
	client := openAIClient(s)
	ask := openAIAsk("what is the weather?")
	ask.Tools = weatherTool()
	completion, err := client.Chat.Completions.New(s.Context(), ask)
	message := result(s, completion, err).Choices[0].Message
	if len(message.ToolCalls) != 1 || !strings.Contains(message.ToolCalls[0].Function.Arguments, "9007199254740993") {
		s.Fatalf("called %v", message.ToolCalls)
	}
	ask.Messages = append(ask.Messages, message.ToParam(), openai.ToolMessage("sunny", message.ToolCalls[0].ID))
	completion, err = client.Chat.Completions.New(s.Context(), ask)
	result(s, completion, err)
}

func openAIToolsStream(s *scene) {
	client := openAIClient(s, option.WithHeader(orders, paced))
	ask := openAIAsk("what is the weather?")
	ask.Tools = weatherTool()
	arguments := ""
	for chunk := range openAIEvents(s, client.Chat.Completions.NewStreaming(s.Context(), ask)) {
		for _, call := range chunk.Choices[0].Delta.ToolCalls {
			arguments += call.Function.Arguments
		}
	}
	if arguments != `{"city":"Zürich","station":9007199254740993}` {
		s.Errorf("streamed the arguments %q", arguments)
	}
}

func openAIResponses(s *scene) {
	client := openAIClient(s)
	ask := responses.ResponseNewParams{
		Model: mini,
		Input: responses.ResponseNewParamsInputUnion{OfString: openai.String("hello")},
	}
	made, err := client.Responses.New(s.Context(), ask)
	first := result(s, made, err)
	ask.PreviousResponseID = openai.String(first.ID)
	last := ""
	for event := range openAIEvents(s, client.Responses.NewStreaming(s.Context(), ask, option.WithHeader(orders, paced))) {
		last = event.Type
	}
	if last != "response.completed" {
		s.Errorf("the stream ended with %q", last)
	}
	got, err := client.Responses.Get(s.Context(), first.ID, responses.ResponseGetParams{})
	result(s, got, err)
	if err := client.Responses.Delete(s.Context(), first.ID); err != nil {
		s.Errorf("delete: %v", err)
	}
}

func openAIEmbeddings(s *scene) {
	client := openAIClient(s)
	ask := openai.EmbeddingNewParams{
		Model: openai.EmbeddingModelTextEmbedding3Small,
		Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"one", "two"}},
	}
	made, err := client.Embeddings.New(s.Context(), ask)
	if got := result(s, made, err); len(got.Data) != 2 || len(got.Data[1].Embedding) != 8 {
		s.Errorf("embedded %v", got.Data)
	}
}

func openAIMedia(s *scene) {
	client := openAIClient(s)
	picture, err := client.Images.Generate(s.Context(), openai.ImageGenerateParams{Prompt: "a dot", Model: "gpt-image-2.5-flare"})
	result(s, picture, err)
	heard, err := client.Audio.Transcriptions.New(s.Context(), openai.AudioTranscriptionNewParams{
		Model: "gpt-4o-mini-transcribe", File: openai.File(strings.NewReader("RIFF\x00\xff"), "speech.wav", "audio/wav"),
	})
	result(s, heard, err)
	s.bytes(client.Audio.Speech.New(s.Context(), openai.AudioSpeechNewParams{
		Model: "gpt-4o-mini-tts", Input: "hello",
		Voice: openai.AudioSpeechNewParamsVoiceUnion{OfString: openai.String("alloy")},
	}))
}

func openAIFiles(s *scene) {
	client := openAIClient(s)
	content := strings.Repeat(`{"custom_id":"1"}`+"\n", 10_000)
	uploaded, err := client.Files.New(s.Context(), openai.FileNewParams{
		Purpose: openai.FilePurposeBatch, File: openai.File(strings.NewReader(content), "lines.jsonl", "application/jsonl"),
	})
	file := result(s, uploaded, err)
	if file.Bytes != int64(len(content)) {
		s.Errorf("%d bytes arrived of %d", file.Bytes, len(content))
	}
	got, err := client.Files.Get(s.Context(), file.ID)
	result(s, got, err)
	s.bytes(client.Files.Content(s.Context(), file.ID))
	deleted, err := client.Files.Delete(s.Context(), file.ID)
	result(s, deleted, err)
}

func openAIModels(s *scene) {
	client := openAIClient(s)
	page, err := client.Models.List(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	s.saw(page.Data)
	model, err := client.Models.Get(s.Context(), "ft:gpt-4o-mini:acme/house") // its slash travels as %2F
	result(s, model, err)
}

func openAICancelStream(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	client := openAIClient(s, option.WithHeader(orders, "stall=2"))
	stream := client.Chat.Completions.NewStreaming(ctx, openAIAsk("hello"))
	defer stream.Close()
	for range 2 {
		if !stream.Next() {
			s.Fatalf("the stream ended: %v", stream.Err())
		}
		s.event(stream.Current())
	}
	s.leave(cancel)
	if stream.Next() || !errors.Is(stream.Err(), context.Canceled) {
		s.Errorf("after the cancel: %v", stream.Err())
	}
}

func openAICancelWait(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	client := openAIClient(s, option.WithHeader(orders, "hang"))
	ended := make(chan error, 1)
	go func() {
		_, err := client.Chat.Completions.New(ctx, openAIAsk("hello"))
		ended <- err
	}()
	s.upstream.Wait(s, "the request", func(r upstreamtest.Request) bool { return r.Body != nil })
	s.leave(cancel)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("after the cancel: %v", err)
	}
}

// openAIError expects a typed error, from the model asked for or on order.
func openAIError(model, order string) func(*scene) {
	return func(s *scene) {
		var options []option.RequestOption
		if order != "" {
			options = append(options, option.WithHeader(orders, order))
		}
		client := openAIClient(s, options...)
		ask := openAIAsk("hello")
		ask.Model = model
		_, err := client.Chat.Completions.New(s.Context(), ask)
		if err == nil {
			s.Fatal("no error")
		}
		s.saw(openAIFailure(err))
	}
}

// openAIBroken expects a stream that begins well and ends in an error.
func openAIBroken(order string) func(*scene) {
	return func(s *scene) {
		client := openAIClient(s, option.WithHeader(orders, order))
		stream := client.Chat.Completions.NewStreaming(s.Context(), openAIAsk("hello"))
		for range openAIEvents(s, stream) {
		}
		if stream.Err() == nil {
			s.Errorf("the stream ended well")
		}
	}
}

// openAIFailure is what a program can tell from an error. How a broken connection is worded is the network's affair.
func openAIFailure(err error) any {
	var failure *openai.Error
	if !errors.As(err, &failure) {
		return broken(err)
	}
	return []any{failure.StatusCode, failure.Code, failure.Type, failure.Message, failure.Param, failure.RawJSON()}
}
