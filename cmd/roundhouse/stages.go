package main

import (
	"context"
	"sync"
)

// stage is one thing that runs until its context is cancelled.
type stage func(ctx context.Context) error

// runStages runs every stage of every floor at once until ctx is cancelled or one of them fails. Then it stops floor by
// floor, the first one first, each wholly before the next: what others still need is stopped after them. It returns the
// first failure.
func runStages(ctx context.Context, floors ...[]stage) error {
	failed := make(chan error, 1)
	stops := make([]func(), len(floors))
	for i, floor := range floors {
		floorCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
		var running sync.WaitGroup
		for _, run := range floor {
			running.Go(func() {
				if err := run(floorCtx); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			})
		}
		stops[i] = func() { cancel(); running.Wait() }
	}
	var first error
	select {
	case <-ctx.Done():
	case first = <-failed:
	}
	for _, stop := range stops {
		stop()
	}
	select {
	case err := <-failed:
		if first == nil {
			first = err
		}
	default:
	}
	return first
}
