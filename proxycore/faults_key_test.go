package proxycore_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func TestK01_AGroupWhoseKeysAreAllRefusedRestsUntilOneIsProved(t *testing.T) {
	var dead atomic.Bool
	dead.Store(true)
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		if dead.Load() {
			openAIError(w, 401, "invalid_api_key")
			return
		}
		good(w, q)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.URL))
	for range 3 {
		r.wantStatus(r.chat(), 401)
	}
	for range 5 {
		got := r.chat()
		r.wantStatus(got, 503)
		if got.header.Get("Retry-After") == "" || !strings.Contains(got.body, "gateway_no_active_key") {
			t.Errorf("%+v", got)
		}
	}
	if suspects := r.judged(proxycore.Suspect); len(suspects) != 1 || len(r.judged(proxycore.Starved)) == 0 || up.total() != 3 {
		t.Errorf("%d hits, suspects %+v", up.total(), suspects)
	}
	if rec := r.finals(t, 8)[7]; rec.Outcome != proxycore.NoKey || rec.Upstream != "" {
		t.Errorf("record %+v", rec)
	}
	dead.Store(false)
	r.gateway.Restore(groupID, 1)
	r.wantStatus(r.chat(), 200)
}

func TestK01_NoRequestAloneEmptiesAPool(t *testing.T) {
	up := newUpstream(t, failing(401, "invalid_api_key"))
	r := newRig(t, proxycore.Options{}, groupAt(t, 4, up.URL))
	for range 50 {
		r.wantStatus(r.chat(), 401)
	}
	r.wantNeutral(4)
}

func TestK02_AFlappingUpstreamIsNotLaidToTheKeyItAnswered(t *testing.T) {
	var asked atomic.Int64
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		if keyOf(q) == keyNamed(0) && asked.Add(1)%2 == 0 {
			openAIError(w, 500, "server_error")
			return
		}
		good(w, q)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 5, up.URL))
	for range 200 {
		r.wantStatus(r.chat(), 200)
	}
	r.finals(t, 200)
	if hits := up.hitsOf(keyNamed(0)); hits < 38 {
		t.Errorf("the key was asked %d times of 200, one of five", hits)
	}
	r.wantNeutral(5)
}

func TestK03_TheProvidersTimeIsKeptHoweverItIsWritten(t *testing.T) {
	const day = 24 * time.Hour
	for name, row := range map[string]struct {
		header, value string
		least, most   time.Duration
	}{
		"seconds":            {"Retry-After", "7", 7 * time.Second, 7 * time.Second},
		"milliseconds":       {"Retry-After-Ms", "2500", 2500 * time.Millisecond, 2500 * time.Millisecond},
		"a date":             {"Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat), 59 * time.Minute, time.Hour},
		"absurd":             {"Retry-After", "99999999999999999999", day, day},
		"a date in the past": {"Retry-After", "Mon, 01 Jan 2001 00:00:00 GMT", 10 * time.Second, 10 * time.Second},
		"negative":           {"Retry-After", "-5", 10 * time.Second, 10 * time.Second},
		"nonsense":           {"Retry-After", "soon", 10 * time.Second, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			up := newUpstream(t, byKey(map[string]http.HandlerFunc{keyNamed(0): failing(429, "rate_limit_exceeded", row.header, row.value)}))
			r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.URL))
			for up.hitsOf(keyNamed(0)) == 0 {
				r.wantStatus(r.chat(), 200)
			}
			eventually(t, "the key cools", func() bool { return len(r.judged(proxycore.Cool)) == 1 })
			v := r.judged(proxycore.Cool)[0]
			if d := v.Until.Sub(v.At); d < row.least-time.Second || d > row.most || v.KeyID != 1 {
				t.Errorf("cools for %v: %+v", d, v)
			}
			if state := r.gateway.KeyState(groupID, 1); state.Charges != 0 || state.Suspect || len(r.judged(proxycore.Charge)) != 0 {
				t.Errorf("a limit is no charge: %+v", state)
			}
		})
	}
}

