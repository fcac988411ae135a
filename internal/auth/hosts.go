package auth

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// hosts tells our own pages from others, and who is at the far end of a request.
//
// A cookie travels with whatever a page makes the browser send. It therefore counts only where the browser says that the
// page is ours: for what changes something an Origin of ours must be there, for the rest it must not name another.
type hosts struct {
	trusted []netip.Prefix
	own     func() []string
}

// changes reports whether the request may change something or opens a socket, over which anything may follow.
func changes(r *http.Request) bool {
	return (r.Method != http.MethodGet && r.Method != http.MethodHead) || strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

func (h hosts) cookieCounts(r *http.Request, change bool) bool {
	origins := r.Header.Values("Origin")
	if len(origins) > 0 {
		return len(origins) == 1 && h.isOurs(origins[0], r)
	}
	if change {
		return false
	}
	// "none" is a person's own doing: an address typed, a bookmark.
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" || site == "none"
}

// isOurs compares the hosts, ports included, that a page was loaded from and that the request was sent to.
func (h hosts) isOurs(origin string, r *http.Request) bool {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return false
	}
	// Which of the two schemes the browser used a reverse proxy may not tell; the port it leaves out is that of either.
	same := func(host string) bool { return withPort(host, u.Scheme) == withPort(u.Host, u.Scheme) }
	return same(r.Host) || slices.ContainsFunc(h.own(), same)
}

func withPort(host, scheme string) string {
	host = strings.ToLower(host)
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return host + map[string]string{"http": ":80", "https": ":443"}[scheme]
}

// client is the address at the far end. X-Forwarded-For is read from its end, and only as far as each hop is trusted: what
// stands before the first stranger was written by that stranger. It is the zero Addr when the peer has none.
func (h hosts) client(r *http.Request) netip.Addr {
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	address := peer.Addr().Unmap().WithZone("")
	if !h.isTrusted(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = next.Unmap().WithZone("")
		if !h.isTrusted(address) {
			break
		}
	}
	return address
}

func (h hosts) isTrusted(address netip.Addr) bool {
	return slices.ContainsFunc(h.trusted, func(p netip.Prefix) bool { return p.Contains(address) })
}

// isSecure reports whether the browser speaks TLS, to us or to a trusted proxy.
func (h hosts) isSecure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	peer, _ := netip.ParseAddrPort(r.RemoteAddr)
	first, _, _ := strings.Cut(r.Header.Get("X-Forwarded-Proto"), ",")
	return h.isTrusted(peer.Addr().Unmap()) && strings.EqualFold(strings.TrimSpace(first), "https")
}
