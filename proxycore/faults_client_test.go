package proxycore_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/proxycore"
)

func TestC01_HeadersThatNeverEndAreCutWhileOthersAreServed(t *testing.T) {
	t.Parallel()
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	began := time.Now()
	slow := make([]*caller, 200)
	for i := range slow {
		slow[i] = callAt(t, address)
		slow[i].ask("POST /proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nX-Slow: ")
	}
	c := callAt(t, address)
	for range 20 {
		c.ask(post(chatBody))
		if got := c.hear("POST"); got.status != 200 {
			t.Fatalf("beside slow clients: %+v", got)
		}
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for ended := false; !ended; {
		<-tick.C
		_, err := io.WriteString(slow[0].Conn, "x")
		ended = err != nil || time.Since(began) > time.Minute
	}
	for _, s := range slow {
		s.wantEnd()
	}
	if took := time.Since(began); took < 9*time.Second || took > time.Minute {
		t.Errorf("they were cut after %v", took)
	}
	r.finals(t, 20)
	r.wantNeutral(2)
}

func TestC02_ABodyMayComeSlowlyButNotFallSilent(t *testing.T) {
	t.Parallel()
	const silence = time.Second
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{ReadSilence: silence}, groupAt(t, 2, up.url()))
	address := r.mount(silence)
	c := callAt(t, address)
	whole := post(chatBody)
	c.ask(whole[:len(whole)-len(chatBody)])
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for i := range chatBody {
		<-tick.C
		c.ask(chatBody[i : i+1])
	}
	if got := c.hear("POST"); got.status != 200 {
		t.Errorf("a slow body: %+v", got)
	}
	rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1)
	if up.requests()[0].body != chatBody {
		t.Errorf("it arrived as %q", up.requests()[0].body)
	}
	r.forget()
	c.ask(whole[:len(whole)-1])
	if got := c.hear("POST"); got.status != 408 || !strings.Contains(got.body, `"error"`) {
		t.Errorf("a silent body: %+v", got)
	}
	c.wantEnd()
	if rec = r.wantFinal(proxycore.BadRequest, proxycore.ChargedClient, 0); rec.KeyID != 0 || up.hits() != 1 {
		t.Errorf("%d hits; record %+v", up.hits(), rec)
	}
	r.wantNeutral(2)
}

func TestC03_AnUploadBrokenOffIsTheClientsOwn(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	half := head("POST", "/v1/chat/completions", "Content-Length: 1000") + `{"model":`
	chunked := head("POST", "/v1/chat/completions", "Transfer-Encoding: chunked") + "9\r\n{\"model\":\r\n"
	leave := map[string]func(*caller){
		"end": func(c *caller) { c.Close() }, "half-closed": func(c *caller) { _ = c.Conn.(*net.TCPConn).CloseWrite() }, "reset": (*caller).reset,
	}
	for name, request := range map[string]string{"length": half, "chunked": chunked} {
		for how, leave := range leave {
			t.Run(name+" "+how, func(t *testing.T) {
				r.forget()
				c := r.caller()
				c.ask(request)
				eventually(t, "the request is in flight", func() bool { return r.gateway.Figures().InFlight == 1 })
				leave(c)
				if rec := r.wantFinal(proxycore.ClientAbort, proxycore.ChargedClient, 0); rec.StatusCode != 499 || rec.KeyID != 0 {
					t.Errorf("record %+v", rec)
				}
			})
		}
	}
	if up.hits() != 0 {
		t.Errorf("half a request reached the upstream")
	}
	r.wantNeutral(2)
}

func TestC04_AClientThatLeavesIsFollowed(t *testing.T) {
	var heard atomic.Bool
	up := openStage(t, afterRequest(func(a *actor) {
		if strings.Contains(a.stage.requests()[a.number-1].body, "stream") {
			a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n")
		}
		a.untilLeft()
		heard.Store(true)
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	for i, body := range []string{chatBody, streamBody, chatBody, streamBody, chatBody, streamBody} {
		r.forget()
		c := r.caller()
		c.ask(post(body))
		eventually(t, "the upstream is asked", func() bool { return up.hits() == i+1 })
		if body == streamBody {
			if line, err := c.reader.ReadString('\n'); err != nil || !strings.Contains(line, "200") {
				t.Fatalf("%q %v", line, err)
			}
		}
		heard.Store(false)
		if i < 4 {
			c.reset()
		} else {
			// A client that half-closes has gone for net/http, which reads on only to see that.
			_ = c.Conn.(*net.TCPConn).CloseWrite()
		}
		rec := r.wantFinal(proxycore.ClientAbort, proxycore.ChargedClient, 1)
		if want := int64(0); body == chatBody && rec.ResponseBytes != want || body == streamBody && rec.ResponseBytes != 9 {
			t.Errorf("record %+v", rec)
		}
		eventually(t, "the upstream hears of it", heard.Load)
	}
	r.wantNeutral(2)
}

func TestC05_AClientThatStopsReadingIsCutAndHoldsLittle(t *testing.T) {
	var poured atomic.Int64
	piece := []byte(strings.Repeat("data: 0123456789\n\n", 4<<10))
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
		for a.pour(piece) {
			poured.Add(int64(len(piece)))
		}
	}))
	r := newRig(t, proxycore.Options{WriteSilence: 500 * time.Millisecond}, groupAt(t, 2, up.url()))
	c := r.caller()
	_ = c.Conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	used := allocated(func() {
		c.ask(post(streamBody))
		up.wantAllEnded(t)
		r.wantFinal(proxycore.ClientAbort, proxycore.ChargedClient, 1)
	})
	// What was poured lies in the kernel's buffers of two connections.
	if used > 4<<20 || poured.Load() > 64<<20 {
		t.Errorf("%d bytes were allocated, %d poured", used, poured.Load())
	}
	r.wantNeutral(2)
}

