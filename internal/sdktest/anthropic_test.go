package sdktest

import (
	"context"
	"errors"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
	"github.com/anthropics/anthropic-sdk-go/packages/ssestream"

	"roundhouse/internal/upstreamtest"
)

func anthropicStories() []story {
	stories := []story{
		{name: "message", tell: anthropicMessage},
		{name: "stream", tell: anthropicStream},
		{name: "tools", tell: anthropicTools},
		{name: "tools-stream", tell: anthropicToolsStream},
		{name: "count-tokens", tell: anthropicCount},
		{name: "models", tell: anthropicModels},
		{name: "files", tell: anthropicFiles},
		{name: "cancel-stream", tell: anthropicCancelStream},
		{name: "cancel-wait", tell: anthropicCancelWait},
		{name: "unknown-model", tell: anthropicError("claude-9", "")},
		{name: "error-in-stream", tell: anthropicBroken("error=3;code=overloaded_error;" + paced)},
		{name: "cut-stream", tell: anthropicBroken("cut=3;" + paced)},
	}
	for name, order := range map[string]string{
		"refused-400": "status=400", "refused-401": "status=401", "refused-404": "status=404",
		"refused-429": "status=429;retry-after=1", "refused-529": "status=529",
	} {
		stories = append(stories, story{name: name, tell: anthropicError(haiku, order)})
	}
	for i := range stories {
		stories[i].name = "anthropic-" + stories[i].name
		stories[i].dialect = "ANTHROPIC"
	}
	return stories
}

const haiku = "claude-haiku-4-5"

func anthropicClient(s *scene, options ...option.RequestOption) anthropic.Client {
	return anthropic.NewClient(append([]option.RequestOption{
		option.WithoutEnvironmentDefaults(), option.WithBaseURL(s.base), option.WithAPIKey(s.key),
		option.WithHTTPClient(s.http), option.WithMaxRetries(0),
	}, options...)...)
}

func anthropicAsk(text string) anthropic.MessageNewParams {
	return anthropic.MessageNewParams{
		Model: haiku, MaxTokens: 64,
		Messages: []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(text))},
	}
}

func anthropicWeather() []anthropic.ToolUnionParam {
	return []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
		Name:        "weather",
		InputSchema: anthropic.ToolInputSchemaParam{Properties: map[string]any{"city": map[string]any{"type": "string"}}},
	}}}
}

func anthropicMessage(s *scene) {
	client := anthropicClient(s)
	message, err := client.Messages.New(s.Context(), anthropicAsk("grüß die 世界"))
	if got := result(s, message, err); !strings.HasPrefix(got.Content[0].Text, "You said: grüß die 世界") {
		s.Errorf("answered %q", got.Content[0].Text)
	}
}

func anthropicEvents(s *scene, stream *ssestream.Stream[anthropic.MessageStreamEventUnion]) (whole anthropic.Message) {
	defer stream.Close()
	for stream.Next() {
		s.event(stream.Current())
		if err := whole.Accumulate(stream.Current()); err != nil {
			s.Errorf("accumulate: %v", err)
		}
	}
	if err := stream.Err(); err != nil {
		s.saw(anthropicFailure(err))
	}
	return whole
}

func anthropicStream(s *scene) {
	client := anthropicClient(s, option.WithHeader(orders, paced))
	whole := anthropicEvents(s, client.Messages.NewStreaming(s.Context(), anthropicAsk("hello")))
	if len(whole.Content) != 1 || whole.Content[0].Text != "You said: hello – grüße, 世界 🚀." {
		s.Errorf("streamed %v", whole.Content)
	}
}

func anthropicTools(s *scene) {
	client := anthropicClient(s)
	ask := anthropicAsk("what is the weather?")
	ask.Tools = anthropicWeather()
	message, err := client.Messages.New(s.Context(), ask)
	call := result(s, message, err).Content[0]
	if call.Name != "weather" || !strings.Contains(string(call.Input), "9007199254740993") {
		s.Fatalf("called %s with %s", call.Name, call.Input)
	}
	ask.Messages = append(ask.Messages, message.ToParam(), anthropic.NewUserMessage(anthropic.NewToolResultBlock(call.ID, "sunny", false)))
	message, err = client.Messages.New(s.Context(), ask)
	result(s, message, err)
}

