package proxycore_test

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// forwarder is an outbound proxy that speaks HTTP and SOCKS 5, in clear or within TLS, and joins whatever name it is asked for
// on this machine.
type forwarder struct {
	net.Listener
	mu sync.Mutex // guards asked
	// asked are the requests it got: the method or "socks", the target, and the credentials.
	asked []string
}

func newForwarder(t *testing.T, l net.Listener) *forwarder {
	t.Helper()
	f := &forwarder{Listener: l}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				f.serve(c)
			}()
		}
	}()
	return f
}

func (f *forwarder) note(kind, target, credentials string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, strings.TrimSpace(kind+" "+target+" "+credentials))
}

// heard is what it was asked since the last call.
func (f *forwarder) heard() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := f.asked
	f.asked = nil
	return asked
}

func (f *forwarder) serve(c net.Conn) {
	in := bufio.NewReader(c)
	first, err := in.Peek(1)
	switch {
	case err != nil:
	case first[0] == 5:
		f.serveSocks(c, in)
	default:
		f.serveHTTP(c, in)
	}
}

func (f *forwarder) serveHTTP(c net.Conn, in *bufio.Reader) {
	q, err := http.ReadRequest(in)
	if err != nil {
		return
	}
	_, encoded, _ := strings.Cut(q.Header.Get("Proxy-Authorization"), " ")
	credentials, _ := base64.StdEncoding.DecodeString(encoded)
	f.note(q.Method, q.URL.Host, string(credentials))
	out, err := dialHere(q.URL.Host)
	if err != nil {
		return
	}
	defer out.Close()
	if q.Method == http.MethodConnect {
		io.WriteString(c, "HTTP/1.1 200 Connected\r\n\r\n")
		join(c, in, out)
		return
	}
	q.Header.Del("Proxy-Authorization")
	q.Header.Set("Connection", "close")
	_ = q.Write(out)
	_, _ = io.Copy(c, out)
}

// serveSocks speaks RFC 1928 and 1929, as far as a client with a domain name and a password needs.
func (f *forwarder) serveSocks(c net.Conn, in *bufio.Reader) {
	take := func(n int) []byte {
		p := make([]byte, n)
		_, _ = io.ReadFull(in, p)
		return p
	}
	credentials := ""
	methods := take(int(take(2)[1]))
	if strings.Contains(string(methods), "\x02") {
		c.Write([]byte{5, 2})
		user := take(int(take(2)[1]))
		credentials = string(user) + ":" + string(take(int(take(1)[0])))
		c.Write([]byte{1, 0})
	} else {
		c.Write([]byte{5, 0})
	}
	host := ""
	switch take(4)[3] {
	case 1:
		host = net.IP(take(4)).String()
	case 3:
		host = string(take(int(take(1)[0])))
	}
	target := net.JoinHostPort(host, fmt.Sprint(binary.BigEndian.Uint16(take(2))))
	f.note("socks", target, credentials)
	out, err := dialHere(target)
	if err != nil {
		return
	}
	defer out.Close()
	c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	join(c, in, out)
}

// dialHere connects to the target's port on this machine.
func dialHere(target string) (net.Conn, error) {
	_, port, err := net.SplitHostPort(target)
	if err != nil {
		return nil, err
	}
	return net.Dial("tcp", "127.0.0.1:"+port)
}

func join(c net.Conn, in io.Reader, out net.Conn) {
	go func() { _, _ = io.Copy(out, in) }()
	_, _ = io.Copy(c, out)
}

