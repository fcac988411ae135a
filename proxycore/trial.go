package proxycore

import (
	"net/http"
	"slices"
	"time"

	"roundhouse/proxycore/dialect"
)

// trialHeader tells whoever sent a trial the id of its records: what the upstream names its answer stays in X-Request-Id.
const trialHeader = "X-Roundhouse-Request"

// Pin says how much of the choice an administrator's trial leaves to the group. The zero value leaves all of it.
type Pin struct {
	// Key is asked alone, in rotation or not, and once, and is neither charged nor cooled by what it answers.
	Key *PinnedKey
	// Upstream is a base URL of the group's, asked whatever its weight and its health; empty lets the wheel choose.
	Upstream string
}

// PinnedKey is a key in clear.
type PinnedKey struct {
	GroupID, ID int64
	Text        string
	Digest      [32]byte
}

// Try forwards an administrator's request under /try/{group}/ as ServeHTTP does a client's under /proxy/{group}/, but for the
// proxy key, which it needs none of, and records it as a trial. The answer carries the id of its records in
// X-Roundhouse-Request. Who may ask is the caller's to judge.
func (g *Gateway) Try(w http.ResponseWriter, r *http.Request, pin Pin) { g.serve(w, r, &pin) }

// pinned reports whether anything of the choice is taken from the group.
func (x *exchange) pinned() bool { return x.pin != nil && *x.pin != Pin{} }

// pinsKey reports whether the request is for one key alone.
func (x *exchange) pinsKey() bool { return x.pin != nil && x.pin.Key != nil }

// pinnedKey is the pool of the one key that is pinned, for the first attempt at its group.
func (x *exchange) pinnedKey(g *group) (p *pool, index int, ok bool) {
	key := x.pin.Key
	if key.GroupID != g.id || x.attempts > 0 {
		return nil, 0, false
	}
	return onlyKey(g.home, key.ID, key.Text, key.Digest), 0, true
}

// followers are the groups under the address asked that have what is pinned, whatever their weight.
func (x *exchange) followers() (all []*group) {
	candidates := []*group{x.asked}
	for _, l := range x.asked.levels {
		candidates = append(candidates, l.members...)
	}
	key, upstream := x.pin.Key, x.pin.Upstream
	for _, g := range candidates {
		if g.enabled && (key == nil || key.GroupID == g.id) && (upstream == "" || g.upstreamAt(upstream) != nil) {
			all = append(all, g)
		}
	}
	return all
}

// choosePinned asks the groups that can follow the pin, one after the other.
func (x *exchange) choosePinned(now time.Time) bool {
	return slices.ContainsFunc(x.followers(), func(g *group) bool { return x.consider(g, now) })
}

// checkPin refuses a pin that no group can follow.
func (x *exchange) checkPin() *refusal {
	switch {
	case !x.pinned() || len(x.followers()) > 0:
		return nil
	case x.pin.Upstream == "":
		return refuse(dialect.CodeBadRequest, BadRequest, "The key belongs to another group.")
	}
	return refuse(dialect.CodeBadRequest, BadRequest, "No group under this address has this upstream for the request.")
}
