package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestABodyMayTakeLongButNotFallSilent(t *testing.T) {
	t.Parallel()
	const silence = 500 * time.Millisecond
	read := make(chan error, 1)
	s := start(t, Options{ReadTimeout: silence, IdleTimeout: time.Minute, Handler: PatientReads(silence, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		select {
		case <-r.Context().Done():
			if err == nil {
				t.Error("the request was given up while its answer was worked on")
			}
		case <-time.After(2 * silence):
		}
		read <- err
		if err == nil {
			_, _ = io.WriteString(w, "hello")
		}
	}))})
	send := func(pieces int) net.Conn {
		conn, err := net.Dial("tcp", s.addr)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n")
		for range pieces {
			<-time.After(silence / 2)
			fmt.Fprint(conn, "x")
		}
		return conn
	}
	conn := send(4)
	if err := <-read; err != nil {
		t.Errorf("a slow body: %v", err)
	}
	if all, _ := io.ReadAll(conn); !strings.HasSuffix(string(all), "hello") {
		t.Errorf("answered %q", all)
	}

	began := time.Now()
	send(1)
	if err := <-read; err == nil {
		t.Error("a silent body was read to its end")
	}
	if took := time.Since(began); took > 10*silence {
		t.Errorf("the silence lasted %s", took)
	}
}

func TestAClientWhoseBodyIsNotWantedIsAnsweredAndNotWaitedFor(t *testing.T) {
	t.Parallel()
	const silence = 500 * time.Millisecond
	for name, handler := range map[string]http.Handler{
		"patient": PatientReads(silence, http.HandlerFunc(refuseUnread)), "plain": http.HandlerFunc(refuseUnread),
	} {
		s := start(t, Options{ReadTimeout: silence, IdleTimeout: time.Minute, Handler: handler})
		for _, header := range []string{"", "Expect: 100-continue\r\n"} {
			conn, err := net.Dial("tcp", s.addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+header+"Content-Length: 4\r\n\r\n")
			_ = conn.SetReadDeadline(time.Now().Add(20 * silence))
			all, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(all), "HTTP/1.1 401") {
				t.Errorf("%s, %q: answered %q, %v", name, header, all, err)
			}
		}
	}
}

func refuseUnread(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }

func TestALongAnswerToARequestWithoutABodyIsNotCut(t *testing.T) {
	t.Parallel()
	const silence = 200 * time.Millisecond
	s := start(t, Options{ReadTimeout: silence, IdleTimeout: time.Minute, Handler: PatientReads(silence, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
			t.Error("the request was given up while its answer was worked on")
		case <-time.After(3 * silence):
		}
		_, _ = io.WriteString(w, "hello")
	}))})
	if answer, body := s.get(http.DefaultClient, "/"); answer.StatusCode != http.StatusOK || body != "hello" {
		t.Errorf("%s %q", answer.Status, body)
	}
}

func TestAClientThatDoesNotReadIsCutOff(t *testing.T) {
	const silence = 200 * time.Millisecond
	ended := make(chan error, 1)
	s := start(t, Options{Handler: PatientWrites(silence, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		piece := make([]byte, 64<<10)
		for range 1000 {
			if _, err := w.Write(piece); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}))})
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	select {
	case err := <-ended:
		if err == nil {
			t.Error("64 MB went to a client that does not read")
		}
	case <-time.After(10 * time.Second):
		t.Error("the handler waits for ever")
	}
}

func TestAnAnswerMayTakeLongerThanTheSilence(t *testing.T) {
	const silence = 200 * time.Millisecond
	s := start(t, Options{Handler: PatientWrites(silence, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for range 6 {
			<-time.After(silence / 2)
			_, _ = io.WriteString(w, "x")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		}
	}))})
	if _, body := s.get(client(t), "/"); body != "xxxxxx" {
		t.Errorf("got %q", body)
	}
}

func TestPatientWritesHideNothingOfTheConnection(t *testing.T) {
	s := start(t, Options{Handler: PatientWrites(time.Second, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(http.Flusher); !ok {
			t.Error("not a Flusher")
		}
		control := http.NewResponseController(w)
		_, _ = io.WriteString(w, "a")
		if err := control.Flush(); err != nil {
			t.Error(err)
		}
		if r.URL.Path == "/hijack" {
			conn, _, err := control.Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			conn.Close()
		}
	}))})
	if _, body := s.get(client(t), "/"); body != "a" {
		t.Errorf("got %q", body)
	}
	answer, err := client(t).Get("http://" + s.addr + "/hijack")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("the connection was not the handler's")
	}
}

// A client that sends one request behind the other and takes no answer holds nothing for ever, whoever answers.
func TestAClientThatTakesNoAnswersIsCut(t *testing.T) {
	t.Parallel()
	cut := make(chan struct{})
	answer := make([]byte, 64<<10)
	s := start(t, Options{WriteTimeout: 200 * time.Millisecond, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, err := w.Write(answer); err != nil {
			close(cut)
		}
	})})
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		for {
			if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				return
			}
		}
	}()
	select {
	case <-cut:
	case <-time.After(time.Minute):
		t.Error("an answer waits for ever")
	}
}
