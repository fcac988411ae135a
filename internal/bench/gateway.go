//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

const (
	// mostRequests is above what any scenario has in flight.
	mostRequests = 10_000
	// importKeys is how many keys go into one request of the admin API.
	importKeys = 100_000
)

// gatewaySetup makes a gateway with one group by its own admin API.
type gatewaySetup struct {
	binary, dir, address, upstream, adminKey string
	// profiles is the address of its profiles; empty is none.
	profiles string
	// env is more of its environment.
	env []string
}

// start runs the gateway with the keys asked for. It is set up in one life and measured in a second, so that nothing of the
// import is left in its memory or still to be done. It returns the process, the proxy key and how long the second start took.
func (s gatewaySetup) start(ctx context.Context, keys population) (*process, string, time.Duration, error) {
	first, err := s.launch(ctx)
	if err != nil {
		return nil, "", 0, err
	}
	proxyKey, err := s.fill(ctx, keys)
	first.end()
	if err != nil {
		return nil, "", 0, fmt.Errorf("set up a gateway with %s: %w", keys, err)
	}
	began := time.Now()
	again, err := s.launch(ctx)
	return again, proxyKey, time.Since(began), err
}

func (s gatewaySetup) launch(ctx context.Context) (*process, error) {
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return nil, fmt.Errorf("start the gateway: %w", err)
	}
	env := []string{
		"HOST=" + host, "PORT=" + port, "DATA_DIR=data", "AUTH_KEY=" + s.adminKey, "PPROF_ADDR=" + s.profiles,
		fmt.Sprintf("MAX_CONCURRENT_REQUESTS=%d", mostRequests), "TMPDIR=" + s.dir, "HOME=" + s.dir,
	}
	env = append(env, s.env...)
	p, err := launch(ctx, "gateway", s.dir, s.address, env, s.binary)
	if err != nil {
		return nil, err
	}
	err = poll(ctx, func() (bool, error) {
		answer, err := http.Get("http://" + s.address + "/ready")
		if err != nil {
			return false, err
		}
		return answer.StatusCode == http.StatusOK, answer.Body.Close()
	})
	if err != nil {
		p.end()
		return nil, fmt.Errorf("wait for the gateway: %w", err)
	}
	return p, nil
}

// fill makes the group, its keys and a proxy key, and returns that.
func (s gatewaySetup) fill(ctx context.Context, keys population) (string, error) {
	var group struct{ CreateGroup struct{ ID string } }
	err := s.ask(ctx, `mutation($in: CreateGroupInput!) { createGroup(input: $in) { id } }`, map[string]any{"in": map[string]any{
		"name": groupName, "dialect": "OPENAI", "upstreams": []any{map[string]any{"url": s.upstream}},
		"overrides": map[string]any{"maxIdleConns": idleConnections, "maxIdleConnsPerHost": idleConnections},
	}}, &group)
	if err != nil {
		return "", err
	}
	id := group.CreateGroup.ID
	dead := keys.dead()
	if err := s.importRange(ctx, id, 0, dead); err != nil {
		return "", err
	}
	if dead > 0 {
		err := s.task(ctx, `mutation($k: KeySelector!) { task: disableKeys(keys: $k) { id } }`,
			map[string]any{"k": map[string]any{"groupId": id, "all": true}})
		if err != nil {
			return "", err
		}
	}
	if err := s.importRange(ctx, id, dead, keys.keys); err != nil {
		return "", err
	}
	var made struct{ CreateProxyKey struct{ Value string } }
	err = s.ask(ctx, `mutation($g: ID!) { createProxyKey(groupId: $g) { value } }`, map[string]any{"g": id}, &made)
	return made.CreateProxyKey.Value, err
}

// importRange imports the keys from one number to before another.
func (s gatewaySetup) importRange(ctx context.Context, group string, from, to int) error {
	for ; from < to; from += importKeys {
		var text strings.Builder
		for i := from; i < min(from+importKeys, to); i++ {
			text.WriteString(keyText(i) + "\n")
		}
		err := s.task(ctx, `mutation($g: ID!, $t: String!) { task: importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": group, "t": text.String()})
		if err != nil {
			return err
		}
	}
	return nil
}

// task asks for one and waits for its success.
func (s gatewaySetup) task(ctx context.Context, mutation string, variables map[string]any) error {
	var begun struct{ Task struct{ ID string } }
	if err := s.ask(ctx, mutation, variables, &begun); err != nil {
		return err
	}
	var now struct{ Task struct{ State, Error string } }
	err := poll(ctx, func() (bool, error) {
		err := s.ask(ctx, `query($id: ID!) { task(id: $id) { state error } }`, map[string]any{"id": begun.Task.ID}, &now)
		return now.Task.State != "QUEUED" && now.Task.State != "RUNNING", err
	})
	if err == nil && now.Task.State != "SUCCEEDED" {
		err = fmt.Errorf("the task ended as %s %s", now.Task.State, now.Task.Error)
	}
	return err
}

// ask asks the admin API and reads its data into into.
func (s gatewaySetup) ask(ctx context.Context, query string, variables map[string]any, into any) error {
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+s.adminKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	var out struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(answer.Body).Decode(&out); err != nil {
		return fmt.Errorf("the admin API answered %d: %w", answer.StatusCode, err)
	}
	if len(out.Errors) > 0 {
		return errors.New("the admin API refuses: " + out.Errors[0].Message)
	}
	return json.Unmarshal(out.Data, into)
}

// poll asks until it is done, an error comes, or ctx ends.
func poll(ctx context.Context, done func() (bool, error)) error {
	for {
		if is, err := done(); is || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// newAdminKey is a random one, for this run alone.
func newAdminKey() string { return rand.Text() }
