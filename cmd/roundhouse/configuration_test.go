package main

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/internal/upstreamtest"
)

// port is where the gateway listens.
func (g *gateway) port() string { return g.url[strings.LastIndex(g.url, ":")+1:] }

// roundhouse runs a command on the gateway's installation, whether it runs or not.
func (g *gateway) roundhouse(env map[string]string, args ...string) (int, string) {
	g.t.Helper()
	return command(g.t, onServer(g.t, g.dir, env), append(args, "--host", "127.0.0.1", "--port", g.port(), "--data-dir", g.dir)...)
}

// configuration exports, and fails the test when that does not succeed.
func (g *gateway) configuration(args ...string) string {
	g.t.Helper()
	status, text := g.roundhouse(sealedEnv(), append([]string{"export"}, args...)...)
	if status != exitOK {
		g.t.Fatalf("%d %s", status, text)
	}
	return text
}

func sealedEnv() map[string]string {
	return map[string]string{"ENCRYPTION_KEY": strings.Repeat("0f", 32)}
}

// edited is a document with some of it replaced.
func edited(t *testing.T, document string, oldnew ...string) string {
	t.Helper()
	for i := 0; i < len(oldnew); i += 2 {
		if !strings.Contains(document, oldnew[i]) {
			t.Fatalf("there is no %s in %s", oldnew[i], document)
		}
	}
	return strings.NewReplacer(oldnew...).Replace(document)
}

// furnish makes groups with something of everything.
func (g *gateway) furnish(upstream string) {
	g.t.Helper()
	g.group("plain", "OPENAI", upstream, keyNames(2)...)
	g.do(`mutation($u: String!) { createGroup(input: {name: "rich", dialect: OPENAI, displayName: "Rich", sort: 5, enabled: false,
		upstreams: [{url: $u, weight: 3}, {url: "https://b.example/v1", weight: 0}], testModel: "m", validationPath: "/v1/models",
		paramOverridesText: "{\"seed\": 9007199254740993, \"a.b\": null}", modelRedirects: [{from: "fast", to: "slow"}], modelRedirectStrict: true,
		headerRules: [{action: SET, name: "X-Secret", value: "hush-header"}, {action: SET, name: "X-Open", value: "${CLIENT_IP}"}, {action: REMOVE, name: "User-Agent"}],
		proxyKeys: ["proxy-key-of-rich"], overrides: {maxRetries: 7, proxyUrl: "http://me:hush-proxy@127.0.0.1:9"}}) { id } }`, map[string]any{"u": upstream})
	ids := map[string]string{}
	for _, group := range g.do(`{ groups { id name } }`, nil)["groups"].([]any) {
		ids[at(g.t, group, "name").(string)] = at(g.t, group, "id").(string)
	}
	g.do(`mutation($a: ID!, $b: ID!) { createGroup(input: {name: "all", kind: AGGREGATE, dialect: OPENAI,
		subGroups: [{groupId: $a, weight: 2}, {groupId: $b, priority: 1}]}) { id } }`, map[string]any{"a": ids["plain"], "b": ids["rich"]})
	g.do(`mutation { updateSettings(input: {maxRetries: 4, appUrl: "https://ai.example"}) { version } }`, nil)
}