func TestC06_ABodyOverTheLimitIs413AndTheConnectionEnds(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{MaxBody: 2 << 20}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	body := `{"model":"gpt-4o","x":"` + strings.Repeat("x", 2<<20) + `"}`
	chunks := head("POST", "/v1/chat/completions", "Transfer-Encoding: chunked") + fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
	for name, request := range map[string]string{"length": post(body), "chunked": chunks} {
		t.Run(name, func(t *testing.T) {
			r.forget()
			c := callAt(t, address)
			go c.ask(request)
			got := c.hear("POST")
			if got.status != 413 || !strings.Contains(got.body, "gateway_body_too_large") {
				t.Errorf("%+v", got)
			}
			c.wantEnd()
			r.wantFinal(proxycore.BadRequest, proxycore.ChargedNobody, 0)
		})
	}
	if up.hits() != 0 {
		t.Error("the upstream was asked")
	}
	r.wantNeutral(2)
}

func TestC09_TheAddressIsThePathAlone(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	for _, row := range []struct {
		name, target, hosts string
		status              int
	}{
		{"absolute form", "http://other.test/proxy/openai/v1/models", "Host: gateway\r\n", 200},
		{"another authority", "http://a.test:99/proxy/openai/v1/models", "Host: b.test\r\n", 200},
		{"two hosts", "/proxy/openai/v1/models", "Host: a\r\nHost: b\r\n", 400},
		{"no host", "/proxy/openai/v1/models", "", 400},
		{"an empty host", "/proxy/openai/v1/models", "Host:\r\n", 200},
		{"a host that is none", "/proxy/openai/v1/models", "Host: a b\r\n", 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := up.hits()
			c := callAt(t, address)
			c.ask("GET " + row.target + " HTTP/1.1\r\n" + row.hosts + "Authorization: Bearer " + proxyKey + "\r\n\r\n")
			if got := c.hear("GET"); got.status != row.status {
				t.Errorf("%+v", got)
			}
			asked := up.requests()[before:]
			if row.status != 200 {
				if len(asked) != 0 {
					t.Errorf("asked %+v", asked)
				}
				return
			}
			if len(asked) != 1 || asked[0].line() != "GET /v1/models HTTP/1.1" || asked[0].header("Host") != up.Addr().String() {
				t.Errorf("asked %+v", asked)
			}
		})
	}
	r.wantNeutral(2)
}

func TestC10_UnknownMethodsAndTargetsReachNoUpstream(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	for _, row := range []struct {
		line   string
		status []int
	}{
		{"TRACE /proxy/openai/v1/models HTTP/1.1", []int{405}},
		{"CONNECT /proxy/openai/v1/models HTTP/1.1", []int{405}},
		{"CONNECT api.openai.com:443 HTTP/1.1", []int{400, 404, 405}},
		{"FOO /proxy/openai/v1/models HTTP/1.1", []int{405}},
		{"get /proxy/openai/v1/models HTTP/1.1", []int{400, 405}},
		{"GET * HTTP/1.1", []int{400, 404}},
		{"OPTIONS * HTTP/1.1", []int{400, 404}},
		{"PRI * HTTP/2.0", []int{400, 404, 405, 505}},
		{"GET  /proxy/openai/v1/models HTTP/1.1", []int{400}},
		{"G\x01T /proxy/openai/v1/models HTTP/1.1", []int{400}},
	} {
		t.Run(row.line, func(t *testing.T) {
			c := callAt(t, address)
			c.ask(row.line + "\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\n\r\n")
			if got := c.hear("GET"); !oneOf(row.status, got.status) {
				t.Errorf("%+v", got)
			}
		})
	}
	if up.hits() != 0 {
		t.Errorf("asked %+v", up.requests())
	}
	r.wantNeutral(2)
}

