package main

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// crowd is many clients, each of which asks one thing after another until they are told to stop.
type crowd struct {
	clients sync.WaitGroup
	ended   context.CancelFunc
	mu      sync.Mutex // guards answered
	// answered are the numbers of the requests that were answered, and when.
	answered map[int64]time.Time
	// failed counts what was answered otherwise than with a 200, broken those that were not answered.
	failed, broken atomic.Int64
}

// numbers are given to requests; none twice in the life of the test binary.
var numbers atomic.Int64

// gather starts so many clients, each with at least pause between two requests.
func (g *gateway) gather(clients int, pause time.Duration) *crowd {
	ctx, cancel := context.WithCancel(context.Background())
	c := &crowd{ended: cancel, answered: map[int64]time.Time{}}
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	for range clients {
		c.clients.Go(func() {
			for ctx.Err() == nil {
				c.ask(g, &http.Client{Transport: transport})
				if pause > 0 {
					<-time.After(pause)
				}
			}
		})
	}
	g.t.Cleanup(transport.CloseIdleConnections)
	g.t.Cleanup(cancel)
	return c
}

func (c *crowd) ask(g *gateway, client *http.Client) {
	n := numbers.Add(1)
	request, err := http.NewRequest(http.MethodPost, g.url+"/proxy/openai/v1/chat/completions?n="+strconv.FormatInt(n, 10), strings.NewReader(hello))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.proxy)
	answer, err := client.Do(request)
	if err != nil {
		c.broken.Add(1)
		<-time.After(time.Millisecond)
		return
	}
	_, err = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		c.broken.Add(1)
		return
	}
	if answer.StatusCode != http.StatusOK {
		c.failed.Add(1)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answered[n] = time.Now()
}

// stop tells the clients to stop and waits until their last requests have ended.
func (c *crowd) stop() {
	c.ended()
	c.clients.Wait()
}

// count is how many requests were answered so far.
func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.answered)
}
