package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/coder/websocket/wsjson"
	"github.com/redis/go-redis/v9"

	"roundhouse/internal/cluster/redistest"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// canary stands in the middle of every key of this story. It reads differently in each encoding.
const canary = `cAnAry&7+Q/q=z9`

// canaries are the spellings of the canary that are looked for.
func canaries() map[string]string {
	quoted, _ := json.Marshal(canary)
	all := map[string]string{
		"raw": canary, "in a query": url.QueryEscape(canary), "in a path": url.PathEscape(canary), "in JSON": strings.Trim(string(quoted), `"`),
	}
	for shift := range 3 {
		// What is left over at both ends depends on neighbours; what is between does not.
		text := []byte(strings.Repeat("-", shift) + canary)
		whole := text[(shift+2)/3*3 : len(text)/3*3]
		all[fmt.Sprint("in base64, from ", shift)] = base64.StdEncoding.EncodeToString(whole)
		all[fmt.Sprint("in base64 of URLs, from ", shift)] = base64.URLEncoding.EncodeToString(whole)
	}
	return all
}

// search is what may hold no canary.
type search struct {
	t  *testing.T
	mu sync.Mutex // guards what follows
	// answers are all that HTTP brought but for what asked to see keys.
	answers bytes.Buffer
	asked   bool
	// frames counts, by subscription, what a socket of the console's brought; they are among the answers.
	frames map[string]int
}

