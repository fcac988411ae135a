package records

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/bench/mock"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

const clientsKey = "key-of-the-client"

func digest(secret []byte) [32]byte { return sha256.Sum256(secret) }

// dataPlane serves a group of ten keys over loopback and records into the house. It returns the group's address.
func dataPlane(b *testing.B, h *house) string {
	b.Helper()
	upstream := httptest.NewServer(mock.Handler())
	keys := proxycore.NewKeySetBuilder(10)
	for i := range 10 {
		text := fmt.Appendf(nil, "key-%047d", i)
		keys.Add(int64(i+1), text, digest(text))
	}
	core := proxycore.New(proxycore.Options{Recorder: h.Log})
	err := core.Swap(proxycore.SnapshotConfig{
		Digest: digest, ProxyKeys: []proxycore.ProxyKey{{ID: 1, Digest: digest([]byte(clientsKey))}},
		Groups: []proxycore.GroupConfig{{
			ID: 1, Name: "group-1", Enabled: true, Dialect: dialect.OpenAI, Keys: keys.Build(),
			Upstreams: []proxycore.Upstream{{URL: upstream.URL, Weight: 1, Enabled: true}},
			Settings: proxycore.Settings{
				RequestTimeout: time.Minute, ConnectTimeout: time.Minute, ResponseHeaderTimeout: time.Minute, IdleConnTimeout: time.Minute,
				StreamIdleTimeout: time.Minute, MaxIdleConns: 1000, MaxIdleConnsPerHost: 1000,
			},
		}},
	})
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(core)
	b.Cleanup(func() {
		server.Close()
		upstream.Close()
	})
	return server.URL + "/proxy/group-1/v1/chat/completions"
}

// paced asks so many times a second until ctx ends, and returns how long after it was due each answer was there, shortest first.
func paced(ctx context.Context, b *testing.B, url string, perSecond int) (took []time.Duration) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	var asking sync.WaitGroup
	var mu sync.Mutex // guards took
	began := time.Now()
	for n := 0; ctx.Err() == nil; n++ {
		due := began.Add(time.Duration(n) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		asking.Go(func() {
			if err := ask(client, url); err != nil {
				b.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			took = append(took, time.Since(due))
		})
	}
	asking.Wait()
	slices.Sort(took)
	return took
}

func ask(client *http.Client, url string) error {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"model":"gpt-4.1-mini","messages":[{"role":"user","content":"Hello"}]}`))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+clientsKey)
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("answered %d", answer.StatusCode)
	}
	_ = answer.Body.Close()
	return err
}

// p99ms is what one in a hundred exceeds, in milliseconds.
func p99ms(took []time.Duration) float64 { return took[len(took)*99/100].Seconds() * 1000 }
