package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

func from(values map[string]string) func(string) string {
	return func(name string) string { return values[name] }
}

func parsed(t *testing.T, values map[string]string) Config {
	t.Helper()
	c, err := Parse(from(values))
	if err != nil {
		t.Fatalf("Parse: %v", err)
	}
	return c
}

func TestNothingGivenIsTheDefaults(t *testing.T) {
	c := parsed(t, nil)
	if c.Addr() != "0.0.0.0:3001" || c.DataDir != "data" || c.Engine != SQLite || c.DatabaseDSN.Reveal() != filepath.Join("data", "roundhouse.db") {
		t.Errorf("listens at %s, data in %s, %s at %s", c.Addr(), c.DataDir, c.Engine, c.DatabaseDSN.Reveal())
	}
	if c.ReadTimeout != time.Minute || c.WriteTimeout != 10*time.Minute || c.IdleTimeout != 2*time.Minute || c.Grace != 10*time.Second {
		t.Errorf("timeouts %s %s %s %s", c.ReadTimeout, c.WriteTimeout, c.IdleTimeout, c.Grace)
	}
	if c.MaxConcurrentRequests != 100 || c.MaxRequestBodyBytes != 100<<20 || c.JournalMaxBytes != 1024<<20 {
		t.Errorf("limits %d %d %d", c.MaxConcurrentRequests, c.MaxRequestBodyBytes, c.JournalMaxBytes)
	}
	if c.CORS.Enabled || c.Follower || c.Log != (Log{Level: slog.LevelInfo, Format: FormatText}) || len(c.TrustedProxies) != 0 {
		t.Errorf("switches: %+v", c)
	}
}

func TestEachVariableIsRead(t *testing.T) {
	c := parsed(t, map[string]string{
		"PORT": "0", "HOST": "::1", "CONSOLE_ADDR": ":3003", "METRICS_ADDR": "127.0.0.1:9090", "PPROF_ADDR": "localhost:6060",
		"SERVER_READ_TIMEOUT": "7", "IS_SLAVE": "Yes", "TZ": "Asia/Tokyo", "DATA_DIR": "/var/lib/roundhouse/", "JOURNAL_MAX_MB": "1",
		"TRUSTED_PROXIES": "10.0.0.0/8, 192.0.2.7 ,fd00::/8", "LOG_LEVEL": "WARN", "LOG_FORMAT": "json", "LOG_ENABLE_FILE": "on",
		"ENABLE_CORS": "1", "ALLOWED_ORIGINS": "https://App.example.com:443,http://localhost:5173/", "ALLOWED_METHODS": "get, post",
		"ALLOWED_HEADERS": "X-A,*", "ALLOW_CREDENTIALS": "true", "https_proxy": "socks5://u:p@proxy:1080", "NO_PROXY": "localhost",
	})
	if c.Addr() != "[::1]:0" || c.ConsoleAddr != ":3003" || c.MetricsAddr != "127.0.0.1:9090" || c.PprofAddr != "localhost:6060" {
		t.Errorf("listeners %s %s %s %s", c.Addr(), c.ConsoleAddr, c.MetricsAddr, c.PprofAddr)
	}
	if c.ReadTimeout != 7*time.Second || !c.Follower || c.Location.String() != "Asia/Tokyo" || c.JournalMaxBytes != 1<<20 {
		t.Errorf("%s %t %s %d", c.ReadTimeout, c.Follower, c.Location, c.JournalMaxBytes)
	}
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("fd00::/8")}
	if !slices.Equal(c.TrustedProxies, want) {
		t.Errorf("trusted proxies %v, want %v", c.TrustedProxies, want)
	}
	if c.Log != (Log{Level: slog.LevelWarn, Format: FormatJSON, File: "/var/lib/roundhouse/logs/app.log"}) {
		t.Errorf("log %+v", c.Log)
	}
	if !slices.Equal(c.CORS.Origins, []string{"https://app.example.com", "http://localhost:5173"}) ||
		!slices.Equal(c.CORS.Methods, []string{"GET", "POST"}) || !slices.Equal(c.CORS.Headers, []string{"*"}) || !c.CORS.Credentials {
		t.Errorf("CORS %+v", c.CORS)
	}
	if got := c.ForProcess(); len(got) != 2 || got["HTTPS_PROXY"] != "socks5://u:p@proxy:1080" || got["NO_PROXY"] != "localhost" {
		t.Errorf("for the process: %v", got)
	}
}

