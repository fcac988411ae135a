//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"
)

// paced is what clients saw who ask at fixed instants, whatever became of those before.
type paced struct {
	took   []time.Duration
	failed int
}

func (p *paced) quantile(q float64) time.Duration {
	if len(p.took) == 0 {
		return 0
	}
	slices.Sort(p.took)
	return p.took[min(int(q*float64(len(p.took))), len(p.took)-1)]
}

// pacedEvery is the time between two requests.
const pacedEvery = 5 * time.Millisecond

// pace asks until ctx ends. What an answer takes is counted from the instant at which it was due to be asked for.
func pace(ctx context.Context, url, proxyKey string) (all paced) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 100}, Timeout: time.Minute}
	type answer struct {
		took time.Duration
		err  error
	}
	answers := make(chan answer, 1000)
	sent := 0
	for due := time.Now(); ctx.Err() == nil; due = due.Add(pacedEvery) {
		time.Sleep(time.Until(due))
		sent++
		go func() {
			err := chat(client, url, proxyKey)
			answers <- answer{time.Since(due), err}
		}()
	gather:
		for {
			select {
			case a := <-answers:
				sent--
				all.add(a.took, a.err)
			default:
				break gather
			}
		}
	}
	for ; sent > 0; sent-- {
		a := <-answers
		all.add(a.took, a.err)
	}
	return all
}

// and is what was seen here and there.
func (p *paced) and(other paced) paced {
	return paced{took: slices.Concat(p.took, other.took), failed: p.failed + other.failed}
}

func (p *paced) add(took time.Duration, err error) {
	p.took = append(p.took, took)
	if err != nil {
		if p.failed++; p.failed == 1 {
			fmt.Fprintln(os.Stderr, "bench: a paced request failed:", err)
		}
	}
}

func chat(client *http.Client, url, proxyKey string) error {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"model": "m", "messages": [{"role": "user", "content": "hello"}]}`))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+proxyKey)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %w", answer.StatusCode, err)
	}
	return nil
}
