package main

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"roundhouse/internal/upstreamtest"
)

// streams are answers that flow.
type streams struct {
	begun        sync.WaitGroup
	ended        sync.WaitGroup
	whole, broke atomic.Int64
}

const streamed = `{"model":"gpt-4.1-nano","stream":true,"messages":[{"role":"user","content":"Hello"}]}`

// open asks a group for so many streams and returns once each has begun to flow.
func (s *streams) open(g *gateway, group string, n int) {
	g.t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n}}
	g.t.Cleanup(client.CloseIdleConnections)
	for range n {
		s.begun.Add(1)
		s.ended.Go(func() {
			begun := sync.OnceFunc(s.begun.Done)
			defer begun()
			s.read(g, client, group, begun)
		})
	}
	s.begun.Wait()
}

func (s *streams) read(g *gateway, client *http.Client, group string, begun func()) {
	request, err := http.NewRequest(http.MethodPost, g.url+"/proxy/"+group+"/v1/chat/completions", strings.NewReader(streamed))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.proxy)
	answer, err := client.Do(request)
	if err != nil {
		g.t.Error(err)
		return
	}
	defer func() { _ = answer.Body.Close() }()
	in := bufio.NewReader(answer.Body)
	_, err = in.ReadString('\n')
	begun()
	rest, readErr := io.ReadAll(in)
	switch {
	case err == nil && readErr == nil && strings.Contains(string(rest), "[DONE]"):
		s.whole.Add(1)
	case errors.Is(readErr, io.ErrUnexpectedEOF) || errors.Is(readErr, syscall.ECONNRESET):
		s.broke.Add(1)
	default:
		g.t.Errorf("a stream of %s ended with %v, %v", group, err, readErr)
	}
}

// outcomes counts the requests that ended so.
func outcomes(t *testing.T, g *gateway, outcome string) (n int) {
	t.Helper()
	if err := g.books(nil).SQL().QueryRow("SELECT COUNT(*) FROM request_logs WHERE final = TRUE AND outcome = '" + outcome + "'").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// P1: of 500 open streams those that end within the grace end whole, the others break, and all are recorded.
func TestStreamsThatAreOpenAtAStopEndWholeOrBreak(t *testing.T) {
	t.Parallel()
	const each = 250
	upstream := upstreamtest.New(t, "key-*")
	upstream.Always("key-short", upstreamtest.Answer{Words: 12, Pace: 250 * time.Millisecond})
	upstream.Always("key-endless", upstreamtest.Answer{Words: 300, Pace: time.Second})
	p := launch(t, t.TempDir(), map[string]string{"SERVER_GRACEFUL_SHUTDOWN_TIMEOUT": "15"})
	p.group("short", "OPENAI", upstream.URL+"/v1", "key-short")
	p.group("endless", "OPENAI", upstream.URL+"/v1", "key-endless")
	var short, endless streams
	endless.open(p.gateway, "endless", each)
	short.open(p.gateway, "short", each)
	began := time.Now()
	p.close()
	if took := time.Since(began); took < 14*time.Second || took > 29*time.Second {
		t.Errorf("it stopped after %v", took)
	}
	short.ended.Wait()
	endless.ended.Wait()
	if short.whole.Load() != each || endless.broke.Load() != each {
		t.Errorf("%d of the short streams ended whole, %d of the endless ones broke", short.whole.Load(), endless.broke.Load())
	}
	if ok, cut := outcomes(t, p.gateway, "OK"), outcomes(t, p.gateway, "SHUTDOWN"); ok != each || cut != each {
		t.Errorf("%d were recorded as OK and %d as SHUTDOWN", ok, cut)
	}
	readLedger(t, p.books(nil)).balances(t)
}

// P2: told a second time, the program waits for nobody and still writes what it knows.
func TestToldTwiceItStopsAtOnce(t *testing.T) {
	t.Parallel()
	upstream := upstreamtest.New(t, "key-*")
	upstream.Always("key-endless", upstreamtest.Answer{Words: 300, Pace: time.Second})
	p := launch(t, t.TempDir(), map[string]string{"SERVER_GRACEFUL_SHUTDOWN_TIMEOUT": "600"})
	p.group("endless", "OPENAI", upstream.URL+"/v1", "key-endless")
	var endless streams
	endless.open(p.gateway, "endless", 20)
	p.stop()
	p.await("no more connections", func() bool {
		answer, err := http.Get(p.url + "/health")
		if err == nil {
			_ = answer.Body.Close()
		}
		return err != nil
	})
	p.close() // which tells it again and waits for half a minute
	endless.ended.Wait()
	if endless.broke.Load() != 20 {
		t.Errorf("%d streams broke", endless.broke.Load())
	}
	if cut := outcomes(t, p.gateway, "SHUTDOWN"); cut != 20 {
		t.Errorf("%d were recorded as SHUTDOWN", cut)
	}
}