func TestC11_StrangeBytesAreForwardedOrRefusedButNeverLost(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	for _, row := range []struct {
		name, path, agent, model string
		status                   int
	}{
		{"an encoded NUL", "/v1/files/%00", "agent", "m", 200},
		{"bytes that are no UTF-8", "/v1/files/\xff\xfe", "agent \xff", "m \xff\xfe", 200},
		{"an escape that is none", "/v1/files/%zz", "agent", "m", 400},
		{"a control byte in the path", "/v1/files/\x01", "agent", "m", 400},
		{"a control byte in a header", "/v1/files/a", "agent \x01", "m", 400},
		{"a control byte in the model", "/v1/files/a", "agent", "m \x01\x00", 200},
	} {
		t.Run(row.name, func(t *testing.T) {
			r.forget()
			before := up.hits()
			body := `{"model":"` + row.model + `"}`
			c := r.caller()
			c.ask(head("POST", row.path, "User-Agent: "+row.agent, "Content-Length: "+itoa(len(body))) + body)
			if got := c.hear("POST"); got.status != row.status {
				t.Fatalf("%+v", got)
			}
			if row.status != 200 {
				if up.hits() != before {
					t.Errorf("the upstream was asked")
				}
				return
			}
			asked := up.requests()[before]
			if asked.line() != "POST "+row.path+" HTTP/1.1" || asked.body != body || asked.header("User-Agent") != row.agent {
				t.Errorf("asked %q with %q", asked.line(), asked.body)
			}
			if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); rec.Path != row.path || rec.UserAgent != row.agent {
				t.Errorf("record %+v", rec)
			}
		})
	}
	r.wantNeutral(2)
}

func TestC20_ExpectationsAreMetAfterAdmissionAlone(t *testing.T) {
	t.Parallel()
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{MaxBody: 1000, ReadSilence: time.Second}, groupAt(t, 2, up.url()))
	address := r.mount(time.Second)
	expecting := post(chatBody, "Expect: 100-continue")
	for _, row := range []struct {
		name, request string
		status        int
		ends          bool
	}{
		{"a wrong key", strings.Replace(expecting, proxyKey, "nonsense", 1), 401, true},
		{"a body too large", head("POST", "/v1/chat/completions", "Expect: 100-continue", "Content-Length: 5000"), 413, true},
		{"another expectation", head("POST", "/v1/chat/completions", "Expect: 200-maybe", "Content-Length: 5000"), 417, true},
		{"a good one", expecting, 100, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			c := callAt(t, address)
			beforeBody, body, _ := strings.Cut(row.request, "\r\n\r\n")
			c.ask(beforeBody + "\r\n\r\n")
			line, err := c.reader.ReadString('\n')
			if !strings.HasPrefix(line, fmt.Sprintf("HTTP/1.1 %d ", row.status)) {
				t.Fatalf("%q %v", line, err)
			}
			if row.ends {
				c.wantEnd()
				return
			}
			_, _ = c.reader.ReadString('\n')
			c.ask(body)
			if got := c.hear("POST"); got.status != 200 {
				t.Errorf("%+v", got)
			}
		})
	}
	if up.hits() != 1 || up.requests()[0].header("Expect") != "" {
		t.Errorf("asked %+v", up.requests())
	}
	r.wantNeutral(2)
}

func TestC25_AThousandIdleConnectionsAndAFullHouseLeaveHealthAndOrder(t *testing.T) {
	release := make(chan struct{})
	up := openStage(t, func(a *actor) {
		for {
			if _, ok := a.request(); !ok {
				return
			}
			<-release
			a.answerOK()
		}
	})
	r := newRig(t, proxycore.Options{MaxConcurrent: 4}, groupAt(t, 8, up.url()))
	address := r.mount(time.Minute)
	for range 1000 {
		callAt(t, address)
	}
	answers := make(chan int, 8)
	ask := func() {
		c, err := net.Dial("tcp", address)
		if err != nil {
			answers <- 0
			return
		}
		defer c.Close()
		_, _ = io.WriteString(c, post(chatBody))
		res, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			answers <- 0
			return
		}
		res.Body.Close()
		answers <- res.StatusCode
	}
	for range 4 {
		go ask()
	}
	eventually(t, "every slot is taken", func() bool { return up.hits() == 4 })
	for range 4 {
		go ask()
	}
	eventually(t, "as many wait", func() bool { return r.gateway.Figures().InFlight == 8 })
	c := callAt(t, address)
	c.ask(post(chatBody))
	if got := c.hear("POST"); got.status != 503 || got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "gateway_overloaded") {
		t.Errorf("one too many: %+v", got)
	}
	h := callAt(t, address)
	h.ask("GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n")
	if got := h.hear("GET"); got.status != 200 {
		t.Errorf("health: %+v", got)
	}
	for range 4 {
		if status := <-answers; status != 503 {
			t.Errorf("one that waited too long: %d", status)
		}
	}
	close(release)
	for range 4 {
		if status := <-answers; status != 200 {
			t.Errorf("one that had a slot: %d", status)
		}
	}
	overloaded := 0
	for _, rec := range r.finals(t, 9) {
		if rec.Outcome == proxycore.Overload {
			overloaded++
		}
	}
	if overloaded != 5 {
		t.Errorf("%d were recorded as overload", overloaded)
	}
	r.wantNeutral(8)
}
