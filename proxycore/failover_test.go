package proxycore_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// byKey answers what the script says of the key.
func byKey(script map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		if answer, ok := script[keyOf(r)]; ok {
			answer(w, r)
			return
		}
		good(w, r)
	}
}

func failing(status int, code string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		openAIError(w, status, code)
	}
}

func TestADeadKeyIsChargedRestsAndBecomesASuspect(t *testing.T) {
	up := newUpstream(t, byKey(map[string]http.HandlerFunc{"key-a": failing(401, "invalid_api_key")}))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b", "key-c"), up.URL))
	began := time.Now()
	for len(r.judged(proxycore.Suspect)) == 0 && time.Since(began) < time.Minute {
		r.wantStatus(r.chat(), 200)
		time.Sleep(5 * time.Millisecond)
	}
	charges, suspects := r.judged(proxycore.Charge), r.judged(proxycore.Suspect)
	if len(charges) != 2 || len(suspects) != 1 || up.hitsOf("key-a") != 3 {
		t.Fatalf("%d charges, %d suspects, %d hits", len(charges), len(suspects), up.hitsOf("key-a"))
	}
	for i, v := range append(charges, suspects...) {
		if v.KeyID != 1 || v.GroupID != groupID || v.Charges != i+1 || v.StatusCode != 401 || v.Reason == "" {
			t.Errorf("verdict %d: %+v", i, v)
		}
		if want := time.Duration([]int{0, 1, 3}[i]) * time.Second; v.At.Sub(charges[0].At) < want {
			t.Errorf("verdict %d came after %v", i, v.At.Sub(charges[0].At))
		}
	}
	if state := r.gateway.KeyState(groupID, 1); !state.Suspect || state.Charges != 3 {
		t.Errorf("%+v", state)
	}
	for range 20 {
		r.wantStatus(r.chat(), 200)
	}
	if up.hitsOf("key-a") != 3 {
		t.Errorf("a suspect was asked")
	}
	r.gateway.Restore(groupID, 1)
	for range 3 {
		r.chat()
	}
	if up.hitsOf("key-a") != 4 {
		t.Errorf("a restored key was asked %d times", up.hitsOf("key-a")-3)
	}
}

func TestASuccessWipesCharges(t *testing.T) {
	var mu sync.Mutex
	dead := true
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if dead && keyOf(q) == "key-a" {
			openAIError(w, 401, "invalid_api_key")
			return
		}
		good(w, q)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	for up.hitsOf("key-a") == 0 {
		r.chat()
	}
	mu.Lock()
	dead = false
	mu.Unlock()
	eventually(t, "key-a is back", func() bool { r.chat(); return up.hitsOf("key-a") > 1 })
	eventually(t, "its charges are wiped", func() bool { return len(r.judged(proxycore.Clear)) == 1 })
	if state := r.gateway.KeyState(groupID, 1); state.Charges != 0 {
		t.Errorf("%+v", state)
	}
}

// one is a request's records: its retries and its end.
func (r *rig) one() (retries []proxycore.Record, final proxycore.Record) {
	r.t.Helper()
	final = r.final(r.t)
	for _, rec := range r.all() {
		if !rec.Final {
			retries = append(retries, rec)
		}
	}
	return retries, final
}

