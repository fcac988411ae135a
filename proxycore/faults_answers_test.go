package proxycore_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func TestU16_ABrokenChunkIsACutAnswerAndTheConnectionIsNotUsedAgain(t *testing.T) {
	const begin = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, body := range map[string]string{
		"no size": "ZZZ\r\n{}\r\n0\r\n\r\n", "no line end": "2\r\n{}0\r\n\r\n", "a size too large": "fffffffffffffffff\r\n{}",
		"a negative size": "-2\r\n{}\r\n0\r\n\r\n", "no end": "2\r\n{}\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			up := openStage(t, firstThen(afterRequest(func(a *actor) {
				a.say(begin + body)
				if name != "no end" {
					a.untilLeft()
				}
			}), wellBehaved))
			r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
			if got := r.chat(); got.err == nil && got.status != 502 {
				t.Errorf("a whole answer: %+v", got)
			}
			r.wantFinal(proxycore.UpstreamTruncated, proxycore.ChargedUpstream, 1)
			r.wantStatus(r.chat(), 200)
			if asked := up.requests(); len(asked) != 2 || asked[1].connection != 2 {
				t.Errorf("%+v", asked)
			}
			r.wantNeutral(2)
		})
	}
}

func TestU17_HeadersBeyondTheBoundAre502InBoundedMemory(t *testing.T) {
	var many strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&many, "X-%06d: v\r\n", i)
	}
	for name, header := range map[string]string{
		"one of 300 KiB": "X-Long: " + strings.Repeat("x", 300<<10) + "\r\n", "one of 12 MB": "X-Long: " + strings.Repeat("x", 12<<20) + "\r\n",
		"30,000 of them": many.String(),
	} {
		t.Run(name, func(t *testing.T) {
			answer := []byte("HTTP/1.1 200 OK\r\n" + header + "Content-Length: 0\r\n\r\n")
			up := openStage(t, afterRequest(func(a *actor) {
				a.pour(answer)
				a.untilLeft()
			}))
			group := groupAt(t, 2, up.url())
			group.Settings.MaxRetries = 0
			r := newRig(t, proxycore.Options{}, group)
			used := allocated(func() { r.wantStatus(r.chat(), 502) })
			if used > 8<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
			r.wantFinal(proxycore.UpstreamError, proxycore.ChargedUpstream, 1)
			up.wantAllEnded(t)
			r.wantNeutral(2)
		})
	}
}

func TestU18_AFloodOfInformationalAnswersIs502(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		a.say(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n", 2000))
		a.answerOK()
		a.untilLeft()
	}))
	group := groupAt(t, 2, up.url())
	group.Settings.MaxRetries = 0
	r := newRig(t, proxycore.Options{}, group)
	c := r.caller()
	c.ask(post(chatBody))
	if got := c.hear("POST"); got.status != 502 {
		t.Errorf("%+v", got)
	}
	r.wantFinal(proxycore.UpstreamError, proxycore.ChargedUpstream, 1)
	r.wantNeutral(2)
}

