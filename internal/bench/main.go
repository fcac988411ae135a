// The whole program is for Linux, whose books it reads.

//go:build linux

// Package main measures what the gateway costs beside a bare httputil.ReverseProxy: the same load on each in turn, round by
// round, and CPU time from the kernel's books. It is its own upstream, reference and load, each a process of its own but the
// load. docs/performance.md says how to read its tables. It refuses to judge: no figure makes it fail, only a request that did.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// longest is when a run is given up, whatever was asked for.
const longest = 40 * time.Minute

// options are what the command line asks for.
type options struct {
	gateway string
	only    []string
	full    bool
	rounds  int
	each    time.Duration
	profile string
	// control is how many keys an administrator's work is measured with instead; 0 is not.
	control int
	// postgres and redis are URLs of servers for nodes of a cluster; empty is none.
	postgres, redis string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) > 0 {
		if role, ok := roles[args[0]]; ok {
			return serve(ctx, role, args[1:])
		}
	}
	o, err := parse(args)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if o.control > 0 {
		return control(ctx, o)
	}
	return measure(ctx, o)
}

func parse(args []string) (options, error) {
	var o options
	var only string
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.StringVar(&o.gateway, "gateway", "bin/roundhouse", "the gateway's binary")
	flags.StringVar(&only, "only", "", "scenarios to run, separated by commas, of "+strings.Join(names(true), ", ")+" (default those of a short run)")
	flags.BoolVar(&o.full, "full", false, "all scenarios, with nine rounds each unless they say otherwise (about forty minutes)")
	flags.IntVar(&o.rounds, "rounds", 0, "rounds instead of the scenario's own number")
	flags.DurationVar(&o.each, "time", 1200*time.Millisecond, "load on each contestant in each round, where the scenario does not count requests")
	flags.StringVar(&o.profile, "profile", "", "a folder for CPU profiles of all contestants, taken in runs after the measured ones")
	flags.IntVar(&o.control, "control", 0, "instead: import, start, page and change with that many keys")
	flags.StringVar(&o.postgres, "postgres", "", "the URL of a PostgreSQL server on which databases are made for the scenario cluster")
	flags.StringVar(&o.redis, "redis", "", "the URL of a Redis for the scenario cluster")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	o.only = names(o.full)
	if only != "" {
		o.only = strings.Split(only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(names(true), name) {
			return o, fmt.Errorf("there is no scenario %q; there are %s", name, strings.Join(names(true), ", "))
		}
	}
	if flags.NArg() > 0 || o.rounds < 0 || o.control < 0 || o.each <= 0 {
		return o, errors.New("nothing but flags, a number of rounds and a time above zero are understood")
	}
	return o, nil
}
