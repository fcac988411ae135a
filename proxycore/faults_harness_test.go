package proxycore_test

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/server"
	"roundhouse/proxycore"
)

// TestMain gives every test a resolver of its own, so that no name is ever asked of a real network. What net/http says of
// upstreams that talk out of turn would drown a failure.
func TestMain(m *testing.M) {
	log.SetOutput(io.Discard)
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: names.dial}
	os.Exit(m.Run())
}

// names answers for the addresses of names that end in ".test"; any other does not exist.
var names = &nameServer{addresses: map[string]net.IP{}}

type nameServer struct {
	mu        sync.Mutex // guards addresses
	addresses map[string]net.IP
}

// set gives a name an address; nil makes it one that is never answered for.
func (n *nameServer) set(name string, address net.IP) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.addresses[name+"."] = address
}

func (n *nameServer) find(name string) (address net.IP, known bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	address, known = n.addresses[name]
	return address, known
}

// dial is how the resolver reaches the name server: by a pipe that speaks DNS as over TCP (RFC 1035 §4.2.2).
func (n *nameServer) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	// A look-up that nobody waits for any more would last five seconds else.
	context.AfterFunc(ctx, func() { near.Close() })
	go n.serve(far)
	return near, nil
}

func (n *nameServer) serve(c net.Conn) {
	defer c.Close()
	var size [2]byte
	for {
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		query := make([]byte, binary.BigEndian.Uint16(size[:]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		name, end := "", 12
		for end < len(query) && query[end] != 0 {
			label := int(query[end])
			name += string(query[end+1:end+1+label]) + "."
			end += 1 + label
		}
		end += 5
		address, known := n.find(name)
		if known && address == nil {
			_, _ = io.Copy(io.Discard, c)
			return
		}
		answer := append([]byte{}, query[:end]...)
		copy(answer[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0})
		switch ipv4 := answer[end-3] == 1; {
		case !known:
			answer[3] |= 3
		case ipv4:
			answer[7] = 1
			answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4)
			answer = append(answer, address.To4()...)
		}
		_, _ = c.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...))
	}
}

// patience bounds every wait of a test for the other side.
const patience = 15 * time.Second

// stage is an upstream on raw TCP: each connection is played by a scene, which may break every rule of HTTP.
type stage struct {
	net.Listener
	mu     sync.Mutex // guards all that follows
	asked  []asking
	opened int
	ended  int
	open   map[net.Conn]bool
	done   sync.WaitGroup
}

// asking is one request as it was on the wire.
type asking struct {
	connection int
	head       string
	body       string
}

func (a asking) line() string {
	line, _, _ := strings.Cut(a.head, "\r\n")
	return line
}

