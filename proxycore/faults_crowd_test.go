package proxycore_test

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// inCrowd runs the work n times by several hands. Each has a connection of its own, which it keeps.
func (r *rig) inCrowd(hands, n int, work func(c *caller, i int)) {
	r.t.Helper()
	var next atomic.Int64
	var done sync.WaitGroup
	for range hands {
		c := r.caller()
		_ = c.SetDeadline(time.Now().Add(2 * time.Minute))
		done.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(c, i)
			}
		})
	}
	done.Wait()
}

// refusing is the scene of an upstream that answers some requests with an error and all others well.
func refusing(refused func(asking) (answer string, ok bool)) func(*actor) {
	return func(a *actor) {
		for {
			q, ok := a.request()
			if !ok {
				return
			}
			if answer, ok := refused(q); ok {
				a.say(answer)
			} else if !a.answerOK() {
				return
			}
		}
	}
}

// errorAnswer is an answer with a JSON body, as it is on the wire.
func errorAnswer(status int, body string, header ...string) string {
	return fmt.Sprintf("HTTP/1.1 %d Refused\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s",
		status, len(body), strings.Join(append(header, ""), "\r\n"), body)
}

// networkFaults are what an upstream's connection does to a request, by the name the request asks for.
var networkFaults = map[string]func(*actor){
	"reset":   (*actor).reset,
	"end":     func(a *actor) {},
	"garbage": func(a *actor) { a.say("\x00\x01\x02 not HTTP\r\n\r\n") },
	"short":   func(a *actor) { a.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") },
	"chunk":   func(a *actor) { a.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n") },
	"midstream": func(a *actor) {
		a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
		a.reset()
	},
	"lengths": func(a *actor) { a.say("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n") },
	"upgrade": func(a *actor) { a.say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n") },
	"header":  func(a *actor) { a.say("HTTP/1.1 200 OK\r\nX-Half: ") },
	"500":     func(a *actor) { a.say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") },
	"503":     func(a *actor) { a.say("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy") },
}

// clientFaults are what a client does with a connection of its own.
var clientFaults = []func(*caller){
	func(c *caller) { c.ask(head("POST", "/v1/chat/completions", "Content-Length: 500") + "{"); c.reset() },
	func(c *caller) { c.ask(head("POST", "/v1/chat/completions", "Content-Length: 500") + "{"); c.Close() },
	func(c *caller) {
		c.ask(head("POST", "/v1/chat/completions", "Transfer-Encoding: chunked") + "zz\r\n")
		c.hear("POST")
	},
	func(c *caller) { c.ask(post(`{"model":"hang"}`)); c.reset() },
	func(c *caller) { c.ask(post(`{"model":"stream"}`)); _, _ = c.reader.ReadByte(); c.reset() },
	func(c *caller) { c.ask("POST /proxy/openai/v1/x HTTP/1.1\r\nHo"); c.reset() },
	func(c *caller) { c.ask(head("GET", "/v1/../x")); c.hear("GET") },
	func(c *caller) { c.ask(post(`{"model":`)); c.hear("POST") },
	func(c *caller) { c.ask(post(chatBody)); _ = c.Conn.(*net.TCPConn).CloseWrite(); c.hear("POST") },
}

func TestTenThousandFaultsOfClientsAndNetworksChargeNoKey(t *testing.T) {
	up := openStage(t, func(a *actor) {
		for {
			q, ok := a.request()
			if !ok {
				return
			}
			_, model, _ := strings.Cut(q.body, `"model":"`)
			model, _, _ = strings.Cut(model, `"`)
			fault, faulty := networkFaults[model]
			switch {
			case faulty:
				fault(a)
				return
			case model == "hang":
				a.untilLeft()
				return
			case model == "stream":
				a.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
				a.untilLeft()
				return
			case !a.answerOK():
				return
			}
		}
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 10, up.url(), "http://"+closedAddress(t)))
	r.config.Groups[0].Settings.MaxRetries = 1
	r.swap()
	var faults []string
	for name := range networkFaults {
		faults = append(faults, name)
	}
	r.inCrowd(16, 10_000, func(_ *caller, i int) {
		if i%2 == 0 {
			fault := clientFaults[i/2%len(clientFaults)]
			c := callAt(quiet{t}, r.front.Listener.Addr().String())
			fault(c)
			c.Close()
			return
		}
		c := callAt(quiet{t}, r.front.Listener.Addr().String())
		c.ask(post(`{"model":"` + faults[i/2%len(faults)] + `"}`))
		c.hear("POST")
		c.reset()
	})
	eventually(t, "all is over", func() bool { return r.gateway.Figures().InFlight == 0 })
	ends := map[string]int{}
	for _, rec := range r.all() {
		if rec.Final {
			ends[rec.RequestID]++
		} else {
			ends[rec.RequestID] += 0
		}
		if rec.Charged == proxycore.ChargedKey {
			t.Errorf("record %+v", rec)
		}
	}
	for id, n := range ends {
		if n != 1 {
			t.Errorf("request %s has %d final records", id, n)
		}
	}
	if len(ends) < 8000 {
		t.Errorf("%d requests were recorded", len(ends))
	}
	r.wantNeutral(10)
	// Both upstreams failed, and which of them kept its place is chance.
	r.config.Groups[0].Upstreams = r.config.Groups[0].Upstreams[:1]
	r.swap()
	r.wantStatus(r.chat(), 200)
}

// quiet is a test whose clean-ups are nobody's: ten thousand of them would be kept to its end.
type quiet struct{ testing.TB }

func (quiet) Cleanup(func()) {}

func TestTenThousandRequestsOverThirtyKeysOfWhichTheFirstThirdIsDead(t *testing.T) {
	const requests, keys, dead = 10_000, 30, 10
	const refusal = `{"error":{"message":"Incorrect API key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`
	gone := map[string]bool{}
	for i := range dead {
		gone[keyNamed(i)] = true
	}
	up := openStage(t, refusing(func(q asking) (string, bool) { return errorAnswer(401, refusal), gone[q.key()] }))
	r := newRig(t, proxycore.Options{}, groupAt(t, keys, up.url()))
	var failed, late atomic.Int64
	r.inCrowd(8, requests, func(c *caller, i int) {
		c.ask(post(chatBody))
		if got := c.hear("POST"); got.status != 200 {
			failed.Add(1)
			if i > requests/10 {
				late.Add(1)
			}
		}
	})
	hitsOf := map[string]int{}
	for _, q := range up.requests() {
		hitsOf[q.key()]++
	}
	if failed.Load() > 2 || late.Load() > 0 {
		t.Errorf("%d failed, %d of them after each dead key had been met", failed.Load(), late.Load())
	}
	const share = requests / (keys - dead)
	for i := dead; i < keys; i++ {
		if hits := hitsOf[keyNamed(i)]; hits < share*95/100 || hits > share*105/100 {
			t.Errorf("%s was asked %d times, want %d within 5 %%", keyNamed(i), hits, share)
		}
	}
}

func TestHostileClientsHurtNoKeyAndNoNeighbour(t *testing.T) {
	for _, row := range []struct {
		name, path string
		dialect    dialect.Name
		status     int
		answer     string
	}{
		{
			"a foreign organization", "/v1/chat/completions", dialect.OpenAI, 401,
			errorAnswer(401, `{"error":{"message":"OpenAI-Organization header should match organization for API key",`+
				`"type":"invalid_request_error","param":null,"code":"mismatched_organization"}}`),
		},
		{
			"flagged prompts", "/v1/chat/completions", dialect.OpenAI, 403,
			errorAnswer(403, `{"error":{"code":403,"message":"Your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"x"}}}`),
		},
		{
			"a foreign Gemini file", "/v1beta/models/gemini-2.5-flash:generateContent", dialect.Gemini, 403,
			errorAnswer(403, `{"error":{"code":403,"message":"You do not have permission to access the File abc or it may not exist.",`+
				`"status":"PERMISSION_DENIED"}}`),
		},
		{
			"a prompt beyond the key's limit", "/v1/chat/completions", dialect.OpenAI, 429,
			errorAnswer(429, `{"error":{"message":"Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45000.",`+
				`"type":"tokens","param":null,"code":"rate_limit_exceeded"}}`,
				"X-Ratelimit-Limit-Tokens: 30000", "X-Ratelimit-Remaining-Tokens: 30000", "X-Ratelimit-Remaining-Requests: 499"),
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			const requests, keys = 1000, 10
			up := openStage(t, refusing(func(q asking) (string, bool) { return row.answer, strings.Contains(q.body, "hostile") }))
			group := groupAt(t, keys, up.url())
			group.Dialect, group.Carrier = row.dialect, dialect.Bearer
			r := newRig(t, proxycore.Options{}, group)
			r.inCrowd(4, 2*requests, func(c *caller, i int) {
				who, want := "a good neighbour", 200
				if i%2 == 0 {
					who, want = "hostile", row.status
				}
				body := fmt.Sprintf(`{"model":"gpt-4o","contents":%q}`, who)
				c.ask(head("POST", row.path, "Content-Length: "+itoa(len(body))) + body)
				if got := c.hear("POST"); got.status != want {
					t.Errorf("%s: %+v", who, got)
				}
			})
			if hits := up.hits(); hits > 3*requests {
				t.Errorf("%d hits: a hostile request met more than one other key", hits)
			}
			r.finals(t, 2*requests)
			r.wantNeutral(keys)
		})
	}
}

func TestAnUpstreamDiesUnderSixtyFourRequestsAndNoClientFails(t *testing.T) {
	const crowd = 64
	var dying atomic.Bool
	mortal := openStage(t, func(a *actor) {
		for {
			if _, ok := a.request(); !ok {
				return
			}
			if dying.Load() {
				a.untilLeft()
				return
			}
			if !a.answerOK() {
				return
			}
		}
	})
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, crowd, mortal.url(), up.url()))
	r.wantStatus(r.chat(), 200)
	dying.Store(true)
	before := mortal.hits()
	fails := func(i int) {
		if got := r.chat(); got.status != 200 || got.body != goodAnswer {
			t.Errorf("request %d: %d (%v) %s", i, got.status, got.err, got.body)
		}
	}
	var clients sync.WaitGroup
	// Half of them wait at the mortal one when it dies, and as many again begin afterwards.
	for i := range 2 * crowd {
		clients.Go(func() { fails(i) })
	}
	eventually(t, "sixty-four wait", func() bool { return mortal.hits() == before+crowd })
	mortal.shut()
	clients.Wait()
	r.inCrowd(8, 200, func(_ *caller, i int) { fails(i) })
	if state := r.gateway.UpstreamState(groupID, mortal.url()); state.Healthy {
		t.Errorf("the dead upstream keeps its place: %+v", state)
	}
	r.wantNeutral(crowd)
}

func TestTheOnlyUpstreamIsNeverTakenOutHoweverOftenItFails(t *testing.T) {
	var asked atomic.Int64
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		if asked.Add(1)%2 == 0 {
			openAIError(w, 500, "server_error")
			return
		}
		good(w, q)
	})
	group := groupAt(t, 5, up.URL)
	group.Settings.MaxRetries = 0
	r := newRig(t, proxycore.Options{}, group)
	const requests = 400
	ok := 0
	for i := range requests {
		got := r.do(r.request("POST", "/v1/chat/completions", fmt.Sprintf(`{"model":"model-%d"}`, i%3)))
		if got.status == 200 {
			ok++
		}
		if state := r.gateway.UpstreamState(groupID, up.URL); !state.Healthy {
			t.Fatalf("it is out after %d requests: %+v", i+1, state)
		}
	}
	if up.total() != requests || ok != requests/2 {
		t.Errorf("%d hits, %d of them well", up.total(), ok)
	}
	r.wantNeutral(5)
}
