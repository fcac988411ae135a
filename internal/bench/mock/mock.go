// Package mock is the upstream that everyone is measured against: it answers an OpenAI chat completion at once, as one JSON
// object or as a stream. It refuses to know who asks and with which key.
package mock

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ScriptHeader tells the mock what to answer; without it the answer is one object of about AnswerBytes.
const ScriptHeader = "X-Bench-Script"

// AnswerBytes is about the size of an answer that is no stream.
const AnswerBytes = 1024

// Script asks for a stream of so many events, one every so often; Every 0 is as fast as they go.
func Script(events int, every time.Duration) string { return fmt.Sprintf("%d %s", events, every) }

const (
	opening = `data: {"id":"chatcmpl-mock","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}` + "\n\n"
	event   = `data: {"id":"chatcmpl-mock","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{"content":"twenty letters long "},"finish_reason":null}]}` + "\n\n"
	closing = `data: {"id":"chatcmpl-mock","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n" +
		`data: {"id":"chatcmpl-mock","object":"chat.completion.chunk","created":1700000000,"model":"gpt-4o-mini","choices":[],"usage":{"prompt_tokens":20,"completion_tokens":50,"total_tokens":70}}` + "\n\n" +
		"data: " + Terminal + "\n\n"
)

// Terminal is in the last event of a whole stream.
const Terminal = "[DONE]"

// Handler answers every path alike.
func Handler() http.Handler {
	answer := object()
	length := []string{strconv.Itoa(len(answer))}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return // the client is gone
		}
		if script := r.Header.Get(ScriptHeader); script != "" {
			stream(w, r, script)
			return
		}
		w.Header()["Content-Type"] = []string{"application/json"}
		w.Header()["Content-Length"] = length
		_, _ = w.Write(answer)
	})
}

func object() []byte {
	const before = `{"id":"chatcmpl-mock","object":"chat.completion","created":1700000000,"model":"gpt-4o-mini","choices":[{"index":0,"message":{"role":"assistant","content":"`
	const after = `"},"finish_reason":"stop"}],"usage":{"prompt_tokens":20,"completion_tokens":50,"total_tokens":70}}`
	return bytes.Join([][]byte{[]byte(before), []byte(after)}, []byte(strings.Repeat("x", AnswerBytes-len(before)-len(after))))
}

func stream(w http.ResponseWriter, r *http.Request, script string) {
	count, interval, _ := strings.Cut(script, " ")
	events, err := strconv.Atoi(count)
	every, bad := time.ParseDuration(interval)
	if err != nil || bad != nil {
		http.Error(w, "the script is not understood", http.StatusBadRequest)
		return
	}
	w.Header()["Content-Type"] = []string{"text/event-stream"}
	w.Header()["Cache-Control"] = []string{"no-cache"}
	control := http.NewResponseController(w)
	say := func(text string) bool {
		_, err := io.WriteString(w, text)
		return err == nil && control.Flush() == nil
	}
	if !say(opening) {
		return
	}
	began := time.Now()
	for i := range events {
		// By a schedule made at the beginning, so that lateness does not add up.
		if wait := time.Until(began.Add(time.Duration(i+1) * every)); every > 0 && wait > 0 {
			select {
			case <-time.After(wait):
			case <-r.Context().Done():
				return
			}
		}
		if !say(event) {
			return
		}
	}
	say(closing)
}