func TestTheFailureTable(t *testing.T) {
	for _, row := range []struct {
		name     string
		fail     http.HandlerFunc
		method   string
		status   int // what the client sees
		attempts int
		outcome  proxycore.Outcome
		charged  proxycore.Charged // of the last attempt
		keyCools bool
	}{
		{name: "400 passes", fail: failing(400, "bad"), status: 400, attempts: 1, outcome: proxycore.Refused, charged: proxycore.ChargedNobody},
		{name: "404 passes", fail: failing(404, "model_not_found"), status: 404, attempts: 1, outcome: proxycore.Refused, charged: proxycore.ChargedNobody},
		{name: "302 passes", fail: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://elsewhere.test/x")
			w.WriteHeader(302)
		}, status: 302, attempts: 1, outcome: proxycore.OK, charged: proxycore.ChargedNobody},
		{name: "all keys the same 401", fail: failing(401, "invalid_api_key"), status: 401, attempts: 4, outcome: proxycore.KeyError, charged: proxycore.ChargedNobody},
		{name: "foreign organization", fail: failing(401, "mismatched_organization"), status: 401, attempts: 2, outcome: proxycore.Refused, charged: proxycore.ChargedNobody},
		{name: "a firewall's 403", fail: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(403)
			io.WriteString(w, "<html>blocked</html>")
		}, status: 403, attempts: 2, outcome: proxycore.KeyError, charged: proxycore.ChargedNobody},
		{name: "all 429 without a time", fail: failing(429, "rate_limit_exceeded"), status: 429, attempts: 4, outcome: proxycore.RateLimited, charged: proxycore.ChargedNobody},
		{name: "all 429 with a time", fail: failing(429, "rate_limit_exceeded", "Retry-After", "7"), status: 429, attempts: 4, outcome: proxycore.RateLimited, charged: proxycore.ChargedKey, keyCools: true},
		{name: "500", fail: failing(500, "server_error"), status: 500, attempts: 4, outcome: proxycore.UpstreamError, charged: proxycore.ChargedUpstream},
		{name: "408 costs nobody", fail: failing(408, ""), status: 408, attempts: 4, outcome: proxycore.Refused, charged: proxycore.ChargedNobody},
	} {
		t.Run(row.name, func(t *testing.T) {
			up := newUpstream(t, row.fail)
			r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b", "key-c", "key-d", "key-e"), up.URL))
			r.front.Client().CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			got := r.chat()
			r.wantStatus(got, row.status)
			retries, final := r.one()
			if len(retries)+1 != row.attempts || final.AttemptNumber != row.attempts || up.total() != row.attempts {
				t.Errorf("%d retries, attempt %d, %d hits; want %d attempts", len(retries), final.AttemptNumber, up.total(), row.attempts)
			}
			if final.Outcome != row.outcome || final.Charged != row.charged || final.StatusCode != row.status {
				t.Errorf("final %+v", final)
			}
			cooling := 0
			for id := int64(1); id <= 5; id++ {
				state := r.gateway.KeyState(groupID, id)
				cooling += len(state.Models)
				if state.Charges != 0 || state.Suspect {
					t.Errorf("key %d: %+v", id, state)
				}
			}
			if (cooling > 0) != row.keyCools {
				t.Errorf("%d keys cool", cooling)
			}
		})
	}
}

func TestALimitedKeyCoolsForItsModelAlone(t *testing.T) {
	up := newUpstream(t, byKey(map[string]http.HandlerFunc{"key-a": failing(429, "rate_limit_exceeded", "Retry-After", "2")}))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	for up.hitsOf("key-a") == 0 {
		r.wantStatus(r.chat(), 200)
	}
	cools := r.judged(proxycore.Cool)
	if len(cools) != 1 || cools[0].Model != "gpt-4o" || cools[0].Account || cools[0].Until.Sub(cools[0].At) != 2*time.Second {
		t.Fatalf("%+v", cools)
	}
	for range 10 {
		r.wantStatus(r.chat(), 200)
	}
	if up.hitsOf("key-a") != 1 {
		t.Errorf("a cooling key was asked for its model")
	}
	for range 2 {
		r.do(r.request(http.MethodPost, "/v1/chat/completions", `{"model":"other"}`))
	}
	if up.hitsOf("key-a") != 2 {
		t.Errorf("asked %d times in all", up.hitsOf("key-a"))
	}
	if state := r.gateway.KeyState(groupID, 1); len(state.Models) != 2 || !state.CoolingUntil.IsZero() || state.Charges != 0 {
		t.Errorf("%+v", state)
	}
	eventually(t, "it is back after two seconds", func() bool { r.chat(); return up.hitsOf("key-a") > 2 })
}

func TestAUsedUpAccountCoolsTheWholeKey(t *testing.T) {
	up := newUpstream(t, byKey(map[string]http.HandlerFunc{"key-a": failing(429, "insufficient_quota")}))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	for up.hitsOf("key-a") == 0 {
		r.wantStatus(r.chat(), 200)
	}
	if cools := r.judged(proxycore.Cool); len(cools) != 1 || cools[0].Model != "" || !cools[0].Account {
		t.Errorf("%+v", cools)
	}
	if r.gateway.CoolingKeys(groupID) != 1 || r.gateway.KeyState(groupID, 1).CoolingUntil.IsZero() {
		t.Errorf("%d cooling, %+v", r.gateway.CoolingKeys(groupID), r.gateway.KeyState(groupID, 1))
	}
}

