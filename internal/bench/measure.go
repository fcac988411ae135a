//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"roundhouse/internal/bench/load"
	"roundhouse/internal/bench/proc"
)

// round is one contestant's run in one round.
type round struct {
	load.Result
	// cpu is the process's CPU time per answer.
	cpu time.Duration
	// resident is the most memory that was seen during the run, in bytes.
	resident int64
	// others is the part of the machine, 0 to 1, that neither contestant, upstream nor load used.
	others float64
}

// column is all rounds of one contestant.
type column struct {
	*contestant
	rounds []round
}

// measure runs the scenarios asked for and prints a table of each. It returns an error when any request failed.
func measure(ctx context.Context, o options) error {
	f, err := newFleet(ctx, o)
	if err != nil {
		return err
	}
	defer f.end()
	fmt.Printf("%s, %d CPUs; each contestant alone, in turn, in every round; CPU is user + system of the contestant's process\n", runtime.Version(), runtime.NumCPU())
	failed := int64(0)
	for _, s := range scenarios {
		if !slices.Contains(o.only, s.name) {
			continue
		}
		if s.places != nil && o.full && o.postgres == "" {
			fmt.Printf("\n%s (%s): left out, -postgres and -redis name no servers\n", s.title, s.name)
			continue
		}
		columns, err := f.compete(ctx, s, o)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		n := s.roundsFor(o)
		fmt.Printf("\n%s (%s, median of %d rounds)\n\n", s.title, s.name, n)
		failed += table(os.Stdout, columns, s.events > 0)
		for _, c := range columns {
			if c.ready > 0 {
				fmt.Printf("%s: ready after %.2f s, then %d MB resident\n", c.title, c.ready.Seconds(), c.atStart>>20)
			}
		}
		if o.profile != "" {
			if err := f.profile(ctx, s, o, columns); err != nil {
				return fmt.Errorf("profile %s: %w", s.name, err)
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d requests failed", failed)
	}
	return nil
}

// compete lets the contestants run by turns.
func (f *fleet) compete(ctx context.Context, s scenario, o options) ([]column, error) {
	contestants, err := f.lineup(ctx, s)
	if err != nil {
		return nil, err
	}
	columns := make([]column, len(contestants))
	for i, c := range contestants {
		columns[i].contestant = c
		f.alone(c)
		if err := s.warm(ctx, c, o.each); err != nil {
			return nil, err
		}
	}
	for n := range s.roundsFor(o) {
		for i := range columns {
			// Every other round goes backwards, so that nobody always runs after the same one.
			if n%2 == 1 {
				i = len(columns) - 1 - i
			}
			f.alone(columns[i].contestant)
			r, err := f.one(ctx, s, columns[i].contestant, o.each)
			if err != nil {
				return nil, err
			}
			columns[i].rounds = append(columns[i].rounds, r)
		}
	}
	return columns, ctx.Err()
}

// warm opens connections and fills pools, and refuses a contestant that does not answer.
func (s scenario) warm(ctx context.Context, c *contestant, each time.Duration) error {
	spec := s.spec(c, each/2)
	if s.requests > 0 {
		s.events, s.every = 1, 0
		spec = s.spec(c, 0)
	}
	r, err := load.Run(ctx, spec)
	if err == nil && (r.OK == 0 || r.Sample != "") {
		err = fmt.Errorf("%s does not answer as it should: %v %s", c.title, r.Failures, r.Sample)
	}
	return err
}

// loadBeside drives the scenario's load on the second group until the function it returns is called.
func (s scenario) loadBeside(ctx context.Context, c *contestant) (end func()) {
	if !s.beside {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	spec := s.spec(c, longest)
	spec.URL = c.beside
	var driving sync.WaitGroup
	// What is measured is the group beside; this one only has to be busy.
	driving.Go(func() { _, _ = load.Run(ctx, spec) })
	return func() {
		cancel()
		driving.Wait()
	}
}

// one measures one run.
func (f *fleet) one(ctx context.Context, s scenario, c *contestant, each time.Duration) (round, error) {
	end := s.loadBeside(ctx, c)
	defer end()
	pids := []int{c.pid(), f.upstream.pid(), os.Getpid()}
	before, busy, began := make([]time.Duration, len(pids)), proc.Machine(), time.Now()
	for i, pid := range pids {
		var err error
		if before[i], err = proc.CPU(pid); err != nil {
			return round{}, err
		}
	}
	resident := watchMemory(c.pid())
	result, err := load.Run(ctx, s.spec(c, each))
	r := round{Result: result, resident: resident()}
	if err != nil {
		return r, err
	}
	ours := time.Duration(0)
	for i, pid := range pids {
		after, err := proc.CPU(pid)
		if err != nil {
			return r, err
		}
		ours += after - before[i]
		if i == 0 {
			r.cpu = (after - before[i]) / time.Duration(max(1, result.OK))
		}
	}
	wall := time.Since(began) * time.Duration(runtime.NumCPU())
	r.others = max(0, float64(proc.Machine()-busy-ours)/float64(wall))
	return r, nil
}

// watchMemory looks at a process's memory until the function it returns is called, which tells the most that was seen.
func watchMemory(pid int) (most func() int64) {
	var largest int64
	var watching sync.WaitGroup
	done := make(chan struct{})
	watching.Go(func() {
		for {
			if n, err := proc.Resident(pid); err == nil {
				largest = max(largest, n)
			}
			select {
			case <-done:
				return
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	return func() int64 {
		close(done)
		watching.Wait()
		return largest
	}
}

// profile takes a CPU profile of each contestant under the scenario's load.
func (f *fleet) profile(ctx context.Context, s scenario, o options, columns []column) error {
	for _, c := range columns {
		f.alone(c.contestant)
		long := 5 * time.Second
		taken := make(chan error, 1)
		name := filepath.Join(o.profile, s.name+" "+c.title+".pprof")
		go func() {
			taken <- fetch(fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", c.profiles, long/time.Second), name)
		}()
		_, err := load.Run(ctx, s.spec(c.contestant, long))
		if err := errors.Join(err, <-taken); err != nil {
			return err
		}
		fmt.Printf("profile of %s: %s\n", c.title, name)
	}
	return nil
}

func fetch(url, name string) error {
	answer, err := http.Get(url)
	if err != nil {
		return fmt.Errorf("take a profile: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("take a profile: %s", answer.Status)
	}
	if err != nil {
		return err
	}
	return os.WriteFile(name, raw, 0o600)
}
