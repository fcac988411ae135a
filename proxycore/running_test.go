package proxycore

import (
	"context"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"
	"weak"
)

// slowEnd is an upstream's side of a socket that cannot be closed before its time.
type slowEnd struct{ may chan struct{} }

func (s slowEnd) Read([]byte) (int, error)    { <-s.may; return 0, errShutdown }
func (s slowEnd) Write(p []byte) (int, error) { return len(p), nil }
func (s slowEnd) Close() error                { <-s.may; return nil }

func TestASocketThatClosesSlowlyHoldsUpNobody(t *testing.T) {
	g := New(Options{})
	end := slowEnd{make(chan struct{})}
	defer close(end.may)
	x := newExchange(g)
	x.w, x.socket = httptest.NewRecorder(), &socket{inner: end}
	g.running.enter(x)
	g.sockets.open(x.socket)
	x.watch.arm(x.socket.cut, time.Now(), socketWatch)
	over, cancel := context.WithCancel(context.Background())
	cancel()
	done := make(chan error, 1)
	go func() { done <- g.Close(over) }()
	left := make(chan struct{})
	go func() {
		for x.watch.abortedBy() == nil {
			runtime.Gosched()
		}
		g.running.leave(x)
		close(left)
	}()
	for _, waited := range []func(){func() { <-left }, func() { <-done }} {
		met := make(chan struct{})
		go func() { waited(); close(met) }()
		select {
		case <-met:
		case <-time.After(10 * time.Second):
			t.Fatal("it waits for the upstream's side to close")
		}
	}
}

// deadlines is a client's side that remembers until when it may be written to.
type deadlines struct {
	http.ResponseWriter
	write time.Time
}

func (d *deadlines) SetWriteDeadline(t time.Time) error { d.write = t; return nil }

func TestAnAnswerThatMovesDoesNotUndoTheEnd(t *testing.T) {
	client := &deadlines{ResponseWriter: httptest.NewRecorder()}
	x := newExchange(New(Options{}))
	x.w = client
	x.abort(errShutdown)
	// A piece of the answer was read just before, and is about to be written.
	x.giveTime(time.Now())
	if left := time.Until(client.write); left > 2*farewellTime {
		t.Errorf("the client may hold up the end for %v", left)
	}
}

func TestAnExchangeThatThePoolDroppedIsNotKeptByItsTimer(t *testing.T) {
	g := New(Options{})
	dropped := func() weak.Pointer[exchange] {
		x := newExchange(g)
		x.watch.arm(func(error) {}, time.Now(), time.Hour)
		x.watch.disarm()
		return weak.Make(x)
	}()
	for range 100 {
		if runtime.GC(); dropped.Value() == nil {
			return
		}
	}
	t.Error("its memory stays for the hour that its timer is set for")
}

func TestOfTwoUpstreamsThatFailTogetherOneStays(t *testing.T) {
	for range 2000 {
		g := &group{home: newHome(1), wheel: newWheel([]int{1, 1})}
		for _, url := range []string{"http://one.test", "http://two.test"} {
			g.upstreams = append(g.upstreams, &upstream{cell: g.home.upstreamCell(url)})
		}
		begin, done := make(chan struct{}), make(chan struct{})
		for _, u := range g.upstreams {
			go func() {
				<-begin
				for range brokenInARow {
					g.blame(u, failure{connection: true})
				}
				done <- struct{}{}
			}()
		}
		close(begin)
		<-done
		<-done
		if g.upstreams[0].cell.out() == g.upstreams[1].cell.out() {
			t.Fatalf("out: %v and %v", g.upstreams[0].cell.out(), g.upstreams[1].cell.out())
		}
	}
}
