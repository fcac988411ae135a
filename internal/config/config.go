// Package config reads the process's environment once and says everything that is wrong with it at once, each fault with
// its variable and its remedy. It refuses to know what the values are used for, and never touches the environment itself.
package config

import (
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"time"
)

// Config is the environment, checked. Durations of zero appear only where a field says so.
type Config struct {
	// Host and Port are where the gateway listens; port 0 lets the system choose.
	Host string
	Port int
	// ConsoleAddr is a listener of its own for everything but /proxy; empty shares the gateway's.
	ConsoleAddr string
	// MetricsAddr and PprofAddr are listeners of their own; empty is off.
	MetricsAddr, PprofAddr string

	// ReadTimeout, WriteTimeout and IdleTimeout are the longest silence while a request is read, while bytes wait for the
	// client to take them, and between requests.
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// Grace is how long open requests may finish after the signal to stop; zero cuts them at once.
	Grace time.Duration

	// Follower is a node that never leads.
	Follower bool
	// Location is the time zone of logs; everything stored is UTC.
	Location *time.Location
	// DataDir holds the database, the keys made at first run, the journal and logs.
	DataDir string
	// JournalMaxBytes bounds the request log's journal while the database is away.
	JournalMaxBytes int64

	// AuthKey is the admin key; empty lets the first run make one.
	AuthKey Secret
	// EncryptionKey seals secrets at rest; empty leaves them unsealed.
	EncryptionKey Secret
	// Engine and DatabaseDSN are the database and its address; for SQLite the DSN is a file.
	Engine      Engine
	DatabaseDSN Secret
	// RedisDSN is where nodes tell each other things; empty is in-process.
	RedisDSN Secret

	// MaxConcurrentRequests bounds the requests under /proxy that wait for their first byte; 0 is no limit.
	MaxConcurrentRequests int
	// MaxRequestBodyBytes is the largest body a client may send.
	MaxRequestBodyBytes int64
	// TrustedProxies are the peers whose X-Forwarded-For and X-Forwarded-Proto are believed; empty is none.
	TrustedProxies []netip.Prefix
	// CORS serves /proxy alone.
	CORS CORS
	Log  Log

	// HTTPProxy, HTTPSProxy and NoProxy are the outbound proxy as the environment gives it; empty is none.
	HTTPProxy, HTTPSProxy Secret
	NoProxy               string
}

// CORS says which pages of other origins a browser lets call /proxy.
type CORS struct {
	Enabled bool
	// Origins are "*" alone, or origins as a browser writes them.
	Origins []string
	// Methods are in capitals.
	Methods []string
	// Headers are "*" alone, or names.
	Headers     []string
	Credentials bool
}

// Log says what is logged, how and where.
type Log struct {
	Level slog.Level
	// Format is FormatText or FormatJSON.
	Format string
	// File is the path to write to as well as to the terminal; empty is none.
	File string
}

// The forms of a log line.
const (
	FormatText = "text"
	FormatJSON = "json"
)

// Parse reads every variable through getenv, for which empty means not given. It returns either the whole Config or the
// errors.Join of a *Fault for each thing that is wrong.
func Parse(getenv func(string) string) (Config, error) {
	v := &variables{getenv: getenv}
	c := Config{
		Host:        v.host("HOST", "0.0.0.0"),
		Port:        v.integer("PORT", 3001, 0, 65535),
		ConsoleAddr: v.address("CONSOLE_ADDR"),
		MetricsAddr: v.address("METRICS_ADDR"),
		PprofAddr:   v.address("PPROF_ADDR"),

		ReadTimeout:  v.seconds("SERVER_READ_TIMEOUT", 60, 1, 86400),
		WriteTimeout: v.seconds("SERVER_WRITE_TIMEOUT", 600, 1, 86400),
		IdleTimeout:  v.seconds("SERVER_IDLE_TIMEOUT", 120, 1, 86400),
		Grace:        v.seconds("SERVER_GRACEFUL_SHUTDOWN_TIMEOUT", 10, 0, 86400),

		Follower:        v.boolean("IS_SLAVE", false),
		Location:        v.location("TZ"),
		DataDir:         filepath.Clean(v.text("DATA_DIR", "data")),
		JournalMaxBytes: v.mebibytes("JOURNAL_MAX_MB", 1024, 1<<20),

		AuthKey:       v.headerSecret("AUTH_KEY"),
		EncryptionKey: Secret(v.getenv("ENCRYPTION_KEY")),
		RedisDSN:      v.redisDSN("REDIS_DSN"),

		MaxConcurrentRequests: v.integer("MAX_CONCURRENT_REQUESTS", 100, 0, 1_000_000),
		MaxRequestBodyBytes:   v.mebibytes("MAX_REQUEST_BODY_MB", 100, 10240),
		TrustedProxies:        v.prefixes("TRUSTED_PROXIES"),
		CORS:                  v.cors(),

		HTTPProxy:  v.proxyURL("HTTP_PROXY"),
		HTTPSProxy: v.proxyURL("HTTPS_PROXY"),
		NoProxy:    v.either("NO_PROXY"),
	}
	c.Engine, c.DatabaseDSN = v.databaseDSN("DATABASE_DSN", filepath.Join(c.DataDir, "roundhouse.db"))
	c.Log = v.log(c.DataDir)
	v.distinct(c)
	if err := v.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// Addr is where the gateway listens, as net.Listen takes it.
func (c Config) Addr() string { return net.JoinHostPort(c.Host, strconv.Itoa(c.Port)) }

// ForProcess are the variables that Go's own libraries read from the process's environment. Whoever read them from a file
// must put them there before the first outbound connection is made. Variables without a value are left out.
func (c Config) ForProcess() map[string]string {
	all := map[string]string{"HTTP_PROXY": c.HTTPProxy.Reveal(), "HTTPS_PROXY": c.HTTPSProxy.Reveal(), "NO_PROXY": c.NoProxy}
	for name, value := range all {
		if value == "" {
			delete(all, name)
		}
	}
	return all
}

// shortestKey is the length below which an admin key can be guessed by trying.
const shortestKey = 16

// WeakAuthKey reports that an admin key was given and could be guessed: it is short, or made of few characters. The
// process starts with it, and the dashboard warns.
func (c Config) WeakAuthKey() bool {
	key := c.AuthKey.Reveal()
	if key == "" {
		return false
	}
	kinds := map[rune]bool{}
	for _, r := range key {
		kinds[r] = true
	}
	return len(key) < shortestKey || len(kinds) < shortestKey/2
}