func TestU18_AFewInformationalAnswersPassAndThoseOfRefusedAttemptsVanish(t *testing.T) {
	up := openStage(t, firstThen(afterRequest(func(a *actor) {
		a.say("HTTP/1.1 103 Early Hints\r\nLink: <refused>\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
	}), afterRequest(func(a *actor) {
		a.say("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <accepted>\r\n\r\n")
		a.answerOK()
		a.untilLeft()
	})))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	c := r.caller()
	c.ask(post(chatBody, "Connection: close"))
	heard := c.wantEnd()
	if strings.Contains(heard, "refused") || !strings.Contains(heard, "<accepted>") || !strings.HasSuffix(heard, goodAnswer) || strings.Count(heard, "HTTP/1.1 1") > 5 {
		t.Errorf("%q", heard)
	}
	r.wantNeutral(2)
}

func TestU19_AnUpgradeNobodyAskedForIs502(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nraw bytes of a tunnel")
		a.untilLeft()
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	got := r.chat()
	r.wantStatus(got, 502)
	if strings.Contains(got.body, "tunnel") {
		t.Errorf("%q", got.body)
	}
	if rec := r.final(t); rec.Outcome != proxycore.UpstreamError || rec.Charged != proxycore.ChargedUpstream {
		t.Errorf("record %+v", rec)
	}
	up.wantAllEnded(t)
	if state := r.gateway.UpstreamState(groupID, up.url()); state.ConsecutiveFailures == 0 {
		t.Errorf("nothing is held against the upstream: %+v", state)
	}
	r.wantNeutral(2)
}

// wantNoPoison asks by several clients at once, for answers behind each of which the upstream smuggles in another one.
func wantNoPoison(t *testing.T, method, answer string, status int, body string) {
	t.Helper()
	const poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
	up := openStage(t, func(a *actor) {
		for {
			if _, ok := a.request(); !ok || !a.say(answer+poison) {
				return
			}
		}
	})
	group := groupAt(t, 2, up.url())
	r := newRig(t, proxycore.Options{}, group)
	var done sync.WaitGroup
	for range 4 {
		done.Go(func() {
			for range 50 {
				got := r.do(r.request(method, "/v1/models/m", ""))
				if got.err != nil || got.status != status || got.body != body {
					t.Errorf("status %d (%v): %q", got.status, got.err, got.body)
					return
				}
			}
		})
	}
	done.Wait()
	r.wantNeutral(2)
}

func TestU20_ABodyWhereNoneMayBeNeverReachesTheNextClient(t *testing.T) {
	for _, row := range []struct {
		method, answer string
		status         int
	}{
		{"GET", "HTTP/1.1 204 No Content\r\n\r\n", 204},
		{"GET", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", 304},
		{"HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", 200},
	} {
		t.Run(fmt.Sprint(row.method, row.status), func(t *testing.T) { wantNoPoison(t, row.method, row.answer, row.status, "") })
	}
}

func TestU21_BytesBehindAnAnswerNeverReachTheNextClient(t *testing.T) {
	wantNoPoison(t, "GET", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok")
}

func TestU21_AnAnswerShorterThanItSaidIsCut(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) { a.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this") }))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	if got := r.chat(); got.err == nil && got.status != 502 {
		t.Errorf("a whole answer: %+v", got)
	}
	r.wantFinal(proxycore.UpstreamTruncated, proxycore.ChargedUpstream, 1)
	r.wantNeutral(2)
}

func TestU22_TwoLengthsAre502AndChunksWinOverALength(t *testing.T) {
	for _, row := range []struct {
		name, answer string
		status       int
		body         string
	}{
		{"two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 4\r\n\r\nokok", 502, ""},
		{"a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nok", 502, ""},
		{"chunks and a length", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", 200, "ok"},
		{"no HTTP at all", "SSH-2.0-OpenSSH_9.6\r\n\r\n", 502, ""},
		{"a status that is none", "HTTP/1.1 2x0 OK\r\n\r\n", 502, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say(row.answer)
				a.untilLeft()
			}))
			group := groupAt(t, 2, up.url())
			group.Settings.MaxRetries = 0
			r := newRig(t, proxycore.Options{}, group)
			got := r.chat()
			r.wantStatus(got, row.status)
			if row.status == 200 && (got.body != row.body || len(got.header["Content-Length"]) != 0) {
				t.Errorf("%q %v", got.body, got.header)
			}
			r.wantNeutral(2)
		})
	}
}