func listenHere(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestUpstreamsAreReachedThroughOutboundProxies(t *testing.T) {
	later := time.Now().Add(time.Hour)
	ca := certified(t, "authority", later, nil)
	roots := x509.NewCertPool()
	roots.AddCert(ca.Leaf)
	names.set("proxy.test", net.IPv4(127, 0, 0, 1))

	plain := newForwarder(t, listenHere(t))
	within := &tls.Config{Certificates: []tls.Certificate{certified(t, "proxy.test", later, &ca)}}
	secure := newForwarder(t, tls.NewListener(listenHere(t), within))
	clear := openStage(t, wellBehaved)
	coded := openStageOn(t, tls.NewListener(listenHere(t), &tls.Config{
		Certificates: []tls.Certificate{certified(t, "upstream.test", later, &ca)},
	}), wellBehaved)
	port := func(l net.Listener) string { return l.Addr().String()[strings.LastIndexByte(l.Addr().String(), ':'):] }
	const both = "upstream.test"

	for _, c := range []struct {
		name, proxy, upstream string
		by                    *forwarder
		asked                 string
	}{
		{"http", "http://127.0.0.1" + port(plain), "http://" + both + port(clear), plain, "POST " + both + port(clear)},
		{"http with a password", "http://user:secret@127.0.0.1" + port(plain), "http://" + both + port(clear), plain, "POST " + both + port(clear) + " user:secret"},
		{"http by CONNECT", "http://user:secret@127.0.0.1" + port(plain), "https://" + both + port(coded), plain, "CONNECT " + both + port(coded) + " user:secret"},
		{"https", "https://proxy.test" + port(secure), "http://" + both + port(clear), secure, "POST " + both + port(clear)},
		{"https by CONNECT", "https://user:secret@proxy.test" + port(secure), "https://" + both + port(coded), secure, "CONNECT " + both + port(coded) + " user:secret"},
		{"socks5", "socks5://127.0.0.1" + port(plain), "http://" + both + port(clear), plain, "socks " + both + port(clear)},
		{"socks5 with a password", "socks5://user:secret@127.0.0.1" + port(plain), "https://" + both + port(coded), plain, "socks " + both + port(coded) + " user:secret"},
	} {
		t.Run(c.name, func(t *testing.T) {
			group := groupAt(t, 1, c.upstream)
			group.Settings.ProxyURL = c.proxy
			r := newRig(t, proxycore.Options{TLS: &tls.Config{RootCAs: roots}}, group)
			q := r.request(http.MethodPost, "/v1/chat/completions", chatBody)
			q.Header.Set("Proxy-Authorization", "Basic of-the-client")
			r.wantStatus(r.do(q), 200)
			if heard := c.by.heard(); len(heard) != 1 || heard[0] != c.asked {
				t.Errorf("the proxy was asked %q", heard)
			}
			for _, stage := range []*stage{clear, coded} {
				for _, asked := range stage.requests() {
					if asked.header("Proxy-Authorization") != "" || asked.key() != keyNamed(0) {
						t.Errorf("the upstream heard %+v", asked)
					}
				}
			}
			r.wantFinal(proxycore.OK, proxycore.ChargedNobody, 1)
		})
	}
	if clear.hits() != 4 || coded.hits() != 3 {
		t.Errorf("%d and %d requests arrived", clear.hits(), coded.hits())
	}
}

func TestNoProxyIsAskedForAnAddressThatNoUpstreamHas(t *testing.T) {
	own := openStage(t, wellBehaved)
	proxy := newForwarder(t, listenHere(t))
	for _, scheme := range []string{"http", "socks5"} {
		for _, upstream := range []string{
			"http://169.254.169.254/latest", "http://[fd00:ec2::254]", "http://100.100.100.200", "http://168.63.129.16",
			"http://metadata.google.internal/computeMetadata", "https://METADATA.goog.", "http://[fe80::1]", "http://0.0.0.0:81", own.url(),
		} {
			t.Run(scheme+" "+upstream, func(t *testing.T) {
				group := groupAt(t, 2, upstream)
				group.Settings.ProxyURL = scheme + "://" + proxy.Addr().String()
				r := newRig(t, proxycore.Options{OwnListeners: []netip.AddrPort{netip.MustParseAddrPort(own.Addr().String())}}, group)
				r.wantStatus(r.chat(), 502)
				if rec := r.final(t); !strings.Contains(rec.Error, "address refused") {
					t.Errorf("%+v", rec)
				}
			})
		}
	}
	if heard := proxy.heard(); len(heard) != 0 {
		t.Errorf("the proxy was asked %q", heard)
	}
}

func TestOurOwnListenerIsNotDialled(t *testing.T) {
	own := openStage(t, wellBehaved)
	r := newRig(t, proxycore.Options{OwnListeners: []netip.AddrPort{netip.MustParseAddrPort(own.Addr().String())}}, groupAt(t, 2, own.url()))
	r.wantStatus(r.chat(), 502)
	if rec := r.final(t); !strings.Contains(rec.Error, "this gateway") {
		t.Errorf("%+v", rec)
	}
}

func TestTheEnvironmentsProxyIsUsedUnlessAGroupSaysDirect(t *testing.T) {
	up, proxy := openStage(t, wellBehaved), newForwarder(t, listenHere(t))
	environment := func(*http.Request) (*url.URL, error) { return url.Parse("http://" + proxy.Addr().String()) }
	group := groupAt(t, 1, up.url())
	group.Settings.ProxyURL = ""
	r := newRig(t, proxycore.Options{Proxy: environment}, group)
	r.wantStatus(r.chat(), 200)
	if heard := proxy.heard(); len(heard) != 1 {
		t.Errorf("the proxy was asked %q", heard)
	}
	r.config.Groups[0].Settings.ProxyURL = "direct"
	r.swap()
	r.wantStatus(r.chat(), 200)
	if heard := proxy.heard(); len(heard) != 0 {
		t.Errorf("the proxy was asked %q", heard)
	}
}

func TestAProxyThatRefusesIsAFailureBeforeTheFirstByte(t *testing.T) {
	up := openStage(t, wellBehaved)
	refusing := openStage(t, afterRequest(func(a *actor) {
		a.say("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
	}))
	group := groupAt(t, 2, "https://"+up.Addr().String())
	group.Settings.ProxyURL, group.Settings.MaxRetries = "http://user:secret@"+refusing.Addr().String(), 0
	r := newRig(t, proxycore.Options{}, group)
	r.wantStatus(r.chat(), 502)
	if rec := r.wantFinal(proxycore.UpstreamError, proxycore.ChargedUpstream, 1); strings.Contains(rec.Error, "secret") {
		t.Errorf("%+v", rec)
	}
	r.wantNeutral(2)
}
