// Package auth decides who may administer: whoever shows the admin key, or a session that was opened with it. It refuses to
// know what they may then do, since there is one administrator, and it has no part in how clients of /proxy are admitted.
package auth

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
)

var (
	// ErrSignedOut is returned when nothing that was shown admits.
	ErrSignedOut = errors.New("sign in, or send the admin key as a bearer")
	// ErrWrongKey is returned when the key shown is not the admin key.
	ErrWrongKey = errors.New("this is not the admin key")
)

// Throttled is returned instead of ErrWrongKey after too many wrong keys.
type Throttled struct {
	// RetryAfter is how long wrong keys go on being refused unread.
	RetryAfter time.Duration
}

func (t *Throttled) Error() string {
	return fmt.Sprintf("too many wrong admin keys; try again in %s", t.RetryAfter.Round(time.Second))
}

// Options are what an Admin needs; DB, AdminDigest, Digest and Logger are required.
type Options struct {
	DB *database.DB
	// AdminDigest is what AdminKey returned; sessions opened with another one have ended.
	AdminDigest [32]byte
	// Digest is the installation's digest of secrets; equal secrets have equal digests.
	Digest func(secret []byte) [32]byte
	// Trusted are the peers whose X-Forwarded-For and X-Forwarded-Proto are believed.
	Trusted []netip.Prefix
	// OwnHosts are hosts besides the one that a request names whose pages are ours, such as appUrl's; nil is none.
	OwnHosts func() []string
	// Audit writes one row in the transaction; nil writes none. Actions are signIn, signInFailed and signOut.
	Audit func(ctx context.Context, tx *ent.Tx, action, target string) error
	// WithActor names who acts to whatever is called with the context; nil leaves it unnamed.
	WithActor func(ctx context.Context, actor string) context.Context
	// Told is called with the address of each wrong key that was counted, for other nodes to Hear; nil tells nobody. It must not
	// block.
	Told func(address netip.Addr)
	// Now is the time; nil is time.Now.
	Now    func() time.Time
	Logger *slog.Logger
}

// Admin is the door to everything but /proxy.
type Admin struct {
	o        Options
	throttle throttle
	hosts    hosts
}

// New returns the door; it touches no row.
func New(o Options) *Admin {
	if o.OwnHosts == nil {
		o.OwnHosts = func() []string { return nil }
	}
	if o.Audit == nil {
		o.Audit = func(context.Context, *ent.Tx, string, string) error { return nil }
	}
	if o.WithActor == nil {
		o.WithActor = func(ctx context.Context, _ string) context.Context { return ctx }
	}
	if o.Told == nil {
		o.Told = func(netip.Addr) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Admin{o: o, hosts: hosts{trusted: o.Trusted, own: o.OwnHosts}}
}

// IsAdminKey reports whether the secret is the admin key, in constant time. It counts nothing; the rooms that must keep the
// admin key from becoming a proxy key ask it.
func (a *Admin) IsAdminKey(secret string) bool {
	digest := a.o.Digest([]byte(secret))
	return subtle.ConstantTimeCompare(digest[:], a.o.AdminDigest[:]) == 1
}

// Check says who sends the request: the right bearer, or a live session whose cookie counts (see the package's hosts). The
// actor is "admin key" or "session" with its number, and the client's address. Otherwise the error is ErrSignedOut,
// ErrWrongKey, a *Throttled, or that of a database that could not be asked.
func (a *Admin) Check(r *http.Request) (actor string, err error) {
	return a.check(r.Context(), r, bearer(r.Header.Get("Authorization")), changes(r))
}

// CheckInit says who opened a socket: as Check, with the authorization of connection_init's payload instead of the header,
// and with the cookie of the request that was upgraded. It may be called again with the same request and payload to learn
// whether they still admit.
func (a *Admin) CheckInit(ctx context.Context, r *http.Request, payload map[string]any) (actor string, err error) {
	text, _ := payload["authorization"].(string)
	if text == "" {
		text, _ = payload["Authorization"].(string)
	}
	return a.check(ctx, r, bearer(text), true)
}

func (a *Admin) check(ctx context.Context, r *http.Request, key string, change bool) (string, error) {
	address := a.hosts.client(r)
	if key != "" && a.IsAdminKey(key) {
		return "admin key from " + address.String(), nil
	}
	if a.hosts.cookieCounts(r, change) {
		s, err := a.session(ctx, r)
		if err != nil {
			return "", err
		}
		if s != nil {
			return fmt.Sprintf("session %d from %s", s.ID, address), nil
		}
	}
	if key == "" {
		return "", ErrSignedOut
	}
	return "", a.wrong(ctx, address)
}

// Hear counts a wrong key that another node was shown, so that whoever guesses gets no more tries by asking several.
func (a *Admin) Hear(address netip.Addr) { _ = a.throttle.wrong(address, a.o.Now()) }

// wrong counts a wrong key and says how it is refused.
func (a *Admin) wrong(ctx context.Context, address netip.Addr) error {
	if wait := a.throttle.wrong(address, a.o.Now()); wait > 0 {
		return &Throttled{RetryAfter: wait}
	}
	a.o.Told(address)
	// Whoever tries keys may hang up at once; the row is written all the same.
	ctx = a.o.WithActor(context.WithoutCancel(ctx), "unknown from "+address.String())
	err := a.o.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return a.o.Audit(ctx, tx, "signInFailed", "admin key") })
	if err != nil {
		a.o.Logger.ErrorContext(ctx, "a refused sign-in was not audited", "error", err)
	}
	return ErrWrongKey
}

// bearer is the key of an Authorization value, or empty when it carries none.
func bearer(value string) string {
	scheme, key, _ := strings.Cut(value, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(key)
}
