package proxycore_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
)

func TestC12_NoPathLeavesTheUpstreamsBaseOrTheKeysGroup(t *testing.T) {
	up := openStage(t, wellBehaved)
	mine, other := groupAt(t, 2, up.url()+"/base"), groupAt(t, 2, up.url()+"/other")
	other.ID, other.Name = 8, "other"
	r := newRig(t, proxycore.Options{}, mine, other)
	r.config.ProxyKeys = []proxycore.ProxyKey{{ID: 1, Digest: digest([]byte(proxyKey)), GroupID: groupID}}
	r.swap()
	for _, path := range []string{
		"/proxy/openai/../../x", "/proxy/openai/v1/..", "/proxy/openai/v1/%2e%2e/x", "/proxy/openai/v1/.%2E/x", "/proxy/openai/v1/..%2fx",
		"/proxy/openai/v1%2f..%2f..%2fx", "/proxy/openai/v1%5c..%5cx", "/proxy/openai/v1/..;/x", "/proxy/openai/v1/..;a=b/x", "/proxy/openai/v1/./x",
		"/proxy/openai/..%2f..%2fother/v1/models", "/proxy/openai/../other/v1/models", "/proxy/openai%2f..%2fother/v1/models", "/proxy/../proxy/other/v1/models",
		"/proxy/other/v1/models", "/proxy//openai/v1/models", "/proxy/OPENAI/v1/models", "/proxy/openai%00/v1/models", "//proxy/openai/v1/models",
	} {
		c := r.caller()
		c.ask("GET " + path + " HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer " + proxyKey + "\r\n\r\n")
		if got := c.hear("GET"); got.status != 400 && got.status != 401 && got.status != 404 {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if up.hits() != 0 {
		t.Errorf("asked %+v", up.requests())
	}
	r.wantNeutral(2)
}

func TestC13_PathsArriveAsTheyAreSpelled(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	for i, path := range []string{
		"//", "/v1//files", "/v1/files/", "/v1/files%2Fa%2fb", "/v1beta/models/gemini:generateContent", "/v1/files/b%20c", "/v1/%41%7e~", "/v1/a+b%2B", "/v1/...", "/v1/a..b/.c",
		"/v1/a;b=c", "/v1/a@b:c!$&'()*,=", "/v1/%E2%82%AC", "/v1/x?", "/v1/x?a=1&&b&=c&%zz=%", "/v1/x?a=b;c=d", "/v1/x?q=a+b%20c&key2=v",
	} {
		c := r.caller()
		c.ask(head("GET", path))
		if got := c.hear("GET"); got.status != 200 {
			t.Errorf("%s: %+v", path, got)
			continue
		}
		if got := up.requests()[i].line(); got != "GET "+path+" HTTP/1.1" {
			t.Errorf("%s arrived as %q", path, got)
		}
	}
	r.wantNeutral(2)
}

func TestC14_LongTargetsAreBoundedAndQueriesKeptAsTheyAre(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	for _, row := range []struct {
		name, target string
		status       int
	}{
		{"16 KiB", "/v1/" + strings.Repeat("a", 16<<10), 200},
		{"10,001 parameters", "/v1/models?" + strings.Repeat("a&", 10_001), 200},
		{"semicolons", "/v1/models?a;b;c=d;e&f", 200},
		{"100 KiB", "/v1/" + strings.Repeat("a", 100<<10), 431},
		{"a query of 900 KB", "/v1/models?q=" + strings.Repeat("a", 900_000), 431},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := up.hits()
			c := callAt(t, address)
			go c.ask(head("GET", row.target))
			if got := c.hear("GET"); got.status != row.status && got.err == nil {
				t.Fatalf("%d", got.status)
			}
			if row.status == 200 && (up.hits() != before+1 || up.requests()[before].line() != "GET "+row.target+" HTTP/1.1") {
				t.Errorf("it did not arrive as it was sent")
			}
			if row.status != 200 && up.hits() != before {
				t.Error("the upstream was asked")
			}
		})
	}
	r.wantNeutral(2)
}