func TestK03_WhenAllCoolTheShortestTimeIsSaid(t *testing.T) {
	up := newUpstream(t, byKey(map[string]http.HandlerFunc{
		keyNamed(0): failing(429, "rate_limit_exceeded", "Retry-After", "40"), keyNamed(1): failing(429, "rate_limit_exceeded", "Retry-After", "20"),
	}))
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.URL))
	r.wantStatus(r.chat(), 429)
	got := r.chat()
	r.wantStatus(got, 429)
	if wait := got.header.Get("Retry-After"); wait != "20" && wait != "19" || !strings.Contains(got.body, "gateway_keys_cooling") || up.total() != 2 {
		t.Errorf("%d hits; %+v", up.total(), got)
	}
}

func TestK04_ARevokedKeyIsChargedAndAFirewallOrARegionIsNot(t *testing.T) {
	page := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(403)
		_, _ = io.WriteString(w, "<html>Attention Required!</html>")
	}
	for name, row := range map[string]struct {
		fail    http.HandlerFunc
		charges int
	}{
		"revoked":              {failing(401, "invalid_api_key"), 1},
		"deactivated":          {failing(403, "account_deactivated"), 1},
		"a 403 without a name": {failing(403, ""), 1},
		"a region":             {failing(403, "unsupported_country_region_territory"), 0},
		"an address":           {failing(401, "ip_not_authorized"), 0},
		"a firewall's page":    {page, 0},
		"an organization":      {failing(401, "mismatched_organization"), 0},
		"a 401 without a body": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, 0},
		"a model it has not":   {failing(403, "model_not_found"), 0},
		"moderation":           {failing(403, "content_policy_violation"), 0},
		"an answer of its own": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, `{"detail":7}`)
		}, 0},
		"a request by its size": {failing(413, "request_too_large"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			up := newUpstream(t, byKey(map[string]http.HandlerFunc{keyNamed(0): row.fail}))
			r := newRig(t, proxycore.Options{}, groupAt(t, 3, up.URL))
			asked := 0
			for ; up.hitsOf(keyNamed(0)) == 0; asked++ {
				if got := r.chat(); got.status != 200 && got.status != 413 {
					t.Errorf("%+v", got)
				}
			}
			r.finals(t, asked)
			if told := r.judged(proxycore.Charge); len(told) != row.charges || row.charges == 1 && (told[0].KeyID != 1 || told[0].Reason == "") {
				t.Errorf("charges %+v", told)
			}
			if state := r.gateway.KeyState(groupID, 1); state.Charges != row.charges || len(state.Models) != 0 || !state.CoolingUntil.IsZero() {
				t.Errorf("key %+v", state)
			}
		})
	}
}

func TestK05_AUsedUpQuotaComesBackByItself(t *testing.T) {
	t.Parallel()
	var empty atomic.Bool
	for name, row := range map[string]struct {
		status int
		code   string
	}{"402": {402, ""}, "403": {403, "insufficient_quota"}, "429": {429, "insufficient_quota"}} {
		t.Run(name, func(t *testing.T) {
			empty.Store(true)
			up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
				if keyOf(q) == keyNamed(0) && empty.Load() {
					openAIError(w, row.status, row.code)
					return
				}
				good(w, q)
			})
			group := groupAt(t, 2, up.URL)
			group.Settings.Cooldown = time.Second
			r := newRig(t, proxycore.Options{}, group)
			for up.hitsOf(keyNamed(0)) == 0 {
				r.wantStatus(r.chat(), 200)
			}
			eventually(t, "it cools for every model", func() bool { return len(r.judged(proxycore.Cool)) == 1 })
			if v := r.judged(proxycore.Cool)[0]; !v.Account || v.Model != "" || len(r.judged(proxycore.Charge)) != 0 {
				t.Errorf("%+v", v)
			}
			empty.Store(false)
			eventually(t, "it is asked again without a word of anybody", func() bool { r.wantStatus(r.chat(), 200); return up.hitsOf(keyNamed(0)) > 1 })
		})
	}
}

func TestK06_AThousandBadRequestsPassAsTheyAreAndHurtNoKey(t *testing.T) {
	const body = `{"error":{"message":"bad","type":"invalid_request_error","code":"bad_thing"}}`
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(400)
		_, _ = io.WriteString(w, body)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 3, up.URL))
	for range 1000 {
		got := r.chat()
		r.wantStatus(got, 400)
		if got.body != body {
			t.Fatalf("%q", got.body)
		}
	}
	if up.total() != 1000 {
		t.Errorf("%d hits", up.total())
	}
	for _, rec := range r.finals(t, 1000) {
		if rec.Outcome != proxycore.Refused || rec.Charged != proxycore.ChargedNobody || rec.AttemptNumber != 1 {
			t.Fatalf("record %+v", rec)
		}
	}
	r.wantNeutral(3)
}

