package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/graph"
	"roundhouse/graph/generated"
	"roundhouse/internal/audit"
	"roundhouse/internal/auth"
	"roundhouse/internal/catalog"
	"roundhouse/internal/clock"
	"roundhouse/internal/cluster"
	"roundhouse/internal/config"
	"roundhouse/internal/database"
	"roundhouse/internal/event"
	"roundhouse/internal/files"
	"roundhouse/internal/keypool"
	"roundhouse/internal/keyring"
	"roundhouse/internal/metrics"
	"roundhouse/internal/portable"
	"roundhouse/internal/probe"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/internal/snapshot"
	"roundhouse/internal/stats"
	"roundhouse/internal/task"
	"roundhouse/proxycore"
)

// journalFolder is the request log's in DATA_DIR.
const journalFolder = "journal"

// program is every room, joined.
type program struct {
	db        *database.DB
	box       *seal.Box
	bus       cluster.Bus
	roster    *cluster.Roster
	lease     *cluster.Lease
	clock     *clock.Clock
	settings  *setting.Store
	catalog   *catalog.Catalog
	health    *keypool.SharedHealth
	portable  *portable.Portable
	keys      *keypool.Pool
	tasks     *task.Runner
	prober    *probe.Prober
	log       *requestlog.Log
	stats     *stats.Stats
	metrics   *metrics.Metrics // nil without METRICS_ADDR
	gateway   *proxycore.Gateway
	swapped   timedGateway
	publisher *snapshot.Publisher
	announcer *announcer
	posts     posts
	admin     *auth.Admin
	resolver  *graph.Resolver
	files     *files.Files

	// sockets ends when the program stops, so that sockets do not hold it up.
	sockets    context.Context
	endSockets context.CancelFunc
	// adminKey and proxyKey are what the first run made.
	adminKey, proxyKey auth.KeyFile
	logger             *slog.Logger
	// lines is where logger writes.
	lines *lines
	// hurried is closed when the program is to stop without waiting for anybody.
	hurried <-chan struct{}
}

// build opens the database, makes every room and publishes the first snapshot. Rooms that need each other are joined by the
// functions they ask for.
func build(ctx context.Context, conf config.Config, logger *slog.Logger, lines *lines) (*program, error) {
	p := &program{logger: logger, lines: lines}
	p.sockets, p.endSockets = context.WithCancel(context.Background())
	if err := p.openStore(ctx, conf); err != nil {
		return nil, err
	}
	if err := p.joinRooms(ctx, conf); err != nil {
		_ = p.db.Close()
		return nil, err
	}
	return p, nil
}

func (p *program) openStore(ctx context.Context, conf config.Config) (err error) {
	if err := os.MkdirAll(conf.DataDir, 0o700); err != nil {
		return fmt.Errorf("make DATA_DIR: %w", err)
	}
	if p.db, err = p.openDatabase(ctx, conf); err != nil {
		return err
	}
	if p.box, err = seal.Open(ctx, keyring.Rows(p.db), conf.EncryptionKey.Reveal()); err != nil {
		_ = p.db.Close()
		return err
	}
	return nil
}

// joinRooms makes the rooms in the order in which they need each other.
func (p *program) joinRooms(ctx context.Context, conf config.Config) error {
	node, err := p.joinCluster(ctx, conf)
	if err != nil {
		return err
	}
	p.announcer = newAnnouncer(p.bus, p.logger)
	p.openPosts()
	changed := func(groupID int64) {
		p.publisher.Changed(groupID)
		p.announcer.changed()
	}

	configured := func(ctx context.Context, groupID int64) {
		changed(groupID)
		p.announcer.configured(graph.ConfigNews{GroupID: groupID, Actor: audit.Actor(ctx)})
	}

	if err := p.joinConfiguration(ctx, conf, configured); err != nil {
		return err
	}
	p.joinDataPlane(conf, node, changed)
	p.tasks = p.newTasks(conf)
	if err := p.firstRun(ctx, conf); err != nil {
		return err
	}
	news := event.NewHub[graph.ConfigNews]()
	inForce := func(ctx context.Context) { _ = p.publisher.Publish(ctx) }
	p.resolver = &graph.Resolver{Rooms: graph.Rooms{
		Build: p.buildInfo(), Catalog: p.catalog, Settings: p.settings, Keys: p.keys, Prober: p.prober,
		Tasks: p.tasks, Log: p.log, Stats: p.stats, Health: p.gateway,
		Audit: func(ctx context.Context, e audit.Event) error {
			return p.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return audit.Write(ctx, tx, e) })
		},
		AuditLog: func(ctx context.Context, q audit.Query) (audit.Page, error) { return audit.List(ctx, p.db.Client, q) },
		Nodes:    p.roster.Nodes, ConfigNews: news,
		Logger: p.logger, InForce: inForce, Warnings: warnings(conf, p.box.Encrypted()),
	}}
	p.files = files.New(files.Options{
		Catalog: p.catalog, Keys: p.keys, Tasks: p.tasks, Log: p.log, Gateway: p.gateway, Portable: p.portable, InForce: inForce,
		Dir: filepath.Join(conf.DataDir, "uploads"), Seal: p.sealUpload, Open: p.openUpload, Logger: p.logger,
	})
	if err := p.files.Sweep(ctx); err != nil {
		p.logger.Warn("uploads that nobody will read could not be removed", "error", err)
	}
	p.bus.Subscribe(configTopic, hearConfig(news.Publish))
	p.bus.Subscribe(changedTopic, p.heard)
	p.hear()
	return p.publisher.Publish(ctx)
}

