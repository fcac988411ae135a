package server

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// site is a server under test.
type site struct {
	t    *testing.T
	addr string
	log  *lockedLog
	stop context.CancelFunc
	done chan error
}

// lockedLog is a log that a test may read while others write.
type lockedLog struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func start(t *testing.T, o Options) *site {
	t.Helper()
	s := &site{t: t, log: &lockedLog{}, done: make(chan error, 1)}
	o.Addr = "127.0.0.1:0"
	o.Logger = slog.New(slog.NewTextHandler(s.log, nil))
	listening := make(chan net.Addr, 1)
	o.OnListen = func(a net.Addr) { listening <- a }
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background())
	go func() { s.done <- Run(ctx, o); close(s.done) }()
	select {
	case a := <-listening:
		s.addr = a.String()
	case err := <-s.done:
		t.Fatal(err)
	}
	t.Cleanup(func() { s.stop(); s.wait() })
	return s
}

func (s *site) wait() {
	s.t.Helper()
	select {
	case err := <-s.done:
		if err != nil {
			s.t.Errorf("Run: %v", err)
		}
	case <-time.After(20 * time.Second):
		s.t.Fatal("the server does not stop")
	}
}

// client has connections of its own.
func client(t *testing.T) *http.Client {
	transport := &http.Transport{MaxIdleConnsPerHost: 64}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func (s *site) get(c *http.Client, path string) (*http.Response, string) {
	s.t.Helper()
	answer, err := c.Get("http://" + s.addr + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer, string(body)
}

func hello(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	_, _ = io.WriteString(w, "hello")
}

func TestHealthAndReadiness(t *testing.T) {
	var ready atomic.Bool
	s := start(t, Options{Handler: http.HandlerFunc(hello), Ready: ready.Load})
	c := client(t)
	for _, want := range []struct {
		ready  bool
		path   string
		status int
		body   string
	}{
		{false, "/health", 200, "{\"status\":\"ok\"}\n"}, {false, "/ready", 503, "{\"status\":\"not ready\"}\n"},
		{true, "/health", 200, "{\"status\":\"ok\"}\n"}, {true, "/ready", 200, "{\"status\":\"ready\"}\n"}, {true, "/healthy", 200, "hello"},
	} {
		ready.Store(want.ready)
		if answer, body := s.get(c, want.path); answer.StatusCode != want.status || body != want.body {
			t.Errorf("%s, ready %t: %d %s", want.path, want.ready, answer.StatusCode, body)
		}
	}
	answer, err := c.Post("http://"+s.addr+"/health", "", nil)
	if err != nil || answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") == "" {
		t.Errorf("POST /health: %v %v", answer, err)
	}
	answer.Body.Close()
}

func TestAStoppingServerSaysSoAndFinishesWhatIsOpen(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	stopping := make(chan struct{})
	s := start(t, Options{Grace: 10 * time.Second, Stopping: func() { close(stopping) }, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(entered)
			<-release
		}
		if r.Context().Err() != nil {
			t.Error("its context is over before the grace is")
		}
		hello(w, r)
	})})
	c := client(t)
	s.get(c, "/") // a connection that is kept
	slow := make(chan string, 1)
	go func() {
		_, body := s.get(client(t), "/slow")
		slow <- body
	}()
	<-entered
	s.stop()
	<-stopping
	if answer, _ := s.get(c, "/ready"); answer.StatusCode != 503 || !answer.Close {
		t.Errorf("/ready while stopping: %d, close %t", answer.StatusCode, answer.Close)
	}
	if answer, body := s.get(client(t), "/"); body != "hello" || !answer.Close {
		t.Errorf("in the lame duck: %s, close %t", body, answer.Close)
	}
	eventually(t, "no new connections are accepted", func() bool {
		conn, err := net.Dial("tcp", s.addr)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
	select {
	case err := <-s.done:
		t.Fatalf("Run returned %v with a request open", err)
	default:
	}
	close(release)
	if body := <-slow; body != "hello" {
		t.Errorf("the open request got %q", body)
	}
	s.wait()
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func TestWhatOutlastsTheGraceIsAborted(t *testing.T) {
	entered := make(chan struct{}, 2)
	var aborted atomic.Int64
	var order lockedLog
	s := start(t, Options{Grace: 400 * time.Millisecond, Abort: func(ctx context.Context) {
		if deadline, ok := ctx.Deadline(); !ok || time.Until(deadline) > lastMoment {
			t.Error("Abort has no limit")
		}
		_, _ = io.WriteString(&order, "abort,")
	}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/socket" {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
		} else {
			_, _ = io.WriteString(w, "begun")
			_ = http.NewResponseController(w).Flush()
		}
		entered <- struct{}{}
		<-r.Context().Done()
		_, _ = io.WriteString(&order, "context,")
		aborted.Add(1)
		if r.URL.Path != "/socket" {
			panic(http.ErrAbortHandler)
		}
	})})
	answer, err := client(t).Get("http://" + s.addr + "/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	socket, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	fmt.Fprint(socket, "GET /socket HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	<-entered
	began := time.Now()
	s.stop()
	if body, err := io.ReadAll(answer.Body); err == nil || string(body) != "begun" {
		t.Errorf("the client takes %q for a whole answer", body)
	}
	s.wait()
	if took := time.Since(began); took < 400*time.Millisecond || took > 3*time.Second {
		t.Errorf("stopped after %s", took)
	}
	if aborted.Load() != 2 || order.String() != "abort,context,context," {
		t.Errorf("%d handlers ended, in the order %s", aborted.Load(), order.String())
	}
	if !strings.Contains(s.log.String(), "cut off") || !strings.Contains(s.log.String(), "open=2") {
		t.Errorf("logged %s", s.log.String())
	}
}