func zipped(t testing.TB, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestU23_ACodedAnswerCutShortArrivesAsItCame(t *testing.T) {
	for _, coding := range []string{"gzip", "br", "zstd"} {
		for _, broken := range []bool{false, true} {
			t.Run(fmt.Sprint(coding, broken), func(t *testing.T) {
				half := zipped(t, goodAnswer)
				half = half[:len(half)/2]
				length := len(half)
				if broken {
					length++
				}
				up := openStage(t, afterRequest(func(a *actor) {
					a.say(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n%s", coding, length, half))
				}))
				r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
				c := r.caller()
				c.ask(post(chatBody, "Accept-Encoding: "+coding))
				got := c.hear("POST")
				if broken {
					if got.err == nil {
						t.Errorf("a whole answer: %+v", got)
					}
					r.wantFinal(proxycore.UpstreamTruncated, proxycore.ChargedUpstream, 1)
				} else {
					if got.err != nil || got.body != string(half) || got.header.Get("Content-Encoding") != coding {
						t.Errorf("%+v", got)
					}
					if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); rec.Usage.Known {
						t.Errorf("usage from half an answer: %+v", rec.Usage)
					}
				}
				r.wantNeutral(2)
			})
		}
	}
}

func TestU24_ABombInAnErrorsBodyIsNotSetOff(t *testing.T) {
	// A gzip file may be several behind each other: this one holds 80 MB.
	bomb := bytes.Repeat(zipped(t, strings.Repeat("boom", 4<<20)), 5)
	for _, status := range []int{400, 401, 500} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say(fmt.Sprintf("HTTP/1.1 %d Oops\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s", status, len(bomb), bomb))
				a.untilLeft()
			}))
			group := groupAt(t, 2, up.url())
			group.Settings.MaxRetries = 0
			r := newRig(t, proxycore.Options{}, group)
			c := r.caller()
			var got reply
			used := allocated(func() {
				c.ask(post(chatBody, "Accept-Encoding: gzip"))
				got = c.hear("POST")
			})
			if got.status != status || got.body != string(bomb) {
				t.Errorf("status %d (%v), %d bytes, want %d", got.status, got.err, len(got.body), len(bomb))
			}
			if used > 4<<20 {
				t.Errorf("%d bytes were allocated", used)
			}
			if rec := r.final(t); len(rec.Error) > 4<<10 {
				t.Errorf("a reason of %d bytes", len(rec.Error))
			}
		})
	}
}

func TestU25_ARedirectIsPassedOnWithoutOurKeyAndNotFollowed(t *testing.T) {
	second := openStage(t, wellBehaved)
	for _, status := range []int{301, 302, 307, 308} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say(fmt.Sprintf("HTTP/1.1 %d Elsewhere\r\nLocation: %s/v1beta/models?key=%s&page=2\r\nContent-Length: 0\r\n\r\n", status, second.url(), keyNamed(0)))
				a.untilLeft()
			}))
			group := groupAt(t, 1, up.url())
			group.Dialect, group.Carrier = dialect.Gemini, dialect.Query
			r := newRig(t, proxycore.Options{}, group)
			r.front.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			got := r.do(r.request("GET", "/v1beta/models", ""))
			r.wantStatus(got, status)
			if at := got.header.Get("Location"); strings.Contains(at, keyNamed(0)) || !strings.HasPrefix(at, second.url()+"/v1beta/models") {
				t.Errorf("Location %q", at)
			}
			if asked := up.requests(); len(asked) != 1 || !strings.Contains(asked[0].line(), "key="+keyNamed(0)) {
				t.Errorf("asked %+v", asked)
			}
			r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1)
			r.wantNeutral(1)
		})
	}
	if second.hits() != 0 {
		t.Errorf("the redirect was followed")
	}
}

func TestU26_AnAnswerThatEndsWithItsConnectionIsWhole(t *testing.T) {
	for _, version := range []string{"1.0", "1.1"} {
		t.Run(version, func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say("HTTP/" + version + " 200 OK\r\nContent-Type: application/json\r\n\r\n" + goodAnswer)
			}))
			r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
			got := r.chat()
			r.wantStatus(got, 200)
			if got.body != goodAnswer {
				t.Errorf("%q", got.body)
			}
			if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); rec.Usage.Input != 9 {
				t.Errorf("usage %+v", rec.Usage)
			}
			r.wantNeutral(2)
		})
	}
}

func TestU28_TrailersPassAndWhatIsForOneHopDoesNot(t *testing.T) {
	up := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nConnection: X-Up\r\nX-Up: secret\r\nX-Stays: yes\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n" +
			"Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 42\r\n\r\n")
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	res, err := r.front.Client().Do(r.request("POST", "/v1/chat/completions", chatBody))
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "ok" {
		t.Errorf("%q %v", body, err)
	}
	if res.Trailer.Get("X-Sum") != "42" || res.Header.Get("X-Up") != "" || res.Header.Get("X-Stays") != "yes" {
		t.Errorf("header %v, trailer %v", res.Header, res.Trailer)
	}
	if len(res.Header["Set-Cookie"]) != 0 {
		t.Errorf("an upstream's cookies reach our address: %v", res.Header["Set-Cookie"])
	}
	r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1)
	r.wantNeutral(2)
}

