package proxycore

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"
)

// inbound reads a client's body and gives up when nothing comes for a while. A slow body that moves is never cut.
type inbound struct {
	control *http.ResponseController
	body    io.Reader
	watch   *watch
	// over is giveUp, bound once. gaveUp is guarded by the watch.
	over   context.CancelCauseFunc
	gaveUp bool
}

func (b *inbound) begin(w http.ResponseWriter, r *http.Request, now time.Time, silence time.Duration) {
	takeOver(w, r)
	b.control, b.body, b.gaveUp = http.NewResponseController(w), r.Body, false
	b.watch.listen(b.over, now, silence)
}

// takeOver lifts the deadline that a server with a ReadTimeout gives a whole request: a slow body may take longer, and when it
// is read the server goes on reading, to see the client go away, which a deadline would look like.
func takeOver(w http.ResponseWriter, r *http.Request) {
	if server, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && server.ReadTimeout > 0 {
		_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	}
}

func (b *inbound) Read(p []byte) (int, error) {
	b.watch.beginRead()
	n, err := b.body.Read(p)
	b.watch.endRead()
	return n, err
}

// giveUp is the watch's: the reading under way fails.
func (b *inbound) giveUp(why error) {
	if why != nil {
		b.gaveUp = true
		// A writer without deadlines, as in tests, reads without.
		_ = b.control.SetReadDeadline(time.Now())
	}
}

// finish ends the reading. A body that failed gets a last moment: the server reads what may still come of it, so that the
// client sees its answer before the connection closes.
func (b *inbound) finish(err error) {
	b.watch.disarm()
	switch {
	case err != nil:
		_ = b.control.SetReadDeadline(time.Now().Add(farewellTime))
	case b.gaveUp:
		_ = b.control.SetReadDeadline(time.Time{})
	}
	b.control, b.body = nil, nil
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// brokeOff reports whether a client's body ended with its connection, and not with a byte that cannot be.
func brokeOff(err error) bool {
	var network *net.OpError
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, http.ErrBodyReadAfterClose) ||
		errors.Is(err, context.Canceled) || errors.As(err, &network)
}

// clientIP is the client's address: the peer's, or, behind trusted proxies, the last one in X-Forwarded-For that is not
// theirs.
func (g *Gateway) clientIP(r *http.Request) string {
	peer := hostOf(r.RemoteAddr)
	if !g.trusted(peer) {
		return peer
	}
	values := r.Header["X-Forwarded-For"]
	for i := len(values) - 1; i >= 0; i-- {
		hops := strings.Split(values[i], ",")
		for j := len(hops) - 1; j >= 0; j-- {
			hop := strings.TrimSpace(hops[j])
			if addr, err := netip.ParseAddr(hostOf(hop)); err != nil {
				return peer
			} else if peer = addr.Unmap().String(); !g.trusted(peer) {
				return peer
			}
		}
	}
	return peer
}

// hostOf takes a port and an IPv6 literal's brackets off.
func hostOf(address string) string {
	if strings.HasPrefix(address, "[") {
		if at, err := netip.ParseAddrPort(address); err == nil {
			return at.Addr().String()
		}
	}
	if colon := strings.LastIndexByte(address, ':'); colon >= 0 && strings.IndexByte(address, ':') == colon {
		return address[:colon]
	}
	return strings.Trim(address, "[]")
}

func (g *Gateway) trusted(ip string) bool {
	if len(g.options.TrustedProxies) == 0 {
		return false
	}
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	for _, prefix := range g.options.TrustedProxies {
		if prefix.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// origin is the scheme and host by which the client reached us.
func (g *Gateway) origin(r *http.Request) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if g.trusted(hostOf(r.RemoteAddr)) {
		if proto := firstOf(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := firstOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
	}
	return scheme + "://" + host
}

func firstOf(list string) string {
	first, _, _ := strings.Cut(list, ",")
	return strings.ToLower(strings.TrimSpace(first))
}
