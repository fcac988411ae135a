package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// startNodes starts that many nodes on a database and a Redis of their own.
func startNodes(t *testing.T, n int) []*gateway {
	t.Helper()
	if engine := os.Getenv("TEST_DATABASE"); engine != "postgres" && engine != "mysql" {
		t.Skip("nodes share PostgreSQL or MySQL: TEST_DATABASE and its DSN are not set")
	}
	env := map[string]string{
		"DATABASE_DSN": databasetest.DSN(t), "REDIS_DSN": "redis://" + miniredis.RunT(t).Addr(), "AUTH_KEY": "admin-key-of-the-tests",
	}
	nodes := make([]*gateway, n)
	for i := range nodes {
		nodes[i] = start(t, env)
	}
	return nodes
}

// serving waits until every node serves the group.
func serving(t *testing.T, group string, nodes []*gateway) {
	t.Helper()
	for _, g := range nodes {
		g.await("the group to be served", func() bool { status, _ := g.chat(group, hello); return status == http.StatusOK })
	}
}

func triedWith(upstream *upstreamtest.Server, key string) (n int) {
	for _, r := range upstream.Requests() {
		if r.Key == key {
			n++
		}
	}
	return n
}

// A key that is revoked while three nodes are busy fails as often as the threshold and once more for each node, and no client
// sees it.
func TestARevokedKeyIsFoundOutByAllNodesTogether(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	nodes := startNodes(t, 3)
	keys := keyNames(10)
	id := nodes[0].group("openai", "OPENAI", upstream.URL+"/v1", keys...)
	serving(t, "openai", nodes)
	before := triedWith(upstream, keys[0])
	upstream.Always(keys[0], upstreamtest.Answer{Status: http.StatusUnauthorized})

	stop := make(chan struct{})
	var clients sync.WaitGroup
	for _, g := range nodes {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(5 * time.Millisecond):
				}
				if status, body, err := g.send(http.MethodPost, "/proxy/openai/v1/chat/completions", hello); err != nil || status != http.StatusOK {
					t.Errorf("a client saw %d %s %v", status, body, err)
					return
				}
			}
		})
	}
	for _, g := range nodes {
		g.await("the revoked key to be INVALID", func() bool { return g.keys(id)[0].Status == "INVALID" })
	}
	close(stop)
	clients.Wait()
	const threshold = 3
	if tried := triedWith(upstream, keys[0]) - before; tried > threshold+len(nodes) {
		t.Errorf("the revoked key failed %d times", tried)
	}
}

// What one node learns of a key holds on all: a rate limit, and an administrator's word that ends it.
func TestALimitedKeyCoolsOnAllNodes(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	nodes := startNodes(t, 2)
	keys := keyNames(2)
	id := nodes[0].group("openai", "OPENAI", upstream.URL+"/v1", keys...)
	serving(t, "openai", nodes)
	upstream.Script(keys[0], upstreamtest.Answer{Status: http.StatusTooManyRequests, RetryAfter: "300"})
	before := triedWith(upstream, keys[0])
	nodes[0].await("the key to meet its limit", func() bool {
		nodes[0].chat("openai", hello)
		return triedWith(upstream, keys[0]) > before
	})
	cools := func(g *gateway) bool {
		data := g.do(`query($g: ID!) { keys(groupId: $g) { edges { node { coolingModels { model } } } } }`, map[string]any{"g": id})
		return strings.Contains(fmt.Sprint(data), "gpt-4.1-nano")
	}
	nodes[1].await("the key to cool at the other node", func() bool { return cools(nodes[1]) })
	for range 6 {
		nodes[1].chat("openai", hello)
	}
	if tried := triedWith(upstream, keys[0]) - before; tried != 1 {
		t.Errorf("the limited key was tried %d times", tried)
	}
	nodes[1].keyTask("restoreKeys", map[string]any{"groupId": id, "all": true})
	for i, g := range nodes {
		g.await(fmt.Sprintf("the key to be back at node %d", i), func() bool { return !cools(g) })
	}
}

