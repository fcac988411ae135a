package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

func TestServesUntilToldToStop(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	output, stdout := io.Pipe()
	var stderr bytes.Buffer
	exit := make(chan int, 1)
	go func() { exit <- run(ctx, []string{"--keys", "key-a,key-b"}, stdout, &stderr) }()
	first, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	base := "http://" + strings.TrimSpace(first)

	if status, _ := ask(t, "POST", base+"/_script", `{"key":"key-b","do":["status=429"],"always":"status=503"}`); status != 204 {
		t.Errorf("script: %d", status)
	}
	if status, body := ask(t, "POST", base+"/_script", `{"key":"key-b","do":["no such word"]}`); status != 400 {
		t.Errorf("a misspelt script: %d %s", status, body)
	}
	for _, want := range []int{429, 503, 503} {
		if status, _ := ask(t, "GET", base+"/v1/models", ""); status != want {
			t.Errorf("answered %d, want %d", status, want)
		}
	}
	_, body := ask(t, "GET", base+"/_requests", "")
	var seen []upstreamtest.Request
	if err := json.Unmarshal([]byte(body), &seen); err != nil || len(seen) != 3 || seen[2].Status != 503 || seen[0].Key != "key-b" ||
		seen[0].Target != "/v1/models" {
		t.Errorf("recorded %s, %v", body, err)
	}
	if status, _ := ask(t, "DELETE", base+"/_requests", ""); status != 204 {
		t.Errorf("forget: %d", status)
	}
	if _, body := ask(t, "GET", base+"/_requests", ""); strings.TrimSpace(body) != "[]" {
		t.Errorf("still recorded: %s", body)
	}
	stop()
	if code := <-exit; code != 0 {
		t.Errorf("exit %d: %s", code, stderr.String())
	}
}

func ask(t *testing.T, method, address, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer key-b")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(answer)
}
