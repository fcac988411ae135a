package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"roundhouse/internal/upstreamtest"
)

// message is one message of graphql-transport-ws.
type message struct {
	ID      string          `json:"id,omitempty"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

// dial opens a socket to the admin API with this authorization in connection_init; empty sends none.
func (g *gateway) dial(ctx context.Context, authorization string) (*websocket.Conn, message, error) {
	g.t.Helper()
	conn, answer, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(g.url, "http")+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		g.t.Fatalf("open a socket: %v %v", err, answer)
	}
	g.t.Cleanup(func() { _ = conn.CloseNow() })
	payload, err := json.Marshal(map[string]string{"authorization": authorization})
	if err != nil {
		g.t.Fatal(err)
	}
	if err := wsjson.Write(ctx, conn, message{Type: "connection_init", Payload: payload}); err != nil {
		g.t.Fatal(err)
	}
	var first message
	err = wsjson.Read(ctx, conn, &first)
	return conn, first, err
}

// subscribe starts a subscription on a socket of its own and returns a function that waits for its next value.
func (g *gateway) subscribe(query string) (next func() map[string]any) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	g.t.Cleanup(cancel)
	conn, first, err := g.dial(ctx, "Bearer "+g.admin)
	if err != nil || first.Type != "connection_ack" {
		g.t.Fatalf("%+v %v", first, err)
	}
	payload, err := json.Marshal(map[string]any{"query": query})
	if err != nil {
		g.t.Fatal(err)
	}
	if err := wsjson.Write(ctx, conn, message{ID: "1", Type: "subscribe", Payload: payload}); err != nil {
		g.t.Fatal(err)
	}
	return func() map[string]any {
		g.t.Helper()
		for {
			var m message
			if err := wsjson.Read(ctx, conn, &m); err != nil {
				g.t.Fatalf("wait for the next value of %s: %v", query, err)
			}
			switch m.Type {
			case "ping":
				_ = wsjson.Write(ctx, conn, message{Type: "pong"})
			case "next":
				var value struct {
					Data   map[string]any `json:"data"`
					Errors []graphError   `json:"errors"`
				}
				if err := json.Unmarshal(m.Payload, &value); err != nil || len(value.Errors) > 0 {
					g.t.Fatalf("%s: %v", m.Payload, err)
				}
				return value.Data
			default:
				g.t.Fatalf("%+v", m)
			}
		}
	}
}

func TestSubscriptionsShowWhatHappens(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)

	tail := g.subscribe(`subscription { requestTail(filter: {models: ["gpt-4.1-nano"]}) { matched failed dropped requests { model statusCode outcome keyMasked group { name } } } }`)
	each := g.subscribe(`subscription { requestLogged { attempt statusCode dropped } }`)
	live := g.subscribe(`subscription { liveStats { requestsPerSecond inFlight keyCounts { active } groups { groupName } } }`)
	if counts := live()["liveStats"].(map[string]any)["keyCounts"].(map[string]any); counts["active"] != 2.0 {
		t.Errorf("%v", counts)
	}
	for range 3 {
		if status, body := g.chat("openai", hello); status != http.StatusOK {
			t.Fatalf("%d %s", status, body)
		}
	}
	matched := 0.0
	for matched < 3 {
		batch := tail()["requestTail"].(map[string]any)
		matched += batch["matched"].(float64)
		for _, r := range batch["requests"].([]any) {
			request := r.(map[string]any)
			if request["outcome"] != "OK" || request["keyMasked"] == nil || request["group"].(map[string]any)["name"] != "openai" {
				t.Errorf("%v", request)
			}
		}
	}
	if first := each()["requestLogged"].(map[string]any); first["attempt"] != "FINAL" || first["dropped"] != 0.0 {
		t.Errorf("%v", first)
	}
	for live()["liveStats"].(map[string]any)["requestsPerSecond"] == 0.0 {
	}

	task := g.do(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`,
		map[string]any{"g": id, "t": strings.Join(keyNames(5000), "\n")})["importKeys"].(map[string]any)["id"].(string)
	progress := g.subscribe(fmt.Sprintf(`subscription { taskProgress(id: %q) { state processed succeeded skipped } }`, task))
	for {
		state := progress()["taskProgress"].(map[string]any)
		if state["state"] != "SUCCEEDED" {
			continue
		}
		if state["succeeded"] != 4998.0 || state["skipped"] != 2.0 {
			t.Errorf("%v", state)
		}
		return
	}
}

func TestASocketWithoutTheAdminKeyIsClosed(t *testing.T) {
	g := start(t, nil)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for _, authorization := range []string{"", "Bearer " + g.proxy} {
		_, first, err := g.dial(ctx, authorization)
		if websocket.CloseStatus(err) != 4401 {
			t.Errorf("%q: %+v %v", authorization, first, err)
		}
	}
}