// A request on a connection that was used before must not be lost. One on a new connection may be turned away, by a refusal
// or, when the kernel had taken the connection up already, by a reset, but not once a handler has seen it.
func TestAStopLosesNoRequest(t *testing.T) {
	var handled, answered, lost atomic.Int64
	var stopping atomic.Bool
	s := start(t, Options{Grace: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handled.Add(1)
		hello(w, r)
	})})
	var clients sync.WaitGroup
	for i := range 16 {
		c := client(t)
		c.Transport.(*http.Transport).DisableKeepAlives = i%2 == 1
		clients.Go(func() {
			for {
				reused, err := postOnce(c, "http://"+s.addr)
				switch {
				case err == nil:
					answered.Add(1)
				// A reset shows in several ways, by what the client was doing when it came.
				case !reused && stopping.Load():
					return
				default:
					t.Logf("lost, on a connection used before %v: %v", reused, err)
					lost.Add(1)
					return
				}
			}
		})
	}
	eventually(t, "there is traffic", func() bool { return answered.Load() > 500 })
	stopping.Store(true)
	s.stop()
	s.wait()
	clients.Wait()
	if lost.Load() > 0 || handled.Load() != answered.Load() {
		t.Errorf("%d requests reached a handler, %d answers reached a client, %d were lost", handled.Load(), answered.Load(), lost.Load())
	}
}

// postOnce posts a body that cannot be read twice, so that the client never repeats the request by itself, and says whether
// that went over a connection used before.
func postOnce(c *http.Client, url string) (reused bool, err error) {
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(i httptrace.GotConnInfo) { reused = i.Reused }})
	r, err := http.NewRequestWithContext(ctx, "POST", url, io.MultiReader(strings.NewReader("body")))
	if err != nil {
		return false, err
	}
	r.ContentLength = 4
	answer, err := c.Do(r)
	if err != nil {
		return reused, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, answer.Body)
	return reused, err
}

func TestAnIdleConnectionDoesNotHoldUpTheStop(t *testing.T) {
	s := start(t, Options{Grace: time.Minute, Handler: http.HandlerFunc(hello)})
	s.get(client(t), "/")
	reserve, err := net.Dial("tcp", s.addr) // as browsers open them, without a request
	if err != nil {
		t.Fatal(err)
	}
	defer reserve.Close()
	s.get(client(t), "/") // by now it is accepted
	began := time.Now()
	s.stop()
	s.wait()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopped after %s", took)
	}
}

func TestATakenPortNamesTheRemedy(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	var next int
	fmt.Sscan(port, &next)
	for variable, want := range map[string]string{
		"":             fmt.Sprintf("PORT=%d make run", next+1),
		"METRICS_ADDR": fmt.Sprintf("METRICS_ADDR=127.0.0.1:%d make run", next+1),
	} {
		err := Run(t.Context(), Options{Addr: listener.Addr().String(), Variable: variable, Handler: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), "port "+port+" is taken") || !strings.Contains(err.Error(), want) {
			t.Errorf("%v; want it to say %q", err, want)
		}
	}
	err = Run(t.Context(), Options{Addr: "127.0.0.1:99999", Handler: http.NotFoundHandler(), Logger: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "listen on 127.0.0.1:99999, which PORT gives") {
		t.Errorf("%v", err)
	}
}

func TestAPanicCutsTheAnswerAndKeepsSecrets(t *testing.T) {
	s := start(t, Options{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		switch r.URL.Path {
		case "/abort":
			panic(fmt.Errorf("copy: %w", http.ErrAbortHandler))
		case "/secret":
			panic("hunter-two")
		case "/bounds":
			_ = []int{}[len(r.URL.Path)]
		}
	})})
	for path, logged := range map[string]string{"/abort": "", "/secret": "panic=string", "/bounds": "index out of range"} {
		before := len(s.log.String())
		answer, err := client(t).Get("http://" + s.addr + path + "?key=hunter-two")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(answer.Body); err == nil {
			t.Errorf("%s: half an answer looks whole", path)
		}
		answer.Body.Close()
		got := s.log.String()[before:]
		if (logged == "") != (got == "") || !strings.Contains(got, logged) || strings.Contains(got, "hunter-two") {
			t.Errorf("%s: logged %q", path, got)
		}
		if logged != "" && !strings.Contains(got, "server_test.go") {
			t.Errorf("%s: the log does not say where: %q", path, got)
		}
	}
}

func TestHeadersAreBounded(t *testing.T) {
	s := start(t, Options{Handler: http.HandlerFunc(hello)})
	for size, want := range map[int]int{60 << 10: 200, 80 << 10: 431} {
		r, err := http.NewRequest("GET", "http://"+s.addr+"/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Large", strings.Repeat("x", size))
		answer, err := client(t).Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != want {
			t.Errorf("%d bytes: %d, want %d", size, answer.StatusCode, want)
		}
	}
}

func TestNothingFollowsAChunkedRequestOnItsConnection(t *testing.T) {
	s := start(t, Options{Handler: http.HandlerFunc(hello)})
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 44\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"+
		"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n")
	all, err := io.ReadAll(bufio.NewReader(conn))
	if n := strings.Count(string(all), "HTTP/1.1 200"); err != nil || n != 1 || !strings.Contains(string(all), "Connection: close") {
		t.Errorf("%d answers, %v:\n%s", n, err, all)
	}
}
