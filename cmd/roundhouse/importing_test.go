package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
)

// gptLoad is a database as GPT-Load 1.4 makes it, on the engine under test.
type gptLoad struct {
	t    *testing.T
	dsn  string
	pool *sql.DB
	// seal is the derived key; nil without encryption.
	seal []byte
}

// gptLoadTypes are the engines' words for what GPT-Load's schema is made of: id, text, json, bool, time.
var gptLoadTypes = map[string][]string{
	"sqlite":   {"integer PRIMARY KEY AUTOINCREMENT", "text", "JSON", "numeric", "datetime"},
	"postgres": {"bigserial PRIMARY KEY", "text", "json", "boolean", "timestamptz"},
	"mysql":    {"bigint unsigned AUTO_INCREMENT PRIMARY KEY", "longtext", "json", "tinyint(1)", "datetime(3)"},
}

// gptLoadSchema is the part that is read of the schema published with 1.4 and that it needs to be whole.
const gptLoadSchema = `CREATE TABLE system_settings (id {id}, setting_key varchar(255) NOT NULL UNIQUE, setting_value {text} NOT NULL, description varchar(512), created_at {time}, updated_at {time});
CREATE TABLE {q}groups{q} (id {id}, name varchar(255) NOT NULL UNIQUE, display_name varchar(255), proxy_keys {text}, description varchar(512), group_type varchar(50) DEFAULT 'standard',
	upstreams {json} NOT NULL, validation_endpoint varchar(255), channel_type varchar(50) NOT NULL, sort bigint DEFAULT 0, test_model varchar(255) NOT NULL, param_overrides {json}, config {json},
	header_rules {json}, model_redirect_rules {json}, model_redirect_strict {bool} DEFAULT false, last_validated_at {time}, created_at {time}, updated_at {time});
CREATE TABLE group_sub_groups (id {id}, group_id bigint NOT NULL, sub_group_id bigint NOT NULL, weight bigint DEFAULT 0, created_at {time}, updated_at {time});
CREATE TABLE api_keys (id {id}, key_value {text} NOT NULL, key_hash varchar(128), group_id bigint NOT NULL, status varchar(50) NOT NULL DEFAULT 'active', notes varchar(255) DEFAULT '',
	request_count bigint NOT NULL DEFAULT 0, failure_count bigint NOT NULL DEFAULT 0, last_used_at {time}, created_at {time}, updated_at {time})`