// RoundTrip keeps what every answer says.
func (s *search) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil || answer.StatusCode == http.StatusSwitchingProtocols {
		return answer, err // what a socket brings, hear keeps
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.asked {
		_ = answer.Header.Write(&s.answers)
		s.answers.Write(body)
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, err
}

// asking does what may show a key.
func (s *search) asking(do func()) {
	set := func(asked bool) { s.mu.Lock(); defer s.mu.Unlock(); s.asked = asked }
	set(true)
	defer set(false)
	do()
}

func (s *search) in(where string, text []byte) {
	s.t.Helper()
	for spelling, needle := range canaries() {
		if i := bytes.Index(text, []byte(needle)); i >= 0 {
			s.t.Errorf("%s holds a key, %s: %q", where, spelling, text[max(0, i-80):min(len(text), i+40)])
		}
	}
}

// Keys go through everything: import, traffic that goes well and that fails, validations, search, reveal, export, a change of the
// encryption key. Afterwards they are nowhere but where someone asked to see them; without encryption, in their own column too.
func TestNoKeyIsLeftAnywhere(t *testing.T) {
	for name, encryption := range map[string]string{"sealed": "correct horse battery staple", "in clear": ""} {
		t.Run(name, func(t *testing.T) {
			s := &search{t: t, frames: map[string]int{}}
			http.DefaultClient.Transport = s
			t.Cleanup(func() { http.DefaultClient.Transport = nil })
			messages := &output{}
			bus := openEar(t, messages)
			dir, dsn := t.TempDir(), databasetest.DSN(t)
			env := map[string]string{
				"AUTH_KEY": "admin-key-of-the-tests", "DATABASE_DSN": dsn, "ENCRYPTION_KEY": encryption, "REDIS_DSN": "redis://" + bus.addr,
				"LOG_LEVEL": "debug", "LOG_ENABLE_FILE": "true",
			}
			g := startIn(t, dir, env)
			s.useKeys(g)
			g.close()
			printed := g.output.String()
			if encryption != "" {
				old, next := write(t, "old", encryption), write(t, "next", "another passphrase altogether")
				status, said := command(t, map[string]string{"DATABASE_DSN": dsn, "DATA_DIR": dir}, "migrate-keys", "--from-file", old, "--to-file", next)
				if status != exitOK {
					t.Fatalf("%d %s", status, said)
				}
				env["ENCRYPTION_KEY"] = "another passphrase altogether"
				printed += said
			}
			g = startIn(t, dir, env)
			if status, body := g.chat("openai", hello); status != http.StatusOK {
				t.Errorf("%d %s", status, body)
			}
			g.close()

			s.in("what was printed", []byte(printed+g.output.String()))
			s.in("an answer", s.answers.Bytes())
			s.in("a message between nodes", []byte(messages.String()))
			s.in("Redis", bus.dump())
			s.inFiles(dir)
			s.inDatabase(dsn, encryption != "")
		})
	}
}

// useKeys does with keys all that can be done.
func (s *search) useKeys(g *gateway) {
	upstream := upstreamtest.New(s.t, "key-*")
	keys := make([]string, 6)
	for i := range keys {
		keys[i] = fmt.Sprintf("key-%04d-%s-%04d", i, canary, i)
	}
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keys[:3]...)
	s.visit(g)
	g.do(`mutation($id: ID!) { updateGroup(id: $id, input: {overrides: {enableRequestBodyLogging: true}}) { id } }`, map[string]any{"id": id})
	g.file(http.MethodPost, "/import/keys?groupId="+id, strings.NewReader(strings.Join(keys[3:], "\n")+"\n\x01"+keys[0]+"\n"))
	g.importKeys(id, "key-"+strings.Repeat(canary, 2000)+"\n"+keys[0]) // too long, and there already

	for _, answer := range []upstreamtest.Answer{
		{}, {Status: 401, Message: "Incorrect API key provided: {key}"}, {Status: 429, Message: "{key} is at its limit", RetryAfter: "1"},
		{Status: 500, Message: "{key} broke something"}, {Status: 400, Message: "not by {key}"}, {Body: `{"id":"x","note":"made for {key}"}`},
	} {
		for _, key := range keys {
			upstream.Script(key, answer)
		}
		for range 4 {
			g.chat("openai", hello)
		}
		for _, key := range keys {
			upstream.Unscript(key)
		}
	}
	stream := strings.Replace(hello, `{"model"`, `{"stream":true,"model"`, 1)
	g.chat("openai", stream)
	upstream.Always(keys[1], upstreamtest.Answer{Status: 401, Message: "Incorrect API key provided: {key}"})
	g.keyTask("validateKeys", map[string]any{"groupId": id, "all": true})
	g.await("keys to be written", func() bool { return len(g.keys(id)) == 6 })
	row := g.keys(id)[0].ID
	g.do(`mutation($id: ID!) { validateKey(id: $id) { statusCode message } }`, map[string]any{"id": row})
	g.do(`query($g: ID!, $s: String!) { keys(groupId: $g, filter: {search: $s}) { edges { node { id masked notes reason fingerprint } } } }`, map[string]any{"g": id, "s": keys[0]})
	g.do(`{ tasks { id error problems { line reason } } auditLog { edges { node { action target } } } }`, nil)
	g.await("the records", func() bool { return len(g.records(nil)) > 20 })
	g.await("each subscription to bring something", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.frames) == len(watched)
	})
	g.file(http.MethodGet, "/export/logs.csv", nil)
	g.file(http.MethodGet, "/export/failing-keys.csv?groupId="+id, nil)
	// Faults of the admin API that are about keys.
	g.try(`mutation($id: ID!) { revealKey(id: $id) }`, map[string]any{"id": "999"})
	g.try(`mutation($g: ID!, $t: String!) { importKeys(groupId: $g, text: $t) { id } }`, map[string]any{"g": "999", "t": keys[0]})
	s.asking(func() {
		if shown := line(at(s.t, g.do(`mutation($id: ID!) { revealKey(id: $id) }`, map[string]any{"id": row}), "revealKey")); shown != keys[0] {
			s.t.Errorf("revealed %q", shown)
		}
		if _, exported := g.file(http.MethodGet, "/export/keys?groupId="+id, nil); strings.Count(exported, canary) != 6 {
			s.t.Errorf("exported %q", exported)
		}
	})
}

// watched are the subscriptions of the console with all that may hold a text of somebody else's.
var watched = []string{
	`requestTail { requests { id path model error upstream keyMasked keyFingerprint } }`,
	`requestLogged { id path model error upstream keyMasked requestBody }`,
	`keyChanged { groupId key { id masked notes reason fingerprint } }`,
	`taskProgress { id state error problems { line keyMasked reason message } }`,
	`liveStats { requestsPerSecond }`, `configChanged { actor }`, `nodesChanged { id hostname }`,
}

