package proxycore_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"roundhouse/proxycore"
)

func TestAStreamsHeaderIsThereBeforeItsFirstEvent(t *testing.T) {
	heard := make(chan struct{})
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		<-heard
		_, _ = io.WriteString(w, "data: 1\n\n")
	}))
	defer up.Close()
	r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.URL))
	res, err := r.front.Client().Do(r.request("POST", "/v1/chat/completions", streamBody))
	close(heard)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "data: 1\n\n" {
		t.Errorf("%q %v", body, err)
	}
}

func TestAStreamComesWholeInPiecesOfAnySize(t *testing.T) {
	var pieces []string
	for i, size := range []int{20, 20, 20, 20, 20, 100_000, 1, 1, 1, 1, 1, 1024, 1024, 4096, 5, 5, 5, 5, 1023, 1024, 1025, 30_000, 0} {
		pieces = append(pieces, strings.Repeat(string(rune('a'+i)), size)+"\n\n")
	}
	next := make(chan struct{}, 1)
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		for _, piece := range pieces {
			_, _ = io.WriteString(w, piece)
			w.(http.Flusher).Flush()
			<-next
		}
	}))
	defer up.Close()
	r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.URL))
	res, err := r.front.Client().Do(r.request("POST", "/v1/chat/completions", streamBody))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	for i, piece := range pieces {
		// The next is sent only when this one has come: none waits for what follows it.
		came := make([]byte, len(piece))
		if _, err := io.ReadFull(res.Body, came); err != nil || string(came) != piece {
			t.Fatalf("piece %d of %d bytes: %v", i, len(piece), err)
		}
		next <- struct{}{}
	}
	if rest, err := io.ReadAll(res.Body); err != nil || len(rest) > 0 {
		t.Errorf("%d more bytes, %v", len(rest), err)
	}
}
