//go:build linux

package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"time"

	_ "github.com/lib/pq" // the database/sql driver of the server that the nodes share

	"roundhouse/internal/wire"
)

// place is what a gateway runs on.
type place struct {
	title string
	// shared gives it a database of its own on the PostgreSQL server instead of a file.
	shared bool
	// peers are further nodes, which serve nobody.
	peers int
	// redis joins them by the Redis, as far away as distance.
	redis    bool
	distance time.Duration
}

// places are a single node and one of three, with Redis beside them and far from them.
var places = []place{
	{title: "one node", shared: true},
	{title: "one of three, Redis near", shared: true, peers: 2, redis: true},
	{title: "one of three, Redis 5 ms away", shared: true, peers: 2, redis: true, distance: 5 * time.Millisecond},
}

// furnish returns what the place adds to a gateway's environment.
func (f *fleet) furnish(p place) ([]string, error) {
	if !p.shared {
		return nil, nil
	}
	dsn, err := f.newDatabase(f.postgres)
	if err != nil {
		return nil, err
	}
	env := []string{"DATABASE_DSN=" + dsn}
	if !p.redis {
		return env, nil
	}
	u, err := url.Parse(f.redis)
	if err != nil || u.Host == "" {
		return nil, errors.New("the nodes need a Redis: -redis names one")
	}
	way, err := wire.Open(u.Host)
	if err != nil {
		return nil, fmt.Errorf("lay a wire to Redis: %w", err)
	}
	f.leave = append(f.leave, func() { _ = way.Close() })
	way.Slow(p.distance)
	u.Host = way.Addr
	return append(env, "REDIS_DSN="+u.String()), nil
}

// newDatabase makes one that is dropped with the fleet.
func (f *fleet) newDatabase(server string) (dsn string, err error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" {
		return "", errors.New("the nodes need a PostgreSQL: -postgres names a server")
	}
	admin, err := sql.Open("postgres", server)
	if err != nil {
		return "", fmt.Errorf("reach the database's server: %w", err)
	}
	name := fmt.Sprintf("roundhouse_bench_%016x", rand.Uint64())
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		return "", errors.Join(fmt.Errorf("make a database: %w", err), admin.Close())
	}
	f.leave = append(f.leave, func() {
		_, _ = admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		_ = admin.Close()
	})
	u.Path = "/" + name
	return u.String(), nil
}

// join starts the place's other nodes beside a gateway that is set up.
func (f *fleet) join(ctx context.Context, s gatewaySetup, p place) (peers []*process, err error) {
	for range p.peers {
		if s.dir, err = os.MkdirTemp(f.root, "peer-"); err != nil {
			return peers, fmt.Errorf("make a folder: %w", err)
		}
		if s.address, err = freeAddress(); err != nil {
			return peers, err
		}
		s.profiles = ""
		peer, err := s.launch(ctx)
		if err != nil {
			return peers, err
		}
		peers = append(peers, peer)
	}
	return peers, nil
}
