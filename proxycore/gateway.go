package proxycore

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a Gateway needs from the process. Every zero value works.
type Options struct {
	// Recorder takes the records; nil drops them.
	Recorder Recorder
	// Judge takes the verdicts; nil drops them.
	Judge Judge
	// MaxBody bounds a request's body in bytes; 0 is 100 MiB.
	MaxBody int64
	// MaxConcurrent bounds the requests before their first byte; as many again wait up to a second. 0 is no limit.
	MaxConcurrent int
	// TrustedProxies are whose X-Forwarded-For, -Proto and -Host are believed.
	TrustedProxies []netip.Prefix
	// SpillDir is where bodies above 1 MiB lie while they are sent; empty is the system's temporary directory.
	SpillDir string
	// ReadSilence and WriteSilence are how long a client may keep us waiting while it sends its body, and while bytes wait to
	// be taken; 0 is a minute and ten minutes. They are noticed at most a quarter late. http.Server's own ReadTimeout and
	// WriteTimeout should be set to the same: they are pushed back as long as bytes move, and bound what the gateway does not see.
	ReadSilence, WriteSilence time.Duration
	// OwnListeners are refused as upstreams.
	OwnListeners []netip.AddrPort
	// Proxy says which outbound proxy the environment asks for; nil is http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)
	// TLS is cloned for connections to upstreams; nil is the default.
	TLS *tls.Config
	// Logger is for what no record can say; nil is silent. It never gets a secret.
	Logger *slog.Logger
}

const (
	defaultMaxBody      = 100 << 20
	defaultReadSilence  = time.Minute
	defaultWriteSilence = 10 * time.Minute
)

// Gateway forwards requests over the current snapshot. Use New.
type Gateway struct {
	options Options
	// pseudonym is our name in Via, so that a request that comes round again is known.
	pseudonym string
	via       []string

	snapshot atomic.Pointer[snapshot]
	homes    atomic.Pointer[map[int64]*home]

	swapping  sync.Mutex // held by Swap; guards outbounds
	outbounds map[connection]*outbound

	admission              admission
	strangers              throttle
	owners                 owners
	exchanges, inspections sync.Pool
	wires                  sync.Pool
	memory                 memory
	running                running
	sockets                sockets
	streams                atomic.Int64 // open now
}

// New returns a gateway without a snapshot: it answers 503 until the first Swap.
func New(options Options) *Gateway {
	if options.Recorder == nil {
		options.Recorder = silence{}
	}
	if options.Judge == nil {
		options.Judge = silence{}
	}
	if options.MaxBody == 0 {
		options.MaxBody = defaultMaxBody
	}
	if options.ReadSilence == 0 {
		options.ReadSilence = defaultReadSilence
	}
	if options.WriteSilence == 0 {
		options.WriteSilence = defaultWriteSilence
	}
	if options.Proxy == nil {
		options.Proxy = http.ProxyFromEnvironment
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	g := &Gateway{
		options: options, outbounds: map[connection]*outbound{},
		pseudonym: "roundhouse-" + randomHex(4),
	}
	g.via = []string{"1.1 " + g.pseudonym}
	g.homes.Store(&map[int64]*home{})
	g.admission.init(options.MaxConcurrent)
	g.running.init()
	g.wires.New = func() any { return newWire(&g.wires) }
	g.exchanges.New = func() any { return newExchange(g) }
	g.inspections.New = newInspection
	return g
}

type silence struct{}

func (silence) Record(Record) {}
func (silence) Judge(Verdict) {}

func randomHex(bytes int) string {
	raw := make([]byte, bytes)
	// crypto/rand never fails since Go 1.24.
	_, _ = rand.Read(raw)
	return hex.EncodeToString(raw)
}

// HasSnapshot reports whether requests can be served.
func (g *Gateway) HasSnapshot() bool { return g.snapshot.Load() != nil }

// Figures are what is going on right now.
type Figures struct {
	// InFlight are the requests from their admission to their end, OpenStreams those of them whose streamed answer flows.
	InFlight, OpenStreams int
	// Strangers counts the requests since the start that never showed a valid proxy key.
	Strangers int64
	// LostRecords counts the records of strangers that were left out.
	LostRecords int64
}

// Figures returns what is going on right now.
func (g *Gateway) Figures() Figures {
	return Figures{
		InFlight: g.running.count(), OpenStreams: int(g.streams.Load()),
		Strangers: g.strangers.seen.Load(), LostRecords: g.strangers.dropped.Load(),
	}
}

// errShutdown cuts what is still running when Close's context ends.
var errShutdown = errors.New("the gateway is shutting down")

// EndSockets closes every WebSocket with status 1001, each as soon as no frame is half-way, and those that open later at once.
// Everything else goes on: it is for the moment in which a server begins to stop, since sockets last as long as their clients
// like.
func (g *Gateway) EndSockets() { g.sockets.part() }

// Close refuses new requests, ends WebSockets and waits until the running requests have ended. When ctx ends first, the rest is
// cut and recorded as SHUTDOWN; the error then is the context's. Idle connections are closed.
func (g *Gateway) Close(ctx context.Context) error {
	g.EndSockets()
	err := g.running.drain(ctx)
	g.swapping.Lock()
	defer g.swapping.Unlock()
	for _, o := range g.outbounds {
		o.retire()
	}
	return err
}

var _ http.Handler = (*Gateway)(nil)
