package proxycore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	keepAlive = 30 * time.Second
	// answerHeaderBytes bounds the headers of one answer.
	answerHeaderBytes = 256 << 10
	writeBufferBytes  = 16 << 10
)

// connection is what tells one pool of connections from another. Groups with equal settings share one.
type connection struct {
	connect, idle      time.Duration
	maxIdle, maxToHost int
	proxy              string
}

// outbound is the way to the upstreams under one connection setting.
type outbound struct {
	// shared keeps connections; fresh never uses one twice, for the repeat after one died idle.
	shared, fresh *http.Transport
}

// outbound finds the gateway's way for the settings, or makes it. It counts as the snapshot's from now on.
func (b *builder) outbound(s Settings) (*outbound, error) {
	c := connection{
		connect: s.ConnectTimeout, idle: s.IdleConnTimeout, maxIdle: s.MaxIdleConns, maxToHost: s.MaxIdleConnsPerHost, proxy: s.ProxyURL,
	}
	if o := b.outbounds[c]; o != nil {
		return o, nil
	}
	o := b.gateway.outbounds[c]
	if o == nil {
		var err error
		if o, err = b.gateway.newOutbound(c); err != nil {
			return nil, err
		}
	}
	b.outbounds[c] = o
	return o, nil
}

func (g *Gateway) newOutbound(c connection) (*outbound, error) {
	proxy := g.options.Proxy
	switch c.proxy {
	case "":
	case "direct":
		proxy = nil
	default:
		u, err := url.Parse(c.proxy)
		if err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) {
			return nil, errors.New("the outbound proxy is no http, https or socks5 URL")
		}
		proxy = http.ProxyURL(u)
	}
	gate := gate{own: g.options.OwnListeners}
	dialer := &net.Dialer{Timeout: c.connect, KeepAlive: keepAlive, Control: gate.control}
	shared := &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, address)
			if tcp, ok := conn.(*net.TCPConn); ok {
				return &upstreamConn{TCPConn: tcp}, err
			}
			return conn, err
		},
		TLSClientConfig:        g.options.TLS.Clone(),
		TLSHandshakeTimeout:    c.connect,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxIdleConns:           c.maxIdle,
		MaxIdleConnsPerHost:    c.maxToHost,
		IdleConnTimeout:        c.idle,
		MaxResponseHeaderBytes: answerHeaderBytes,
		WriteBufferSize:        writeBufferBytes,
	}
	if proxy != nil {
		shared.Proxy = func(r *http.Request) (*url.URL, error) {
			via, err := proxy(r)
			if err != nil || via == nil {
				return via, err
			}
			// The proxy dials in our place, so that its target has to be judged here.
			return via, gate.target(r.URL)
		}
	}
	fresh := shared.Clone()
	fresh.DisableKeepAlives = true
	return &outbound{shared: shared, fresh: fresh}, nil
}

// retire closes the connections that nobody uses; the others close when they are done.
func (o *outbound) retire() {
	o.shared.CloseIdleConnections()
	o.fresh.CloseIdleConnections()
}

// RefuseUpstream says why no request would be sent to a base URL, as far as its host tells without being looked up: it is a
// cloud's metadata service, link-local, or one of our own listeners. It is nil for every other.
func RefuseUpstream(base *url.URL, own []netip.AddrPort) error { return gate{own: own}.target(base) }

// errRefusedAddress says that policy forbids an address as an upstream.
var errRefusedAddress = errors.New("address refused")

// gate keeps requests from addresses that no upstream has: those where clouds hand out their machines' secrets, and our own.
type gate struct{ own []netip.AddrPort }

// metadataAddresses are the clouds' that lie outside the link-local ranges: AWS over IPv6, Azure's wire server, Alibaba and
// Oracle.
var metadataAddresses = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("168.63.129.16"),
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"),
}

// metadataNames are what the clouds call them.
var metadataNames = []string{"metadata", "metadata.google.internal", "metadata.goog", "instance-data", "instance-data.ec2.internal"}

// control judges the resolved address of every connection before it is made.
func (g gate) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %s", errRefusedAddress, address)
	}
	return g.judge(at)
}

func (g gate) judge(at netip.AddrPort) error {
	addr := at.Addr().WithZone("").Unmap()
	if addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified() || slices.Contains(metadataAddresses, addr) {
		return fmt.Errorf("%w: %s is link-local, unspecified or a cloud's metadata service", errRefusedAddress, addr)
	}
	for _, own := range g.own {
		if own.Port() != at.Port() {
			continue
		}
		if own.Addr().Unmap() == addr || own.Addr().IsUnspecified() && isOurs(addr) {
			return fmt.Errorf("%w: %s is this gateway", errRefusedAddress, at)
		}
	}
	return nil
}

// target judges a URL as far as its host tells, for whom the dialer comes too late: an outbound proxy, which dials in our
// place, and who saves an upstream.
func (g gate) target(u *url.URL) error {
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if slices.Contains(metadataNames, host) {
		return fmt.Errorf("%w: %s is a cloud's metadata service", errRefusedAddress, host)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return nil
	}
	port := uint16(80)
	if u.Scheme == "https" {
		port = 443
	}
	if p, err := net.LookupPort("tcp", u.Port()); err == nil && u.Port() != "" {
		port = uint16(p)
	}
	return g.judge(netip.AddrPortFrom(addr, port))
}

func isOurs(addr netip.Addr) bool {
	if addr.IsLoopback() {
		return true
	}
	all, err := net.InterfaceAddrs()
	if err != nil {
		return false
	}
	return slices.ContainsFunc(all, func(a net.Addr) bool {
		prefix, err := netip.ParsePrefix(a.String())
		return err == nil && prefix.Addr().Unmap() == addr
	})
}
