package auth_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/auth"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

const adminKey = "an admin key of the tests"

func digest(secret []byte) [32]byte { return sha256.Sum256(append([]byte("test:"), secret...)) }

type actorKey struct{}

func withActor(ctx context.Context, actor string) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

func actorOf(ctx context.Context) string { actor, _ := ctx.Value(actorKey{}).(string); return actor }

// door is an Admin behind HTTP, with a clock that the test sets and what it audited.
type door struct {
	t     *testing.T
	db    *database.DB
	admin *auth.Admin
	http  http.Handler

	mu     sync.Mutex
	now    time.Time
	audits []string
}

func newDoor(t *testing.T, db *database.DB, key string) *door {
	d := &door{t: t, db: db, now: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)}
	d.admin = auth.New(auth.Options{
		DB: db, AdminDigest: digest([]byte(key)), Digest: digest,
		Trusted:   []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
		OwnHosts:  func() []string { return []string{"public.example.com"} },
		WithActor: withActor,
		Audit: func(ctx context.Context, tx *ent.Tx, action, target string) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.audits = append(d.audits, fmt.Sprintf("%s: %s %s", actorOf(ctx), action, target))
			return nil
		},
		Now:    func() time.Time { d.mu.Lock(); defer d.mu.Unlock(); return d.now },
		Logger: slog.New(slog.DiscardHandler),
	})
	mux := http.NewServeMux()
	mux.Handle("/session", d.admin.SessionHandler())
	mux.Handle("/", d.admin.Guard(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, actorOf(r.Context()))
	})))
	d.http = mux
	return d
}

func (d *door) pass(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

// ask sends a request to host gw:3001 from 192.0.2.1; headers are name, value, name, value.
func (d *door) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = "gw:3001"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "RemoteAddr" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	return w
}

func (d *door) signIn(key string, headers ...string) *httptest.ResponseRecorder {
	return d.ask("POST", "/session", fmt.Sprintf(`{"authKey": %q}`, key), append(headers, "Content-Type", "application/json")...)
}

