package snapshot

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"runtime/debug"
	"sync"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/proxycore"
)

// Gateway is the data plane: it puts a configuration in force, or refuses it and stays as it is.
type Gateway interface {
	Swap(proxycore.SnapshotConfig) error
}

// Settings are the settings in force on this node.
type Settings interface {
	Current() setting.Values
	// Load reads what other nodes may have changed.
	Load(ctx context.Context) error
}

// Options are what a Publisher needs.
type Options struct {
	DB       *database.DB
	Box      *seal.Box
	Settings Settings
	Gateway  Gateway
	// Quarantine takes keys out of rotation whose text does not open. It may wait for the database.
	Quarantine func(ctx context.Context, keyIDs []int64) error
	Logger     *slog.Logger
}

// Publisher keeps the data plane's configuration in step with the rows. Use New.
type Publisher struct {
	settings   Settings
	gateway    Gateway
	quarantine func(ctx context.Context, keyIDs []int64) error
	log        *slog.Logger

	// wake asks for a snapshot; chores says that a build left something for Run to do.
	wake, chores chan struct{}

	building sync.Mutex // guards builder and inForce; held while a snapshot is built
	builder  *Builder
	inForce  proxycore.SnapshotConfig

	mu         sync.Mutex // guards what follows
	lastErr    error
	unsealable []int64
	// littered says that a snapshot made place for another that held many keys.
	littered bool
	// due is when the next snapshot is to be built although nobody asks; zero when no keys were left for later.
	due time.Time
}

// New returns a publisher; nothing is in force until Publish or Run.
func New(o Options) *Publisher {
	p := &Publisher{
		settings: o.Settings, gateway: o.Gateway, quarantine: o.Quarantine, log: o.Logger,
		wake: make(chan struct{}, 1), chores: make(chan struct{}, 1),
	}
	p.builder = NewBuilder(o.DB, o.Box, func() { p.Changed(0) })
	return p
}

const (
	// debounce is how long changes are gathered before a snapshot is built of them.
	debounce = 50 * time.Millisecond
	// lookAnyway is how often the rows are read although nobody spoke of a change: messages of other nodes may be lost.
	lookAnyway = 15 * time.Second
	// manyKeys are some ten megabytes.
	manyKeys = 100_000
)

// Changed asks for a snapshot soon: the group, or with 0 the settings or anything else, is not what it was. It returns at once.
func (p *Publisher) Changed(int64) { signal(p.wake) }

// signal wakes whoever waits on c; one signal stands for many.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run builds a snapshot after each change, and every 15 seconds anyway, until ctx ends. A snapshot that cannot be built
// leaves the one in force; LastError says why.
func (p *Publisher) Run(ctx context.Context) error {
	var quarantine sync.WaitGroup
	defer quarantine.Wait()
	defer p.builder.Wait()
	look := time.NewTicker(lookAnyway)
	defer look.Stop()
	later := time.NewTimer(lookAnyway)
	defer later.Stop()
	p.Changed(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
			if !sleep(ctx, debounce) {
				return nil
			}
		case <-look.C:
			if err := p.settings.Load(ctx); err != nil {
				if ctx.Err() != nil {
					return nil
				}
				p.note(fmt.Errorf("load settings: %w", err))
				continue
			}
		case <-p.chores:
			due, ids, littered := p.takeChores()
			if littered {
				// Left to itself, the collector would let as much again be allocated first as lay there when it last looked, and keep
				// what no larger set fits into: during an import of a million keys several times what they need.
				debug.FreeOSMemory()
			}
			if !due.IsZero() {
				later.Reset(time.Until(due))
			}
			if len(ids) > 0 {
				quarantine.Go(func() { p.isolate(ctx, ids) })
			}
			continue
		case <-later.C: // keys that were left alone for a while
		}
		if p.Publish(ctx) != nil && ctx.Err() != nil {
			return nil
		}
	}
}

// sleep reports whether the time passed before ctx ended.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Publish builds a snapshot of the rows as they are now and puts it in force. On failure the one in force stays.
func (p *Publisher) Publish(ctx context.Context) error {
	p.building.Lock()
	defer p.building.Unlock()
	built, err := p.builder.Build(ctx, p.settings.Current())
	if err != nil {
		err = fmt.Errorf("build snapshot: %w", err)
		if ctx.Err() == nil { // whoever asked went away: that says nothing of the rows
			p.note(err)
		}
		return err
	}
	p.leaveChores(built)
	if !same(built.Config, p.inForce) {
		if err := p.gateway.Swap(built.Config); err != nil {
			p.note(err)
			return err
		}
		p.leaveLitter(p.inForce, built.Config)
		p.inForce = built.Config
	}
	p.note(built.Faults)
	return nil
}

// same reports whether two configurations say the same; key sets are compared by identity, as the builder keeps them.
func same(a, b proxycore.SnapshotConfig) bool {
	if b.Digest == nil || len(a.Groups) != len(b.Groups) || !reflect.DeepEqual(a.ProxyKeys, b.ProxyKeys) {
		return false
	}
	for i := range a.Groups {
		x, y := a.Groups[i], b.Groups[i]
		if x.Keys != y.Keys {
			return false
		}
		x.Keys, y.Keys = nil, nil
		if !reflect.DeepEqual(x, y) {
			return false
		}
	}
	return true
}

// LastError says what is wrong with the rows since the last look at them: that no snapshot could be built, or which groups
// are not served as they are written. Nil when nothing is.
func (p *Publisher) LastError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.lastErr
}

// note keeps the error for LastError and logs it when it is new.
func (p *Publisher) note(err error) {
	p.mu.Lock()
	was := p.lastErr
	p.lastErr = err
	p.mu.Unlock()
	switch {
	case err != nil && (was == nil || was.Error() != err.Error()):
		p.log.Error("the configuration in force is not what the database says", "error", err)
	case err == nil && was != nil:
		p.log.Info("the configuration in force is what the database says again")
	}
}

// leaveChores leaves to Run what a build, whoever asked for it, did not finish.
func (p *Publisher) leaveChores(built Built) {
	if built.Due.IsZero() && len(built.Unsealable) == 0 {
		return
	}
	p.mu.Lock()
	p.unsealable = append(p.unsealable, built.Unsealable...)
	if p.due.IsZero() || !built.Due.IsZero() && built.Due.Before(p.due) {
		p.due = built.Due
	}
	p.mu.Unlock()
	signal(p.chores)
}

// leaveLitter leaves to Run what a snapshot's successor does not share with it, when that is much.
func (p *Publisher) leaveLitter(before, after proxycore.SnapshotConfig) {
	kept := map[*proxycore.KeySet]bool{}
	for i := range after.Groups {
		kept[after.Groups[i].Keys] = true
	}
	for i := range before.Groups {
		if keys := before.Groups[i].Keys; keys.Len() >= manyKeys && !kept[keys] {
			p.mu.Lock()
			p.littered = true
			p.mu.Unlock()
			signal(p.chores)
			return
		}
	}
}

func (p *Publisher) takeChores() (due time.Time, unsealable []int64, littered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	due, unsealable, littered = p.due, p.unsealable, p.littered
	p.due, p.unsealable, p.littered = time.Time{}, nil, false
	return due, unsealable, littered
}

// isolate reports keys that do not open; they are in no snapshot whether that succeeds or not.
func (p *Publisher) isolate(ctx context.Context, ids []int64) {
	p.log.Error("keys do not open and are taken out of rotation", "count", len(ids), "first", ids[0])
	if err := p.quarantine(ctx, ids); err != nil && ctx.Err() == nil {
		p.log.Error("cannot mark keys that do not open", "error", err)
	}
}
