//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"roundhouse/internal/bench/proc"
)

// In a hundred lines of an import ten are there twice, and one is junk.
const (
	duplicateEvery = 10
	junkEvery      = 100
)

// desk is an administrator at a gateway that has one group of many keys and another of few, which clients use.
type desk struct {
	gatewaySetup
	gateway             *process
	many, few, proxyKey string
}

// control measures what an administrator does with that many keys: imports them, while clients go on, starts with them, pages
// through them and changes their group. It returns an error when anything failed.
func control(ctx context.Context, o options) error {
	f, err := newFleet(ctx, o)
	if err != nil {
		return err
	}
	defer f.end()
	d, err := openDesk(ctx, f, o)
	if d != nil {
		defer func() { d.gateway.end() }()
	}
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, int) error{d.measureImport, d.measureStart, d.measurePages, d.measureUpdates} {
		if err := step(ctx, o.control); err != nil {
			return err
		}
	}
	return nil
}

func openDesk(ctx context.Context, f *fleet, o options) (*desk, error) {
	d := &desk{gatewaySetup: gatewaySetup{binary: f.binary, dir: f.root, upstream: "http://" + f.upstream.address, adminKey: newAdminKey()}}
	var err error
	if d.address, err = freeAddress(); err != nil {
		return nil, err
	}
	if o.profile != "" {
		if d.profiles, err = freeAddress(); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "profiles at http://%s/debug/pprof/\n", d.profiles)
	}
	if d.gateway, err = d.launch(ctx); err != nil {
		return nil, err
	}
	var made struct{ Many, Few struct{ ID string } }
	err = d.ask(ctx, `mutation($u: [UpstreamInput!]) {
		many: createGroup(input: {name: "many", dialect: OPENAI, upstreams: $u}) { id }
		few: createGroup(input: {name: "few", dialect: OPENAI, upstreams: $u}) { id } }`, map[string]any{"u": []any{map[string]any{"url": d.upstream}}}, &made)
	if err != nil {
		return d, err
	}
	d.many, d.few = made.Many.ID, made.Few.ID
	var key struct{ CreateProxyKey struct{ Value string } }
	if err := d.ask(ctx, `mutation { createProxyKey { value } }`, nil, &key); err != nil {
		return d, err
	}
	d.proxyKey = key.CreateProxyKey.Value
	return d, d.importRange(ctx, d.few, 10_000_000, 10_000_100)
}

// measureImport imports a file and says how fast, with how much memory, and what clients noticed of it.
func (d *desk) measureImport(ctx context.Context, n int) error {
	quiet, err := d.pacedFor(ctx, 10*time.Second)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	peak := make(chan int64, 1)
	go func() { peak <- mostResident(watching, d.gateway.pid()) }()
	var id string
	var task importTask
	began := time.Now()
	uploading, err := d.pacedBeside(ctx, func() (err error) { id, err = d.upload(ctx, n); return })
	uploaded := time.Since(began)
	var storing paced
	if err == nil {
		storing, err = d.pacedBeside(ctx, func() (err error) { task, err = d.importEnd(ctx, id); return })
	}
	took := time.Since(began)
	stop()
	most := <-peak
	if err != nil {
		return err
	}
	beside := uploading.and(storing)
	fmt.Printf("import of %d lines: %.0f lines/s (%.1f s, %.1f of them the upload); %d added, %d skipped, %d failed\n",
		n, float64(n)/took.Seconds(), took.Seconds(), uploaded.Seconds(), task.Succeeded, task.Skipped, task.Failed)
	fmt.Printf("  memory at its highest: %d MB\n", most>>20)
	fmt.Printf("  200 requests a second: p99 %.1f ms quiet (%d), %.1f ms beside (%d; %.1f while it is sent, %.1f while it is stored), %d failed\n",
		milliseconds(quiet.quantile(0.99)), len(quiet.took), milliseconds(beside.quantile(0.99)), len(beside.took),
		milliseconds(uploading.quantile(0.99)), milliseconds(storing.quantile(0.99)), quiet.failed+beside.failed)
	return nil
}

// pacedBeside is what clients see while something is done.
func (d *desk) pacedBeside(ctx context.Context, do func() error) (paced, error) {
	watching, stop := context.WithCancel(ctx)
	clients := make(chan paced, 1)
	go func() { clients <- pace(watching, "http://"+d.address+path("gateway", "few"), d.proxyKey) }()
	err := do()
	stop()
	return <-clients, err
}

func (d *desk) pacedFor(ctx context.Context, length time.Duration) (paced, error) {
	short, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	p := pace(short, "http://"+d.address+path("gateway", "few"), d.proxyKey)
	return p, ctx.Err()
}