func TestU29_StrangeStreamsArriveByteForByte(t *testing.T) {
	usage := `data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":12}}`
	for name, stream := range map[string]string{
		"CRLF":             "data: {\"a\":1}\r\n\r\n" + usage + "\r\n\r\ndata: [DONE]\r\n\r\n",
		"CR":               "data: {\"a\":1}\r\r" + usage + "\r\rdata: [DONE]\r\r",
		"UTF-8":            "data: {\"a\":\"héllo 🚂 \"}\n\n" + usage + "\n\n",
		"not UTF-8":        "data: {\"a\":\"\xff\xfe\"}\n\n" + usage + "\n\n",
		"a line of 1 MiB":  "data: {\"a\":\"" + strings.Repeat("x", 1<<20) + "\"}\n\n" + usage + "\n\n",
		"no final newline": "data: {\"a\":1}\n\n" + usage,
		"a BOM":            "\ufeffdata: {\"a\":1}\n\n" + usage + "\n\n",
		"comments":         ": keep-alive\n\nevent: x\nid: 7\nretry: 10\n" + usage + "\n\n",
		"broken JSON":      "data: {\"a\":\n\ndata: }\n\n" + usage + "\n\n",
		"empty":            "",
	} {
		t.Run(name, func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
				for rest := stream; rest != ""; {
					// Cut small enough to fall within characters and line ends; the long line in larger pieces.
					n := min(len(rest), 3+len(stream)/100)
					a.say(fmt.Sprintf("%x\r\n%s\r\n", n, rest[:n]))
					rest = rest[n:]
				}
				a.say("0\r\n\r\n")
				a.untilLeft()
			}))
			r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
			got := r.do(r.request("POST", "/v1/chat/completions", streamBody))
			r.wantStatus(got, 200)
			if got.body != stream {
				t.Errorf("%d bytes arrived, want %d", len(got.body), len(stream))
			}
			rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1)
			if want := stream != ""; rec.Usage.Known != want || want && rec.Usage.Output != 12 || rec.ResponseBytes != int64(len(stream)) {
				t.Errorf("usage %+v, %d bytes", rec.Usage, rec.ResponseBytes)
			}
			r.wantNeutral(2)
		})
	}
}

func TestU30_A200ThatIsNoneArrivesUnchangedAndAnErrorEventIsJudgedByItsCode(t *testing.T) {
	const page = "<html><body>Just a moment…</body></html>"
	event := func(code string) string {
		return "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"no\",\"code\":\"" + code + "\"}}\n\n"
	}
	for _, row := range []struct {
		name, kind, body string
		outcome          proxycore.Outcome
		charged          proxycore.Charged
		cooled, rests    bool
	}{
		{name: "a page", kind: "text/html", body: page, outcome: proxycore.OK, charged: proxycore.ChargedNobody},
		{name: "the request's code", kind: "text/event-stream", body: event("context_length_exceeded"), outcome: proxycore.StreamError, charged: proxycore.ChargedNobody},
		{name: "the upstream's code", kind: "text/event-stream", body: event("server_error"), outcome: proxycore.StreamError, charged: proxycore.ChargedUpstream},
		{name: "the rate limit's code", kind: "text/event-stream", body: event("rate_limit_exceeded"), outcome: proxycore.StreamError, charged: proxycore.ChargedKey, cooled: true},
		{name: "the key's code", kind: "text/event-stream", body: event("invalid_api_key"), outcome: proxycore.StreamError, charged: proxycore.ChargedKey, rests: true},
	} {
		t.Run(row.name, func(t *testing.T) {
			up := openStage(t, afterRequest(func(a *actor) {
				a.say("HTTP/1.1 200 OK\r\nContent-Type: " + row.kind + "\r\n\r\n" + row.body)
			}))
			r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.url()))
			got := r.do(r.request("POST", "/v1/chat/completions", streamBody))
			r.wantStatus(got, 200)
			if got.body != row.body {
				t.Errorf("%q", got.body)
			}
			r.wantFinal(row.outcome, row.charged, 1)
			state := r.gateway.KeyState(groupID, 1)
			if cooled, rests := len(state.Models) == 1, state.Charges == 1; cooled != row.cooled || rests != row.rests {
				t.Errorf("key %+v", state)
			}
		})
	}
}