func TestK07_AKeyThatIsTakenAwayUnderTrafficIsNeverAskedAgainNorEmpty(t *testing.T) {
	up := newUpstream(t, good)
	r := newRig(t, proxycore.Options{}, groupAt(t, 10, up.URL))
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for range 4 {
		clients.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					if got := r.chat(); got.status != 200 {
						t.Errorf("%+v", got)
						return
					}
				}
			}
		})
	}
	for i := range 5 {
		r.gateway.Withdraw(groupID, int64(i+1))
		group := openGroup(t, nil, up.URL)
		b := proxycore.NewKeySetBuilder(10)
		for j := i + 1; j < 10; j++ {
			b.Add(int64(j+1), []byte(keyNamed(j)), digest([]byte(keyNamed(j))))
		}
		group.Keys = b.Build()
		if i%2 == 0 {
			r.config.Groups = []proxycore.GroupConfig{group}
			r.swap()
		}
		before := up.total()
		eventually(t, "traffic goes on", func() bool { return up.total() > before+50 })
		hits := up.hitsOf(keyNamed(i))
		eventually(t, "and on", func() bool { return up.total() > before+150 })
		if now := up.hitsOf(keyNamed(i)); now != hits {
			t.Errorf("%s was asked %d times after it was taken away", keyNamed(i), now-hits)
		}
	}
	close(stop)
	clients.Wait()
	up.mu.Lock()
	defer up.mu.Unlock()
	for key := range up.hits {
		if !strings.HasPrefix(key, "key-of-test-") {
			t.Errorf("asked with the key %q", key)
		}
	}
}

func TestK07_AnAdministratorsWordOutlivesAGoodAnswerUnderWay(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		close(asked)
		<-release
		good(w, q)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.URL))
	answer := make(chan reply)
	go func() { answer <- r.chat() }()
	<-asked
	r.gateway.Withdraw(groupID, 1)
	close(release)
	r.wantStatus(<-answer, 200)
	r.finals(t, 1)
	for range 3 {
		r.wantStatus(r.chat(), 503)
	}
	if up.total() != 1 {
		t.Errorf("%d hits", up.total())
	}
}

func TestK08_TheSameKeyInTwoMembersIsTriedOnce(t *testing.T) {
	up := newUpstream(t, failing(401, "invalid_api_key"))
	one, two := openGroup(t, keySet("key-shared"), up.URL), openGroup(t, keySet("key-shared"), up.URL)
	one.ID, one.Name, two.ID, two.Name = 11, "one", 12, "two"
	all := openGroup(t, nil)
	all.Aggregate, all.Members = true, []proxycore.Member{{GroupID: 11, Weight: 1}, {GroupID: 12, Weight: 1}}
	r := newRig(t, proxycore.Options{}, one, two, all)
	r.wantStatus(r.chat(), 401)
	if up.total() != 1 {
		t.Errorf("the key was tried %d times", up.total())
	}
}

func TestK08_AGroupOfHalfAMillionKeysIsFairAndARequestCopiesNoneOfThem(t *testing.T) {
	up := newUpstream(t, good)
	crowd, few := openGroup(t, nil, up.URL), groupAt(t, 10, up.URL)
	b := proxycore.NewKeySetBuilder(500_000)
	for i := range 500_000 {
		key := fmt.Sprintf("key-of-crowd-%06d", i)
		b.Add(int64(i+1), []byte(key), digest([]byte(key)))
	}
	crowd.Keys = b.Build()
	few.ID, few.Name = 8, "few"
	r := newRig(t, proxycore.Options{}, crowd, few)
	const rounds, each = 20, 50
	least := map[string]int64{}
	for range rounds {
		for _, name := range []string{"openai", "few"} {
			q := r.request("GET", "/v1/models", "")
			q.URL.Path = "/proxy/" + name + "/v1/models"
			bytes := allocated(func() {
				for range each {
					r.wantStatus(r.do(q), 200)
				}
			})
			if least[name] == 0 || bytes < least[name] {
				least[name] = bytes
			}
		}
	}
	if least["openai"] > 2*least["few"] {
		t.Errorf("the leanest round of %d requests allocated %d bytes, beside %d with ten keys", each, least["openai"], least["few"])
	}
	for i := range 10 {
		if hits := up.hitsOf(keyNamed(i)); hits != rounds*each/10 {
			t.Errorf("%s was asked %d times, want %d", keyNamed(i), hits, rounds*each/10)
		}
	}
	up.mu.Lock()
	defer up.mu.Unlock()
	for key, hits := range up.hits {
		if strings.HasPrefix(key, "key-of-crowd") && hits != 1 {
			t.Errorf("%s was asked %d times before others were", key, hits)
		}
	}
}