func TestAConfigurationGoesOutAndComesBack(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, sealedEnv())
	g.furnish(upstream.URL + "/v1")
	document := g.configuration()
	for _, secret := range []string{"hush", "proxy-key-of-rich", g.proxy, "key-pooled"} {
		if strings.Contains(document, secret) {
			t.Errorf("%s is in %s", secret, document)
		}
	}
	state := func() string {
		return line(g.do(`{ groups { name version } settings { version } auditLog(first: 200) { edges { node { id } } } }`, nil))
	}
	before := state()
	for _, text := range []string{document, g.configuration("--with-secrets")} {
		before = state() // secrets that were shown have left a row
		status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", write(t, "roundhouse.json", text))
		if status != exitOK || printed != "Nothing to change.\n" || state() != before {
			t.Errorf("%d %s\n%s\n%s", status, printed, before, state())
		}
	}

	changed := write(t, "roundhouse.json", edited(t, document,
		`"displayName": "Rich"`, `"displayName": "Richer"`, `"maxRetries": 7`, `"cooldownSeconds": 20`, `"maxRetries": 4`, `"maxRetries": 5`,
		`"https://b.example/v1"`, `"https://c.example/v1"`, `"priority": 1`, `"priority": 2`,
		`"groups": [`, `"groups": [ {"name": "new", "dialect": "OPENAI", "upstreams": [{"url": "`+upstream.URL+`/v1"}]},`))
	want := `~ settings
    ~ maxRetries: 4 → 5
~ group all
    ~ subGroups[rich].priority: 1 → 2
+ group new
    + dialect: "OPENAI"
    + enabled: true
    + keyCarrier: "DIALECT"
    + kind: "STANDARD"
    + testModel: "gpt-4.1-nano"
    + upstreams: [{"enabled":true,"url":"` + upstream.URL + `/v1","weight":1}]
~ group rich
    ~ displayName: "Rich" → "Richer"
    + overrides.cooldownSeconds: 20
    - overrides.maxRetries
    - upstreams[https://b.example/v1]
    + upstreams[https://c.example/v1]: {"enabled":true,"url":"https://c.example/v1","weight":0}
`
	if status, printed := g.roundhouse(sealedEnv(), "apply", "--dry-run", "-f", changed); status != exitOK || !strings.HasPrefix(printed, want) || !strings.Contains(printed, "Dry run") || state() != before {
		t.Errorf("%d %s", status, printed)
	}
	if status, printed := g.roundhouse(sealedEnv(), "apply", "-f", changed); status != exitOK || !strings.HasPrefix(printed, want) || !strings.Contains(printed, "Applied: 14 changes") {
		t.Errorf("%d %s", status, printed)
	}
	if status, body := g.chat("new", hello); status != http.StatusServiceUnavailable { // it has no keys yet, and is there
		t.Errorf("the new group is not in force: %d %s", status, body)
	}
	if keys := g.keys(g.idOf("plain")); len(keys) != 2 {
		t.Errorf("%v", keys)
	}
	applied := g.do(`{ auditLog(action: "apply") { edges { node { actor target } } } }`, nil)
	if edges := at(t, applied, "auditLog", "edges").([]any); len(edges) != 1 || !strings.HasPrefix(at(t, edges[0], "node", "actor").(string), "admin key from") {
		t.Errorf("%v", applied)
	}
}

// idOf is the id of the group of that name.
func (g *gateway) idOf(name string) string {
	g.t.Helper()
	return at(g.t, g.do(`query($n: String!) { group(name: $n) { id } }`, map[string]any{"n": name}), "group", "id").(string)
}

// With its secrets a configuration furnishes an installation that was never started; without them it is refused whole.
func TestAConfigurationFurnishesAnotherInstallation(t *testing.T) {
	g := start(t, sealedEnv())
	g.furnish("https://a.example/v1")
	secret, public := g.configuration("--with-secrets"), g.configuration()
	g.close()
	if again := g.configuration("--with-secrets"); again != secret {
		t.Errorf("without a gateway it says\n%s\nnot\n%s", again, secret)
	}

	fresh := &gateway{t: t, dir: t.TempDir(), url: "http://127.0.0.1:" + freePort(t)}
	file := write(t, "public.json", public)
	status, printed := fresh.roundhouse(sealedEnv(), "apply", "-f", file)
	for _, fault := range []string{"nothing was changed", "groups.rich.headerRules.0.value: there is no rule yet", "groups.rich.overrides.proxyUrl: the file has only a fingerprint", `groups.all.subGroups.1.group: there is no group "rich"`} {
		if status != exitFailed || !strings.Contains(printed, fault) {
			t.Errorf("%d %s", status, printed)
		}
	}
	if after := fresh.configuration(); strings.Contains(after, `"plain"`) || strings.Contains(after, "ai.example") {
		t.Errorf("half of it was applied: %s", after)
	}
	status, printed = fresh.roundhouse(sealedEnv(), "apply", "-f", write(t, "secret.json", secret))
	if status != exitOK || !strings.Contains(printed, "! groups.rich.proxyKeys: pro****ch is not known here") {
		t.Errorf("%d %s", status, printed)
	}
	groups := func(text string) any {
		var document struct{ Groups []map[string]any }
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		for _, group := range document.Groups {
			delete(group, "proxyKeys") // stored as digests, which mean nothing elsewhere
		}
		return line(document.Groups)
	}
	if got := fresh.configuration("--with-secrets"); groups(got) != groups(secret) {
		t.Errorf("it became\n%s\nnot\n%s", got, secret)
	}

	g = startIn(t, fresh.dir, sealedEnv())
	actors := g.do(`{ auditLog(action: "createGroup") { edges { node { actor } } } }`, nil)
	if at(t, actors, "auditLog", "edges", 0, "node", "actor") != "roundhouse apply" {
		t.Errorf("%v", actors)
	}
	if status, body := g.chat("plain", hello); status != http.StatusServiceUnavailable {
		t.Errorf("the first proxy key does not open it: %d %s", status, body)
	}
}

