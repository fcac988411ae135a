package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"roundhouse/internal/cluster"
	"roundhouse/internal/config"
	"roundhouse/internal/keypool"
	"roundhouse/internal/portable"
	"roundhouse/proxycore"
)

// configurer exports and applies configurations: the gateway that runs, or the rooms themselves.
type configurer interface {
	Export(ctx context.Context, secrets bool) (portable.Document, error)
	Apply(ctx context.Context, d portable.Document, m portable.Manner) (portable.Report, error)
}

// Whether a SQLite file that is not there is made.
const (
	mustExist = false
	mayBeMade = true
)

// openDesk finds the gateway that runs with this configuration, or opens its database where none does. The function ends the
// work.
func openDesk(ctx context.Context, conf config.Config, create bool) (configurer, func(), error) {
	running, err := findGateway(ctx, conf)
	if err != nil {
		return nil, nil, err
	}
	if running != nil {
		return running, func() {}, nil
	}
	p, err := openOffline(ctx, conf, create)
	if err != nil {
		return nil, nil, err
	}
	if err := p.nobodyServes(ctx, conf); err != nil {
		p.closeOffline(ctx)
		return nil, nil, err
	}
	return p.portable, func() { p.closeOffline(ctx) }, nil
}

// openOffline makes the rooms that keep rows, and none of those that serve. A SQLite file that is not there is made, with its
// first keys, only if create says so.
func openOffline(ctx context.Context, conf config.Config, create bool) (*program, error) {
	if conf.Engine == config.SQLite && !create {
		if _, err := os.Stat(conf.DatabaseDSN.Reveal()); err != nil {
			return nil, fmt.Errorf("find the database: %w; name its folder with --data-dir", err)
		}
	}
	p := &program{logger: slog.New(slog.DiscardHandler)}
	if err := p.openStore(ctx, conf); err != nil {
		return nil, err
	}
	if err := p.joinOffline(ctx, conf); err != nil {
		return nil, errors.Join(err, p.db.Close())
	}
	return p, nil
}

func (p *program) joinOffline(ctx context.Context, conf config.Config) error {
	if err := p.openBus(conf); err != nil {
		return err
	}
	if err := p.joinConfiguration(ctx, conf, func(context.Context, int64) {}); err != nil {
		return err
	}
	p.keys = keypool.New(keypool.Options{
		DB: p.db, Box: p.box, Health: proxycore.New(proxycore.Options{}), Bus: p.bus, Logger: p.logger,
		Changed: func(int64) {}, Validate: func(int64, []int64) {},
	})
	return p.firstRun(ctx, conf)
}

// closeOffline tells the nodes to look, those that a message reaches; the others look by themselves within seconds.
func (p *program) closeOffline(ctx context.Context) {
	_ = p.bus.Publish(context.WithoutCancel(ctx), changedTopic, []byte{})
	_ = p.db.Close()
}

// nobodyServes refuses to go past a gateway that owns its SQLite file and would hear of a change late.
func (p *program) nobodyServes(ctx context.Context, conf config.Config) error {
	if conf.Engine != config.SQLite {
		return nil
	}
	nodes, err := cluster.NewRoster(cluster.RosterOptions{DB: p.db.SQL(), Engine: p.db.Name(), Logger: p.logger}).Nodes(ctx)
	if err != nil || len(nodes) == 0 {
		return err
	}
	return fmt.Errorf("a gateway runs on this database and does not answer at %s: give the --host and --port it was started with, or stop it (one that was killed is forgotten after 15 seconds)", adminURL(conf))
}
