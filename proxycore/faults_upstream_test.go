package proxycore_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"roundhouse/proxycore"
)

const streamBody = `{"model":"gpt-4o","stream":true}`

func TestU01_ARefusedConnectionIsMetElsewhere(t *testing.T) {
	dead := "http://" + closedAddress(t)
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 4, dead, up.url()))
	for range 10 {
		r.wantStatus(r.chat(), 200)
	}
	for _, rec := range r.finals(t, 10) {
		if rec.Upstream != up.url() || rec.AttemptNumber > 2 {
			t.Errorf("record %+v", rec)
		}
	}
	r.wantNeutral(4)
	if state := r.gateway.UpstreamState(groupID, dead); state.Healthy || state.LastError == "" {
		t.Errorf("the dead upstream keeps its place: %+v", state)
	}
}

func TestU01_ARefusedConnectionAloneIs502(t *testing.T) {
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, "http://"+closedAddress(t)))
	r.wantStatus(r.chat(), 502)
	if rec := r.wantFinal(proxycore.UpstreamError, proxycore.ChargedUpstream, 2); rec.Connect >= 0 || rec.StatusCode != 502 {
		t.Errorf("record %+v", rec)
	}
	r.wantNeutral(2)
}

// deafAddress is one whose connections are never made: its queue is full and nobody accepts.
func deafAddress(t *testing.T) string {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Listen(fd, 0); err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + itoa(at.(*syscall.SockaddrInet4).Port)
	for {
		c, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err != nil {
			return address
		}
		t.Cleanup(func() { c.Close() })
	}
}

func TestU02_AConnectionThatIsNeverMadeIs504InItsTimeAndHoldsUpNobody(t *testing.T) {
	t.Parallel()
	up := openStage(t, wellBehaved)
	deaf, other := groupAt(t, 2, "http://"+deafAddress(t)), groupAt(t, 2, up.url())
	deaf.Settings.ConnectTimeout, deaf.Settings.MaxRetries = time.Second, 0
	other.ID, other.Name = 8, "other"
	r := newRig(t, proxycore.Options{}, deaf, other)
	answer := make(chan reply)
	began := time.Now()
	go func() { answer <- r.chat() }()
	served := 0
	for waiting := true; waiting; {
		select {
		case got := <-answer:
			waiting = false
			r.wantStatus(got, 504)
			if strings.Contains(got.body, "executed") {
				t.Errorf("nothing was sent that could have been executed: %s", got.body)
			}
		default:
			q := r.request(http.MethodPost, "/v1/chat/completions", chatBody)
			q.URL.Path = strings.Replace(q.URL.Path, "/openai/", "/other/", 1)
			r.wantStatus(r.do(q), 200)
			served++
		}
	}
	if took := time.Since(began); took < 900*time.Millisecond || served == 0 {
		t.Errorf("504 after %v; the other group was served %d times meanwhile", took, served)
	}
	r.wantNeutral(2)
}

func TestU03_AnUnknownNameIs502AndASlowOne504(t *testing.T) {
	names.set("silent.test", nil)
	for _, row := range []struct {
		host    string
		status  int
		outcome proxycore.Outcome
	}{{"nowhere.test", 502, proxycore.UpstreamError}, {"silent.test", 504, proxycore.Timeout}} {
		t.Run(row.host, func(t *testing.T) {
			group := groupAt(t, 2, "http://"+row.host+":81")
			group.Settings.MaxRetries = 0
			if row.status == 504 {
				group.Settings.ConnectTimeout = 200 * time.Millisecond
			}
			r := newRig(t, proxycore.Options{}, group)
			before := runtime.NumGoroutine()
			for range 5 {
				r.wantStatus(r.chat(), row.status)
			}
			for _, rec := range r.finals(t, 5) {
				if rec.Outcome != row.outcome || !strings.Contains(rec.Error, row.host) && row.status == 502 || strings.Contains(rec.Error, "key-of-test") {
					t.Errorf("record %s: %s", rec.Outcome, rec.Error)
				}
			}
			eventually(t, "no goroutine is left behind", func() bool { return runtime.NumGoroutine() < before+10 })
			r.wantNeutral(2)
		})
	}
}