func TestPruningDeletesWhatTheFileDoesNotNameButNoKeys(t *testing.T) {
	g := start(t, sealedEnv())
	g.furnish("https://a.example/v1")
	silent := write(t, "silent.json", `{"roundhouse": 1}`)
	if status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", silent); status != exitOK || printed != "Nothing to change.\n" {
		t.Errorf("a file that speaks of no groups: %d %s", status, printed)
	}
	few := write(t, "few.json", `{"roundhouse": 1, "groups": [{"name": "plain"}], "proxyKeys": [{"value": "a-proxy-key-for-all-of-them", "notes": "ours"}]}`)
	status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", few)
	deleting := strings.Index(printed, "deleting group rich")
	if status != exitOK || deleting < 0 || deleting > strings.Index(printed, "- group rich") || !strings.Contains(printed, "- group all") || !strings.Contains(printed, "deleting proxy keys [") {
		t.Errorf("%d %s", status, printed)
	}
	if status, _ := g.chat("plain", hello); status != http.StatusUnauthorized {
		t.Errorf("the first proxy key still opens: %d", status)
	}
	g.proxy = "a-proxy-key-for-all-of-them"
	if status, body := g.chat("plain", hello); status == http.StatusUnauthorized {
		t.Errorf("the new proxy key does not open: %s", body)
	}
	none := write(t, "none.json", `{"roundhouse": 1, "groups": []}`)
	if status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", none); status != exitFailed || !strings.Contains(printed, "group plain is not in the file and holds 2 keys") {
		t.Errorf("%d %s", status, printed)
	}
	if keys := g.keys(g.idOf("plain")); len(keys) != 2 {
		t.Errorf("%v", keys)
	}
}

// What a file says of a proxy key that is there is its notes; those that it leaves out stay.
func TestAConfigurationChangesTheNotesOfProxyKeys(t *testing.T) {
	g := start(t, sealedEnv())
	g.furnish("https://a.example/v1")
	apply := func(text string) string {
		t.Helper()
		status, printed := g.roundhouse(sealedEnv(), "apply", "-f", write(t, "notes.json", text))
		if status != exitOK {
			t.Fatalf("%d %s", status, printed)
		}
		return printed
	}
	if before := at(t, g.do(`{ group(name: "rich") { version } }`, nil), "group", "version"); before != json.Number("1") {
		t.Fatalf("it begins at version %v", before)
	}
	printed := apply(`{"roundhouse": 1, "groups": [{"name": "rich", "proxyKeys": [{"value": "proxy-key-of-rich", "notes": "for the rich"}]}]}`)
	if !strings.Contains(printed, `.notes: "" → "for the rich"`) {
		t.Error(printed)
	}
	document := g.configuration()
	printed = apply(edited(t, document, `"for the rich"`, `"for all"`))
	if !strings.Contains(printed, `.notes: "for the rich" → "for all"`) {
		t.Error(printed)
	}
	if printed = apply(`{"roundhouse": 1, "groups": [{"name": "rich", "proxyKeys": [{"value": "proxy-key-of-rich"}]}]}`); printed != "Nothing to change.\n" {
		t.Error(printed)
	}
	group := g.do(`{ group(name: "rich") { version proxyKeys { notes } } auditLog(action: "updateProxyKeyNotes") { edges { node { target } } } }`, nil)
	if at(t, group, "group", "proxyKeys", 0, "notes") != "for all" || at(t, group, "group", "version") != json.Number("3") || len(at(t, group, "auditLog", "edges").([]any)) != 2 {
		t.Errorf("%v", group)
	}
}