// visit fetches the console as a browser does, and has a socket of each subscription bring what it may until the test ends.
func (s *search) visit(g *gateway) {
	for _, page := range []string{"/", "/playground"} {
		_, text, err := g.send(http.MethodGet, page, "")
		if err != nil {
			s.t.Fatal(err)
		}
		for _, asset := range regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(text, -1) {
			if status, _, err := g.send(http.MethodGet, asset[1], ""); err != nil || status != http.StatusOK {
				s.t.Errorf("%s: %d %v", asset[1], status, err)
			}
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	var sockets sync.WaitGroup
	s.t.Cleanup(func() { cancel(); sockets.Wait() })
	for _, what := range watched {
		conn, first, err := g.dial(ctx, "Bearer "+g.admin)
		if err != nil || first.Type != "connection_ack" {
			s.t.Fatalf("%+v %v", first, err)
		}
		conn.SetReadLimit(-1)
		payload, _ := json.Marshal(map[string]any{"query": "subscription { " + what + " }"})
		if err := wsjson.Write(ctx, conn, message{ID: "1", Type: "subscribe", Payload: payload}); err != nil {
			s.t.Fatal(err)
		}
		sockets.Go(func() {
			for {
				_, frame, err := conn.Read(ctx)
				if err != nil {
					return
				}
				s.hear(what, frame)
			}
		})
	}
}

// hear keeps what a socket brought.
func (s *search) hear(what string, frame []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers.Write(frame)
	var m message
	if json.Unmarshal(frame, &m) == nil && m.Type == "next" && !bytes.Contains(m.Payload, []byte(`"errors"`)) {
		s.frames[what]++
	}
}

// inFiles looks through all that the process keeps: database, its WAL, journal, logs, what tasks left behind.
func (s *search) inFiles(dir string) {
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		s.in(path, content)
		return err
	})
	if err != nil {
		s.t.Error(err)
	}
}

// inDatabase looks through every column of every table, and when it is a file through its bytes. Of keys that are not sealed the
// column that holds them is left out.
func (s *search) inDatabase(dsn string, sealed bool) {
	db := databasetest.OpenAt(s.t, dsn)
	for _, table := range tables(s.t, db) {
		rows, err := db.SQL().Query("SELECT * FROM " + table)
		if err != nil {
			s.t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			values, places := make([][]byte, len(columns)), make([]any, len(columns))
			for i := range values {
				places[i] = &values[i]
			}
			if err := rows.Scan(places...); err != nil {
				s.t.Fatal(err)
			}
			for i, column := range columns {
				if sealed || strings.Trim(table, "`") != "keys" || column != "sealed" {
					s.in(table+"."+column, values[i])
				}
			}
		}
		if err := rows.Close(); err != nil {
			s.t.Fatal(err)
		}
	}
	if sealed && onSQLite() {
		s.inFiles(filepath.Dir(dsn))
	}
}

// ear listens at a Redis: a real one where redis-server is installed.
type ear struct {
	t    *testing.T
	addr string
	// snapshot writes the real one's rdb file and returns its path; nil for none.
	snapshot func() string
	client   *redis.Client
}

// openEar starts a Redis, and writes down what is said there.
func openEar(t *testing.T, to *output) *ear {
	t.Helper()
	e := &ear{t: t}
	if _, err := exec.LookPath("redis-server"); err == nil {
		dir := t.TempDir()
		server := redistest.Start(t, "--dir", dir, "--rdbcompression", "no")
		e.addr, e.snapshot = server.Addr, func() string { server.Do("SAVE"); return filepath.Join(dir, "dump.rdb") }
	} else {
		e.addr = miniredis.RunT(t).Addr()
	}
	e.client = redis.NewClient(&redis.Options{Addr: e.addr})
	heard := e.client.PSubscribe(context.Background(), "*")
	if _, err := heard.Receive(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = heard.Close()
		_ = e.client.Close()
	})
	go func() {
		for message := range heard.Channel() {
			_, _ = io.WriteString(to, message.Channel+" "+message.Payload+"\n")
		}
	}()
	return e
}

// dump is all that Redis keeps: each key with its value, and the file it writes.
func (e *ear) dump() []byte {
	e.t.Helper()
	ctx, all := context.Background(), bytes.Buffer{}
	for names := e.client.Scan(ctx, 0, "*", 100).Iterator(); names.Next(ctx); {
		value, err := e.client.Dump(ctx, names.Val()).Result()
		if err != nil {
			e.t.Fatal(err)
		}
		fmt.Fprintln(&all, names.Val(), value)
	}
	if e.snapshot != nil {
		file, err := os.ReadFile(e.snapshot())
		if err != nil || !bytes.HasPrefix(file, []byte("REDIS")) {
			e.t.Fatalf("no dump: %v", err)
		}
		all.Write(file)
	}
	return all.Bytes()
}

// tables are the names of all tables of the database.
func tables(t *testing.T, db *database.DB) (names []string) {
	t.Helper()
	query := map[database.Engine]string{
		database.SQLite:   "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
		database.Postgres: "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'",
		database.MySQL:    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
	}[db.Engine]
	rows, err := db.SQL().Query(query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		if db.Engine == database.MySQL {
			name = "`" + name + "`"
		}
		names = append(names, name)
	}
	if rows.Err() != nil || len(names) < 15 {
		t.Fatalf("%d tables: %v", len(names), rows.Err())
	}
	return names
}
