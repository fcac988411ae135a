package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
)

// gateway is the whole program, run in this process as main runs it.
type gateway struct {
	t       *testing.T
	url     string
	dir     string
	admin   string
	proxy   string
	output  *output
	stop    context.CancelFunc
	stopped chan int
	// sent counts the requests that clients sent to /proxy.
	sent atomic.Int64
}

// output is what the program printed; safe to read while it runs.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start runs the gateway on a free loopback port with a data directory of its own and the environment given, and stops it
// when the test ends.
func start(t *testing.T, env map[string]string) *gateway {
	t.Helper()
	return startIn(t, t.TempDir(), env)
}

func startIn(t *testing.T, dir string, env map[string]string) *gateway {
	t.Helper()
	t.Chdir(t.TempDir()) // no .env of the developer's
	env = onServer(t, dir, env)
	port := freePort(t)
	ctx, cancel := context.WithCancel(context.Background())
	g := &gateway{t: t, dir: dir, url: "http://127.0.0.1:" + port, output: &output{}, stop: cancel, stopped: make(chan int, 1)}
	getenv := func(name string) string { return env[name] }
	go func() {
		g.stopped <- run(ctx, []string{"serve", "--host", "127.0.0.1", "--port", port, "--data-dir", dir}, getenv, g.output, g.output)
	}()
	t.Cleanup(g.close)
	g.await("the gateway to be ready", g.ready)
	if g.admin = env["AUTH_KEY"]; g.admin == "" {
		g.admin = g.read("auth_key")
	}
	if env["DATABASE_DSN"] == "" {
		g.proxy = g.read("proxy_key")
	} else {
		g.proxy = "proxy-key-of-the-tests"
		g.do(`mutation($k: [String!]) { updateSettings(input: {proxyKeys: $k}) { version } }`, map[string]any{"k": []string{g.proxy}})
	}
	return g
}

func (g *gateway) ready() bool {
	answer, err := http.Get(g.url + "/ready")
	if err != nil {
		return false
	}
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// onServer adds what a gateway needs that keeps its rows in a database of its own on the server of TEST_DATABASE. The
// directory remembers which, for a gateway that is started there again.
func onServer(t *testing.T, dir string, env map[string]string) map[string]string {
	t.Helper()
	if engine := os.Getenv("TEST_DATABASE"); env["DATABASE_DSN"] != "" || engine == "" || engine == "sqlite" {
		return env
	}
	name := filepath.Join(dir, "dsn")
	dsn, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		dsn = []byte(databasetest.DSN(t))
		err = os.WriteFile(name, dsn, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{"AUTH_KEY": "admin-key-of-the-tests"}
	maps.Copy(given, env)
	given["DATABASE_DSN"] = string(dsn)
	return given
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

// close stops the gateway as SIGTERM does and waits for its end.
func (g *gateway) close() {
	g.stop()
	select {
	case status := <-g.stopped:
		g.stopped <- status
		if status != exitOK {
			g.t.Errorf("the gateway ended with status %d:\n%s", status, g.output)
		}
	case <-time.After(30 * time.Second):
		g.t.Errorf("the gateway did not stop:\n%s", g.output)
	}
}

// read returns a file of the data directory.
func (g *gateway) read(name string) string {
	g.t.Helper()
	content, err := os.ReadFile(filepath.Join(g.dir, name))
	if err != nil {
		g.t.Fatal(err)
	}
	return strings.TrimSpace(string(content))
}

// await polls until the condition holds, for at most a minute: the machine may be busy.
func (g *gateway) await(what string, holds func() bool) {
	g.t.Helper()
	deadline := time.NewTimer(time.Minute)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case status := <-g.stopped:
			g.stopped <- status
			g.t.Fatalf("waiting for %s, the gateway ended with status %d:\n%s", what, status, g.output)
		case <-deadline.C:
			g.t.Fatalf("waited in vain for %s:\n%s", what, g.output)
		case <-tick.C:
		}
	}
}

// graphError is one error of the admin API.
type graphError struct {
	Message    string         `json:"message"`
	Path       []any          `json:"path"`
	Extensions map[string]any `json:"extensions"`
}

// try sends one operation and returns its data and errors.
func (g *gateway) try(query string, variables map[string]any) (map[string]any, []graphError) {
	g.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		g.t.Fatal(err)
	}
	request, err := http.NewRequest(http.MethodPost, g.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.admin)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	var out struct {
		Data   map[string]any `json:"data"`
		Errors []graphError   `json:"errors"`
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		g.t.Fatalf("%v in %s", err, raw)
	}
	return out.Data, out.Errors
}

// do sends one operation that must succeed.
func (g *gateway) do(query string, variables map[string]any) map[string]any {
	g.t.Helper()
	data, errs := g.try(query, variables)
	if len(errs) > 0 {
		g.t.Fatalf("%s\n%+v", query, errs)
	}
	return data
}