func TestK09_FailuresAtOnceCountOnceAndTheThresholdIsToldOnce(t *testing.T) {
	const crowd = 64
	arrived, release := make(chan struct{}, crowd), make(chan struct{})
	up := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		openAIError(w, 401, "invalid_api_key")
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 1, up.URL))
	for round := range 3 {
		r.forget()
		var clients sync.WaitGroup
		for range crowd {
			clients.Go(func() {
				if got := r.chat(); got.status != 401 {
					t.Errorf("%+v", got)
				}
			})
		}
		for range crowd {
			<-arrived
		}
		for range crowd {
			release <- struct{}{}
		}
		clients.Wait()
		r.finals(t, crowd)
		charges, suspects := r.judged(proxycore.Charge), r.judged(proxycore.Suspect)
		state := r.gateway.KeyState(groupID, 1)
		if state.Charges != round+1 || len(charges)+len(suspects) != 1 || state.Suspect != (round == 2) || (len(suspects) == 1) != (round == 2) {
			t.Errorf("round %d: %+v; charges %+v, suspects %+v", round, state, charges, suspects)
		}
	}
}

func TestK10_AKeyOfAnyCharactersArrivesWholeOrNotAtAll(t *testing.T) {
	for name, key := range map[string]string{"signs": `key+/=&%"'<>\;,#? end`, "emoji": "key-🚂-é", "line ends": "key-a\r\nX-Injected: yes", "NUL": "key-\x00-a"} {
		for _, carrier := range []dialect.Carrier{dialect.Bearer, dialect.XAPIKey, dialect.Query} {
			t.Run(name+" "+string(carrier), func(t *testing.T) {
				var seen []string
				up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
					if q.Header.Get("X-Injected") != "" {
						t.Error("a header was injected")
					}
					seen = append(seen, keyOf(q)+q.Header.Get("X-Api-Key")+q.URL.Query().Get("key"))
					good(w, q)
				})
				group := openGroup(t, keySet(key), up.URL)
				group.Carrier = carrier
				r := newRig(t, proxycore.Options{}, group)
				got := r.chat()
				switch {
				case got.status == 200:
					if len(seen) != 1 || seen[0] != key {
						t.Errorf("it arrived as %q", seen)
					}
				case got.status == 502 && strings.ContainsAny(key, "\r\n\x00") && len(seen) == 0:
				default:
					t.Errorf("%+v, seen %q", got, seen)
				}
				if rec := r.final(t); strings.Contains(rec.Error, key) || strings.Contains(got.body, key) {
					t.Errorf("the key is told: %q, %q", rec.Error, got.body)
				}
			})
		}
	}
}

func TestK12_RetriesStayInBudgetWhileAnUpstreamIsOut(t *testing.T) {
	refused := openStage(t, func(a *actor) {
		a.request()
		a.reset()
	})
	broken := newUpstream(t, failing(500, "server_error"))
	for name, up := range map[string]struct {
		url  string
		hits func() int
	}{"500": {broken.URL, broken.total}, "reset": {refused.url(), refused.hits}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, proxycore.Options{}, groupAt(t, 20, up.url))
			const crowd, each = 16, 40
			var clients sync.WaitGroup
			for range crowd {
				clients.Go(func() {
					for range each {
						if got := r.chat(); got.status != 500 && got.status != 502 {
							t.Errorf("%+v", got)
							return
						}
					}
				})
			}
			clients.Wait()
			if hits := up.hits(); float64(hits) > 1.2*crowd*each+3 {
				t.Errorf("%d hits for %d requests", hits, crowd*each)
			}
			r.wantNeutral(20)
		})
	}
}
