//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	_ "net/http/pprof"
	"net/url"
	"sync"
	"time"

	"roundhouse/internal/bench/mock"
	"roundhouse/internal/heapfloor"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// What every contestant's way to the upstream has in common; the gateway is told the same by its settings.
const (
	idleConnections = 4096
	connectTime     = 15 * time.Second
	idleTime        = 2 * time.Minute
	groupName       = "bench"
	besideName      = "beside"
	coreProxyKey    = "key-of-the-client"
	coreGroup       = 1
	besideGroup     = 2
)

// role makes a handler that sends everything to upstream.
type role func(upstream *url.URL, keys population) (http.Handler, error)

// roles are what this program is as a child of itself.
var roles = map[string]role{
	"mock":      func(*url.URL, population) (http.Handler, error) { return mock.Handler(), nil },
	"reference": func(upstream *url.URL, _ population) (http.Handler, error) { return reference(upstream), nil },
	"core":      core,
}

// serve plays a role until ctx ends.
func serve(ctx context.Context, play role, args []string) error {
	var keys population
	flags := flag.NewFlagSet("role", flag.ContinueOnError)
	listen := flags.String("listen", "", "the address to serve on")
	to := flags.String("upstream", "", "where requests go")
	flags.IntVar(&keys.keys, "keys", 0, "how many keys there are")
	flags.IntVar(&keys.deadPercent, "dead", 0, "percent of them that are dead")
	flags.IntVar(&keys.beside, "beside", 0, "how many keys a second group has; 0 is no such group")
	profiles := flags.String("profiles", "", "the address to serve profiles on; empty is none")
	if err := flags.Parse(args); err != nil {
		return err
	}
	upstream, err := url.Parse(*to)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	handler, err := play(upstream, keys)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: *listen, Handler: handler, ReadHeaderTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if *profiles != "" {
		// On http.DefaultServeMux, where net/http/pprof puts itself; it ends with the process.
		go func() { _ = (&http.Server{Addr: *profiles, ReadHeaderTimeout: time.Minute}).ListenAndServe() }()
	}
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// buffers are what ReverseProxy copies an answer through; without them each answer would make its own.
type buffers struct{ sync.Pool }

func (b *buffers) Get() []byte  { return b.Pool.Get().(*[32 << 10]byte)[:] }
func (b *buffers) Put(p []byte) { b.Pool.Put((*[32 << 10]byte)(p)) }

// reference is the least a gateway can do: it rewrites the URL and the key and flushes at once. Its Transport is the core's.
func reference(upstream *url.URL) http.Handler {
	dialer := &net.Dialer{Timeout: connectTime, KeepAlive: 30 * time.Second}
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1,
		BufferPool:    &buffers{sync.Pool{New: func() any { return new([32 << 10]byte) }}},
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true, DisableCompression: true, WriteBufferSize: 16 << 10,
			MaxIdleConns: idleConnections, MaxIdleConnsPerHost: idleConnections, IdleConnTimeout: idleTime,
		},
		Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(upstream)
			p.Out.Header["Authorization"] = []string{"Bearer key-of-the-pool"}
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Without it the server closes the request's body when the answer begins, while the transport may still look for the
		// body's end, and a few streams in a thousand are cut short.
		_ = http.NewResponseController(w).EnableFullDuplex()
		proxy.ServeHTTP(w, r)
	})
}

// core is the data plane alone: everything the gateway does with a request, but nobody takes the records. Its dead keys died
// while it ran: they are still in the set.
func core(upstream *url.URL, keys population) (http.Handler, error) {
	failover, err := proxycore.ParseStatusSet("401-403,408,429,500-599")
	if err != nil {
		return nil, err
	}
	blacklist, err := proxycore.ParseStatusSet("401-403")
	if err != nil {
		return nil, err
	}
	group := func(id int64, name string, keys int) proxycore.GroupConfig {
		return proxycore.GroupConfig{
			ID: id, Name: name, Enabled: true, Dialect: dialect.OpenAI, Keys: keySet(keys),
			Upstreams: []proxycore.Upstream{{URL: upstream.String(), Weight: 1, Enabled: true}},
			Settings: proxycore.Settings{
				RequestTimeout: 10 * time.Minute, ConnectTimeout: connectTime, ResponseHeaderTimeout: 10 * time.Minute,
				IdleConnTimeout: idleTime, StreamIdleTimeout: 5 * time.Minute, Cooldown: 10 * time.Second,
				MaxIdleConns: idleConnections, MaxIdleConnsPerHost: idleConnections,
				MaxRetries: 3, BlacklistThreshold: 3, Failover: failover, Blacklist: blacklist,
			},
		}
	}
	config := proxycore.SnapshotConfig{
		Digest:    digest,
		ProxyKeys: []proxycore.ProxyKey{{ID: 1, Digest: digest([]byte(coreProxyKey))}},
		Groups:    []proxycore.GroupConfig{group(coreGroup, groupName, keys.keys)},
	}
	if keys.beside > 0 {
		config.Groups = append(config.Groups, group(besideGroup, besideName, keys.beside))
	}
	heapfloor.Keep(heapfloor.Bytes) // as the gateway's process does, to this one's end
	g := proxycore.New(proxycore.Options{MaxConcurrent: mostRequests})
	err = g.Swap(config)
	for i := range keys.dead() {
		g.Withdraw(coreGroup, int64(i+1))
	}
	return g, err
}

func digest(secret []byte) [32]byte { return sha256.Sum256(secret) }

// keySet are the first n keys.
func keySet(n int) *proxycore.KeySet {
	set := proxycore.NewKeySetBuilder(n)
	for i := range n {
		text := keyText(i)
		set.Add(int64(i+1), []byte(text), digest([]byte(text)))
	}
	return set.Build()
}

// keyText is the i-th pooled key, 51 characters long as most are.
func keyText(i int) string { return fmt.Sprintf("key-%047d", i) }