// Proxy keys are told apart by the whole digest: of two with one fingerprint, that one stays which the file has the value of.
func TestPruningGoesByTheWholeProxyKey(t *testing.T) {
	g := start(t, sealedEnv())
	text := at(t, g.do(`query($v: String!) { keyFingerprint(value: $v) }`, map[string]any{"v": g.proxy}), "keyFingerprint").(string)
	twin := make([]byte, 32) // of another key
	if _, err := hex.Decode(twin, []byte(text)); err != nil {
		t.Fatal(err)
	}
	db := g.books(sealedEnv())
	db.ProxyKey.Create().SetGroupID(0).SetDigest(twin).SetMasked("twi****in").ExecX(t.Context())
	named := write(t, "named.json", `{"roundhouse": 1, "proxyKeys": [{"fingerprint": "`+text+`"}]}`)
	if status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", named); status != exitFailed || !strings.Contains(printed, "2 proxy keys have the fingerprint "+text) {
		t.Errorf("%d %s", status, printed)
	}
	given := write(t, "given.json", `{"roundhouse": 1, "proxyKeys": [{"value": "`+g.proxy+`"}]}`)
	if status, printed := g.roundhouse(sealedEnv(), "apply", "--prune", "-f", given); status != exitOK || !strings.Contains(printed, "deleting proxy keys [twi****in "+text) {
		t.Errorf("%d %s", status, printed)
	}
	left := db.ProxyKey.Query().Where(proxykey.GroupID(0)).AllX(t.Context())
	if len(left) != 1 || left[0].Masked == "twi****in" {
		t.Errorf("%v", left)
	}
}

// One slip, and nothing of the file is applied; all of them are named.
func TestAConfigurationIsAppliedWholeOrNotAtAll(t *testing.T) {
	g := start(t, sealedEnv())
	g.furnish("https://a.example/v1")
	before := g.configuration()
	for name, c := range map[string]struct{ document, fault string }{
		"a bad setting":      {`{"roundhouse": 1, "settings": {"maxRetries": 21, "appUrl": "https://other.example"}, "groups": []}`, "settings.maxRetries: 21 is too large"},
		"an unknown setting": {`{"roundhouse": 1, "settings": {"maxRetry": 2}, "groups": []}`, "settings.maxRetry: there is no setting"},
		"another dialect":    {`{"roundhouse": 1, "groups": [{"name": "plain", "dialect": "GEMINI"}]}`, "groups.plain.dialect: plain is a group of kind STANDARD and dialect OPENAI"},
		"a bad upstream":     {`{"roundhouse": 1, "groups": [{"name": "good", "dialect": "OPENAI"}, {"name": "plain", "upstreams": [{"url": "ftp://x"}]}]}`, "groups.plain.upstreams.0.url: the scheme"},
		"an unknown kind":    {`{"roundhouse": 1, "groups": [{"name": "new", "kind": "ODD", "dialect": "OPENAI"}]}`, `groups.new.kind: "ODD" is no kind`},
		"a group twice":      {`{"roundhouse": 1, "groups": [{"name": "plain"}, {"name": "plain"}]}`, `the file has group "plain" twice`},
		"the admin key":      {`{"roundhouse": 1, "groups": [], "proxyKeys": [{"value": "` + g.admin + `"}]}`, "proxyKeys.0.value: this is the admin key"},
		"an empty proxy key": {`{"roundhouse": 1, "groups": [], "proxyKeys": [{}]}`, "proxyKeys.0: a proxy key has a value"},
	} {
		t.Run(name, func(t *testing.T) {
			status, printed := g.roundhouse(sealedEnv(), "apply", "-f", write(t, "roundhouse.json", c.document))
			if status != exitFailed || !strings.Contains(printed, c.fault) || strings.Contains(printed, g.admin) {
				t.Errorf("%d %s", status, printed)
			}
		})
	}
	if after := g.configuration(); after != before {
		t.Errorf("it became %s", after)
	}
}