// cookie signs in and returns the cookie as a browser sends it back.
func (d *door) cookie() string {
	d.t.Helper()
	w := d.signIn(adminKey)
	if w.Code != http.StatusNoContent || len(w.Result().Cookies()) != 1 {
		d.t.Fatalf("sign-in: %d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	return c.Name + "=" + c.Value
}

func (d *door) status(want int, method, path string, headers ...string) *httptest.ResponseRecorder {
	d.t.Helper()
	w := d.ask(method, path, "", headers...)
	if w.Code != want {
		d.t.Errorf("%s %s %v: %d %s, want %d", method, path, headers, w.Code, w.Body, want)
	}
	return w
}

func TestSignInOpensASessionAndSignOutEndsIt(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	w := d.signIn(" " + adminKey + "\n") // as pasted
	if w.Code == http.StatusNoContent {
		t.Error("a key with space around it is another key")
	}
	w = d.signIn(adminKey)
	if w.Code != http.StatusNoContent || w.Header().Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Secure || c.MaxAge != 7*24*3600 || len(c.Value) < 43 {
		t.Errorf("cookie %+v", c)
	}
	session := c.Name + "=" + c.Value
	if got := d.status(200, "GET", "/session", "Cookie", session).Body.String(); strings.TrimSpace(got) != `{"signedIn":true}` {
		t.Errorf("GET /session: %s", got)
	}
	if got := d.status(200, "GET", "/anything", "Cookie", session).Body.String(); !strings.HasPrefix(got, "session ") || !strings.HasSuffix(got, " from 192.0.2.1") {
		t.Errorf("actor %q", got)
	}
	out := d.status(204, "DELETE", "/session", "Cookie", session, "Origin", "http://gw:3001")
	if gone := out.Result().Cookies(); len(gone) != 1 || gone[0].MaxAge >= 0 || gone[0].Value != "" {
		t.Errorf("the cookie stays: %v", gone)
	}
	d.status(401, "GET", "/anything", "Cookie", session)
	if got := d.status(200, "GET", "/session", "Cookie", session).Body.String(); strings.TrimSpace(got) != `{"signedIn":false}` {
		t.Errorf("GET /session: %s", got)
	}
	d.status(204, "DELETE", "/session")
	for i, want := range []string{"unknown from 192.0.2.1: signInFailed admin key", "admin key from 192.0.2.1: signIn session ", " from 192.0.2.1: signOut session "} {
		if len(d.audits) != 3 || !strings.Contains(d.audits[i], want) {
			t.Fatalf("audited %q, want %q at %d", d.audits, want, i)
		}
	}
}

func TestTheDatabaseHoldsDigestsOnly(t *testing.T) {
	db := databasetest.Open(t)
	d := newDoor(t, db, adminKey)
	_, secret, _ := strings.Cut(d.cookie(), "=")
	row := db.Session.Query().OnlyX(t.Context())
	if want := digest([]byte(secret)); string(row.Digest) != string(want[:]) {
		t.Error("not the digest of the cookie's value")
	}
	if strings.Contains(fmt.Sprintf("%s %q", row, row.Digest), secret) {
		t.Error("the row holds the secret")
	}
}

func TestWhatDoesNotAdmit(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for _, headers := range [][]string{
		{}, {"Authorization", ""}, {"Authorization", "Bearer "}, {"Authorization", "Basic " + adminKey}, {"Authorization", adminKey},
		{"Cookie", "roundhouse_session="}, {"Cookie", "roundhouse_session=" + strings.Repeat("A", 43)}, {"X-Api-Key", adminKey},
	} {
		w := d.status(401, "GET", "/graphql", headers...)
		if w.Header().Get("WWW-Authenticate") == "" || !strings.Contains(w.Body.String(), `{"errors":[{"message":`) {
			t.Errorf("%v: %v %s", headers, w.Header(), w.Body)
		}
	}
	d.status(401, "GET", "/graphql?key="+strings.ReplaceAll(adminKey, " ", "+"))
	if len(d.audits) != 0 {
		t.Errorf("audited as wrong keys though none was shown: %q", d.audits)
	}
	d.status(200, "POST", "/graphql", "Authorization", "bearer "+adminKey)
	if got := d.status(200, "POST", "/graphql", "Authorization", "Bearer "+adminKey).Body.String(); got != "admin key from 192.0.2.1" {
		t.Errorf("actor %q", got)
	}
}

func TestSignInBodies(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for _, c := range []struct {
		body, kind string
		status     int
	}{
		{`{"authKey": "` + adminKey + `"}`, "application/json; charset=utf-8", 204},
		{`{"authKey": "` + adminKey + `"}`, "text/plain", 415},
		{`authKey=` + adminKey, "application/x-www-form-urlencoded", 415},
		{`{"authKey": "` + adminKey, "application/json", 400},
		{`{"authKey": 7}`, "application/json", 400},
		{`{}`, "application/json", 400},
		{`[]`, "application/json", 400},
		{`{"authKey": "` + strings.Repeat("x", 5000) + `"}`, "application/json", 413},
	} {
		w := d.ask("POST", "/session", c.body, "Content-Type", c.kind)
		if w.Code != c.status {
			t.Errorf("%.40s as %s: %d, want %d", c.body, c.kind, w.Code, c.status)
		}
		if strings.Contains(w.Body.String(), adminKey) {
			t.Errorf("the answer repeats the key: %s", w.Body)
		}
	}
	if w := d.status(405, "PUT", "/session"); w.Header().Get("Allow") == "" {
		t.Error("405 without Allow")
	}
}

func TestACookieCountsOnlyForOurOwnPages(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	session := d.cookie()
	socket := []string{"Upgrade", "WebSocket", "Connection", "Upgrade"}
	for _, c := range []struct {
		method  string
		headers []string
		status  int
	}{
		{"POST", []string{"Origin", "http://gw:3001"}, 200},
		{"POST", []string{"Origin", "http://GW:3001"}, 200},
		{"POST", []string{"Origin", "https://public.example.com"}, 200},
		{"POST", nil, 401},
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, 401},
		{"POST", []string{"Origin", "null"}, 401},
		{"POST", []string{"Origin", "http://gw"}, 401},
		{"POST", []string{"Origin", "http://gw:3002"}, 401},
		{"POST", []string{"Origin", "http://gw:3001.evil.example"}, 401},
		{"POST", []string{"Origin", "http://evil.example"}, 401},
		{"POST", []string{"Origin", "file://gw:3001"}, 401},
		{"POST", []string{"Origin", "http://gw:3001", "Origin", "http://evil.example"}, 401},
		{"DELETE", nil, 401},
		{"PUT", []string{"Origin", "http://evil.example"}, 401},
		{"GET", nil, 200},
		{"HEAD", nil, 200},
		{"GET", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"GET", []string{"Sec-Fetch-Site", "none"}, 200},
		{"GET", []string{"Sec-Fetch-Site", "cross-site"}, 401},
		{"GET", []string{"Sec-Fetch-Site", "same-site"}, 401},
		{"GET", []string{"Origin", "http://evil.example"}, 401},
		{"GET", []string{"Origin", "http://gw:3001"}, 200},
		{"GET", socket, 401},
		{"GET", append([]string{"Origin", "http://evil.example"}, socket...), 401},
		{"GET", append([]string{"Origin", "http://gw:3001"}, socket...), 200},
	} {
		d.status(c.status, c.method, "/x", append([]string{"Cookie", session}, c.headers...)...)
	}
	d.status(401, "DELETE", "/session", "Cookie", session)
	d.status(401, "DELETE", "/session", "Cookie", session, "Origin", "http://evil.example")
	d.status(200, "GET", "/x", "Cookie", session)
	d.status(200, "POST", "/x", "Authorization", "Bearer "+adminKey, "Origin", "http://evil.example") // whoever knows the key
}

func TestASocketShowsItsKeyInConnectionInit(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	session := d.cookie()
	handshake := func(headers ...string) *http.Request {
		r := httptest.NewRequest("GET", "/graphql", nil)
		r.Host = "gw:3001"
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return r
	}
	for name, c := range map[string]struct {
		r       *http.Request
		payload map[string]any
		admits  bool
	}{
		"the key":                    {handshake(), map[string]any{"authorization": "Bearer " + adminKey}, true},
		"the key, capital":           {handshake("Origin", "http://elsewhere"), map[string]any{"Authorization": "Bearer " + adminKey}, true},
		"another key":                {handshake(), map[string]any{"authorization": "Bearer no"}, false},
		"another key and the cookie": {handshake("Cookie", session, "Origin", "http://gw:3001"), map[string]any{"authorization": "Bearer no"}, true},
		"no text":                    {handshake(), map[string]any{"authorization": 7}, false},
		"nothing":                    {handshake(), nil, false},
		"the cookie":                 {handshake("Cookie", session, "Origin", "http://gw:3001"), nil, true},
		"the cookie without Origin":  {handshake("Cookie", session), nil, false},
		"the cookie from elsewhere":  {handshake("Cookie", session, "Origin", "http://evil.example"), nil, false},
	} {
		actor, err := d.admin.CheckInit(t.Context(), c.r, c.payload)
		if (err == nil) != c.admits || (actor != "") != c.admits {
			t.Errorf("%s: %q, %v", name, actor, err)
		}
	}
}

func TestASessionEndsByItself(t *testing.T) {
	db := databasetest.Open(t)
	d := newDoor(t, db, adminKey)

	idle := d.cookie()
	d.pass(12*time.Hour - time.Second)
	d.status(200, "GET", "/x", "Cookie", idle)
	d.pass(12 * time.Hour)
	d.status(401, "GET", "/x", "Cookie", idle)

	used := d.cookie()
	for range 7*24/8 - 1 {
		d.pass(8 * time.Hour)
		d.status(200, "GET", "/x", "Cookie", used)
	}
	d.pass(8 * time.Hour)
	d.status(401, "GET", "/x", "Cookie", used)

	live := d.cookie()
	if n := db.Session.Query().CountX(t.Context()); n != 1 {
		t.Errorf("%d rows; those that ended are swept at a sign-in", n)
	}
	d.status(401, "GET", "/x", "Cookie", strings.ToLower(live))

	changed := newDoor(t, db, "another admin key")
	changed.pass(d.now.Sub(changed.now))
	changed.status(401, "GET", "/x", "Cookie", live)
	d.status(200, "GET", "/x", "Cookie", live)
}

func TestASignInEndsTheSessionItReplaces(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	before, other := d.cookie(), d.cookie()
	if w := d.signIn(adminKey, "Cookie", before); w.Code != http.StatusNoContent {
		t.Fatal(w.Code)
	}
	d.status(401, "GET", "/x", "Cookie", before)
	d.status(200, "GET", "/x", "Cookie", other)
}

func TestLastUseIsWrittenAtMostEachMinute(t *testing.T) {
	db := databasetest.Open(t)
	d := newDoor(t, db, adminKey)
	session := d.cookie()
	seen := func() time.Time { return db.Session.Query().OnlyX(t.Context()).LastSeenAt }
	opened := seen()
	d.pass(time.Minute)
	d.status(200, "GET", "/x", "Cookie", session)
	if !seen().Equal(opened) {
		t.Error("written within the minute")
	}
	d.pass(time.Second)
	d.status(200, "GET", "/x", "Cookie", session)
	if want := opened.Add(61 * time.Second); !seen().Equal(want) {
		t.Errorf("last seen %s, want %s", seen(), want)
	}
}

func TestWrongKeysCountAlikeWhereverTheyAreShown(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	session := d.cookie()
	wrong := []func() int{
		func() int { return d.signIn("no").Code },
		func() int { return d.ask("POST", "/graphql", "", "Authorization", "Bearer no").Code },
		func() int { return d.ask("GET", "/session", "", "Authorization", "Bearer no").Code },
		func() int {
			_, err := d.admin.CheckInit(t.Context(), httptest.NewRequest("GET", "/graphql", nil), map[string]any{"authorization": "Bearer no"})
			var throttled *auth.Throttled
			if errors.As(err, &throttled) {
				return 429
			}
			return 401
		},
	}
	for i := range 5 {
		if got := wrong[i%len(wrong)](); got == 429 {
			t.Fatalf("the wrong key number %d is refused already", i+1)
		}
		d.pass(time.Minute)
	}
	for i, try := range wrong {
		if got := try(); got != 429 {
			t.Errorf("way %d: %d after five wrong keys", i, got)
		}
	}
	w := d.signIn("no")
	if wait, _ := strconv.Atoi(w.Header().Get("Retry-After")); wait != 10*60 {
		t.Errorf("Retry-After %s, want the rest of the first one's 15 minutes", w.Header().Get("Retry-After"))
	}
	// The right key and a live session are never refused, nor is another address.
	if w := d.signIn(adminKey); w.Code != 204 {
		t.Errorf("the right key: %d", w.Code)
	}
	d.status(200, "POST", "/x", "Authorization", "Bearer "+adminKey)
	d.status(200, "POST", "/x", "Cookie", session, "Origin", "http://gw:3001")
	d.status(200, "POST", "/x", "Cookie", session, "Origin", "http://gw:3001", "Authorization", "Bearer no")
	d.status(401, "POST", "/x", "Authorization", "Bearer no", "RemoteAddr", "192.0.2.2:1")
	if failed := strings.Count(strings.Join(d.audits, "\n"), "signInFailed"); failed != 6 {
		t.Errorf("%d audited, want those that were read: 6", failed)
	}
	d.pass(10 * time.Minute)
	if got := wrong[1](); got != 401 {
		t.Errorf("after Retry-After: %d", got)
	}
}

func TestGuessesThatComeTogetherAreCounted(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	codes := make(chan int, 40)
	var wg sync.WaitGroup
	for range cap(codes) {
		wg.Go(func() { codes <- d.ask("POST", "/x", "", "Authorization", "Bearer no").Code })
	}
	wg.Wait()
	close(codes)
	count := map[int]int{}
	for c := range codes {
		count[c]++
	}
	if count[401] != 5 || count[429] != 35 {
		t.Errorf("answers %v, want 5 read and 35 refused", count)
	}
}

func TestAllAddressesTogetherAreThrottled(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for i := range 100 {
		d.status(401, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", fmt.Sprintf("192.0.2.%d:1", i))
	}
	w := d.status(429, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", "198.51.100.1:1")
	if w.Header().Get("Retry-After") != "60" {
		t.Errorf("Retry-After %s", w.Header().Get("Retry-After"))
	}
	d.status(200, "GET", "/x", "Authorization", "Bearer "+adminKey)
	d.pass(time.Minute)
	d.status(401, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", "198.51.100.1:1")
}

func TestAddressesAreToldByTrustedProxies(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for _, c := range []struct{ peer, forwarded, client string }{
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		{"10.0.0.1:5", "203.0.113.9", "203.0.113.9"},
		{"[::ffff:10.0.0.1]:5", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:5", "1.1.1.1, 203.0.113.9, 10.2.2.2", "203.0.113.9"},
		{"10.0.0.1:5", "10.3.3.3", "10.3.3.3"},
		{"10.0.0.1:5", "1.1.1.1, nonsense", "10.0.0.1"},
		{"10.0.0.1:5", "", "10.0.0.1"},
		{"[2001:db8::1%eth0]:5", "", "2001:db8::1"},
	} {
		headers := []string{"Authorization", "Bearer " + adminKey, "RemoteAddr", c.peer}
		if c.forwarded != "" {
			headers = append(headers, "X-Forwarded-For", c.forwarded)
		}
		if got := d.status(200, "GET", "/x", headers...).Body.String(); got != "admin key from "+c.client {
			t.Errorf("%s for %q: %s", c.peer, c.forwarded, got)
		}
	}
}

func TestAddressesOfOneIPv6NetworkCountAsOne(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for i := range 5 {
		d.status(401, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", fmt.Sprintf("[2001:db8::%d]:1", i))
	}
	d.status(429, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", "[2001:db8::ffff:1]:1")
	d.status(401, "GET", "/x", "Authorization", "Bearer no", "RemoteAddr", "[2001:db8:0:1::1]:1")
}

func TestTheCookieIsSecureOverTLS(t *testing.T) {
	d := newDoor(t, databasetest.Open(t), adminKey)
	for _, c := range []struct {
		peer, proto string
		secure      bool
	}{
		{"10.0.0.1:5", "https", true}, {"10.0.0.1:5", "HTTPS, http", true}, {"10.0.0.1:5", "http", false}, {"192.0.2.1:5", "https", false},
	} {
		w := d.signIn(adminKey, "RemoteAddr", c.peer, "X-Forwarded-Proto", c.proto)
		if got := w.Result().Cookies()[0].Secure; got != c.secure {
			t.Errorf("%s from %s: secure is %t", c.proto, c.peer, got)
		}
	}
}

func TestADatabaseThatIsAwayIsNotASignOut(t *testing.T) {
	db, err := database.Open(t.Context(), databasetest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	d := newDoor(t, db, adminKey)
	session := d.cookie()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	d.status(503, "GET", "/x", "Cookie", session)
	d.status(503, "GET", "/session", "Cookie", session)
	d.status(200, "GET", "/x", "Authorization", "Bearer "+adminKey)
	d.status(401, "GET", "/x", "Authorization", "Bearer no")
	if w := d.signIn(adminKey); w.Code != 503 || len(w.Result().Cookies()) != 0 {
		t.Errorf("sign-in: %d", w.Code)
	}
}
