package probe

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Round says when a group's INVALID keys want to be tried again.
type Round struct {
	GroupID int64
	// Interval is the group's; Last is when its keys were last gone through, zero when they never were.
	Interval time.Duration
	Last     time.Time
}

// Schedule goes through the INVALID keys of every group at its interval, and tries a few of each group that has no ACTIVE one
// every minute, until ctx ends. The leader alone should do it. It returns when every validation under way has.
func (p *Prober) Schedule(ctx context.Context) error {
	s := schedule{Prober: p, running: map[int64]bool{}}
	defer s.rounds.Wait()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		s.look(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-look.C:
		}
	}
}

// schedule runs each group's rounds apart, so that one group's dead keys never delay another's.
type schedule struct {
	*Prober
	rounds sync.WaitGroup

	mu      sync.Mutex // guards what follows
	running map[int64]bool
}

func (s *schedule) look(ctx context.Context) {
	starving, err := s.keys.Starving(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.Error("cannot look for groups without a key", "error", err)
	}
	for _, groupID := range starving {
		s.Ask(groupID, nil)
	}
	rounds, err := s.due(ctx)
	if err != nil && ctx.Err() == nil {
		s.log.Error("cannot look for groups whose keys are to be validated", "error", err)
	}
	for _, round := range rounds {
		// A round still to come was noted before the clock was set back.
		if now := time.Now(); !dueAt(round).After(now) || round.Last.After(now) {
			s.begin(ctx, round)
		}
	}
}

// dueAt is when a group's next round begins: a little earlier or later than its interval says, by the group, so that groups made
// together do not stay together.
func dueAt(r Round) time.Time {
	const spread = 0.2
	share := float64(mix(r.GroupID)%1000)/1000 - 0.5
	return r.Last.Add(time.Duration(float64(r.Interval) * (1 + spread*share)))
}

// mix scatters ids that follow each other.
func mix(id int64) uint64 { return uint64(id) * 0x9e3779b97f4a7c15 >> 33 }

func (s *schedule) begin(ctx context.Context, round Round) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running[round.GroupID] {
		return
	}
	s.running[round.GroupID] = true
	s.rounds.Go(func() {
		if err := s.goThrough(ctx, round); err != nil && !errors.Is(err, ErrGone) && ctx.Err() == nil {
			s.log.Error("cannot validate a group's keys", "group", round.GroupID, "error", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, round.GroupID)
	})
}

// goThrough tries every INVALID key of a group whose own time has come.
func (s *schedule) goThrough(ctx context.Context, round Round) error {
	began := time.Now()
	walk, cancel := context.WithCancel(ctx)
	defer cancel()
	ids, walked := make(chan int64), make(chan error, 1)
	go func() {
		defer close(ids)
		walked <- s.keys.EachDue(walk, round.GroupID, round.Interval, func(id int64) error {
			select {
			case ids <- id:
				return nil
			case <-walk.Done():
				return walk.Err()
			}
		})
	}()
	err := s.ValidateMany(ctx, round.GroupID, ids, func(Told) {})
	cancel() // the walk ends with who tries its keys
	if walkErr := <-walked; err == nil {
		err = walkErr
	}
	if err != nil {
		return err
	}
	return s.validated(ctx, round.GroupID, began)
}