func TestExportAndApplySayWhatIsWrong(t *testing.T) {
	empty := &gateway{t: t, dir: t.TempDir(), url: "http://127.0.0.1:" + freePort(t)}
	good := write(t, "good.json", `{"roundhouse": 1, "groups": []}`)
	for name, c := range map[string]struct {
		args   []string
		status int
		text   string
	}{
		"help of export":   {[]string{"export", "--help"}, exitOK, "--with-secrets"},
		"help of apply":    {[]string{"apply", "--help"}, exitOK, "--prune"},
		"unknown flag":     {[]string{"export", "--secrets"}, exitUsage, "not defined: -secrets\nroundhouse export --help"},
		"stray argument":   {[]string{"apply", "-f", good, "now"}, exitUsage, `argument "now" is not understood`},
		"stray address":    {[]string{"apply", "-f", good, "postgres://me:hush-hush@host/db"}, exitUsage, "an argument is not understood"},
		"no file named":    {[]string{"apply"}, exitUsage, "which file? give -f"},
		"no such file":     {[]string{"apply", "-f", good + "-not"}, exitUsage, "no such file"},
		"no JSON":          {[]string{"apply", "-f", write(t, "a.json", "{\n\"roundhouse\": 1,\nhush-hush}")}, exitUsage, "line 3: no JSON"},
		"half a file":      {[]string{"apply", "-f", write(t, "b.json", `{"roundhouse": 1,`)}, exitUsage, "ends before it is complete"},
		"two documents":    {[]string{"apply", "-f", write(t, "c.json", `{"roundhouse": 1, "groups": []}{}`)}, exitUsage, "something follows"},
		"another version":  {[]string{"apply", "-f", write(t, "d.json", `{"roundhouse": 2, "groups": []}`)}, exitUsage, `"roundhouse" is 2`},
		"a slip in a name": {[]string{"apply", "-f", write(t, "e.json", "{\"roundhouse\": 1, \"groups\": [\n{\"nam\": \"x\"}]}")}, exitUsage, `unknown field "nam"`},
		"another type":     {[]string{"apply", "-f", write(t, "f.json", "{\"roundhouse\": 1, \"groups\": [\n{\"name\": 7}]}")}, exitUsage, "line 2: groups.name holds a number where a string is expected"},
		"no secret":        {[]string{"apply", "-f", write(t, "g.json", `{"roundhouse": 1, "groups": [{"name": "x", "headerRules": [{"action": "SET", "name": "X", "value": {"finger": "hush-hush"}}]}]}`)}, exitUsage, "a secret is a string"},
		"no installation":  {[]string{"export"}, exitFailed, "find the database"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "no installation" && os.Getenv("TEST_DATABASE") != "" {
				t.Skip("a server's database is there")
			}
			t.Chdir(t.TempDir())
			flags := []string{"--host", "127.0.0.1", "--port", empty.port(), "--data-dir", empty.dir}
			status, printed := command(t, nil, append(c.args[:1:1], append(flags, c.args[1:]...)...)...)
			if status != c.status || !strings.Contains(printed, c.text) || strings.Contains(printed, "hush") {
				t.Errorf("status %d, %s", status, printed)
			}
		})
	}
	if made, _ := filepath.Glob(filepath.Join(empty.dir, "*")); len(made) > 0 {
		t.Errorf("it made %v", made)
	}
}

func TestAGatewayThatDoesNotAnswerIsNotGonePast(t *testing.T) {
	if os.Getenv("TEST_DATABASE") != "" {
		t.Skip("on a server nodes look by themselves")
	}
	g := start(t, nil)
	if status, printed := command(t, nil, "export", "--host", "127.0.0.1", "--port", freePort(t), "--data-dir", g.dir); status != exitFailed || !strings.Contains(printed, "does not answer at http://127.0.0.1:") {
		t.Errorf("%d %s", status, printed)
	}
	for name, dir := range map[string]string{"is not known": t.TempDir(), "does not take this admin key": filepath.Dir(write(t, "auth_key", "another-admin-key"))} {
		if status, printed := command(t, nil, "export", "--host", "127.0.0.1", "--port", g.port(), "--data-dir", dir); status != exitFailed || !strings.Contains(printed, name) {
			t.Errorf("%d %s", status, printed)
		}
	}
}
