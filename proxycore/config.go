package proxycore

import (
	"encoding/json"
	"time"

	"roundhouse/proxycore/dialect"
)

// Settings are the dynamic settings in force for one group.
type Settings struct {
	// RequestTimeout bounds all attempts of one request until its answer begins; a stream that flows is never cut by it.
	RequestTimeout time.Duration
	ConnectTimeout time.Duration
	// ResponseHeaderTimeout bounds the wait of one attempt for its answer's header.
	ResponseHeaderTimeout time.Duration
	IdleConnTimeout       time.Duration
	// StreamIdleTimeout is the longest silence of an upstream within an answer.
	StreamIdleTimeout time.Duration
	// Cooldown is how long a key waits out a rate limit that came without a time; it doubles while the limit repeats.
	Cooldown                          time.Duration
	MaxIdleConns, MaxIdleConnsPerHost int
	// MaxRetries is how many attempts may follow the first.
	MaxRetries int
	// BlacklistThreshold is how many charges in a row make a key a suspect; 0 is never.
	BlacklistThreshold int
	// ProxyURL is the outbound proxy (http, https, socks5); empty is the environment's, "direct" is none.
	ProxyURL            string
	Failover, Blacklist StatusSet
	// LogBodies keeps the first 64 KiB of request bodies in their records.
	LogBodies bool
}

// Upstream is one base URL of a group.
type Upstream struct {
	URL string
	// Weight is its share of traffic relative to its siblings, 0 to 1000; 0 takes none.
	Weight  int
	Enabled bool
}

// Member is a group within an aggregate.
type Member struct {
	GroupID int64
	// Weight is the share within its priority, 0 to 1000; 0 takes no traffic.
	Weight int
	// Priority: lower is tried first; the next one takes over when no member of it can answer.
	Priority int
}

// HeaderRule sets (or, when Set is false, removes) one header of the upstream request, after everything else. Value may
// hold ${CLIENT_IP}, ${GROUP_NAME}, ${API_KEY}, ${TIMESTAMP_MS} and ${TIMESTAMP_S}; an unknown variable stays as written.
type HeaderRule struct {
	Set         bool
	Name, Value string
}

// Redirect asks the upstream for model To where the client asked for From.
type Redirect struct{ From, To string }

// GroupConfig is one group as a snapshot is built from it.
type GroupConfig struct {
	ID      int64
	Name    string
	Enabled bool
	// Aggregate groups have Members and no Upstreams or Keys of their own.
	Aggregate bool
	Dialect   dialect.Name
	// Carrier says how keys go to the upstreams; empty is the dialect's way.
	Carrier   dialect.Carrier
	Upstreams []Upstream
	Members   []Member
	// Keys are the ACTIVE keys; nil is none. Handing in the same set again costs nothing.
	Keys        *KeySet
	HeaderRules []HeaderRule
	Redirects   []Redirect
	// RedirectStrict refuses a model that Redirects does not name.
	RedirectStrict bool
	// ParamOverrides is a JSON object; nil and {} change nothing.
	ParamOverrides json.RawMessage
	Settings       Settings
}

// ProxyKey admits clients. GroupID 0 opens every group.
type ProxyKey struct {
	ID      int64
	Digest  [32]byte
	GroupID int64
}

// SnapshotConfig is everything the data plane needs to know.
type SnapshotConfig struct {
	Groups    []GroupConfig
	ProxyKeys []ProxyKey
	// Digest turns a secret shown by a client into what ProxyKey.Digest holds. It must be safe for concurrent use and
	// should not allocate.
	Digest func(secret []byte) [32]byte
}