func TestU04_ANameThatMovesIsFollowedAndStreamsEndWhereTheyBegan(t *testing.T) {
	finish := make(chan struct{})
	scene := func(a *actor) {
		for {
			q, ok := a.request()
			if !ok {
				return
			}
			if strings.Contains(q.body, "stream") {
				a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")
				<-finish
				a.say("9\r\ndata: 2\n\n\r\n0\r\n\r\n")
				continue
			}
			a.answerOK()
		}
	}
	old := openStage(t, scene)
	_, port, _ := net.SplitHostPort(old.Addr().String())
	l, err := net.Listen("tcp", "127.0.0.2:"+port)
	if err != nil {
		t.Fatal(err)
	}
	young := openStageOn(t, l, scene)
	names.set("moving.test", net.IPv4(127, 0, 0, 1))
	group := groupAt(t, 2, "http://moving.test:"+port)
	group.Settings.IdleConnTimeout = 50 * time.Millisecond
	r := newRig(t, proxycore.Options{}, group)
	stream := r.caller()
	stream.ask(post(streamBody))
	eventually(t, "the stream is open", func() bool { return r.gateway.Figures().OpenStreams == 1 })
	names.set("moving.test", net.IPv4(127, 0, 0, 2))
	eventually(t, "the new address is asked", func() bool { r.wantStatus(r.chat(), 200); return young.hits() > 0 })
	close(finish)
	if got := stream.hear("POST"); got.err != nil || got.body != "data: 1\n\ndata: 2\n\n" {
		t.Errorf("the stream: %+v", got)
	}
	r.wantNeutral(2)
}

func TestU06_AResetBeforeHeadersIsRetriedElsewhereByteForByte(t *testing.T) {
	up := openStage(t, func(a *actor) {
		if a.number == 1 {
			a.request()
			a.reset()
			return
		}
		wellBehaved(a)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 3, up.url()))
	sent := `{"model":"gpt-4o","seed":9007199254740993, "x":"` + strings.Repeat("é", 50<<10) + `"}`
	r.wantStatus(r.do(r.request("POST", "/v1/chat/completions", sent)), 200)
	asked := up.requests()
	if len(asked) != 2 || asked[0].key() == asked[1].key() || asked[1].body != sent || asked[0].line() != asked[1].line() {
		t.Fatalf("asked %d times, with %q and %q", len(asked), asked[0].key(), asked[len(asked)-1].key())
	}
	r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 2)
	r.wantNeutral(3)
}

func TestU07_AnUpstreamThatClosesKeptConnectionsIsAskedOnceForEachRequest(t *testing.T) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) { a.answerOK() }))
			group := groupAt(t, 3, up.url())
			group.Settings.MaxRetries = 0
			r := newRig(t, proxycore.Options{}, group)
			const requests = 100
			for range requests {
				body := ""
				if method == http.MethodPost {
					body = chatBody
				}
				r.wantStatus(r.do(r.request(method, "/v1/chat/completions", body)), 200)
			}
			r.finals(t, requests)
			if up.hits() != requests {
				t.Errorf("%d requests reached the upstream, want %d", up.hits(), requests)
			}
			r.wantNeutral(3)
		})
	}
}

func TestU08_AResetAfterTheHeadersIsNeverAWholeAnswer(t *testing.T) {
	for _, kind := range []string{"application/json", "text/event-stream"} {
		t.Run(kind, func(t *testing.T) {
			var r *rig
			up := openStage(t, afterRequest(func(a *actor) {
				a.say("HTTP/1.1 200 OK\r\nContent-Type: " + kind + "\r\nContent-Length: 100\r\n\r\n")
				if kind == "text/event-stream" {
					eventually(t, "the stream is open", func() bool { return r.gateway.Figures().OpenStreams == 1 })
				}
				a.reset()
			}))
			r = newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
			c := r.caller()
			c.ask(post(chatBody))
			if got := c.hear("POST"); got.err == nil && got.status != 502 {
				t.Errorf("a whole answer: %+v", got)
			}
			rec := r.final(t)
			if rec.Charged != proxycore.ChargedUpstream || rec.Outcome != proxycore.UpstreamTruncated && rec.Outcome != proxycore.UpstreamError {
				t.Errorf("record %+v", rec)
			}
			r.wantNeutral(2)
		})
	}
}