func TestTheDatabaseIsToldByItsAddress(t *testing.T) {
	for dsn, engine := range map[string]Engine{
		"/var/lib/rh/x.db":                          SQLite,
		"./me@home/x.db":                            SQLite,
		`C:\data\x.db`:                              SQLite,
		"postgres://u:p@db:5432/rh":                 Postgres,
		"postgresql://u@db/rh?sslmode=disable":      Postgres,
		"u:p)a@ss/w@tcp(db:3306)/rh?parseTime=true": MySQL,
		"u@unix(/run/mysqld.sock)/rh":               MySQL,
	} {
		if c := parsed(t, map[string]string{"DATABASE_DSN": dsn}); c.Engine != engine || c.DatabaseDSN.Reveal() != dsn {
			t.Errorf("%s: %s at %s", dsn, c.Engine, c.DatabaseDSN.Reveal())
		}
	}
}

func TestWhatIsWrongIsNamedWithItsRemedy(t *testing.T) {
	for _, c := range []struct{ name, value, says string }{
		{"PORT", "http", "from 0 to 65535"},
		{"PORT", "65536", "from 0 to 65535"},
		{"HOST", "0.0.0.0:3001", "without port"},
		{"HOST", "[::1]", "without port or brackets"},
		{"CONSOLE_ADDR", "3002", "host:port"},
		{"METRICS_ADDR", "localhost:x", "host:port"},
		{"PPROF_ADDR", "127.0.0.1:3001", "already that of PORT"},
		{"SERVER_READ_TIMEOUT", "0", "from 1 to 86400"},
		{"SERVER_WRITE_TIMEOUT", "10m", "without a unit"},
		{"SERVER_IDLE_TIMEOUT", "-1", "from 1"},
		{"SERVER_GRACEFUL_SHUTDOWN_TIMEOUT", "soon", "whole seconds"},
		{"IS_SLAVE", "maybe", "true or false"},
		{"TZ", "Moon/Tycho", "IANA"},
		{"JOURNAL_MAX_MB", "0", "from 1"},
		{"MAX_CONCURRENT_REQUESTS", "-1", "from 0"},
		{"MAX_REQUEST_BODY_MB", "99999999999999999999", "from 1 to 10240"},
		{"TRUSTED_PROXIES", "proxy.local", "10.0.0.0/8"},
		{"TRUSTED_PROXIES", "10.1.2.3/8", "10.0.0.0/8 for the network or 10.1.2.3"},
		{"ENABLE_CORS", "true", "ALLOWED_ORIGINS"},
		{"ALLOWED_ORIGINS", "app.example.com", "scheme://host"},
		{"ALLOWED_ORIGINS", "https://app.example.com/path", "scheme://host"},
		{"ALLOWED_METHODS", "GET POST", "commas"},
		{"ALLOWED_HEADERS", "X-A:", "commas"},
		{"ALLOW_CREDENTIALS", "2", "true or false"},
		{"LOG_LEVEL", "loud", "debug, info, warn or error"},
		{"LOG_FORMAT", "xml", "text or json"},
		{"LOG_ENABLE_FILE", "ja", "true or false"},
	} {
		_, err := Parse(from(map[string]string{c.name: c.value}))
		if err == nil || !strings.Contains(err.Error(), c.name) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s=%s: %v; want it to name the variable and %q", c.name, c.value, err, c.says)
		}
	}
}

func TestAllFaultsAreToldAtOnce(t *testing.T) {
	_, err := Parse(from(map[string]string{"PORT": "x", "TZ": "y", "LOG_LEVEL": "z", "TRUSTED_PROXIES": "a,b"}))
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		t.Fatalf("not joined: %v", err)
	}
	var named []string
	for _, one := range joined.Unwrap() {
		var f *Fault
		if !errors.As(one, &f) || f.Problem == "" || f.Remedy == "" {
			t.Fatalf("not a whole fault: %v", one)
		}
		named = append(named, f.Variable)
	}
	slices.Sort(named)
	if want := []string{"LOG_LEVEL", "PORT", "TRUSTED_PROXIES", "TRUSTED_PROXIES", "TZ"}; !slices.Equal(named, want) {
		t.Errorf("named %v, want %v", named, want)
	}
}