// A viewer sees what happens to keys wherever it happens.
func TestAViewerSeesKeysThatAnotherNodeChanges(t *testing.T) {
	nodes := startNodes(t, 2)
	id := nodes[0].group("openai", "OPENAI", "http://127.0.0.1:1/v1", keyNames(2)...)
	key := nodes[0].keys(id)[0].ID
	changes := nodes[1].subscribe(fmt.Sprintf(`subscription { keyChanged(groupId: %q) { key { notes } } }`, id))
	// A subscription begins some time after it was asked for; what comes before is not in it.
	begun, stop := context.WithCancel(context.Background())
	var speaker sync.WaitGroup
	speaker.Go(func() {
		for begun.Err() == nil {
			_, _, _ = nodes[0].send(http.MethodPost, "/graphql", `{"query":"mutation { updateKeyNotes(id: `+key+`, notes: \"for team a\") { id } }"}`, "Authorization: Bearer "+nodes[0].admin)
		}
	})
	defer speaker.Wait()
	defer stop()
	if first := at(t, changes(), "keyChanged", "key"); line(first) != "map[notes:for team a]" {
		t.Errorf("%v", first)
	}
}

// session asks /session with a cookie and returns the status, the body and the cookie that came.
func (g *gateway) session(method, body, cookie string) (status int, text, set string) {
	g.t.Helper()
	request, err := http.NewRequest(method, g.url+"/session", strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Origin", g.url)
	if cookie != "" {
		request.Header.Set("Cookie", cookie)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	set, _, _ = strings.Cut(answer.Header.Get("Set-Cookie"), ";")
	return answer.StatusCode, string(raw), set
}

func TestASessionHoldsOnAllNodes(t *testing.T) {
	nodes := startNodes(t, 2)
	status, body, cookie := nodes[0].session(http.MethodPost, `{"authKey": "admin-key-of-the-tests"}`, "")
	if status != http.StatusNoContent || cookie == "" {
		t.Fatalf("%d %s", status, body)
	}
	if _, body, _ := nodes[1].session(http.MethodGet, "", cookie); !strings.Contains(body, "true") {
		t.Errorf("not signed in at the other node: %s", body)
	}
	if status, body, _ := nodes[1].session(http.MethodDelete, "", cookie); status != http.StatusNoContent {
		t.Errorf("%d %s", status, body)
	}
	if _, body, _ := nodes[0].session(http.MethodGet, "", cookie); !strings.Contains(body, "false") {
		t.Errorf("still signed in: %s", body)
	}
}

// Who guesses admin keys gets no more tries by asking several nodes.
func TestWrongAdminKeysAreCountedTogether(t *testing.T) {
	nodes := startNodes(t, 2)
	guess := func(g *gateway) int {
		status, _, _ := g.session(http.MethodPost, `{"authKey": "a-wrong-guess"}`, "")
		return status
	}
	for range 5 {
		if status := guess(nodes[0]); status != http.StatusUnauthorized {
			t.Fatalf("%d", status)
		}
	}
	tries := 0
	nodes[1].await("the other node to refuse guesses", func() bool {
		<-time.After(time.Second)
		tries++
		return guess(nodes[1]) == http.StatusTooManyRequests
	})
	if tries > 5 {
		t.Errorf("only after %d guesses of its own", tries)
	}
}

// Whichever node is asked tells of the whole cluster: its traffic, its tasks, its nodes.
func TestAnyNodeTellsOfTheWholeCluster(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	nodes := startNodes(t, 2)
	id := nodes[0].group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	serving(t, "openai", nodes)

	live := nodes[1].subscribe(`subscription { liveStats { requestsPerSecond groups { groupName } } }`)
	stop := make(chan struct{})
	var client sync.WaitGroup
	client.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
				_, _, _ = nodes[0].send(http.MethodPost, "/proxy/openai/v1/chat/completions", hello)
			}
		}
	})
	for {
		if groups := line(at(t, live(), "liveStats", "groups")); strings.Contains(groups, "openai") {
			break
		}
	}
	close(stop)
	client.Wait()

	data := nodes[0].do(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": id, "t": "key-pooled-more"})
	task := data["importKeys"].(map[string]any)["id"].(string)
	progress := nodes[1].subscribe(fmt.Sprintf(`subscription { taskProgress(id: %q) { state } }`, task))
	for line(at(t, progress(), "taskProgress", "state")) != "SUCCEEDED" {
	}
	for _, g := range nodes {
		var seen string
		g.await("both nodes to be seen", func() bool {
			seen = line(g.do(`{ nodes { id leader } }`, nil)["nodes"])
			return strings.Count(seen, "id:") == 2 && strings.Count(seen, "leader:true") == 1
		})
	}
}