func anthropicToolsStream(s *scene) {
	client := anthropicClient(s, option.WithHeader(orders, paced))
	ask := anthropicAsk("what is the weather?")
	ask.Tools = anthropicWeather()
	whole := anthropicEvents(s, client.Messages.NewStreaming(s.Context(), ask))
	if len(whole.Content) != 1 || !strings.Contains(string(whole.Content[0].Input), "9007199254740993") {
		s.Errorf("streamed %v", whole.Content)
	}
}

func anthropicCount(s *scene) {
	client := anthropicClient(s)
	count, err := client.Messages.CountTokens(s.Context(), anthropic.MessageCountTokensParams{
		Model: haiku, Messages: anthropicAsk("one two three").Messages,
	})
	if got := result(s, count, err); got.InputTokens != 3 {
		s.Errorf("counted %d", got.InputTokens)
	}
}

func anthropicModels(s *scene) {
	client := anthropicClient(s)
	page, err := client.Models.List(s.Context(), anthropic.ModelListParams{Limit: anthropic.Int(20)})
	if err != nil {
		s.Fatal(err)
	}
	s.saw(page.Data)
	model, err := client.Models.Get(s.Context(), haiku, anthropic.ModelGetParams{})
	result(s, model, err)
}

func anthropicFiles(s *scene) {
	client := anthropicClient(s)
	content := strings.Repeat("a line of notes\n", 10_000)
	uploaded, err := client.Beta.Files.Upload(s.Context(), anthropic.BetaFileUploadParams{
		File: anthropic.File(strings.NewReader(content), "notes.txt", "text/plain"), Betas: []anthropic.AnthropicBeta{"files-api-2025-04-14"},
	})
	file := result(s, uploaded, err)
	if file.SizeBytes != int64(len(content)) {
		s.Errorf("%d bytes arrived of %d", file.SizeBytes, len(content))
	}
	deleted, err := client.Beta.Files.Delete(s.Context(), file.ID, anthropic.BetaFileDeleteParams{})
	result(s, deleted, err)
}

func anthropicCancelStream(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	client := anthropicClient(s, option.WithHeader(orders, "stall=4"))
	stream := client.Messages.NewStreaming(ctx, anthropicAsk("hello"))
	defer stream.Close()
	for range 3 { // the fourth is a ping, which the client keeps to itself
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

func anthropicCancelWait(s *scene) {
	ctx, cancel := context.WithCancel(s.Context())
	defer cancel()
	client := anthropicClient(s, option.WithHeader(orders, "hang"))
	ended := make(chan error, 1)
	go func() {
		_, err := client.Messages.New(ctx, anthropicAsk("hello"))
		ended <- err
	}()
	s.upstream.Wait(s, "the request", func(r upstreamtest.Request) bool { return r.Body != nil })
	s.leave(cancel)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		s.Errorf("after the cancel: %v", err)
	}
}

func anthropicError(model anthropic.Model, order string) func(*scene) {
	return func(s *scene) {
		var options []option.RequestOption
		if order != "" {
			options = append(options, option.WithHeader(orders, order))
		}
		client := anthropicClient(s, options...)
		ask := anthropicAsk("hello")
		ask.Model = model
		_, err := client.Messages.New(s.Context(), ask)
		if err == nil {
			s.Fatal("no error")
		}
		s.saw(anthropicFailure(err))
	}
}

func anthropicBroken(order string) func(*scene) {
	return func(s *scene) {
		client := anthropicClient(s, option.WithHeader(orders, order))
		stream := client.Messages.NewStreaming(s.Context(), anthropicAsk("hello"))
		anthropicEvents(s, stream)
		if stream.Err() == nil {
			s.Errorf("the stream ended well")
		}
	}
}

func anthropicFailure(err error) any {
	var failure *anthropic.Error
	if !errors.As(err, &failure) {
		return broken(err)
	}
	return []any{failure.StatusCode, failure.Type(), failure.RequestID, failure.RawJSON()}
}
