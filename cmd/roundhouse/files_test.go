package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// file asks for one of the plain addresses as the administrator and returns status and body.
func (g *gateway) file(method, path string, body io.Reader, header ...string) (int, string) {
	g.t.Helper()
	request, err := http.NewRequest(method, g.url+path, body)
	if err != nil {
		g.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+g.admin)
	for _, line := range header {
		name, value, _ := strings.Cut(line, ": ")
		request.Header.Set(name, value)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		g.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	if answer.Header.Get("Cache-Control") != "no-store" {
		g.t.Errorf("%s %s may be kept by a cache", method, path)
	}
	return answer.StatusCode, string(raw)
}

// table asks for a CSV and returns its rows by the names in its first one.
func (g *gateway) table(path string) []map[string]string {
	g.t.Helper()
	status, text := g.file(http.MethodGet, path, nil)
	if status != http.StatusOK {
		g.t.Fatalf("%s: %d %s", path, status, text)
	}
	lines, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(lines) == 0 {
		g.t.Fatalf("%s: %v in %s", path, err, text)
	}
	rows := make([]map[string]string, len(lines)-1)
	for i, line := range lines[1:] {
		rows[i] = map[string]string{}
		for j, name := range lines[0] {
			rows[i][name] = line[j]
		}
	}
	return rows
}

// numbered is a text of n keys, made while it is read.
func numbered(n int) io.Reader {
	reader, writer := io.Pipe()
	go func() {
		for i := range n {
			if _, err := fmt.Fprintf(writer, "key-of-a-file-%07d\n", i); err != nil {
				return
			}
		}
		_ = writer.Close()
	}()
	return reader
}

func TestAFileOfKeysIsImportedByATask(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1")

	const many = 5000
	status, text := g.file(http.MethodPost, "/import/keys?groupId="+id+"&preview=true", strings.NewReader("key-a-000001\nkey-a-000001\n\x01\n"))
	var preview struct {
		Lines, Fresh, Repeated, AlreadyThere, Unusable int
		Sample                                         []string
		Problems                                       []struct {
			Line   int
			Reason string
		}
	}
	if err := json.Unmarshal([]byte(text), &preview); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	if preview.Lines != 3 || preview.Fresh != 1 || preview.Repeated != 1 || preview.Unusable != 1 ||
		len(preview.Sample) != 1 || len(preview.Problems) != 1 || preview.Problems[0].Line != 3 || preview.Problems[0].Reason != "NOT_TEXT" {
		t.Errorf("%+v", preview)
	}
	if keys := g.keys(id); len(keys) != 0 {
		t.Errorf("a preview stored %d keys", len(keys))
	}

	status, text = g.file(http.MethodPost, "/import/keys?groupId="+id, io.MultiReader(numbered(many), strings.NewReader("key-of-a-file-0000000\n"+strings.Repeat("\x01\n", 30))))
	var started struct{ TaskID string }
	if err := json.Unmarshal([]byte(text), &started); err != nil || status != http.StatusAccepted {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	task := g.awaitTask(started.TaskID)
	if counts := fmt.Sprintf("%v %v %v %v", task["processed"], task["succeeded"], task["skipped"], task["failed"]); counts != fmt.Sprintf("%d %d 1 30", many+31, many) {
		t.Errorf("%v: %v", counts, task)
	}
	// It goes once the task's end is stored: a crash between the two must not leave an unended task without its file.
	g.await("no upload lies about", func() bool {
		left, err := os.ReadDir(filepath.Join(g.dir, "uploads"))
		return err == nil && len(left) == 0
	})
	problems := g.table("/export/tasks/" + started.TaskID + ".csv")
	if len(problems) != 30 || problems[29]["line"] != fmt.Sprint(many+31) || problems[0]["reason"] != "NOT_TEXT" {
		t.Errorf("%v", problems)
	}
}

func TestATableOfKeysBringsItsNotes(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1")
	status, text := g.file(http.MethodPost, "/import/keys?fileName=team.csv&groupId="+id, strings.NewReader("key,notes\r\nkey-a-000001,\"for a, and b\"\r\nkey-b-000001,\r\n"))
	var started struct{ TaskID string }
	if err := json.Unmarshal([]byte(text), &started); err != nil || status != http.StatusAccepted {
		t.Fatalf("%d %s: %v", status, text, err)
	}
	if task := g.awaitTask(started.TaskID); fmt.Sprint(task["succeeded"]) != "2" {
		t.Errorf("%v", task)
	}
	if shown := g.do(`query($id: ID!) { task(id: $id) { fileName kind } }`, map[string]any{"id": started.TaskID}); line(shown["task"]) != "map[fileName:team.csv kind:IMPORT_KEYS]" {
		t.Errorf("%v", shown)
	}
	page := g.do(`query($g: ID!) { keys(groupId: $g, order: OLDEST) { edges { node { notes status } } } }`, map[string]any{"g": id})
	if line(at(t, page, "keys", "edges", 0, "node"), at(t, page, "keys", "edges", 1, "node")) != "map[notes:for a, and b status:ACTIVE] map[notes: status:ACTIVE]" {
		t.Errorf("%v", page)
	}
}

func TestFilesAreForTheAdministratorAlone(t *testing.T) {
	g := start(t, nil)
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1")
	aggregate := g.do(`mutation { createGroup(input: {name: "all", kind: AGGREGATE, dialect: OPENAI}) { id } }`, nil)["createGroup"].(map[string]any)["id"].(string)
	for _, c := range []struct {
		name, method, path string
		header             []string
		status             int
		says               string
	}{
		{"a proxy key", "GET", "/export/logs.csv", []string{"Authorization: Bearer " + g.proxy}, 401, "admin key"},
		{"nothing", "POST", "/import/keys?groupId=" + id, []string{"Authorization: "}, 401, "sign in"},
		{"no group", "POST", "/import/keys", nil, 400, `"field":"groupId"`},
		{"a group that is gone", "POST", "/import/keys?groupId=999", nil, 404, "NOT_FOUND"},
		{"an aggregate", "POST", "/import/keys?groupId=" + aggregate, nil, 400, "NOT_ALLOWED"},
		{"a form", "POST", "/import/keys?groupId=" + id, []string{"Content-Type: multipart/form-data; boundary=x"}, 415, "not a form"},
		{"a slip in a filter", "GET", "/export/logs.csv?groupid=1", nil, 400, `"path":"groupid"`},
		{"two faults at once", "GET", "/export/logs.csv?from=yesterday&outcomes=FINE", nil, 400, `"path":"outcomes"`},
		{"a key in a filter", "GET", "/export/failing-keys.csv?key=key-a", nil, 400, "fingerprint"},
		{"a task that is gone", "GET", "/export/tasks/999.csv", nil, 404, "NOT_FOUND"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, text := g.file(c.method, c.path, nil, c.header...)
			if status != c.status || !strings.Contains(text, c.says) {
				t.Errorf("%d %s", status, text)
			}
		})
	}
}

func TestRecordsAndFailingKeysAreExported(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	bad := keyNames(3)[1]
	upstream.Always(bad, upstreamtest.Answer{Status: 401})
	refused := keyNames(3)[2]
	upstream.Script(refused, upstreamtest.Answer{Status: 400})
	before := 1
	for status := 0; status != http.StatusBadRequest; before++ {
		if status, _ = g.chat("openai", hello); before > 100 {
			t.Fatal("one key is never asked with")
		}
	}
	const asked = 250 // more than a page
	for range asked {
		if status, text := g.chat("openai", hello, "User-Agent: =cmd()"); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	var all []map[string]string
	g.await("every record to be in the log", func() bool {
		all = g.table("/export/logs.csv?attempt=FINAL")
		return len(all) == asked+before-1
	})
	all = all[:asked]
	times := make([]string, len(all))
	for i, row := range all {
		times[i] = row["time"]
		if row["groupName"] != "openai" || row["statusCode"] != "200" || row["outcome"] != "OK" || row["userAgent"] != "'=cmd()" || row["inputTokens"] == "" {
			t.Fatalf("%v", row)
		}
	}
	if !slices.IsSortedFunc(times, func(a, b string) int { return strings.Compare(b, a) }) {
		t.Error("the records are not newest first")
	}
	failing := g.table("/export/failing-keys.csv?groupId=" + id)
	fingerprint := g.do(`query($v: String!) { keyFingerprint(value: $v) }`, map[string]any{"v": bad})["keyFingerprint"]
	if len(failing) != 1 || failing[0]["fingerprint"] != fingerprint || failing[0]["statusCode"] != "401" || failing[0]["group"] != "openai" || strings.Contains(failing[0]["masked"], bad) {
		t.Errorf("%v", failing)
	}
	if none := g.table("/export/failing-keys.csv?statusFrom=500"); len(none) != 0 {
		t.Errorf("%v", none)
	}
	if asked := g.table("/export/failing-keys.csv?statusFrom=400&statusTo=400"); len(asked) != 1 || asked[0]["outcome"] != "REFUSED" {
		t.Errorf("%v", asked)
	}
}

func TestKeysAreExportedInClearAndThatIsNoted(t *testing.T) {
	g := start(t, map[string]string{"ENCRYPTION_KEY": strings.Repeat("0f", 32)})
	id := g.group("openai", "OPENAI", "http://127.0.0.1:9/v1", keyNames(700)...)
	other := g.group("other", "OPENAI", "http://127.0.0.1:9/v1", "key-of-the-other-1")
	all := strings.Join(keyNames(700), "\n") + "\n"
	if status, text := g.file(http.MethodGet, "/export/keys?groupId="+id, nil); status != http.StatusOK || text != all {
		t.Errorf("%d, %d bytes", status, len(text))
	}
	keys := g.keys(id)
	g.keyTask("disableKeys", map[string]any{"groupId": id, "ids": []string{keys[1].ID}})
	if status, text := g.file(http.MethodGet, "/export/keys?groupId="+id+"&status=DISABLED&status=INVALID", nil); status != http.StatusOK || text != keyNames(700)[501]+"\n" {
		t.Errorf("%d %s", status, text)
	}
	for selector, want := range map[string]string{
		`{"groupId": "` + id + `", "ids": ["` + keys[0].ID + `"]}`:                       keyNames(700)[500] + "\n",
		`{"groupId": "` + id + `", "text": "` + keyNames(3)[2] + ` key-of-the-other-1"}`: keyNames(3)[2] + "\n",
		`{"groupId": ` + other + `, "filter": {"statusIn": ["INVALID"]}}`:                "",
	} {
		if status, text := g.file(http.MethodPost, "/export/keys", strings.NewReader(selector)); status != http.StatusOK || text != want {
			t.Errorf("%s: %d %s", selector, status, text)
		}
	}
	for selector, says := range map[string]string{
		`{"groupId": "` + id + `"}`: "REQUIRED", `{"groupId": "` + id + `", "al": true}`: "BAD_FORM", `{"groupId": "999", "all": true}`: "NOT_FOUND", `key-a`: "BAD_FORM",
	} {
		if status, text := g.file(http.MethodPost, "/export/keys", strings.NewReader(selector)); status == http.StatusOK || !strings.Contains(text, says) || strings.Contains(text, "key-a") {
			t.Errorf("%s: %d %s", selector, status, text)
		}
	}
	form := url.Values{"keys": {`{"groupId": "` + id + `", "filter": {"statusIn": ["DISABLED"]}}`}}.Encode()
	if status, text := g.file(http.MethodPost, "/export/keys", strings.NewReader(form), "Content-Type: application/x-www-form-urlencoded"); status != http.StatusOK || text != keyNames(700)[501]+"\n" {
		t.Errorf("by a form: %d %s", status, text)
	}
	noted := g.do(`query($g: ID!) { auditLog(action: "export", groupId: $g) { edges { node { actor target } } } }`, map[string]any{"g": id})
	if edges := at(t, noted, "auditLog", "edges").([]any); len(edges) != 5 || at(t, edges[0], "node", "target") != "group openai" {
		t.Errorf("%v", noted)
	}
}
