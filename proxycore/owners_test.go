package proxycore_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

func TestAnObjectIsAskedOfItsOwnerAlone(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprintf(w, `{"id":"file-%s","object":"file"}`, keyOf(r))
			return
		}
		if !strings.HasSuffix(r.URL.Path, keyOf(r)) {
			openAIError(w, 404, "no_such_file")
			return
		}
		good(w, r)
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-a", "key-b", "key-c"), up.URL))
	got := r.do(r.request(http.MethodPost, "/v1/files", `{"purpose":"x"}`))
	r.wantStatus(got, 200)
	var file struct{ ID string }
	if err := json.Unmarshal([]byte(got.body), &file); err != nil {
		t.Fatal(err)
	}
	r.final(t)
	for range 6 {
		r.wantStatus(r.do(r.request(http.MethodGet, "/v1/files/"+file.ID, "")), 200)
	}
}

func TestAnObjectOfAStreamThatWasLeftHasAnOwner(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodPost {
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "event: response.created\ndata: {\"type\":\"response.created\",\"response\":{\"id\":\"resp-%s\"}}\n\n", keyOf(q))
			w.(http.Flusher).Flush()
			<-q.Context().Done()
			return
		}
		if !strings.HasSuffix(q.URL.Path, keyOf(q)) {
			openAIError(w, 404, "not_found")
			return
		}
		good(w, q)
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 5, up.URL))
	res, err := r.front.Client().Do(r.request(http.MethodPost, "/v1/responses", `{"model":"gpt-4o","stream":true,"background":true}`))
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 200)
	n, _ := res.Body.Read(part)
	res.Body.Close()
	_, id, _ := strings.Cut(string(part[:n]), `"id":"`)
	id, _, _ = strings.Cut(id, `"`)
	r.final(t)
	for range 10 {
		r.wantStatus(r.do(r.request(http.MethodGet, "/v1/responses/"+id, "")), 200)
	}
}

// A story of an object: who makes it, and who then names it.
func TestEveryKindOfObjectStaysWithItsKey(t *testing.T) {
	for _, s := range []struct {
		name                   string
		dialect                dialect.Name
		make, made             string // path and answer, where KEY stands for the key that was asked
		method, path, body     string // KEY stands for the key that made it
		further, furtherAnswer string // a GET that tells of more, if any
	}{
		{name: "a batch", make: "/v1/batches", made: `{"id":"batch_KEY"}`, method: "GET", path: "/v1/batches/batch_KEY"},
		{name: "a batch that is ended", make: "/v1/batches", made: `{"id":"batch_KEY"}`, method: "POST", path: "/v1/batches/batch_KEY/cancel"},
		{name: "a batch's file", make: "/v1/batches", made: `{"id":"batch_KEY"}`, further: "/v1/batches/batch_KEY",
			furtherAnswer: `{"id":"batch_KEY","output_file_id":"file_KEY"}`, method: "GET", path: "/v1/files/file_KEY/content"},
		{name: "a response", make: "/v1/responses", made: `{"id":"resp_KEY"}`, method: "POST", path: "/v1/responses",
			body: `{"model":"m","previous_response_id":"resp_KEY"}`},
		{name: "an upload", make: "/v1/uploads", made: `{"id":"upload_KEY"}`, method: "POST", path: "/v1/uploads/upload_KEY/parts", body: "part"},
		{name: "a file in a batch", make: "/v1/files", made: `{"id":"file_KEY"}`, method: "POST", path: "/v1/batches", body: `{"input_file_id":"file_KEY"}`},
		{name: "a batch of messages", dialect: dialect.Anthropic, make: "/v1/messages/batches", made: `{"id":"msgbatch_KEY","type":"message_batch"}`,
			method: "GET", path: "/v1/messages/batches/msgbatch_KEY/results"},
		{name: "a cached content", dialect: dialect.Gemini, make: "/v1beta/cachedContents", made: `{"name":"cachedContents/KEY"}`,
			method: "POST", path: "/v1beta/models/m:generateContent", body: `{"cachedContent":"cachedContents/KEY"}`},
		{name: "a file of Gemini's", dialect: dialect.Gemini, make: "/upload/v1beta/files", made: `{"file":{"name":"files/KEY"}}`,
			method: "DELETE", path: "/v1beta/files/KEY"},
	} {
		t.Run(s.name, func(t *testing.T) {
			said := s.made
			up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
				_, _ = io.Copy(io.Discard, q.Body)
				w.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(w, strings.ReplaceAll(said, "KEY", keyOf(q)))
			})
			group := groupAt(t, 7, up.URL)
			group.Carrier = dialect.Bearer
			if s.dialect != "" {
				group.Dialect = s.dialect
			}
			r := newRig(t, proxycore.Options{}, group)
			r.wantStatus(r.do(r.request(http.MethodPost, s.make, `{"model":"m"}`)), 200)
			owner := keyNamed(int(r.final(t).KeyID) - 1)
			if s.further != "" {
				said = s.furtherAnswer
				r.wantStatus(r.do(r.request(http.MethodGet, strings.ReplaceAll(s.further, "KEY", owner), "")), 200)
			}
			said = `{}`
			before := up.hitsOf(owner)
			for range 14 {
				q := r.request(s.method, strings.ReplaceAll(s.path, "KEY", owner), strings.ReplaceAll(s.body, "KEY", owner))
				r.wantStatus(r.do(q), 200)
			}
			if hits := up.hitsOf(owner) - before; hits != 14 {
				t.Errorf("its key was asked %d times of 14", hits)
			}
		})
	}
}