// joinConfiguration makes the rooms that keep groups and settings. configured is told of each change and must not block.
func (p *program) joinConfiguration(ctx context.Context, conf config.Config, configured func(ctx context.Context, groupID int64)) error {
	p.settings = setting.New(p.db, p.box, func(ctx context.Context, tx *ent.Tx, values []string) error {
		return p.catalog.SetGlobalProxyKeys(ctx, tx, values)
	}, func(ctx context.Context) { configured(ctx, 0) })
	if err := p.settings.Load(ctx); err != nil {
		return err
	}
	own := ownListeners(conf)
	p.catalog = catalog.New(catalog.Options{
		DB: p.db, Box: p.box, Changed: configured,
		KeysLeft: func(ctx context.Context, tx *ent.Tx, groupID int64) (int64, error) {
			return p.keys.LeftBy(ctx, tx, groupID)
		},
		IsAdminKey:     func(value string) bool { return p.admin.IsAdminKey(value) },
		RefuseUpstream: func(base *url.URL) error { return proxycore.RefuseUpstream(base, own) },
		Fence:          p.lease.FenceIfLed,
	})
	p.portable = portable.New(portable.Options{DB: p.db, Catalog: p.catalog, Settings: p.settings})
	return nil
}

// joinCluster takes a node number and a way to tell other nodes.
func (p *program) joinCluster(ctx context.Context, conf config.Config) (node int, err error) {
	if err := p.openBus(conf); err != nil {
		return 0, err
	}
	hostname, err := os.Hostname()
	if err != nil {
		hostname = "unknown"
	}
	p.roster = cluster.NewRoster(cluster.RosterOptions{
		DB: p.db.SQL(), Engine: p.db.Name(), Hostname: hostname, Version: version, Follower: conf.Follower, Logger: p.logger,
		InFlight: func() int { return p.gateway.Figures().InFlight },
	})
	p.lease = cluster.NewLease(cluster.LeaseOptions{
		DB: p.db.SQL(), Engine: p.db.Name(), Name: "leader", Holder: p.roster.Holder(), Follower: conf.Follower, Logger: p.logger,
	})
	return p.roster.Join(ctx)
}

// openBus makes the way to tell other nodes.
func (p *program) openBus(conf config.Config) (err error) {
	p.bus = cluster.NewLocal()
	if dsn := conf.RedisDSN.Reveal(); dsn != "" {
		p.bus, err = cluster.NewRedis(dsn, "roundhouse", p.logger)
	}
	return err
}

