package auth

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/session"
)

const (
	cookieName = "roundhouse_session"
	// secretBytes of chance make a session's secret; only its digest is kept.
	secretBytes = 32
	// idle and lifetime end a session: so long after its last use, and after it was opened.
	idle     = 12 * time.Hour
	lifetime = 7 * 24 * time.Hour
	// usePrecision is how old a session's last use may get before it is written again.
	usePrecision = time.Minute
)

// SignIn opens a session for whoever knows the admin key, ends the one that the request carried, and returns the cookie to
// set. Otherwise the error is ErrWrongKey, a *Throttled, or that of the database.
func (a *Admin) SignIn(ctx context.Context, r *http.Request, key string) (*http.Cookie, error) {
	address := a.hosts.client(r)
	if !a.IsAdminKey(key) {
		return nil, a.wrong(ctx, address)
	}
	secret := make([]byte, secretBytes)
	_, _ = rand.Read(secret) // never fails
	text := base64.RawURLEncoding.EncodeToString(secret)
	digest := a.o.Digest([]byte(text))
	now := a.o.Now().UTC()
	ctx = a.o.WithActor(ctx, "admin key from "+address.String())
	err := a.o.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		ended := session.Or(session.LastSeenAtLTE(now.Add(-idle)), session.CreatedAtLTE(now.Add(-lifetime)), session.AdminDigestNEQ(a.o.AdminDigest[:]))
		if before := a.cookieDigest(r); before != nil {
			ended = session.Or(ended, session.Digest(before))
		}
		if _, err := tx.Session.Delete().Where(ended).Exec(ctx); err != nil {
			return err
		}
		row, err := tx.Session.Create().SetDigest(digest[:]).SetAdminDigest(a.o.AdminDigest[:]).
			SetClientIP(address.String()).SetCreatedAt(now).SetLastSeenAt(now).Save(ctx)
		if err != nil {
			return err
		}
		return a.o.Audit(ctx, tx, "signIn", fmt.Sprintf("session %d", row.ID))
	})
	if err != nil {
		return nil, fmt.Errorf("open a session: %w", err)
	}
	return a.cookie(r, text, int(lifetime/time.Second)), nil
}

// SignOut ends the session that the request carries, and returns the cookie that takes it away; without one it does nothing
// more. The cookie must count, else the error is ErrSignedOut.
func (a *Admin) SignOut(ctx context.Context, r *http.Request) (*http.Cookie, error) {
	gone := a.cookie(r, "", -1)
	if a.cookieDigest(r) == nil {
		return gone, nil
	}
	if !a.hosts.cookieCounts(r, true) {
		return nil, ErrSignedOut
	}
	row, err := a.session(ctx, r)
	if err != nil || row == nil {
		return gone, err
	}
	ctx = a.o.WithActor(ctx, fmt.Sprintf("session %d from %s", row.ID, a.hosts.client(r)))
	err = a.o.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		if _, err := tx.Session.Delete().Where(session.ID(row.ID)).Exec(ctx); err != nil {
			return err
		}
		return a.o.Audit(ctx, tx, "signOut", fmt.Sprintf("session %d", row.ID))
	})
	if err != nil {
		return nil, fmt.Errorf("end a session: %w", err)
	}
	return gone, nil
}

// session is the live session whose secret the cookie holds, or nil.
func (a *Admin) session(ctx context.Context, r *http.Request) (*ent.Session, error) {
	digest := a.cookieDigest(r)
	if digest == nil {
		return nil, nil
	}
	now := a.o.Now().UTC()
	row, err := a.o.DB.Session.Query().Where(
		session.Digest(digest), session.AdminDigest(a.o.AdminDigest[:]),
		session.LastSeenAtGT(now.Add(-idle)), session.CreatedAtGT(now.Add(-lifetime)),
	).Only(ctx)
	if ent.IsNotFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look up the session: %w", err)
	}
	if stale := now.Add(-usePrecision); row.LastSeenAt.Before(stale) {
		// Requests that come together write once. One that could not be noted is no reason to refuse it.
		if err := a.o.DB.Session.Update().Where(session.ID(row.ID), session.LastSeenAtLT(stale)).SetLastSeenAt(now).Exec(ctx); err != nil && ctx.Err() == nil {
			a.o.Logger.WarnContext(ctx, "a session's use was not noted", "error", err)
		}
	}
	return row, nil
}

// cookieDigest is nil when the request carries no session.
func (a *Admin) cookieDigest(r *http.Request) []byte {
	cookie, err := r.Cookie(cookieName)
	if err != nil || len(cookie.Value) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil
	}
	digest := a.o.Digest([]byte(cookie.Value))
	return digest[:]
}

func (a *Admin) cookie(r *http.Request, value string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: value, Path: "/", MaxAge: maxAge,
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: a.hosts.isSecure(r),
	}
}