// group makes a group with these upstreams and keys and waits until it serves.
func (g *gateway) group(name, dialect, upstream string, keys ...string) (id string) {
	g.t.Helper()
	data := g.do(`mutation($in: CreateGroupInput!) { createGroup(input: $in) { id } }`, map[string]any{
		"in": map[string]any{"name": name, "dialect": dialect, "upstreams": []any{map[string]any{"url": upstream}}},
	})
	id = data["createGroup"].(map[string]any)["id"].(string)
	if len(keys) > 0 {
		g.importKeys(id, strings.Join(keys, "\n"))
	}
	return id
}

// importKeys imports and waits for the task to succeed.
func (g *gateway) importKeys(group, text string) map[string]any {
	g.t.Helper()
	data := g.do(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": group, "t": text})
	return g.awaitTask(data["importKeys"].(map[string]any)["id"].(string))
}

func (g *gateway) awaitTask(id string) map[string]any {
	g.t.Helper()
	var task map[string]any
	g.await("task "+id, func() bool {
		task = g.do(`query($id: ID!) { task(id: $id) { state error processed succeeded skipped failed problems { line reason } } }`, map[string]any{"id": id})["task"].(map[string]any)
		return task["state"] != "QUEUED" && task["state"] != "RUNNING"
	})
	if task["state"] != "SUCCEEDED" {
		g.t.Fatalf("task %s: %v", id, task)
	}
	return task
}

// keyRow is what the admin API says of a key.
type keyRow struct {
	ID, Status, Fault   string
	ConsecutiveFailures int
	CoolingUntil        string
}

// keys returns the group's keys, oldest first.
func (g *gateway) keys(group string) []keyRow {
	g.t.Helper()
	data := g.do(`query($g: ID!) { keys(groupId: $g, first: 200) { edges { node { id status fault consecutiveFailures coolingUntil } } } }`, map[string]any{"g": group})
	edges := data["keys"].(map[string]any)["edges"].([]any)
	rows := make([]keyRow, len(edges))
	for i, edge := range edges {
		raw, err := json.Marshal(edge.(map[string]any)["node"])
		if err != nil {
			g.t.Fatal(err)
		}
		if err := json.Unmarshal(raw, &rows[len(edges)-1-i]); err != nil {
			g.t.Fatal(err)
		}
	}
	return rows
}

// record is what requestLogs says of an attempt.
type record struct {
	RequestID, Attempt, Outcome, Charged, Model, GroupName string
	KeyID                                                  *string
	AttemptNumber, StatusCode                              int
	InputTokens, OutputTokens                              *int64
	Success, Stream, Trial                                 bool
	Path, Time                                             string
	Error                                                  *string
}

// time is when the attempt ended.
func (r record) time(t *testing.T) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, r.Time)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// records returns every record that the filter lets through, newest first.
func (g *gateway) records(filter map[string]any) []record {
	g.t.Helper()
	var all []record
	var after any
	for {
		data := g.do(`query($f: RequestLogFilter, $a: String) { requestLogs(filter: $f, first: 200, after: $a) {
			edges { node { requestId attempt attemptNumber outcome charged model groupName keyId statusCode inputTokens outputTokens success stream trial path time error } }
			pageInfo { hasNextPage endCursor } } }`, map[string]any{"f": filter, "a": after})
		page := data["requestLogs"].(map[string]any)
		for _, edge := range page["edges"].([]any) {
			raw, err := json.Marshal(edge.(map[string]any)["node"])
			if err != nil {
				g.t.Fatal(err)
			}
			var r record
			if err := json.Unmarshal(raw, &r); err != nil {
				g.t.Fatal(err)
			}
			all = append(all, r)
		}
		info := page["pageInfo"].(map[string]any)
		if info["hasNextPage"] != true {
			return all
		}
		after = info["endCursor"]
	}
}

// chat sends one chat completion through the group and returns status and body.
func (g *gateway) chat(group, body string, header ...string) (int, string) {
	g.t.Helper()
	status, text, err := g.send(http.MethodPost, "/proxy/"+group+"/v1/chat/completions", body, header...)
	if err != nil {
		g.t.Fatal(err)
	}
	return status, text
}

// send sends one request with the proxy key as a Bearer, unless header names another way.
func (g *gateway) send(method, target, body string, header ...string) (int, string, error) {
	request, err := http.NewRequest(method, g.url+target, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.proxy)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		if value == "" {
			request.Header.Del(name)
			continue
		}
		request.Header.Set(name, value)
	}
	if strings.HasPrefix(target, "/proxy/") {
		g.sent.Add(1)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(raw), err
}

// hello is a small chat completion that the scripted upstream answers.
const hello = `{"model":"gpt-4.1-nano","messages":[{"role":"user","content":"Hello"}]}`

// keyNames makes n keys that say which they are.
func keyNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("key-%s-%04d", "pooled", i)
	}
	return names
}