func TestAllKeysCoolingIsA429WithTheShortestTime(t *testing.T) {
	up := newUpstream(t, byKey(map[string]http.HandlerFunc{
		"key-a": failing(429, "", "Retry-After", "40"), "key-b": failing(429, "", "Retry-After", "300"),
	}))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	r.wantStatus(r.chat(), 429)
	r.forget()
	got := r.chat()
	r.wantStatus(got, 429)
	if up.total() != 2 || (got.header.Get("Retry-After") != "40" && got.header.Get("Retry-After") != "39") || got.header.Get("X-Should-Retry") != "" {
		t.Errorf("%d hits, %v", up.total(), got.header)
	}
	if rec := r.final(t); rec.Outcome != proxycore.RateLimited || rec.AttemptNumber != 0 {
		t.Errorf("%+v", rec)
	}
	r.gateway.Withdraw(groupID, 1)
	if got := r.chat(); got.header.Get("X-Should-Retry") != "false" {
		t.Errorf("five minutes are worth no retry: %v", got.header)
	}
}

func TestAGroupWithoutKeysSaysSoAndIsToldStarvedOnceASecond(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, nil, up.URL))
	for range 5 {
		got := r.chat()
		r.wantStatus(got, 503)
		if got.header.Get("Retry-After") == "" {
			t.Errorf("%v", got.header)
		}
	}
	if starved := r.judged(proxycore.Starved); len(starved) != 1 || starved[0].GroupID != groupID || starved[0].KeyID != 0 {
		t.Errorf("%+v", starved)
	}
	if rec := r.finals(t, 5)[0]; rec.Outcome != proxycore.NoKey {
		t.Errorf("%+v", rec)
	}
}

func TestABodyIsRepeatedByteForByte(t *testing.T) {
	for _, size := range []int{1, 70 << 10, 3 << 20} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			sent := `{"model":"gpt-4o","x":"` + strings.Repeat("a", size) + `"}`
			var mu sync.Mutex
			var seen []string
			up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
				body := bodyOf(q)
				mu.Lock()
				defer mu.Unlock()
				if seen = append(seen, body); len(seen) == 1 {
					openAIError(w, 500, "server_error")
					return
				}
				good(w, q)
			})
			r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
			r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", sent)), 200)
			if len(seen) != 2 || seen[0] != sent || seen[1] != sent {
				t.Errorf("%d bodies", len(seen))
			}
		})
	}
}

func TestAnErrorThatRepeatsOurKeyIsScrubbed(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("X-Debug", "your key "+keyOf(q))
		w.WriteHeader(401)
		fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s","code":"invalid_api_key"}}`, keyOf(q))
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-secret-a"), up.URL))
	got := r.chat()
	r.wantStatus(got, 401)
	if strings.Contains(got.body+got.header.Get("X-Debug"), "key-secret-a") || !strings.Contains(got.body, "Incorrect API key provided") {
		t.Errorf("%q %v", got.body, got.header)
	}
	eventually(t, "a charge is told", func() bool { return len(r.judged(proxycore.Charge)) == 1 })
	if strings.Contains(r.final(t).Error+r.judged(proxycore.Charge)[0].Reason, "key-secret-a") {
		t.Errorf("recorded: %+v", r.final(t))
	}
}

func TestALongErrorThatRepeatsOurKeyIsScrubbed(t *testing.T) {
	for _, before := range []int{0, 60 << 10, 64<<10 - 5, 64<<10 + 1, 300 << 10} {
		up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(500)
			io.WriteString(w, "<html>"+strings.Repeat("x", before)+keyOf(q)+strings.Repeat("y", 200<<10)+keyOf(q)+"</html>")
		})
		r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-secret-a"), up.URL))
		got := r.chat()
		r.wantStatus(got, 500)
		if strings.Contains(got.body, "key-secret-a") || !strings.HasSuffix(got.body, "y************</html>") || len(got.body) != before+(200<<10)+6+2*12+7 {
			t.Errorf("%d: %d bytes, %d keys", before, len(got.body), strings.Count(got.body, "key-secret-a"))
		}
	}
}

// A coding hides the key from a search, and from nobody else.
func TestALongErrorInACodingIsScrubbed(t *testing.T) {
	filler := make([]byte, 100<<10)
	rand.NewChaCha8([32]byte{}).Read(filler)
	page := func(key string) string { return hex.EncodeToString(filler) + key + hex.EncodeToString(filler) }
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(500)
		io.WriteString(w, gzipped(page(keyOf(q))))
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-secret-a"), up.URL))
	got := r.chat()
	r.wantStatus(got, 500)
	if got.body != page("************") || got.header.Get("Content-Encoding") != "" {
		t.Errorf("%d bytes, %v", len(got.body), got.header)
	}
}