func TestC15_HeadersAreBoundedAndNoSpellingAdmitsButTheKnownOnes(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	address := r.mount(time.Minute)
	bare := func(header string) string {
		return "GET /proxy/openai/v1/models HTTP/1.1\r\nHost: gateway\r\n" + header + "\r\n"
	}
	for _, row := range []struct {
		name, request string
		status        int
	}{
		{"100,000 headers", head("GET", "/v1/models", strings.Repeat("a: b\r\n", 100_000)+"c: d"), 431},
		{"a header of 1.2 MB", head("GET", "/v1/models", "X-Long: "+strings.Repeat("x", 1_200_000)), 431},
		{"a thousand headers", head("GET", "/v1/models", strings.Repeat("a: b\r\n", 1000)+"c: d"), 200},
		{"an underscore", bare("X_Api_Key: " + proxyKey + "\r\n"), 401},
		{"a folded header", head("GET", "/v1/models", "X-Folded: one\r\n  Authorization: Bearer other"), 200},
		{"no name", head("GET", "/v1/models", ": value"), 400},
		{"a space in the name", head("GET", "/v1/models", "X Y: value"), 400},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := up.hits()
			c := callAt(t, address)
			go c.ask(row.request)
			// A server that has heard enough may reset before its answer is read.
			if got := c.hear("GET"); got.status != row.status && (got.err == nil || row.status != 431) {
				t.Fatalf("%+v", got)
			}
			if asked := up.requests()[before:]; (len(asked) == 1) != (row.status == 200) {
				t.Errorf("asked %d times", len(asked))
			} else if row.name == "a folded header" && asked[0].key() == "other" {
				t.Errorf("a folded line became a header: %q", asked[0].head)
			}
		})
	}
	r.wantNeutral(2)
}

func TestC19_ConnectionCannotNameOurHeadersAway(t *testing.T) {
	up := openStage(t, func(a *actor) {
		for {
			q, ok := a.request()
			switch {
			case !ok:
				return
			case len(a.stage.requests())%2 == 1:
				a.say("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n")
			case q.body != "":
				a.answerOK()
			}
		}
	})
	for _, names := range []string{"Authorization", "authorization, VIA", "X-Api-Key, Authorization, Via, Content-Length, Host", "close, AUTHORIZATION"} {
		t.Run(names, func(t *testing.T) {
			before := up.hits()
			r := newRig(t, proxycore.Options{}, groupAt(t, 3, up.url()))
			c := r.caller()
			c.ask(post(chatBody, "Connection: "+names, "X-Mine: stays"))
			if got := c.hear("POST"); got.status != 200 {
				t.Fatalf("%+v", got)
			}
			asked := up.requests()[before:]
			if len(asked) != 2 || asked[0].key() == asked[1].key() {
				t.Fatalf("asked %+v", asked)
			}
			for _, q := range asked {
				if !strings.HasPrefix(q.key(), "key-of-test-") || strings.Count(q.head, "Via: ") != 1 || q.body != chatBody || q.header("X-Mine") != "stays" {
					t.Errorf("asked %q", q.head)
				}
			}
			r.wantNeutral(3)
		})
	}
}

func TestC21_ForgedAddressesAreNotBelievedAndGoNoFurther(t *testing.T) {
	forged := []string{
		"X-Forwarded-For: 6.6.6.6", "X-Forwarded-Host: evil.test", "X-Forwarded-Proto: https", "X-Real-Ip: 6.6.6.6", "Forwarded: for=6.6.6.6",
		"Cf-Connecting-Ip: 6.6.6.6", "True-Client-Ip: 6.6.6.6", "X-Client-Ip: 6.6.6.6", "Via: 1.1 elsewhere",
	}
	for name, trusted := range map[string][]netip.Prefix{"nobody trusted": nil, "the peer trusted": {netip.MustParsePrefix("127.0.0.0/8")}} {
		t.Run(name, func(t *testing.T) {
			up := openStage(t, wellBehaved)
			r := newRig(t, proxycore.Options{TrustedProxies: trusted}, groupAt(t, 2, up.url()))
			c := r.caller()
			c.ask(post(chatBody, forged...))
			if got := c.hear("POST"); got.status != 200 {
				t.Fatalf("%+v", got)
			}
			if q := up.requests()[0]; strings.Contains(q.head, "6.6.6.6") || strings.Contains(q.head, "evil") || !strings.Contains(q.head, "1.1 elsewhere") {
				t.Errorf("asked %q", q.head)
			}
			want := "127.0.0.1"
			if trusted != nil {
				want = "6.6.6.6"
			}
			if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); rec.ClientIP != want {
				t.Errorf("client %q, want %q", rec.ClientIP, want)
			}
			r.wantNeutral(2)
		})
	}
}