// post sends a body to the admin API as it is.
func (g *gateway) post(body string, header ...string) (int, string) {
	g.t.Helper()
	status, text, err := g.send(http.MethodPost, "/graphql", body, append([]string{"Authorization: Bearer " + g.admin}, header...)...)
	if err != nil {
		g.t.Fatal(err)
	}
	return status, text
}

func TestTheAdminAPIAsksWhoFirst(t *testing.T) {
	g := start(t, nil)
	for _, c := range []struct {
		name, body string
		header     []string
		want       int
	}{
		{"nothing shown", `{"query":"{ build { version } }"}`, []string{"Authorization: "}, http.StatusUnauthorized},
		{"a proxy key", `{"query":"{ build { version } }"}`, []string{"Authorization: Bearer " + g.proxy}, http.StatusUnauthorized},
		{"junk without a key", `}{`, []string{"Authorization: "}, http.StatusUnauthorized},
		{"junk", `}{ key-in-the-body`, nil, http.StatusBadRequest},
		{"a batch", `[{"query":"{ build { version } }"}]`, nil, http.StatusBadRequest},
		{"a form", `query=x`, []string{"Content-Type: application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
		{"too large", `{"query":"` + strings.Repeat(" ", 9<<20) + `"}`, nil, http.StatusRequestEntityTooLarge},
		{"right", `{"query":"{ build { version database bus } }"}`, nil, http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text := g.post(c.body, c.header...)
			if status != c.want {
				t.Errorf("%d %.300s", status, text)
			}
			if strings.Contains(text, "key-in-the-body") {
				t.Errorf("the body is repeated: %s", text)
			}
		})
	}
	if status, _, err := g.send(http.MethodGet, "/graphql?query={build{version}}", "", "Authorization: Bearer "+g.admin); err != nil || status != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d %v", status, err)
	}
}

func TestDocumentsThatWouldBeDearAreRefusedAtOnce(t *testing.T) {
	g := start(t, nil)
	bomb := "query { groups { ...f0 } } "
	for i := range 40 {
		bomb += fmt.Sprintf("fragment f%d on Group { ...f%d ...f%d } ", i, i+1, i+1)
	}
	bomb += "fragment f40 on Group { id }"
	aliases := "{"
	for i := range 21 {
		aliases += fmt.Sprintf(" a%d: build { version }", i)
	}
	deep := "{ groups " + strings.Repeat("{ parents ", 17) + "{ id }" + strings.Repeat("}", 17) + " }"
	for name, query := range map[string]string{
		"fragment bomb": bomb, "too many aliases": aliases + " }", "too deep": deep,
		"endless fragment": `{ groups { ...a } } fragment a on Group { ...a }`,
		"flood":            "{ build {" + strings.Repeat(" version", 200_000) + " } }",
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			_, errs := g.try(query, nil)
			if len(errs) == 0 || errs[0].Extensions["code"] != "BAD_INPUT" {
				t.Errorf("%.300v", errs)
			}
			if took := time.Since(begin); took > 2*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func TestASessionOpensTheAdminAPIForItsOwnPagesOnly(t *testing.T) {
	g := start(t, nil)
	request := func(method, path, body string, header map[string]string) *http.Response {
		t.Helper()
		r, err := http.NewRequest(method, g.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for name, value := range header {
			r.Header.Set(name, value)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return answer
	}
	if answer := request(http.MethodPost, "/session", `{"authKey":"wrong"}`, map[string]string{"Origin": g.url}); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("wrong key: %s", answer.Status)
	}
	answer := request(http.MethodPost, "/session", fmt.Sprintf(`{"authKey":%q}`, g.admin), map[string]string{"Origin": g.url})
	if answer.StatusCode != http.StatusNoContent || len(answer.Cookies()) != 1 {
		text, _ := io.ReadAll(answer.Body)
		t.Fatalf("%s %s", answer.Status, text)
	}
	cookie := answer.Cookies()[0]
	if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode {
		t.Errorf("%+v", cookie)
	}
	query := `{"query":"{ build { version } }"}`
	for origin, want := range map[string]int{g.url: http.StatusOK, "http://elsewhere.example": http.StatusUnauthorized, "": http.StatusUnauthorized} {
		header := map[string]string{"Cookie": cookie.Name + "=" + cookie.Value}
		if origin != "" {
			header["Origin"] = origin
		}
		if answer := request(http.MethodPost, "/graphql", query, header); answer.StatusCode != want {
			t.Errorf("from %q: %s", origin, answer.Status)
		}
	}
}