func TestWhatMayHaveBeenExecutedIsNotRepeated(t *testing.T) {
	up := rawUpstream(t, func(c net.Conn) {
		readRequest(c)
		hardReset(c)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), "http://"+up))
	got := r.do(r.request(http.MethodPost, "/v1/batches", `{"input_file_id":"file-1"}`))
	r.wantStatus(got, 502)
	if !strings.Contains(got.body, "may have been executed") {
		t.Errorf("%q", got.body)
	}
	if rec := r.final(t); rec.AttemptNumber != 1 {
		t.Errorf("%+v", rec)
	}
}

func TestAnUpstreamThatDiesIsTakenOutAndNobodyNotices(t *testing.T) {
	dead := newUpstream(t, good)
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b", "key-c", "key-d"), dead.URL, up.URL))
	var done sync.WaitGroup
	for i := range 16 {
		done.Go(func() {
			for n := range 20 {
				if i == 0 && n == 5 {
					dead.Listener.Close() // first, or a connection made between the two would live
					dead.CloseClientConnections()
				}
				if got := r.chat(); got.status != 200 {
					t.Errorf("%d: %s (%v)", got.status, got.body, got.err)
				}
			}
		})
	}
	done.Wait()
	eventually(t, "it is out", func() bool { // it may have died when the others were done
		r.wantStatus(r.chat(), 200)
		return !r.gateway.UpstreamState(groupID, dead.URL).Healthy
	})
	state := r.gateway.UpstreamState(groupID, dead.URL)
	if state.Healthy || state.EjectedUntil.IsZero() || state.LastError == "" {
		t.Errorf("%+v", state)
	}
	if !r.gateway.UpstreamState(groupID, up.URL).Healthy {
		t.Error("the other is out as well")
	}
}

func TestTheOnlyUpstreamIsNeverTakenOutAndRetriesAreBudgeted(t *testing.T) {
	up := newUpstream(t, failing(500, "server_error"))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b", "key-c", "key-d"), up.URL))
	const requests = 200
	for range requests {
		r.wantStatus(r.chat(), 500)
	}
	if !r.gateway.UpstreamState(groupID, up.URL).Healthy {
		t.Error("it was taken out")
	}
	if hits := up.total(); float64(hits) > 1.2*requests+3 {
		t.Errorf("%d hits for %d requests", hits, requests)
	}
}

func TestMalformedRequestsHurtNoKey(t *testing.T) {
	up := newUpstream(t, failing(400, "invalid_request"))
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b"), up.URL))
	for range 500 {
		r.wantStatus(r.chat(), 400)
	}
	if up.total() != 500 || len(r.judged(proxycore.Charge)) != 0 {
		t.Errorf("%d hits, %v", up.total(), r.judged(proxycore.Charge))
	}
}

func TestAnErrorEventWithinAStreamIsJudgedByItsCode(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\",\"code\":\"rate_limit_exceeded\"}}\n\n")
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), up.URL))
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", `{"model":"gpt-4o","stream":true}`)), 200)
	if rec := r.final(t); rec.Outcome != proxycore.StreamError || rec.StatusCode != 200 || rec.Error != "slow down" {
		t.Errorf("%+v", rec)
	}
}

func readRequest(c net.Conn) { readRaw(bufioOf(c)) }

func TestALaterAttemptInventsNoHeaderEither(t *testing.T) {
	up := openStage(t, func(a *actor) {
		for {
			if _, ok := a.request(); !ok {
				return
			}
			if a.stage.hits() == 1 {
				a.say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
			} else if !a.answerOK() {
				return
			}
		}
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	c := r.caller()
	c.ask(post(chatBody))
	r.wantStatus(c.hear("POST"), 200)
	asked := up.requests()
	if len(asked) != 2 {
		t.Fatalf("%d attempts", len(asked))
	}
	names := func(a asking) (all []string) {
		for _, line := range strings.Split(a.head, "\r\n")[1:] {
			name, _, _ := strings.Cut(line, ":")
			all = append(all, name)
		}
		return all
	}
	if first, second := names(asked[0]), names(asked[1]); strings.Join(first, " ") != strings.Join(second, " ") {
		t.Errorf("%q then %q", first, second)
	}
}

func TestTheOnlyKeyIsAskedAtTheOtherUpstream(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a"), "http://"+closedAddress(t), up.URL))
	for range 10 {
		r.wantStatus(r.chat(), 200)
	}
	if up.total() != 10 {
		t.Errorf("%d hits", up.total())
	}
}