// upload sends the file and returns the task's id.
func (d *desk) upload(ctx context.Context, n int) (string, error) {
	read, write := io.Pipe()
	lines := bufio.NewWriterSize(write, 64<<10)
	go func() {
		for i := range n {
			line := keyText(i)
			switch {
			case i%junkEvery == junkEvery-1:
				line = "key-\x01"
			case i%duplicateEvery == duplicateEvery-1:
				line = keyText(i - 1)
			}
			if _, err := lines.WriteString(line + "\n"); err != nil {
				return
			}
		}
		_ = write.CloseWithError(lines.Flush())
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+d.address+"/import/keys?groupId="+d.many, read)
	if err != nil {
		return "", err
	}
	request.Header.Set("Authorization", "Bearer "+d.adminKey)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = answer.Body.Close() }()
	var begun struct{ TaskID string }
	if err := json.NewDecoder(answer.Body).Decode(&begun); err != nil || begun.TaskID == "" {
		return "", fmt.Errorf("the import is refused with %d: %w", answer.StatusCode, err)
	}
	return begun.TaskID, nil
}

type importTask struct {
	State, Error               string
	Succeeded, Skipped, Failed int64
}

func (d *desk) importEnd(ctx context.Context, id string) (importTask, error) {
	var now struct{ Task importTask }
	err := poll(ctx, func() (bool, error) {
		err := d.ask(ctx, `query($id: ID!) { task(id: $id) { state error succeeded skipped failed } }`, map[string]any{"id": id}, &now)
		return now.Task.State != "QUEUED" && now.Task.State != "RUNNING", err
	})
	if err == nil && now.Task.State != "SUCCEEDED" {
		err = fmt.Errorf("the import ended as %s %s", now.Task.State, now.Task.Error)
	}
	return now.Task, err
}

// measureStart starts the gateway anew.
func (d *desk) measureStart(ctx context.Context, n int) error {
	d.gateway.end()
	began := time.Now()
	again, err := d.launch(ctx)
	if err != nil {
		return err
	}
	d.gateway = again
	resident, err := proc.Resident(d.gateway.pid())
	fmt.Printf("start with %d keys: ready after %.1f s with %d MB\n", n, time.Since(began).Seconds(), resident>>20)
	return err
}

// measurePages asks for the pages that the console shows, twenty times each.
func (d *desk) measurePages(ctx context.Context, _ int) error {
	const page = `query($g: ID!) { keys(groupId: $g, first: 50%s) { edges { cursor node { id masked status requestCount } } pageInfo { hasNextPage endCursor } totalCount position } }`
	var middle struct {
		Keys struct{ PageInfo struct{ EndCursor string } }
	}
	if err := d.ask(ctx, fmt.Sprintf(page, ", at: 0.5"), map[string]any{"g": d.many}, &middle); err != nil {
		return err
	}
	after := ", after: \"" + middle.Keys.PageInfo.EndCursor + "\""
	for _, arguments := range []string{
		"", ", order: OLDEST", ", at: 0.1", ", at: 0.9, order: OLDEST", after, after + ", order: OLDEST", strings.Replace(after, "after", "before", 1),
		", filter: {statusIn: [ACTIVE]}", ", filter: {statusIn: [INVALID]}", ", filter: {statusIn: [INVALID, DISABLED]}, order: OLDEST",
		", filter: {search: \"nobody wrote this\"}", ", filter: {faultIn: [QUOTA]}", ", filter: {cooling: true}", ", order: RECENTLY_USED", ", order: TROUBLED",
	} {
		took, err := times(20, func() error {
			return d.ask(ctx, fmt.Sprintf(page, arguments), map[string]any{"g": d.many}, new(json.RawMessage))
		})
		if err != nil {
			return fmt.Errorf("keys(%s): %w", arguments, err)
		}
		name := strings.Replace(strings.TrimPrefix(arguments, ", "), middle.Keys.PageInfo.EndCursor, "the middle", 1)
		fmt.Printf("keys(%s): p50 %.1f ms, at most %.1f ms\n", name, milliseconds(took[len(took)/2]), milliseconds(took[len(took)-1]))
	}
	return nil
}

// measureUpdates changes both groups; a mutation answers when the change is in force.
func (d *desk) measureUpdates(ctx context.Context, _ int) error {
	for name, id := range map[string]string{"of all those keys": d.many, "beside it": d.few} {
		weight := 1
		took, err := times(20, func() error {
			weight++
			return d.ask(ctx, `mutation($id: ID!, $u: [UpstreamInput!]) { updateGroup(id: $id, input: {upstreams: $u}) { version } }`,
				map[string]any{"id": id, "u": []any{map[string]any{"url": d.upstream, "weight": weight}}}, new(json.RawMessage))
		})
		if err != nil {
			return err
		}
		fmt.Printf("change of the group %s in force: p50 %.1f ms, at most %.1f ms\n", name, milliseconds(took[len(took)/2]), milliseconds(took[len(took)-1]))
	}
	return nil
}

// times does something n times and returns how long each took, shortest first.
func times(n int, do func() error) ([]time.Duration, error) {
	took := make([]time.Duration, n)
	for i := range took {
		began := time.Now()
		if err := do(); err != nil {
			return nil, err
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took)
	return took, nil
}

// mostResident watches a process's memory until ctx ends.
func mostResident(ctx context.Context, pid int) (most int64) {
	for {
		if now, err := proc.Resident(pid); err == nil {
			most = max(most, now)
		}
		select {
		case <-ctx.Done():
			return most
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