func TestAnObjectWaitsForItsKeyAndOutlivesIt(t *testing.T) {
	limited := ""
	up := newUpstream(t, func(w http.ResponseWriter, q *http.Request) {
		switch {
		case q.URL.Path == "/v1/files":
			fmt.Fprintf(w, `{"id":"file-%s"}`, keyOf(q))
		case keyOf(q) == limited:
			failing(429, "rate_limit_exceeded", "Retry-After", "30")(w, q)
		default:
			good(w, q)
		}
	})
	r := newRig(t, proxycore.Options{}, groupAt(t, 4, up.URL))
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/files", `{"purpose":"x"}`)), 200)
	owner := r.final(t).KeyID
	name := "/v1/files/file-" + keyNamed(int(owner)-1)
	limited = keyNamed(int(owner) - 1)
	before := up.total()
	for range 3 {
		got := r.do(r.request(http.MethodGet, name, ""))
		r.wantStatus(got, 429)
		if got.header.Get("Retry-After") == "" {
			t.Errorf("%v", got.header)
		}
	}
	if hits := up.total() - before; hits != 1 {
		t.Errorf("%d hits: another key, or the same while it cools", hits)
	}
	var left []string
	for i := range 4 {
		if int64(i+1) != owner {
			left = append(left, keyNamed(i))
		}
	}
	b := proxycore.NewKeySetBuilder(3)
	for i, key := range left {
		b.Add(int64(100+i), []byte(key), digest([]byte(key)))
	}
	r.config.Groups[0].Keys = b.Build()
	r.swap()
	// Its key is gone, and whether anybody else sees it is the upstream's to say.
	for range 3 {
		r.wantStatus(r.do(r.request(http.MethodGet, name, "")), 200)
	}
}

func TestAnObjectOfAnAggregateStaysWithItsMember(t *testing.T) {
	answer := func(w http.ResponseWriter, q *http.Request) { fmt.Fprintf(w, `{"id":"file-%s"}`, keyOf(q)) }
	one, two := newUpstream(t, answer), newUpstream(t, answer)
	members := []proxycore.GroupConfig{openGroup(t, keySet("key-a"), one.URL), openGroup(t, keySet("key-b"), two.URL)}
	members[0].ID, members[0].Name, members[1].ID, members[1].Name = 21, "one", 22, "two"
	r := newRig(t, proxycore.Options{}, append(members, proxycore.GroupConfig{
		ID: groupID, Name: "openai", Enabled: true, Aggregate: true, Dialect: dialect.OpenAI, Settings: settings(t),
		Members: []proxycore.Member{{GroupID: 21, Weight: 1}, {GroupID: 22, Weight: 1}},
	})...)
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/files", `{}`)), 200)
	owner := r.final(t).GroupID
	path := map[int64]string{21: "/v1/files/file-key-a", 22: "/v1/files/file-key-b"}[owner]
	for range 6 {
		r.wantStatus(r.do(r.request(http.MethodGet, path, "")), 200)
	}
	for _, rec := range r.finals(t, 7) {
		if rec.GroupID != owner || rec.ParentID != groupID {
			t.Errorf("%+v", rec)
		}
	}
}