// joinDataPlane makes the gateway and the rooms that its records and verdicts go to.
func (p *program) joinDataPlane(conf config.Config, node int, changed func(groupID int64)) {
	p.clock = clock.New(clock.Options{Newest: p.newest, Database: p.roster.Now, Logger: p.logger})
	p.stats = stats.New(stats.Options{DB: p.db, Node: node, Tell: p.posts.pulses.Send, Fence: p.lease.Fence, Now: p.clock.Now, Logger: p.logger, Figures: func() (int, int) {
		figures := p.gateway.Figures()
		return figures.InFlight, figures.OpenStreams
	}})
	p.gateway = proxycore.New(proxycore.Options{
		Recorder: recorder{p}, Judge: judge{p},
		MaxBody: conf.MaxRequestBodyBytes, MaxConcurrent: conf.MaxConcurrentRequests, TrustedProxies: conf.TrustedProxies,
		ReadSilence: conf.ReadTimeout, WriteSilence: conf.WriteTimeout, OwnListeners: ownListeners(conf), Logger: p.logger,
	})
	validate := func(groupID int64, keyIDs []int64) { p.prober.Ask(groupID, keyIDs) }
	p.health = keypool.NewSharedHealth(keypool.SharedHealthOptions{
		Here: p.gateway, Bus: p.bus, Node: node, Validate: validate, Logger: p.logger,
	})
	p.keys = keypool.New(keypool.Options{
		DB: p.db, Box: p.box, Health: p.health, Changed: changed, Validate: validate, Fence: p.lease.FenceIfLed, Bus: p.bus, Logger: p.logger,
	})
	p.prober = p.newProber()
	p.log = requestlog.New(requestlog.Options{
		DB: p.db, Node: node, Fence: p.lease.Fence, Now: p.clock.Now, Logger: p.logger,
		JournalDir: filepath.Join(conf.DataDir, journalFolder), JournalBytes: conf.JournalMaxBytes,
		Hooks: []requestlog.Hook{p.stats.Rollup, p.keys.CountUsage},
		Interval: func() time.Duration {
			return time.Duration(p.settings.Current().RequestLogWriteIntervalMinutes) * time.Minute
		},
		RetentionDays: func() int { return p.settings.Current().RequestLogRetentionDays },
	})
	if conf.MetricsAddr != "" {
		p.metrics = p.newMetrics()
	}
	p.swapped.Gateway = p.gateway
	p.publisher = snapshot.New(snapshot.Options{
		DB: p.db, Box: p.box, Settings: p.settings, Gateway: &p.swapped, Quarantine: p.keys.Quarantine, Logger: p.logger,
	})
}

// newest is when something was recorded last; zero when that was deleted since, or nothing ever was.
func (p *program) newest(ctx context.Context) (time.Time, error) {
	at, err := p.log.Newest(ctx)
	if err != nil || !at.IsZero() {
		return at, err
	}
	return p.stats.Newest(ctx)
}

// ownListeners are the addresses that this process listens on, so that no upstream leads back here. One whose name cannot be
// resolved cannot be listened on either, which is said elsewhere.
func ownListeners(conf config.Config) (own []netip.AddrPort) {
	for _, address := range []string{conf.Addr(), conf.ConsoleAddr, conf.MetricsAddr, conf.PprofAddr} {
		if address == "" {
			continue
		}
		at, err := net.ResolveTCPAddr("tcp", address)
		if err != nil {
			continue
		}
		if at.IP == nil {
			at.IP = net.IPv6unspecified
		}
		own = append(own, at.AddrPort())
	}
	return own
}

// recorder gives each record to the log, to the live figures and to Prometheus' counters.
type recorder struct{ *program }

func (r recorder) Record(record proxycore.Record) {
	r.log.Record(record)
	r.stats.Observe(record)
	if r.metrics != nil {
		r.metrics.Observe(record)
	}
}

// judge gives verdicts to whoever keeps the keys, and to the other nodes.
type judge struct{ *program }

func (j judge) Judge(v proxycore.Verdict) {
	j.health.Judge(v)
	j.keys.Judge(v)
}

func (p *program) buildInfo() generated.BuildInfo {
	return generated.BuildInfo{
		Version: version, Commit: commit(), GoVersion: runtime.Version(), StartedAt: time.Now(),
		Database: p.db.Name(), Bus: p.bus.Name(),
	}
}

// newAdmin makes the door to everything but /proxy.
func (p *program) newAdmin(conf config.Config, digest [32]byte) *auth.Admin {
	return auth.New(auth.Options{
		DB: p.db, AdminDigest: digest, Digest: p.box.Digest, Trusted: conf.TrustedProxies, Logger: p.logger, Told: p.posts.wrongKeys.Send,
		WithActor: audit.WithActor, OwnHosts: p.ownHosts,
		Audit: func(ctx context.Context, tx *ent.Tx, action, target string) error {
			return audit.Write(ctx, tx, audit.Event{Action: action, Target: target})
		},
	})
}

// ownHosts is the host of appUrl: behind a proxy that rewrites Host, a page of ours names that one.
func (p *program) ownHosts() []string {
	u, err := url.Parse(p.settings.Current().AppURL)
	if err != nil || u.Host == "" {
		return nil
	}
	return []string{u.Host}
}