// header is the value of the first header of that name, spelled canonically or not.
func (a asking) header(name string) string {
	for _, line := range strings.Split(a.head, "\r\n")[1:] {
		if n, value, ok := strings.Cut(line, ":"); ok && strings.EqualFold(n, name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func (a asking) key() string { return strings.TrimPrefix(a.header("Authorization"), "Bearer ") }

// actor is one connection to a stage, as the scene sees it.
type actor struct {
	net.Conn
	stage *stage
	// number counts the stage's connections from 1.
	number int
	reader *bufio.Reader
}

func openStage(t testing.TB, scene func(*actor)) *stage {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return openStageOn(t, l, scene)
}

func openStageOn(t testing.TB, l net.Listener, scene func(*actor)) *stage {
	t.Helper()
	s := &stage{Listener: l, open: map[net.Conn]bool{}}
	s.done.Go(func() { s.serve(scene) })
	t.Cleanup(s.shut)
	return s
}

func (s *stage) serve(scene func(*actor)) {
	for {
		c, err := s.Accept()
		if err != nil {
			return
		}
		s.mu.Lock()
		s.opened++
		a := &actor{Conn: c, stage: s, number: s.opened, reader: bufio.NewReader(c)}
		s.open[c] = true
		s.mu.Unlock()
		s.done.Go(func() {
			defer func() {
				c.Close()
				s.mu.Lock()
				defer s.mu.Unlock()
				delete(s.open, c)
				s.ended++
			}()
			scene(a)
		})
	}
}

// shut ends the stage: nobody can connect any more, and every connection is cut.
func (s *stage) shut() {
	s.Close()
	s.mu.Lock()
	for c := range s.open {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
}

func (s *stage) url() string { return "http://" + s.Addr().String() }

func (s *stage) requests() []asking {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]asking(nil), s.asked...)
}

func (s *stage) hits() int { return len(s.requests()) }

// connections returns how many were opened, and how many of them have ended.
func (s *stage) connections() (opened, ended int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opened, s.ended
}

// wantAllEnded waits until the gateway keeps no connection to the stage.
func (s *stage) wantAllEnded(t testing.TB) {
	t.Helper()
	eventually(t, "every connection of the upstream has ended", func() bool {
		opened, ended := s.connections()
		return opened == ended
	})
}

// request reads the next request; false when the gateway sends none any more.
func (a *actor) request() (asking, bool) {
	head, body := readRaw(a.reader)
	if !strings.HasSuffix(string(head), "\r\n\r\n") {
		return asking{}, false
	}
	q := asking{connection: a.number, head: string(head), body: string(body)}
	if q.header("Transfer-Encoding") == "chunked" {
		chunks, err := io.ReadAll(httputil.NewChunkedReader(a.reader))
		if end, _ := a.reader.ReadString('\n'); err != nil || end != "\r\n" {
			return asking{}, false
		}
		q.body = string(chunks)
	}
	a.stage.mu.Lock()
	a.stage.asked = append(a.stage.asked, q)
	a.stage.mu.Unlock()
	return q, true
}

// say writes, and reports whether anybody is still there.
func (a *actor) say(text string) bool { return a.pour([]byte(text)) }

// pour is say for much that is written often.
func (a *actor) pour(bytes []byte) bool {
	_, err := a.Write(bytes)
	return err == nil
}

func (a *actor) reset() { hardReset(a.Conn) }

// untilLeft waits until the gateway has ended the connection.
func (a *actor) untilLeft() { _, _ = io.Copy(io.Discard, a.reader) }

// answerOK answers one request well.
func (a *actor) answerOK() bool {
	return a.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + itoa(len(goodAnswer)) + "\r\n\r\n" + goodAnswer)
}

// wellBehaved is the scene of an upstream without faults.
func wellBehaved(a *actor) {
	for {
		if _, ok := a.request(); !ok || !a.answerOK() {
			return
		}
	}
}

// afterRequest is the scene that reads one request and then does as it likes.
func afterRequest(then func(*actor)) func(*actor) {
	return func(a *actor) {
		if _, ok := a.request(); ok {
			then(a)
		}
	}
}

// caller is a client on raw TCP.
type caller struct {
	net.Conn
	t      testing.TB
	reader *bufio.Reader
}

func callAt(t testing.TB, address string) *caller {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return &caller{Conn: c, t: t, reader: bufio.NewReader(c)}
}

func (r *rig) caller() *caller {
	r.t.Helper()
	return callAt(r.t, r.front.Listener.Addr().String())
}

// ask writes as much as the other side takes.
func (c *caller) ask(text string) { _, _ = io.WriteString(c.Conn, text) }

// hear reads one answer to a request of that method.
func (c *caller) hear(method string) reply {
	res, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		return reply{err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: string(body), err: err}
}

// wantEnd reads until the connection has ended, and returns what still came.
func (c *caller) wantEnd() string {
	c.t.Helper()
	rest, err := io.ReadAll(c.reader)
	if err, ok := err.(net.Error); ok && err.Timeout() {
		c.t.Errorf("the connection stays open")
	}
	return string(rest)
}

func (c *caller) reset() { hardReset(c.Conn) }

// head is a request's line and headers for the group, with the proxy key; more are further headers.
func head(method, path string, more ...string) string {
	return method + " /proxy/openai" + path + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\n" +
		strings.Join(append(more, ""), "\r\n") + "\r\n"
}

// post is a whole request for a completion.
func post(body string, more ...string) string {
	return head("POST", "/v1/chat/completions", append(more, "Content-Length: "+itoa(len(body)))...) + body
}

// mount serves the rig's gateway the way the process does, and returns the address.
func (r *rig) mount(readTimeout time.Duration) string {
	r.t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	listening, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- server.Run(ctx, server.Options{
			Addr: "127.0.0.1:0", Handler: r.gateway, ReadTimeout: readTimeout, IdleTimeout: time.Minute, Grace: 2 * time.Second,
			OnListen: func(at net.Addr) { listening <- at.String() }, Logger: slog.New(slog.DiscardHandler),
		})
	}()
	r.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			r.t.Error(err)
		}
	})
	return <-listening
}

// wantNeutral holds that nothing is laid to any of the first n keys.
func (r *rig) wantNeutral(n int) {
	r.t.Helper()
	for id := range int64(n) {
		state := r.gateway.KeyState(groupID, id+1)
		if state.Charges != 0 || state.Suspect || !state.RestingUntil.IsZero() || !state.CoolingUntil.IsZero() || len(state.Models) != 0 {
			r.t.Errorf("key %d: %+v", id+1, state)
		}
	}
	for _, kind := range []proxycore.VerdictKind{proxycore.Charge, proxycore.Suspect, proxycore.Cool, proxycore.Starved} {
		if told := r.judged(kind); len(told) != 0 {
			r.t.Errorf("verdicts of kind %d: %+v", kind, told)
		}
	}
}

// wantFinal waits for the only FINAL record and holds what it says.
func (r *rig) wantFinal(outcome proxycore.Outcome, charged proxycore.Charged, attempts int) proxycore.Record {
	r.t.Helper()
	rec := r.final(r.t)
	if rec.Outcome != outcome || rec.Charged != charged || rec.AttemptNumber != attempts {
		r.t.Errorf("record %s charged %s after %d attempts (%s); want %s, %s, %d", rec.Outcome, rec.Charged, rec.AttemptNumber, rec.Error, outcome, charged, attempts)
	}
	return rec
}

// allocated is how many bytes the work allocates.
func allocated(work func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// groupAt is openGroup with n keys named "key-of-test-0", "key-of-test-1" …
func groupAt(t testing.TB, n int, urls ...string) proxycore.GroupConfig {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = keyNamed(i)
	}
	return openGroup(t, keySet(keys...), urls...)
}

func keyNamed(i int) string { return fmt.Sprintf("key-of-test-%d", i) }

// closedAddress is one that nobody listens on.
func closedAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