func TestC21_ALoopThroughOurselvesIs508(t *testing.T) {
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, "http://127.0.0.1:1"))
	group := groupAt(t, 2, r.front.URL+"/proxy/openai")
	group.HeaderRules = []proxycore.HeaderRule{{Set: true, Name: "Authorization", Value: "Bearer " + proxyKey}}
	group.Settings.MaxRetries = 0
	r.config.Groups = []proxycore.GroupConfig{group}
	r.swap()
	got := r.chat()
	if got.status != 508 || !strings.Contains(got.body, "gateway_loop") {
		t.Errorf("%+v", got)
	}
	r.finals(t, 2)
	r.wantNeutral(2)
}

func TestC22_StrictnessReadsTheModelThatUpstreamsRead(t *testing.T) {
	up := openStage(t, wellBehaved)
	group := groupAt(t, 2, up.url())
	group.RedirectStrict, group.Redirects = true, []proxycore.Redirect{{From: "allowed", To: "allowed"}}
	r := newRig(t, proxycore.Options{}, group)
	for name, row := range map[string]struct {
		body   string
		status int
	}{
		"allowed":                    {`{"model":"allowed"}`, 200},
		"forbidden":                  {`{"model":"forbidden"}`, 400},
		"twice, the last allowed":    {`{"model":"forbidden","model":"allowed"}`, 400},
		"twice, the last forbidden":  {`{"model":"allowed","model":"forbidden"}`, 400},
		"in another case":            {`{"model":"allowed","Model":"forbidden"}`, 400},
		"in another case first":      {`{"MODEL":"forbidden","model":"allowed"}`, 400},
		"by an escape":               {`{"\u006dodel":"forbidden","model":"allowed"}`, 400},
		"an escaped value":           {`{"model":"\u0061llowed"}`, 200},
		"deeper, which names none":   {`{"metadata":{"model":"forbidden"},"model":"allowed"}`, 200},
		"very deep":                  {`{"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `,"model":"forbidden"}`, 400},
		"NaN":                        {`{"temperature":NaN,"model":"forbidden"}`, 400},
		"a number of 2 MB":           {`{"x":` + strings.Repeat("9", 2<<20) + `,"model":"forbidden"}`, 400},
		"a model of 2 MB":            {`{"model":"` + strings.Repeat("x", 2<<20) + `"}`, 400},
		"a byte order mark":          {"\ufeff" + `{"model":"forbidden"}`, 400},
		"a null":                     {`{"model":null}`, 400},
		"a number":                   {`{"model":7}`, 400},
		"none":                       {`{"messages":[]}`, 400},
		"no JSON":                    {`model=forbidden`, 400},
		"a list":                     {`[{"model":"forbidden"}]`, 400},
		"two documents":              {`{"model":"allowed"}{"model":"forbidden"}`, 400},
		"a comment":                  {`{/*"model":"allowed"*/"model":"forbidden"}`, 400},
		"nothing":                    {"", 400},
		"blanks before and after it": {" \r\n\t" + `{ "model" : "allowed" }` + "\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			before := up.hits()
			got := r.do(r.request("POST", "/v1/chat/completions", row.body))
			r.wantStatus(got, row.status)
			if asked := up.hits() - before; asked == 1 != (row.status == 200) {
				t.Errorf("asked %d times", asked)
			}
			if row.status == 200 && up.requests()[before].body != row.body {
				t.Errorf("asked with %q", up.requests()[before].body)
			}
		})
	}
	r.wantNeutral(2)
}

func TestC23_EveryWrongKeyHearsTheSame(t *testing.T) {
	up := openStage(t, wellBehaved)
	other := groupAt(t, 2, up.url())
	other.ID, other.Name = 8, "other"
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()), other)
	const others = "only-for-the-other-group"
	r.config.ProxyKeys = append(r.config.ProxyKeys, proxycore.ProxyKey{ID: 2, Digest: digest([]byte(others)), GroupID: 8})
	r.swap()
	carriers := []string{"Authorization: Bearer ", "X-Api-Key: ", "Api-Key: ", "X-Goog-Api-Key: ", "Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.", "?key="}
	ask := func(secrets map[string]string) reply {
		path, header := "/proxy/openai/v1/models", ""
		for carrier, secret := range secrets {
			if carrier == "?key=" {
				path += carrier + secret
				continue
			}
			header += carrier + secret + "\r\n"
		}
		c := r.caller()
		c.ask("GET " + path + " HTTP/1.1\r\nHost: gateway\r\n" + header + "\r\n")
		return c.hear("GET")
	}
	same := func(got reply) string {
		return strings.ReplaceAll(fmt.Sprint(got.status, got.body, len(got.header)), got.header.Get("X-Request-Id"), "")
	}
	// The dialect's shape follows the carrier, so that carriers are compared with themselves alone.
	for _, carrier := range carriers {
		want := same(ask(map[string]string{carrier: ""}))
		for _, secret := range []string{"nonsense-of-a-stranger", others, proxyKey + "x", proxyKey[:len(proxyKey)-1], strings.Repeat("long", 3000)} {
			got := ask(map[string]string{carrier: secret})
			if got.status != 401 || same(got) != want {
				t.Errorf("%s%.30s: %+v", carrier, secret, got)
			}
		}
		if got := ask(map[string]string{carrier: proxyKey}); got.status != 200 {
			t.Errorf("%s: %+v", carrier, got)
		}
		for _, second := range carriers {
			if got := ask(map[string]string{carrier: "nonsense-of-a-stranger", second: proxyKey}); carrier != second && got.status != 200 {
				t.Errorf("a wrong key in %q beside the right one in %q: %+v", carrier, second, got)
			}
		}
	}
	for _, q := range up.requests() {
		for _, secret := range []string{proxyKey, "nonsense", others} {
			if strings.Contains(q.head, secret) {
				t.Errorf("%q reached the upstream: %q", secret, q.head)
			}
		}
	}
	for _, rec := range r.all() {
		if text := fmt.Sprintf("%+v", rec); strings.Contains(text, proxyKey) || strings.Contains(text, "nonsense") || strings.Contains(text, others) {
			t.Errorf("a record holds a secret: %s", text)
		}
	}
	if figures := r.gateway.Figures(); figures.Strangers != int64(len(carriers)*6) {
		t.Errorf("%d strangers were counted", figures.Strangers)
	}
	r.wantNeutral(2)
}

func TestC24_AKeyInTheAddressIsNeitherSentNorRecorded(t *testing.T) {
	up := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{}, groupAt(t, 2, up.url()))
	for _, query := range []string{"?key=" + proxyKey, "?a=1&key=" + proxyKey + "&b=2", "?k%65y=" + proxyKey, "?%6B%65%79=" + proxyKey + "&c=%20", "?key=wrong&key=" + proxyKey} {
		r.forget()
		q := r.request(http.MethodGet, "/v1/models", "")
		q.Header.Del("Authorization")
		q.URL.RawQuery = query[1:]
		r.wantStatus(r.do(q), 200)
		if rec := r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1); strings.Contains(fmt.Sprintf("%+v", rec), proxyKey) || strings.Contains(rec.Path, "key") {
			t.Errorf("record %+v", rec)
		}
	}
	for _, q := range up.requests() {
		if strings.Contains(q.head, proxyKey) || strings.Contains(q.line(), "wrong") {
			t.Errorf("asked %q", q.head)
		}
	}
	r.wantNeutral(2)
}
