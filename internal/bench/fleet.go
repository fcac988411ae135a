//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"roundhouse/internal/bench/proc"
)

// contestant is one process under load.
type contestant struct {
	*process
	title         string
	url, proxyKey string
	// beside is the address of the second group; the same as url where there is none.
	beside string
	// ready is how long a gateway took to be ready, atStart the memory it then had, in bytes; 0 for any other.
	ready   time.Duration
	atStart int64
	// profiles is where the process tells of itself; empty when nobody asked for it.
	profiles string
	// peers are the other nodes of its cluster; they are not measured.
	peers []*process
}

// each is the contestant with its peers.
func (c *contestant) each(do func(*process)) {
	do(c.process)
	for _, peer := range c.peers {
		do(peer)
	}
}

// fleet are the processes of a run, each started when it is first needed.
type fleet struct {
	binary, self, root string
	upstream           *process
	all                map[string]*contestant
	profiled           bool
	postgres, redis    string
	// leave is done when all processes have ended.
	leave []func()
}

// newFleet starts the upstream. Whoever gets a fleet calls end.
func newFleet(ctx context.Context, o options) (*fleet, error) {
	binary, err := filepath.Abs(o.gateway)
	if err != nil {
		return nil, fmt.Errorf("find the gateway: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	root, err := os.MkdirTemp("", "bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	f := &fleet{binary: binary, self: self, root: root, all: map[string]*contestant{}, profiled: o.profile != "", postgres: o.postgres, redis: o.redis}
	f.upstream, err = f.child(ctx, "mock")
	if err != nil {
		f.end()
		return nil, err
	}
	return f, nil
}

// child starts this program in one of its roles.
func (f *fleet) child(ctx context.Context, role string, args ...string) (*process, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	return launch(ctx, role, f.root, address, []string{}, append([]string{f.self, role, "-listen", address}, args...)...)
}

// lineup returns the scenario's contestants, the reference first.
func (f *fleet) lineup(ctx context.Context, s scenario) ([]*contestant, error) {
	if s.fresh {
		f.dismiss()
	}
	reference, err := f.once("reference", func() (*contestant, error) { return f.simple(ctx, "reference", population{}) })
	if err != nil {
		return nil, err
	}
	all := []*contestant{reference}
	for _, keys := range s.populations {
		c, err := f.once("core, "+keys.String(), func() (*contestant, error) { return f.simple(ctx, "core", keys) })
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	for _, p := range s.places {
		c, err := f.once("gateway, "+p.title, func() (*contestant, error) { return f.gateway(ctx, few, p) })
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	for _, keys := range s.populations {
		if s.core {
			break
		}
		c, err := f.once("gateway, "+keys.String(), func() (*contestant, error) { return f.gateway(ctx, keys, place{}) })
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

// once makes a contestant unless it is there.
func (f *fleet) once(title string, start func() (*contestant, error)) (*contestant, error) {
	if c := f.all[title]; c != nil {
		return c, nil
	}
	for _, c := range f.all {
		c.each((*process).freeze) // the new one's start is not to wait for what the others put off
	}
	c, err := start()
	if err != nil {
		return nil, err
	}
	c.title, f.all[title] = title, c
	return c, nil
}

// simple starts a contestant that is this program in a role.
func (f *fleet) simple(ctx context.Context, role string, keys population) (*contestant, error) {
	profiles, err := f.profileAddress()
	if err != nil {
		return nil, err
	}
	p, err := f.child(ctx, role, "-upstream", "http://"+f.upstream.address, "-profiles", profiles,
		"-keys", strconv.Itoa(keys.keys), "-dead", strconv.Itoa(keys.deadPercent), "-beside", strconv.Itoa(keys.beside))
	if err != nil {
		return nil, err
	}
	return &contestant{
		process: p, url: "http://" + p.address + path(role, groupName), beside: "http://" + p.address + path(role, besideName),
		proxyKey: coreProxyKey, profiles: profiles,
	}, nil
}

// profileAddress is one for profiles when they are wanted, else empty.
func (f *fleet) profileAddress() (string, error) {
	if !f.profiled {
		return "", nil
	}
	return freeAddress()
}

func (f *fleet) gateway(ctx context.Context, keys population, at place) (*contestant, error) {
	dir, err := os.MkdirTemp(f.root, "gateway-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	s := gatewaySetup{binary: f.binary, dir: dir, upstream: "http://" + f.upstream.address, adminKey: newAdminKey()}
	if s.address, err = freeAddress(); err != nil {
		return nil, err
	}
	if s.profiles, err = f.profileAddress(); err != nil {
		return nil, err
	}
	if s.env, err = f.furnish(at); err != nil {
		return nil, err
	}
	p, proxyKey, took, err := s.start(ctx, keys)
	if err != nil {
		return nil, err
	}
	resident, err := proc.Resident(p.pid())
	if err != nil {
		p.end()
		return nil, err
	}
	url := "http://" + p.address + path("gateway", groupName)
	c := &contestant{process: p, url: url, beside: url, proxyKey: proxyKey, profiles: s.profiles, ready: took, atStart: resident}
	if c.peers, err = f.join(ctx, s, at); err != nil {
		c.each((*process).end)
		return nil, err
	}
	return c, nil
}

// path is what clients ask for; the reference passes it on as it is.
func path(role, group string) string {
	const chat = "/v1/chat/completions"
	if role == "reference" {
		return chat
	}
	return "/proxy/" + group + chat
}

// alone lets c and the upstream run and freezes all others.
func (f *fleet) alone(c *contestant) {
	for _, other := range f.all {
		if other != c {
			other.each((*process).freeze)
		}
	}
	c.each((*process).thaw)
}

// dismiss stops every contestant.
func (f *fleet) dismiss() {
	for title, c := range f.all {
		c.each((*process).end)
		delete(f.all, title)
	}
}

// end stops every process and removes what they left.
func (f *fleet) end() {
	f.dismiss()
	if f.upstream != nil {
		f.upstream.end()
	}
	for _, undo := range f.leave {
		undo()
	}
	_ = os.RemoveAll(f.root) // in the system's temporary folder, which cleans up after everyone
}
