package proxycore

import (
	"time"

	"roundhouse/proxycore/dialect"
)

// Outcome says how an attempt ended, and who ended it.
type Outcome string

// The outcomes; the admin API shows them by these names.
const (
	OK                Outcome = "OK"
	Refused           Outcome = "REFUSED"
	KeyError          Outcome = "KEY_ERROR"
	RateLimited       Outcome = "RATE_LIMITED"
	UpstreamError     Outcome = "UPSTREAM_ERROR"
	UpstreamTruncated Outcome = "UPSTREAM_TRUNCATED"
	StreamError       Outcome = "STREAM_ERROR"
	Timeout           Outcome = "TIMEOUT"
	ClientAbort       Outcome = "CLIENT_ABORT"
	BadRequest        Outcome = "BAD_REQUEST"
	Unauthorized      Outcome = "UNAUTHORIZED"
	NotFound          Outcome = "NOT_FOUND"
	NoKey             Outcome = "NO_KEY"
	Overload          Outcome = "OVERLOAD"
	Shutdown          Outcome = "SHUTDOWN"
)

// Failed reports whether the error rate counts the outcome: what the gateway, a key or an upstream owed the client.
// A client's own faults and a shutdown are shown apart.
func (o Outcome) Failed() bool {
	switch o {
	case KeyError, RateLimited, UpstreamError, UpstreamTruncated, StreamError, Timeout, NoKey, Overload:
		return true
	}
	return false
}

// Charged says to whom the failure table laid a fault.
type Charged string

// Whom a fault can be laid to.
const (
	ChargedNobody   Charged = "NOBODY"
	ChargedClient   Charged = "CLIENT"
	ChargedKey      Charged = "KEY"
	ChargedUpstream Charged = "UPSTREAM"
)

// Fingerprint is the beginning of a digest: for eyes and links, never to act on.
type Fingerprint [6]byte

// Record is one attempt of one request, told when it ended. It holds no key and no proxy key in clear.
type Record struct {
	// RequestID is the same for every attempt of one client request.
	RequestID string
	// UpstreamRequestID is the provider's own id of the answer; empty when it sent none.
	UpstreamRequestID string
	Started, Ended    time.Time
	// Final marks the attempt whose answer the client got; exactly one for each request.
	Final bool
	// AttemptNumber counts from 1; 0 when the request was refused before any attempt.
	AttemptNumber int

	// GroupID and GroupName are the group that made the attempt: the member when an aggregate was asked. 0 and what the
	// client named when there is no such group.
	GroupID   int64
	GroupName string
	// ParentID and ParentName are the aggregate that was asked; zero when none was.
	ParentID   int64
	ParentName string
	Dialect    dialect.Name

	// KeyID is 0 when no key was picked.
	KeyID          int64
	KeyFingerprint Fingerprint
	// ProxyKeyID is 0 when no valid proxy key was shown.
	ProxyKeyID          int64
	ProxyKeyFingerprint Fingerprint

	// Model is as the client named it; UpstreamModel as the upstream was asked, empty when no redirect changed it.
	Model, UpstreamModel string
	Method               string
	// Path is path and query as sent, without any key.
	Path string
	// Upstream is the base URL asked; empty when none was.
	Upstream   string
	StatusCode int
	Outcome    Outcome
	Charged    Charged
	// Cooled is how long the key was told to cool by this answer; 0 not at all.
	Cooled time.Duration

	Stream bool
	// Trial marks a request of the console's workbench, Probe one of our own validations.
	Trial, Probe bool

	// Wait is the time until a slot was free. Connect (0: reused), Header and FirstByte count from the attempt's start;
	// negative when the attempt never came so far.
	Wait, Connect, Header, FirstByte time.Duration

	RequestBytes, ResponseBytes int64
	Usage                       dialect.Usage

	ClientIP  string
	UserAgent string
	// Error says what went wrong, in words fit for an administrator; empty when nothing did. Never holds a key.
	Error string
	// RequestBody is the first 64 KiB, when the group logs bodies; nil otherwise.
	RequestBody []byte
}

// Recorder takes records. Record must not block.
type Recorder interface{ Record(Record) }