func newGPTLoad(t *testing.T, encryptionKey string) *gptLoad {
	t.Helper()
	engine := os.Getenv("TEST_DATABASE")
	if engine == "" {
		engine = "sqlite"
	}
	l := &gptLoad{t: t, dsn: databasetest.DSN(t)}
	var err error
	if l.pool, err = sql.Open(engine, l.dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.pool.Close() })
	types, quote := gptLoadTypes[engine], `"`
	if engine == "mysql" {
		quote = "`"
	}
	words := strings.NewReplacer("{id}", types[0], "{text}", types[1], "{json}", types[2], "{bool}", types[3], "{time}", types[4], "{q}", quote)
	for statement := range strings.SplitSeq(words.Replace(gptLoadSchema), ";") {
		l.exec(statement)
	}
	if encryptionKey != "" {
		if l.seal, err = pbkdf2.Key(sha256.New, encryptionKey, []byte("gpt-load-encryption-v1"), 100_000, 32); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func (l *gptLoad) exec(statement string) {
	l.t.Helper()
	if _, err := l.pool.ExecContext(context.Background(), statement); err != nil {
		l.t.Fatalf("%v in %s", err, statement)
	}
}

// insert adds a row given as column, value, column, value …
func (l *gptLoad) insert(table string, pairs ...string) {
	l.t.Helper()
	var columns, values []string
	for i := 0; i < len(pairs); i += 2 {
		columns, values = append(columns, pairs[i]), append(values, "'"+pairs[i+1]+"'")
	}
	if table == "groups" && os.Getenv("TEST_DATABASE") == "mysql" {
		table = "`groups`"
	}
	l.exec("INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")")
}

// key adds a key as GPT-Load stores it.
func (l *gptLoad) key(group, text, status, notes string) {
	l.t.Helper()
	sum := sha256.Sum256([]byte(text))
	value, hash := text, sum[:]
	if l.seal != nil {
		block, err := aes.NewCipher(l.seal)
		if err != nil {
			l.t.Fatal(err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			l.t.Fatal(err)
		}
		nonce := sum[:aead.NonceSize()]
		value = hex.EncodeToString(aead.Seal(nonce, nonce, []byte(text), nil))
		mac := hmac.New(sha256.New, l.seal)
		mac.Write([]byte(text))
		hash = mac.Sum(nil)
	}
	l.insert("api_keys", "group_id", group, "key_value", value, "key_hash", hex.EncodeToString(hash), "status", status, "notes", notes)
}

// furnish fills it with something of everything that GPT-Load's users have.
func (l *gptLoad) furnish(upstream string) {
	for name, value := range map[string]string{
		"app_url": "http://localhost:3001", "proxy_keys": "clients-key-of-old,admin-key-of-the-tests,short", "max_retries": "5", "request_timeout": "1e+06",
		"request_log_write_interval_minutes": "1", "failover_status_codes": "400-403,405-999", "blacklist_threshold": "3", "proxy_url": "",
	} {
		l.insert("system_settings", "setting_key", name, "setting_value", value)
	}
	l.insert("groups", "name", "openai", "display_name", "Open AI", "proxy_keys", "group-key-of-old", "channel_type", "openai", "sort", "7", "test_model", "gpt-4.1-nano",
		"upstreams", `[{"url": "`+upstream+`/", "weight": 4000}, {"url": "https://b.example", "weight": 0}, {"url": "http://169.254.169.254", "weight": 1}]`,
		"validation_endpoint", "/v1/chat/completions", "param_overrides", `{"seed": 7}`, "config", `{"max_retries": 1, "failover_status_codes": "400-429,500-599", "proxy_url": null}`,
		"header_rules", `[{"key": "x-team", "value": "${GROUP_NAME}", "action": "set"}, {"key": "Host", "value": "a", "action": "set"}, {"key": "Connection", "value": "a", "action": "set"}, {"key": "X-Odd", "value": "a", "action": "copy"}]`,
		"model_redirect_rules", `{"fast": "gpt-4.1-nano"}`)
	l.insert("groups", "name", "second", "channel_type", "openai", "test_model", "m", "upstreams", `[{"url": "https://b.example", "weight": 1}]`)
	l.insert("groups", "name", "odd", "channel_type", "azure", "test_model", "m", "upstreams", `[]`)
	l.insert("groups", "name", "both", "group_type", "aggregate", "channel_type", "openai", "test_model", "-", "upstreams", `[]`)
	l.insert("group_sub_groups", "group_id", "4", "sub_group_id", "1", "weight", "30")
	l.insert("group_sub_groups", "group_id", "4", "sub_group_id", "2", "weight", "0")
	l.key("1", "key-pooled-0001", "active", "ours, since 2024")
	l.key("1", "key-dead-0002", "invalid", "")
	l.key("1", "key-pooled-0001", "active", "")
	l.key("2", "key-pooled-0001", "active", "")
	l.key("3", "key-of-azure-1", "active", "")
}

func TestGPTLoadIsTakenInPlainAndEncrypted(t *testing.T) {
	for name, secret := range map[string]string{"plain": "", "encrypted": "an old passphrase"} {
		t.Run(name, func(t *testing.T) {
			upstream := upstreamtest.New(t, "key-pooled-*")
			old := newGPTLoad(t, secret)
			old.furnish(upstream.URL)
			dir := t.TempDir()
			env := onServer(t, dir, map[string]string{"AUTH_KEY": "admin-key-of-the-tests", "ENCRYPTION_KEY": strings.Repeat("0f", 32), "GPT_LOAD_DSN": old.dsn})
			take := func(more ...string) string {
				t.Helper()
				args := append([]string{"import", "gpt-load", "--data-dir", dir}, more...)
				if secret != "" {
					args = append(args, "--encryption-key-file", write(t, "old.key", secret+"\n"))
				}
				status, printed := command(t, env, args...)
				if status != exitOK {
					t.Fatalf("%d %s", status, printed)
				}
				for _, hush := range []string{"key-pooled", "key-dead", "of-old", "admin-key", "passphrase"} {
					if strings.Contains(printed, hush) {
						t.Errorf("%s is in %s", hush, printed)
					}
				}
				return printed
			}
			contains := func(printed string, texts ...string) {
				t.Helper()
				for _, text := range texts {
					if !strings.Contains(printed, text) {
						t.Errorf("there is no %q in %s", text, printed)
					}
				}
			}
			contains(take("--dry-run"), "Dry run: 3 groups, 3 keys, 2 settings and 1 proxy keys were not taken", "+ group openai: 2 keys taken, 1 there already")
			contains(take(), "Taken: 3 groups, 3 keys, 2 settings and 1 proxy keys", "+ group openai: 2 keys taken, 1 there already",
				"failoverStatusCodes: GPT-Load's default becomes ours", "requestTimeout: 1000000 is outside of 1 to 86400", "appUrl: it names no address",
				"group openai: failoverStatusCodes: the list loses 400, 404, 422", "it is now 401-403,405-421,423-429,500-599", "scaled down to 1000",
				"group openai: upstream 3 is left out: address refused: 169.254.169.254", "the header rule for Host is left out", "header rule 2 is left out: Connection belongs", "X-Odd is left out",
				`group odd: its channel "azure" is unknown here`, "proxy key admi****sts: this is the admin key", "start Roundhouse with another AUTH_KEY", "proxy key ****: a proxy key has at least 8")
			again := take()
			contains(again, "Nothing to take: all of it is here", "= group openai (there already, left as it is): 0 keys taken, 3 there already")

			g := startIn(t, dir, env)
			// The test's gateway on a server sets the proxy keys anew; SQLite keeps those that were taken.
			if os.Getenv("TEST_DATABASE") == "" {
				g.proxy = "clients-key-of-old"
			}
			for _, group := range []string{"openai", "both"} {
				if status, body := g.chat(group, hello); status != http.StatusOK {
					t.Errorf("%s: %d %s", group, status, body)
				}
			}
			if status, body := g.chat("openai", strings.Replace(hello, "gpt-4.1-nano", "fast", 1), "Authorization: Bearer group-key-of-old"); status != http.StatusOK {
				t.Errorf("%d %s", status, body)
			}
			last := upstream.Requests()[len(upstream.Requests())-1]
			if body := string(last.Body); !strings.Contains(body, `"gpt-4.1-nano"`) || !strings.Contains(body, `"seed"`) || fmt.Sprint(last.Values("x-team")) != "[openai]" {
				t.Errorf("it sent %s", last.Raw)
			}
			keys := g.keys(g.idOf("openai"))
			if len(keys) != 2 || keys[0].Status != "ACTIVE" || keys[1].Status != "INVALID" {
				t.Errorf("%v", keys)
			}
			shown := g.do(`{ group(name: "both") { kind subGroups { weight group { name } } } settings { maxRetries requestTimeout failoverStatusCodes } }`, nil)
			if text := fmt.Sprint(shown); !strings.Contains(text, "weight:30") || !strings.Contains(text, "maxRetries:5") || !strings.Contains(text, "requestTimeout:86400") {
				t.Errorf("%v", shown)
			}
			actors := g.do(`{ auditLog(action: "import") { edges { node { actor target } } } }`, nil)
			if edges := at(t, actors, "auditLog", "edges").([]any); len(edges) != 1 || at(t, edges[0], "node", "actor") != "roundhouse import gpt-load" {
				t.Errorf("%v", actors)
			}
		})
	}
}

// A key that is wrong or missing is told before anything is changed.
func TestGPTLoadsEncryptionKeyIsTriedFirst(t *testing.T) {
	old := newGPTLoad(t, "an old passphrase")
	old.furnish("https://a.example")
	dir := t.TempDir()
	env := onServer(t, dir, map[string]string{"AUTH_KEY": "admin-key-of-the-tests", "GPT_LOAD_DSN": old.dsn})
	for text, args := range map[string][]string{
		"the keys in GPT-Load's database are encrypted": nil,
		"opens none of the keys":                        {"--encryption-key-file", write(t, "wrong", "another")},
	} {
		status, printed := command(t, env, append([]string{"import", "gpt-load", "--data-dir", dir}, args...)...)
		if status != exitFailed || !strings.Contains(printed, text) {
			t.Errorf("%d %s", status, printed)
		}
	}
	if g := startIn(t, dir, env); len(g.do(`{ groups { id } }`, nil)["groups"].([]any)) != 0 {
		t.Error("groups were taken")
	}
}

func TestImportSaysWhatIsWrong(t *testing.T) {
	for name, c := range map[string]struct {
		args   []string
		status int
		text   string
	}{
		"help":          {[]string{"gpt-load", "--help"}, exitOK, "GPT_LOAD_DSN"},
		"help early":    {[]string{"--help"}, exitOK, "--encryption-key-file"},
		"from nothing":  {nil, exitUsage, "write roundhouse import gpt-load"},
		"no DSN":        {[]string{"gpt-load"}, exitUsage, "give --dsn"},
		"unknown flag":  {[]string{"gpt-load", "--key", "x"}, exitUsage, "not defined: -key"},
		"no key file":   {[]string{"gpt-load", "--dsn", "x", "--encryption-key-file", "not-there"}, exitUsage, "no such file"},
		"no such file":  {[]string{"gpt-load", "--dsn", "not-there.db"}, exitFailed, "no such file"},
		"half a DSN":    {[]string{"gpt-load", "--dsn", "me:hunter2@host/db"}, exitFailed, "no such file"},
		"another thing": {[]string{"gpt-load", "--dsn", write(t, "x.db", "")}, exitFailed, "no database of GPT-Load 1.4"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			status, printed := command(t, nil, append([]string{"import"}, c.args...)...)
			if status != c.status || !strings.Contains(printed, c.text) || strings.Contains(printed, "hunter2") {
				t.Errorf("status %d, %s", status, printed)
			}
		})
	}
}