func TestU09_AResetMidStreamCutsTheClientAfterWhatCame(t *testing.T) {
	heard := make(chan struct{})
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
		for range 3 {
			a.say("9\r\ndata: 1\n\n\r\n")
		}
		<-heard
		a.reset()
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 3, up.url()))
	res, err := r.front.Client().Do(r.request("POST", "/v1/chat/completions", streamBody))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var came [27]byte
	if _, err := io.ReadFull(res.Body, came[:]); err != nil || string(came[:]) != strings.Repeat("data: 1\n\n", 3) {
		t.Fatalf("%q %v", came, err)
	}
	close(heard)
	if rest, err := io.ReadAll(res.Body); err == nil || len(rest) != 0 {
		t.Errorf("the stream ended as if it were whole, with %q", rest)
	}
	if rec := r.wantFinal(proxycore.UpstreamTruncated, proxycore.ChargedUpstream, 1); rec.ResponseBytes != 27 || up.hits() != 1 {
		t.Errorf("%d bytes, %d hits", rec.ResponseBytes, up.hits())
	}
	r.wantNeutral(3)
}

func TestU10_AnUpstreamThatNeverAnswersIsLeftAndItsConnectionClosed(t *testing.T) {
	mute, up := openStage(t, afterRequest((*actor).untilLeft)), openStage(t, wellBehaved)
	group := groupAt(t, 4, mute.url(), up.url())
	group.Settings.ResponseHeaderTimeout = time.Second
	r := newRig(t, proxycore.Options{}, group)
	for range 4 {
		r.wantStatus(r.chat(), 200)
	}
	if mute.hits() == 0 {
		t.Fatal("the mute upstream was never asked")
	}
	mute.wantAllEnded(t)
	group.Upstreams = group.Upstreams[:1]
	r.config.Groups = []proxycore.GroupConfig{group}
	r.swap()
	r.forget()
	r.wantStatus(r.chat(), 504)
	if rec := r.final(t); rec.Outcome != proxycore.Timeout || rec.Header >= 0 || rec.Connect < 0 {
		t.Errorf("record %+v", rec)
	}
	mute.wantAllEnded(t)
	r.wantNeutral(4)
}

func TestU11_AStreamThatFallsSilentIsCutAndCommentsCountAsLife(t *testing.T) {
	t.Parallel()
	const idle = 2 * time.Second
	var silent time.Time
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
		tick := time.NewTicker(idle / 8)
		defer tick.Stop()
		for range 13 {
			<-tick.C
			a.say("3\r\n:\n\n\r\n")
		}
		silent = time.Now()
		a.untilLeft()
	}))
	group := groupAt(t, 2, up.url())
	group.Settings.StreamIdleTimeout = idle
	r := newRig(t, proxycore.Options{}, group)
	got := r.do(r.request("POST", "/v1/chat/completions", streamBody))
	if got.status != 200 || got.err == nil || got.body != strings.Repeat(":\n\n", 13) {
		t.Errorf("%+v", got)
	}
	r.wantFinal(proxycore.Timeout, proxycore.ChargedUpstream, 1)
	up.wantAllEnded(t)
	if took := time.Since(silent); took < idle*9/10 {
		t.Errorf("cut after %v", took)
	}
	r.wantNeutral(2)
}

func TestU12_AHeaderThatDripsIs504(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		a.say("HTTP/1.1 200 OK\r\nX-Long: ")
		for a.say("x") {
			<-tick.C
		}
	}))
	group := groupAt(t, 2, up.url())
	group.Settings.ResponseHeaderTimeout, group.Settings.MaxRetries = 300*time.Millisecond, 0
	r := newRig(t, proxycore.Options{}, group)
	r.wantStatus(r.chat(), 504)
	r.wantFinal(proxycore.Timeout, proxycore.ChargedUpstream, 1)
	up.wantAllEnded(t)
	r.wantNeutral(2)
}

func TestU13_ABodyThatDripsPassesHoweverLongItTakes(t *testing.T) {
	t.Parallel()
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + itoa(len(goodAnswer)) + "\r\n\r\n")
		tick := time.NewTicker(15 * time.Millisecond)
		defer tick.Stop()
		for i := range goodAnswer {
			<-tick.C
			a.say(goodAnswer[i : i+1])
		}
	}))
	group := groupAt(t, 2, up.url())
	group.Settings.RequestTimeout, group.Settings.StreamIdleTimeout = time.Second, time.Second
	r := newRig(t, proxycore.Options{}, group)
	got := r.chat()
	r.wantStatus(got, 200)
	if got.body != goodAnswer {
		t.Errorf("%q", got.body)
	}
	if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); rec.Ended.Sub(rec.Started) < time.Second {
		t.Errorf("it took %v only", rec.Ended.Sub(rec.Started))
	}
	r.wantNeutral(2)
}

