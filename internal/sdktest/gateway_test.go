package sdktest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// gateway is the real binary in a process of its own, on a database of its own.
type gateway struct {
	url      string
	adminKey string
}

// startGateway builds the binary, starts it and waits until it is ready; it is stopped when the test ends.
func startGateway(t *testing.T) *gateway {
	t.Helper()
	binary := build(t, "./cmd/roundhouse")
	port := freePort(t)
	started := &gateway{url: "http://127.0.0.1:" + port, adminKey: "admin-" + rand.Text()}
	home := t.TempDir()
	process := exec.Command(binary, "serve", "--host", "127.0.0.1", "--port", port, "--data-dir", filepath.Join(home, "data"))
	process.Dir = home // a .env of the developer's must not be read
	process.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "AUTH_KEY=" + started.adminKey}
	var said lockedBuffer
	process.Stdout, process.Stderr = &said, &said
	if err := process.Start(); err != nil {
		t.Fatalf("start the gateway: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- process.Wait() }()
	t.Cleanup(func() {
		stop(t, process, ended)
		if t.Failed() {
			t.Logf("the gateway said:\n%s", said.String())
		}
	})
	started.waitReady(t, ended)
	return started
}

// build compiles a command of the product and returns where the binary is.
func build(t *testing.T, path string) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), filepath.Base(path))
	command := exec.CommandContext(t.Context(), "go", "build", "-o", binary, path)
	command.Dir = filepath.Join("..", "..")
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", path, err, output)
	}
	return binary
}

// freePort asks the system for one and gives it back; somebody else could take it before the gateway does.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)
}

func stop(t *testing.T, process *exec.Cmd, ended <-chan error) {
	// An error says that it has ended already, which Wait reports.
	_ = process.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("%s ended: %v", process.Path, err)
		}
	case <-time.After(30 * time.Second):
		_ = process.Process.Kill()
		t.Errorf("%s did not end within 30 s of SIGTERM", process.Path)
	}
}

func (g *gateway) waitReady(t *testing.T, ended <-chan error) {
	t.Helper()
	eventually(t, "the gateway to be ready", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("the gateway ended before it was ready: %v", err)
		default:
		}
		response, err := http.Get(g.url + "/ready")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
}

// createGroup makes a group with one upstream and the pool of keys, and waits for its import.
func (g *gateway) createGroup(t *testing.T, name, dialect, upstream string) {
	t.Helper()
	if dialect == "OPENAI" {
		upstream += "/v1" // as in the dialect's default, so that paths with and without the version arrive
	}
	var created struct{ CreateGroup struct{ ID string } }
	g.ask(t, &created, `mutation ($input: CreateGroupInput!) { createGroup(input: $input) { id } }`, map[string]any{
		"input": map[string]any{"name": name, "dialect": dialect, "upstreams": []any{map[string]any{"url": upstream, "weight": 1}}},
	})
	var imported struct{ ImportKeys struct{ ID string } }
	g.ask(t, &imported, `mutation ($group: ID!, $text: String!) { importKeys(groupId: $group, text: $text) { id } }`, map[string]any{
		"group": created.CreateGroup.ID, "text": strings.Join(pool(), "\n"),
	})
	eventually(t, "the import to succeed", func() bool {
		var asked struct {
			Task struct {
				State, Error string
				Succeeded    int64
			}
		}
		g.ask(t, &asked, `query ($id: ID!) { task(id: $id) { state error succeeded } }`, map[string]any{"id": imported.ImportKeys.ID})
		switch asked.Task.State {
		case "FAILED", "CANCELLED":
			t.Fatalf("the import ended as %s: %s", asked.Task.State, asked.Task.Error)
		case "SUCCEEDED":
			if asked.Task.Succeeded != int64(len(pool())) {
				t.Fatalf("the import added %d keys, want %d", asked.Task.Succeeded, len(pool()))
			}
			return true
		}
		return false
	})
}

func (g *gateway) createProxyKey(t *testing.T) string {
	t.Helper()
	var created struct{ CreateProxyKey struct{ Value string } }
	g.ask(t, &created, `mutation { createProxyKey(notes: "sdktest") { value } }`, nil)
	if created.CreateProxyKey.Value == "" {
		t.Fatal("the gateway made an empty proxy key")
	}
	return created.CreateProxyKey.Value
}

// ask sends one GraphQL operation; any error ends the test.
func (g *gateway) ask(t *testing.T, into any, query string, variables map[string]any) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url+"/graphql", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.adminKey)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatalf("ask the gateway: %v", err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("read the gateway's answer: %v", err)
	}
	if err := data(answer, into); err != nil {
		t.Fatalf("%s\nanswered %d: %v\n%s", query, response.StatusCode, err, answer)
	}
}

func data(answer []byte, into any) error {
	var envelope struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(answer, &envelope); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(envelope.Errors) > 0 {
		return fmt.Errorf("refused: %s", envelope.Errors[0].Message)
	}
	return json.Unmarshal(envelope.Data, into)
}

// eventually asks every 20 ms, for half a minute at most.
func eventually(t *testing.T, what string, happened func() bool) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !happened() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited 30 s for %s", what)
		}
	}
}

// lockedBuffer takes the output of a process while a test may read it.
type lockedBuffer struct {
	mu   sync.Mutex
	text strings.Builder
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
