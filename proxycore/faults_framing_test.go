package proxycore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// framing is one way to say where a request ends, and what must come of it.
type framing struct {
	name, header, body string
	status             []int
	// asked is how often the upstream may hear of it; the connection ends afterwards when ends is set.
	asked int
	ends  bool
}

// wantFramed sends each framing with a second request behind it.
func wantFramed(t *testing.T, framings []framing) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	for _, f := range framings {
		t.Run(f.name, func(t *testing.T) {
			before := up.hits()
			c := callAt(t, address)
			request := "POST /proxy/openai/v1/chat/completions HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\n" + f.header + "\r\n" + f.body
			c.ask(request + "GET /proxy/openai/v1/smuggled HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\nConnection: close\r\n\r\n")
			got := c.hear("POST")
			if !oneOf(f.status, got.status) {
				t.Errorf("%d (%v): %s; want one of %v", got.status, got.err, got.body, f.status)
			}
			if rest := c.wantEnd(); f.ends && rest != "" {
				t.Errorf("the connection went on: %q", rest)
			}
			if asked := up.hits() - before; asked != f.asked {
				t.Errorf("the upstream was asked %d times, want %d: %+v", asked, f.asked, up.requests()[before:])
			}
		})
	}
	r.wantNeutral(2)
}

func oneOf(values []int, value int) bool {
	for _, v := range values {
		if v == value {
			return true
		}
	}
	return false
}

func TestC07_AmbiguousLengthsServeNoSecondRequest(t *testing.T) {
	const chunks = "2\r\n{}\r\n0\r\n\r\n"
	wantFramed(t, []framing{
		{"two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n", "{} ", []int{400}, 0, true},
		{"the same length twice", "Content-Length: 2\r\nContent-Length: 2\r\n", "{}", []int{200}, 2, false},
		{"a signed length", "Content-Length: +2\r\n", "{}", []int{400}, 0, true},
		{"a length that is none", "Content-Length: 0x2\r\n", "{}", []int{400}, 0, true},
		{"space before the colon", "Content-Length : 2\r\n", "{}", []int{400}, 0, true},
		{"chunks and a length", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunks, []int{200, 400}, 1, true},
		{"chunks alone", "Transfer-Encoding: chunked\r\n", chunks, []int{200}, 1, true},
		{"an unknown coding", "Transfer-Encoding: xchunked\r\n", chunks, []int{400, 501}, 0, true},
		{"two codings", "Transfer-Encoding: gzip, chunked\r\n", chunks, []int{400, 501}, 0, true},
		{"chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunks, []int{400, 501}, 0, true},
		{"a NUL in a header", "X-Nul: a\x00b\r\nContent-Length: 2\r\n", "{}", []int{400}, 0, true},
	})
}

func TestC08_MalformedChunksAreTheClientsFault(t *testing.T) {
	const header = "Transfer-Encoding: chunked\r\n"
	wantFramed(t, []framing{
		{"a bare line feed", header, "2\n{}\r\n0\r\n\r\n", []int{400}, 0, true},
		{"no size", header, "zz\r\n{}\r\n0\r\n\r\n", []int{400}, 0, true},
		{"a negative size", header, "-2\r\n{}\r\n0\r\n\r\n", []int{400}, 0, true},
		{"a size beyond all", header, "ffffffffffffffffff\r\n{}\r\n0\r\n\r\n", []int{400}, 0, true},
		{"a long extension", header, "2;" + strings.Repeat("x", 20<<10) + "\r\n{}\r\n0\r\n\r\n", []int{400}, 0, true},
		{"a bad trailer", header, "2\r\n{}\r\n0\r\nno colon here\r\n\r\n", []int{400}, 0, true},
	})
}

func TestC16_OldProtocolsWorkOrAreRefused(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n9\r\ndata: 2\n\n\r\n0\r\n\r\n")
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	for _, row := range []struct {
		line   string
		status []int
	}{
		{"POST /proxy/openai/v1/chat/completions HTTP/1.0", []int{200}},
		{"POST /proxy/openai/v1/chat/completions HTTP/1.2", []int{200, 400, 505}},
		{"POST /proxy/openai/v1/chat/completions HTTP/3.0", []int{400, 505}},
		{"POST /proxy/openai/v1/chat/completions", []int{400}},
	} {
		t.Run(row.line, func(t *testing.T) {
			c := callAt(t, address)
			c.ask(row.line + "\r\nHost: gateway\r\nConnection: keep-alive\r\nAuthorization: Bearer " + proxyKey + "\r\nContent-Length: " + itoa(len(streamBody)) + "\r\n\r\n" + streamBody)
			status, err := c.reader.ReadString('\n')
			var version string
			var code int
			if _, scanned := fmt.Sscanf(status, "%s %d", &version, &code); scanned != nil || !oneOf(row.status, code) {
				t.Fatalf("%q %v", status, err)
			}
			if code != 200 || !strings.HasSuffix(row.line, "1.0") {
				return
			}
			if rest := c.wantEnd(); strings.Contains(rest, "chunked") || !strings.HasSuffix(rest, "\r\n\r\ndata: 1\n\ndata: 2\n\n") {
				t.Errorf("%q", rest)
			}
		})
	}
	r.wantNeutral(2)
}

func TestC17_PipelinedRequestsAreAnsweredInOrderUntilTheFirstBadOne(t *testing.T) {
	up := openStage(t, func(a *actor) {
		for {
			q, ok := a.request()
			if !ok || !a.say("HTTP/1.1 200 OK\r\nContent-Length: "+itoa(len(q.body))+"\r\n\r\n"+q.body) {
				return
			}
		}
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	var all strings.Builder
	const good, unauthorized = 100, 7
	for i := range good {
		request := post(fmt.Sprintf(`{"n":%d}`, i))
		if i%unauthorized == 3 {
			request = strings.Replace(request, proxyKey, "nonsense", 1)
		}
		all.WriteString(request)
	}
	all.WriteString("GET /proxy/openai/v1/models HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
	all.WriteString(post(`{"n":"never"}`))
	c := callAt(t, address)
	go c.ask(all.String())
	for i := range good {
		got := c.hear("POST")
		if i%unauthorized == 3 {
			if got.status != 401 {
				t.Fatalf("request %d: %+v", i, got)
			}
			continue
		}
		if got.status != 200 || got.body != fmt.Sprintf(`{"n":%d}`, i) {
			t.Fatalf("request %d: %+v", i, got)
		}
	}
	if got := c.hear("GET"); got.status != 400 {
		t.Errorf("%+v", got)
	}
	if rest := c.wantEnd(); rest != "" {
		t.Errorf("it went on: %q", rest)
	}
	for _, q := range up.requests() {
		if strings.Contains(q.body, "never") {
			t.Errorf("what followed the bad request was served")
		}
	}
	r.wantNeutral(2)
}

func TestC18_NoTunnelIsOpenedForHTTP2InClear(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	c := callAt(t, address)
	c.ask(head("GET", "/v1/models", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"))
	if got := c.hear("GET"); got.status != 426 {
		t.Errorf("%+v", got)
	}
	c = callAt(t, address)
	c.ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00")
	if got := c.hear("GET"); got.status < 400 {
		t.Errorf("%+v", got)
	}
	c.wantEnd()
	if up.hits() != 0 {
		t.Errorf("asked %+v", up.requests())
	}
}