func TestU14_AnEndlessAnswerStreamsInConstantMemoryAndEndsWithItsClient(t *testing.T) {
	piece := []byte(strings.Repeat("0123456789abcdef", 4<<10))
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n")
		for a.pour(piece) {
		}
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	res, err := r.front.Client().Do(r.request("GET", "/v1/files/file-1/content", "").WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	const much = 64 << 20
	used := allocated(func() {
		if _, err := io.CopyN(io.Discard, res.Body, much); err != nil {
			t.Error(err)
		}
	})
	if used > much/8 {
		t.Errorf("%d bytes were allocated for %d passed on", used, much)
	}
	leave()
	r.wantFinal(proxycore.ClientAbort, proxycore.ChargedClient, 1)
	up.wantAllEnded(t)
	r.wantNeutral(2)
}

// firstThen is a scene for an upstream whose first connection plays one scene and all others another.
func firstThen(first, then func(*actor)) func(*actor) {
	return func(a *actor) {
		if a.number == 1 {
			first(a)
			return
		}
		then(a)
	}
}

func TestU15_AnEndlessErrorIsLeftAfterItsBeginning(t *testing.T) {
	for name, drip := range map[string]bool{"a flood": false, "a drip": true} {
		t.Run(name, func(t *testing.T) {
			up := openStage(t, firstThen(afterRequest(func(a *actor) {
				a.say("HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n\r\n")
				if !drip {
					for a.say(strings.Repeat(" ", 64<<10)) {
					}
					return
				}
				tick := time.NewTicker(20 * time.Millisecond)
				defer tick.Stop()
				for a.say(" ") {
					<-tick.C
				}
			}), wellBehaved))
			group := groupAt(t, 3, up.url())
			group.Settings.StreamIdleTimeout = 500 * time.Millisecond
			r := newRig(t, proxycore.Options{}, group)
			r.wantStatus(r.chat(), 200)
			retries, _ := r.one()
			if len(retries) != 1 || retries[0].ResponseBytes > 64<<10+1 || retries[0].StatusCode != 500 || retries[0].Charged != proxycore.ChargedUpstream {
				t.Errorf("%+v", retries)
			}
			eventually(t, "the endless answer's connection has ended", func() bool { _, ended := up.connections(); return ended >= 1 })
			r.wantNeutral(3)
		})
	}
}

func TestAnUpstreamThatIsBackServesAgain(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", closedAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 4, "http://"+l.Addr().String(), up.url()))
	eventually(t, "it is out", func() bool {
		r.wantStatus(r.chat(), 200)
		return !r.gateway.UpstreamState(groupID, "http://"+l.Addr().String()).Healthy
	})
	if l, err = net.Listen("tcp", l.Addr().String()); err != nil {
		t.Fatal(err)
	}
	back := openStageOn(t, l, wellBehaved)
	eventually(t, "it is trusted again", func() bool {
		r.wantStatus(r.chat(), 200)
		return r.gateway.UpstreamState(groupID, back.url()).Healthy
	})
	before := back.hits()
	for range 20 {
		r.wantStatus(r.chat(), 200)
	}
	if hits := back.hits() - before; hits != 10 {
		t.Errorf("it was asked %d times of 20", hits)
	}
}

// The last upstream in rotation fails while another waits out a long pause, alive again: that one is asked before its time.
func TestAnUpstreamThatIsOutStandsInWhenTheLastOneFails(t *testing.T) {
	t.Parallel()
	var down atomic.Bool
	last := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			openAIError(w, http.StatusInternalServerError, "server_error")
			return
		}
		good(w, r)
	})
	address := closedAddress(t)
	r := newRig(t, proxycore.Options{}, groupAt(t, 4, "http://"+address, last.URL))
	state := func() proxycore.UpstreamState { return r.gateway.UpstreamState(groupID, "http://"+address) }
	eventually(t, "its pause is longer than the first", func() bool {
		r.wantStatus(r.chat(), 200)
		return time.Until(state().EjectedUntil) > 6*time.Second
	})
	until := state().EjectedUntil
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	openStageOn(t, l, wellBehaved)
	down.Store(true)
	eventually(t, "it stands in", func() bool { return r.chat().status == 200 })
	if left := time.Until(until); left < 2*time.Second {
		t.Errorf("it stood in %v before its pause was over", left)
	}
	eventually(t, "it is trusted again", func() bool { r.chat(); return state().Healthy })
	eventually(t, "the last one is out instead", func() bool { r.chat(); return !r.gateway.UpstreamState(groupID, last.URL).Healthy })
}
