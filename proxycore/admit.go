package proxycore

import (
	"net/http"
	"slices"
	"strings"

	"roundhouse/proxycore/dialect"
)

const (
	// longestSecret bounds what is digested for a stranger.
	longestSecret  = 4096
	protocolPrefix = "openai-insecure-api-key."
	protocolHeader = "Sec-Websocket-Protocol"
)

// admit settles who asks and which group. The key is judged first: whoever shows none that could open the group named hears
// the same 401 whether or not there is such a group. Who sends a trial was admitted elsewhere.
func (x *exchange) admit() *refusal {
	rest, queryKeys := cutKey(x.target.query)
	x.target.query = rest
	named := x.snapshot.byName[x.target.group]
	if x.pin == nil {
		if r := x.admitClient(named, queryKeys); r != nil {
			return r
		}
	}
	switch {
	case named == nil:
		return refuse(dialect.CodeGroupNotFound, NotFound, "There is no group of this name.")
	case !named.enabled:
		return refuse(dialect.CodeGroupDisabled, NotFound, "This group is disabled.")
	}
	x.asked = named
	return nil
}

// admitClient looks for a proxy key that opens the group named; nil for none.
func (x *exchange) admitClient(named *group, queryKeys []string) *refusal {
	var opened *ProxyKey
	for c, secret := range x.shown(queryKeys) {
		if x.carrier == "" {
			x.carrier = c
		}
		if key := x.opens(secret, named); key != nil {
			opened, x.carrier = key, c
			break
		}
	}
	if opened == nil {
		r := refuse(dialect.CodeUnauthorized, Unauthorized, "The key is missing, or it does not open this address.")
		r.charged = ChargedClient
		return r
	}
	x.proxyKey = *opened
	return nil
}

// shown yields every secret of the request with the place it was carried in. Any one of them may admit.
func (x *exchange) shown(queryKeys []string) func(func(dialect.Carrier, string) bool) {
	return func(yield func(dialect.Carrier, string) bool) {
		h := x.in.Header
		for _, value := range h["Authorization"] {
			if scheme, secret, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
				if !yield(dialect.Bearer, strings.TrimSpace(secret)) {
					return
				}
			}
		}
		for _, c := range [...]dialect.Carrier{dialect.XAPIKey, dialect.APIKey, dialect.XGoogAPIKey} {
			for _, value := range h[c.Header()] {
				if !yield(c, value) {
					return
				}
			}
		}
		for _, value := range queryKeys {
			if !yield(dialect.Query, value) {
				return
			}
		}
		for _, value := range h[protocolHeader] {
			for protocol := range strings.SplitSeq(value, ",") {
				if secret, ok := strings.CutPrefix(strings.TrimSpace(protocol), protocolPrefix); ok && !yield(dialect.Bearer, secret) {
					return
				}
			}
		}
	}
}

// opens returns the proxy key that the secret is, when it opens the group; a nil group only for a global one.
func (x *exchange) opens(secret string, g *group) *ProxyKey {
	keys := x.proxyKeysOf(secret)
	for i := range keys {
		if key := &keys[i]; key.GroupID == 0 || g != nil && key.GroupID == g.id {
			return key
		}
	}
	return nil
}

// proxyKeysOf returns the proxy keys that the secret is: one may open several groups.
func (x *exchange) proxyKeysOf(secret string) []ProxyKey {
	if secret == "" || len(secret) > longestSecret {
		return nil
	}
	x.scratch = append(x.scratch[:0], secret...)
	return x.snapshot.proxyKeys[x.snapshot.digest(x.scratch)]
}

// Opens returns the ids of the enabled groups that the proxy keys of a request open, whatever its path, each once and in no
// order. It returns false when the request shows no valid proxy key.
func (g *Gateway) Opens(r *http.Request) (groups []int64, ok bool) {
	s := g.snapshot.Load()
	if s == nil {
		return nil, false
	}
	_, queryKeys := cutKey(r.URL.RawQuery)
	x := &exchange{request: request{in: r, snapshot: s}}
	for _, secret := range x.shown(queryKeys) {
		for _, key := range x.proxyKeysOf(secret) {
			ok = true
			for id, opened := range s.byID {
				if opened.enabled && (key.GroupID == 0 || key.GroupID == id) && !slices.Contains(groups, id) {
					groups = append(groups, id)
				}
			}
		}
	}
	return groups, ok
}

// cameRound reports whether a request has been through this gateway before.
func (g *Gateway) cameRound(h http.Header) bool {
	for _, via := range h["Via"] {
		if strings.Contains(via, g.pseudonym) {
			return true
		}
	}
	return false
}
