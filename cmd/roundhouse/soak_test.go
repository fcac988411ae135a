//go:build soak && linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket/wsjson"

	"roundhouse/internal/upstreamtest"
)

var (
	soakFor  = flag.Duration("soak", 10*time.Minute, "how long the gateway is used")
	soakSeed = flag.Uint64("seed", 1, "what the clients' choices begin with")
)

// soak is a gateway in use, and everyone who uses it.
type soak struct {
	*process
	groupID, spareID string
	users            sync.WaitGroup
	ctx              context.Context
	sent             atomic.Int64
}

// Clients, upstreams that fail, administrators and viewers are at the gateway for a while; when all have gone, it is as large as
// it was before they came, and its books agree.
func TestSoak(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	pprof := "127.0.0.1:" + freePort(t)
	s := &soak{process: launch(t, t.TempDir(), map[string]string{"PPROF_ADDR": pprof})}
	s.groupID = s.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(30)...)
	s.spareID = s.group("spare", "OPENAI", upstream.URL+"/v1", keyNames(3)...)

	s.use(t, *soakSeed, max(5*time.Second, *soakFor/20)) // so that every pool and cache is there
	before := s.measure(pprof)
	s.use(t, *soakSeed+1, *soakFor)
	after := s.measure(pprof)
	t.Logf("%d requests; before %+v, after %+v", s.sent.Load(), before, after)
	after.isBackAt(t, before)

	s.close()
	books := readLedger(t, s.books(nil))
	books.balances(t)
	books.agrees(t, s.sent.Load(), int64(len(upstream.Requests())))
}

// use has everyone at the gateway for so long, and waits until they have gone.
func (s *soak) use(t *testing.T, seed uint64, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), long)
	defer cancel()
	s.ctx = ctx
	for role, act := range []func(*rand.Rand){
		s.ask, s.ask, s.ask, s.ask, s.ask, s.ask, s.edit, s.edit, s.view, s.view, s.view, s.read,
	} {
		s.users.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(role)))
			for ctx.Err() == nil {
				act(r)
			}
		})
	}
	s.users.Wait()
	http.DefaultClient.CloseIdleConnections()
}

// ask sends a request, most often one that an upstream answers well.
func (s *soak) ask(r *rand.Rand) {
	body := hello
	if r.IntN(2) == 0 {
		body = strings.Replace(hello, `{"model"`, `{"stream":true,"model"`, 1)
	}
	var header []string
	switch r.IntN(12) {
	case 0:
		faults := []string{"status=500", "status=503", "status=429;retry-after=1", "status=401", "status=404", "reset", "cut=2", "error=2", "truncate", "delay=200ms"}
		header = append(header, "X-Upstream-Do: "+faults[r.IntN(len(faults))])
	case 1:
		body = `{"model":`
	case 2:
		s.leaveEarly(body)
		return
	}
	s.sent.Add(1)
	_, _, _ = s.send(http.MethodPost, "/proxy/openai/v1/chat/completions", body, header...)
	<-time.After(time.Duration(r.IntN(20)) * time.Millisecond)
}

// leaveEarly goes away once the answer begins.
func (s *soak) leaveEarly(body string) {
	request, err := http.NewRequest(http.MethodPost, s.url+"/proxy/openai/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Authorization", "Bearer "+s.proxy)
	request.Header.Set("X-Upstream-Do", "pace=20ms;words=50")
	s.sent.Add(1)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		_ = answer.Body.Close()
	}
}