func TestEveryOriginWithCredentialsIsRefused(t *testing.T) {
	values := map[string]string{"ENABLE_CORS": "true", "ALLOWED_ORIGINS": "*", "ALLOW_CREDENTIALS": "true"}
	if _, err := Parse(from(values)); err == nil || !strings.Contains(err.Error(), "ALLOW_CREDENTIALS=false") {
		t.Errorf("got %v", err)
	}
	values["ALLOW_CREDENTIALS"] = "false"
	parsed(t, values)
}

func TestAFaultNeverShowsASecret(t *testing.T) {
	const password = "hunter-two"
	for name, values := range map[string][]string{
		"AUTH_KEY":        {password + "\n", " " + password},
		"DATABASE_DSN":    {"postgres://u:" + password + "@", "postgres://u:%zz" + password + "@h/d", "mysql://u:" + password + "@h/d", "u:" + password + "@tcp(h)", "u:" + password + "@h/d", "u:" + password + "://@h", "host=h password=" + password},
		"REDIS_DSN":       {"u:" + password + "@h", "redis://:" + password + "@", "http://:" + password + "@h", "redis://:" + password + "@h/x", "redis://:%zz" + password + "@h"},
		"HTTP_PROXY":      {"ftp://u:" + password + "@h", "u:" + password + "@h", "http://u:%zz" + password + "@h"},
		"HTTPS_PROXY":     {"socks4://u:" + password + "@h"},
		"ALLOWED_ORIGINS": {"https://u:" + password + "@h"},
	} {
		for _, value := range values {
			_, err := Parse(from(map[string]string{name: value}))
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s=%q: %v", name, value, err)
			} else if strings.Contains(err.Error(), password) {
				t.Errorf("%s shows its secret: %v", name, err)
			}
		}
	}
}

func TestAPrintedConfigShowsNoSecret(t *testing.T) {
	const secret = "0123456789abcdefghij"
	c := parsed(t, map[string]string{"AUTH_KEY": secret, "ENCRYPTION_KEY": secret, "DATABASE_DSN": "postgres://u:" + secret + "@h/d",
		"REDIS_DSN": "redis://:" + secret + "@h", "HTTP_PROXY": "http://u:" + secret + "@h"})
	document, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("config", "auth", c.AuthKey, "all", c)
	for _, text := range []string{fmt.Sprint(c), fmt.Sprintf("%+v %#v %q %x", c, c, c.AuthKey, c.AuthKey), string(document), log.String()} {
		if strings.Contains(text, secret) || strings.Contains(text, fmt.Sprintf("%x", secret)) || !strings.Contains(text, hidden) {
			t.Errorf("shows a secret, or hides that there is one: %s", text)
		}
	}
	if c.AuthKey.Reveal() != secret {
		t.Error("Reveal does not")
	}
}

func TestAnAdminKeyThatCanBeGuessedIsFlagged(t *testing.T) {
	for key, weak := range map[string]bool{
		"": false, "admin": true, "short-but-mixed": true, "aaaaaaaaaaaaaaaaaaaaaaaa": true, "123412341234123412341234": true,
		"correct horse battery": false, "5f1d3c7e9a8b4260": false,
	} {
		if c := parsed(t, map[string]string{"AUTH_KEY": key}); c.WeakAuthKey() != weak {
			t.Errorf("%q: weak is %t", key, c.WeakAuthKey())
		}
	}
}

func TestTheExampleFileNamesEveryVariableAndNoOther(t *testing.T) {
	asked := map[string]bool{}
	if _, err := Parse(func(name string) string {
		asked[strings.ToUpper(name)] = true
		return ""
	}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../.env.example")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	var live strings.Builder
	for _, m := range regexp.MustCompile(`(?m)^#?([A-Z_]+=.*)$`).FindAllStringSubmatch(string(text), -1) {
		name, _, _ := strings.Cut(m[1], "=")
		shown[name] = true
		live.WriteString(m[1] + "\n")
	}
	if a, b := slices.Sorted(maps.Keys(asked)), slices.Sorted(maps.Keys(shown)); !slices.Equal(a, b) {
		t.Errorf("Parse asks for %v,\n.env.example shows %v", a, b)
	}
	// With every comment taken away it must be what it says it is: the defaults.
	values, err := LoadDotEnv(strings.NewReader(live.String()))
	if err != nil {
		t.Fatal(err)
	}
	if a, b := fmt.Sprintf("%#v", parsed(t, values)), fmt.Sprintf("%#v", parsed(t, nil)); a != b {
		t.Errorf("the example is not the defaults:\n%s\n%s", a, b)
	}
}
