package mock

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func ask(t *testing.T, script string) (http.Header, string) {
	t.Helper()
	server := httptest.NewServer(Handler())
	defer server.Close()
	q, err := http.NewRequest(http.MethodPost, server.URL+"/v1/chat/completions", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if script != "" {
		q.Header.Set(ScriptHeader, script)
	}
	answer, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%d %v", answer.StatusCode, err)
	}
	return answer.Header, string(body)
}

func TestAnObjectIsWholeJSONOfTheSizeTold(t *testing.T) {
	header, body := ask(t, "")
	if !json.Valid([]byte(body)) || len(body) != AnswerBytes || header.Get("Content-Type") != "application/json" {
		t.Errorf("%d bytes, %v", len(body), header)
	}
}

func TestAStreamHoldsTheEventsAskedForAndItsEnd(t *testing.T) {
	began := time.Now()
	header, body := ask(t, Script(5, 10*time.Millisecond))
	if strings.Count(body, "data: ") != 1+5+3 || !strings.HasSuffix(body, "data: "+Terminal+"\n\n") || header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("%v\n%s", header, body)
	}
	if took := time.Since(began); took < 50*time.Millisecond {
		t.Errorf("five events at 10 ms came within %v", took)
	}
}