// edit changes something as an administrator would.
func (s *soak) edit(r *rand.Rand) {
	id := map[string]any{"id": s.groupID}
	switch r.IntN(6) {
	case 0:
		_, _ = s.try(fmt.Sprintf(`mutation($id: ID!) { updateGroup(id: $id, input: {displayName: "soak %d"}) { version } }`, r.IntN(1000)), id)
	case 1:
		_, _ = s.try(fmt.Sprintf(`mutation { updateSettings(input: {maxRetries: %d}) { version } }`, 1+r.IntN(4)), nil)
	case 2:
		_, _ = s.try(`mutation($id: ID!) { disableKeys(keys: {groupId: $id, text: "key-pooled-0003"}) { id } }`, id)
	case 3:
		_, _ = s.try(`mutation($id: ID!) { enableKeys(keys: {groupId: $id, all: true}) { id } }`, id)
	case 4:
		_, _ = s.try(`mutation($id: ID!) { restoreKeys(keys: {groupId: $id, all: true}) { id } }`, id)
	case 5:
		text := fmt.Sprintf("key-pooled-spare-%d", r.IntN(1_000_000))
		_, _ = s.try(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": s.spareID, "t": text})
		_, _ = s.try(`mutation($g: ID!, $t: String!) { deleteKeys(keys: {groupId: $g, text: $t}) { id } }`, map[string]any{"g": s.spareID, "t": text})
	}
	<-time.After(200 * time.Millisecond)
}

// view watches for a while, at times without taking anything.
func (s *soak) view(r *rand.Rand) {
	ctx, cancel := context.WithTimeout(s.ctx, time.Duration(1+r.IntN(5))*time.Second)
	defer cancel()
	conn, _, err := s.dial(ctx, "Bearer "+s.admin)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for i, query := range []string{"requestTail { matched dropped requests { path outcome } }", "liveStats { requestsPerSecond }", "keyChanged { key { id } }", "taskProgress { id state }"} {
		_ = watch(ctx, conn, strconv.Itoa(i), "subscription { "+query+" }")
	}
	if r.IntN(4) == 0 {
		<-ctx.Done()
		return
	}
	for wsjson.Read(ctx, conn, &message{}) == nil {
	}
}

// read asks what a console asks for.
func (s *soak) read(r *rand.Rand) {
	queries := []string{
		`{ requestLogs(first: 50) { edges { node { id outcome keyMasked } } } }`,
		`{ requestLogs(first: 50, filter: {success: false}) { edges { node { id error } } pageInfo { scannedTo } } }`,
		`{ dashboard { requests { value } errorRate { value } } }`,
		`{ keys(groupId: "` + s.groupID + `", first: 20) { edges { node { id status requestCount } } } }`,
	}
	_, _ = s.try(queries[r.IntN(len(queries))], nil)
	if r.IntN(20) == 0 {
		_, _, _ = s.send(http.MethodGet, "/export/logs.csv", "", "Authorization: Bearer "+s.admin)
	}
	<-time.After(50 * time.Millisecond)
}

// size is what the gateway takes when nobody uses it.
type size struct{ heapKiB, goroutines, descriptors, journalBytes int64 }

// measure waits until the gateway rests, and measures it.
func (s *soak) measure(pprof string) (m size) {
	s.t.Helper()
	db := s.books(nil)
	s.await("every record to be written", func() bool {
		n, err := finals(db)
		return err == nil && int64(n) >= s.sent.Load()
	})
	<-time.After(3 * time.Second) // idle connections to upstreams and what follows a socket's end
	heap := regexp.MustCompile(`# HeapAlloc = (\d+)`)
	s.number(pprof, "heap?gc=1&debug=1", heap)
	m.heapKiB = s.number(pprof, "heap?gc=1&debug=1", heap) >> 10
	m.goroutines = s.number(pprof, "goroutine?debug=1", regexp.MustCompile(`total (\d+)`))
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", s.cmd.Process.Pid))
	if err != nil {
		s.t.Fatal(err)
	}
	m.descriptors = int64(len(open))
	_ = filepath.WalkDir(filepath.Join(s.dir, "journal"), func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			if info, err := entry.Info(); err == nil {
				m.journalBytes += info.Size()
			}
		}
		return nil
	})
	return m
}

// number is the first in a profile that the pattern finds.
func (s *soak) number(pprof, profile string, pattern *regexp.Regexp) int64 {
	s.t.Helper()
	answer, err := http.Get("http://" + pprof + "/debug/pprof/" + profile)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	found := pattern.FindSubmatch(text)
	if found == nil {
		s.t.Fatalf("%s tells nothing", profile)
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// isBackAt allows for what a connection more or less takes, and for what is kept for viewers: the latest 16,384 records and five
// minutes of live figures.
func (m size) isBackAt(t *testing.T, before size) {
	t.Helper()
	for what, grew := range map[string]bool{
		"the heap":    m.heapKiB > before.heapKiB*3/2+32<<10,
		"goroutines":  m.goroutines > before.goroutines+10,
		"descriptors": m.descriptors > before.descriptors+10,
		"the journal": m.journalBytes > before.journalBytes,
	} {
		if grew {
			t.Errorf("%s did not come back: %+v before, %+v after", what, before, m)
		}
	}
}
