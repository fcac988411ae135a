package probe

import (
	"context"
	"errors"
	"sync"
	"time"
)

const (
	// lookEvery is how often groups without an ACTIVE key are tried, and suspects again whose validation said nothing.
	lookEvery = time.Minute
	// sampleAtOnce is how many keys of a starving group are tried each time.
	sampleAtOnce = 10
)

// agenda is what one group's keys wait for. Each group has its own, so that one group's dead keys never delay another's.
type agenda struct {
	// due are keys to try, trying those under way; true marks a suspect, false one of a sample.
	due, trying map[int64]bool
	// undecided are suspects whose validation said nothing; they are tried again at the next look.
	undecided map[int64]bool
	// starved asks for a sample; sampled is when the last was taken.
	starved bool
	sampled time.Time
	// tended says that a goroutine works on the agenda; more wakes it.
	tended bool
	more   chan struct{}
}

// idle reports whether there is nothing to do now.
func (a *agenda) idle() bool { return len(a.due) == 0 && !a.starved }

// Ask says that keys of a group are suspects, to be validated at once; or, when keyIDs is nil, that the group has none to
// offer, so that a few at random are tried, at most once a minute. It returns at once.
func (p *Prober) Ask(groupID int64, keyIDs []int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.agendaOf(groupID)
	if keyIDs == nil && time.Since(a.sampled) >= lookEvery-time.Second {
		a.starved, a.sampled = true, time.Now()
	}
	for _, id := range keyIDs {
		delete(a.undecided, id)
		if _, under := a.trying[id]; under {
			a.trying[id] = true // the answer under way decides; should it say nothing, the key is tried again
		} else {
			a.due[id] = true
		}
	}
	signal(a.more)
	signal(p.wake)
}

// agendaOf returns the group's agenda. p.mu is held.
func (p *Prober) agendaOf(groupID int64) *agenda {
	a := p.groups[groupID]
	if a == nil {
		a = &agenda{due: map[int64]bool{}, trying: map[int64]bool{}, undecided: map[int64]bool{}, more: make(chan struct{}, 1)}
		p.groups[groupID] = a
	}
	return a
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run validates what Ask names, suspects whose validation said nothing once more every minute, until ctx ends. It returns when
// every validation under way has.
func (p *Prober) Run(ctx context.Context) error {
	var tending sync.WaitGroup
	defer tending.Wait()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		p.mu.Lock()
		for groupID, a := range p.groups {
			if !a.tended && !a.idle() {
				a.tended = true
				tending.Go(func() { p.tend(ctx, groupID, a) })
			}
		}
		p.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		case <-look.C:
			p.look()
		}
	}
}

// look puts on the agenda what waits for the minute, and forgets groups for which nothing does.
func (p *Prober) look() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for groupID, a := range p.groups {
		for id := range a.undecided {
			a.due[id] = true
		}
		clear(a.undecided)
		if a.idle() && !a.tended && time.Since(a.sampled) > lookEvery {
			delete(p.groups, groupID)
		}
	}
}

// tend works on one group's agenda until it is empty.
func (p *Prober) tend(ctx context.Context, groupID int64, a *agenda) {
	plan, err := p.plan(ctx, groupID)
	if err != nil {
		p.drop(ctx, groupID, a, err)
		return
	}
	running, done := 0, make(chan struct{})
	for ctx.Err() == nil {
		p.sample(ctx, groupID, a)
		if running < max(plan.Concurrency, 1) {
			if id, ok := p.next(a); ok {
				running++
				go func() {
					p.settle(a, id, p.attend(ctx, id, plan))
					done <- struct{}{}
				}()
				continue
			}
		}
		if running == 0 && p.leave(a) {
			return
		}
		select {
		case <-ctx.Done():
		case <-a.more:
		case <-done:
			running--
		}
	}
	for ; running > 0; running-- {
		<-done
	}
}

// sample puts a few keys of a starving group on its agenda.
func (p *Prober) sample(ctx context.Context, groupID int64, a *agenda) {
	p.mu.Lock()
	starved := a.starved
	a.starved = false
	p.mu.Unlock()
	if !starved {
		return
	}
	ids, err := p.keys.Sample(ctx, groupID, sampleAtOnce)
	if err != nil {
		if ctx.Err() == nil {
			p.log.Error("cannot choose keys to try", "group", groupID, "error", err)
		}
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, id := range ids {
		if _, under := a.trying[id]; !under && !a.due[id] {
			a.due[id] = a.undecided[id]
			delete(a.undecided, id)
		}
	}
}

// next takes a key off the agenda.
func (p *Prober) next(a *agenda) (id int64, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, suspect := range a.due {
		delete(a.due, id)
		a.trying[id] = suspect
		return id, true
	}
	return 0, false
}

// attend tries one key and reports whether that needs no repeating.
func (p *Prober) attend(ctx context.Context, id int64, plan Plan) (settled bool) {
	key, err := p.keys.Plain(ctx, id)
	if errors.Is(err, ErrGone) || err == nil && key.Disabled {
		return true
	}
	var verdict Verdict
	if err == nil {
		verdict, err = p.try(ctx, key, plan, "")
	}
	if err != nil {
		if ctx.Err() == nil {
			p.log.Warn("a key could not be validated", "key", id, "error", err)
		}
		return false
	}
	return verdict.Finding != Nothing
}

// settle notes that a key is no longer under way. A suspect of which nothing is known yet is tried again.
func (p *Prober) settle(a *agenda, id int64, settled bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if a.trying[id] && !settled {
		a.undecided[id] = true
	}
	delete(a.trying, id)
}

// leave ends the tending of an agenda that is empty.
func (p *Prober) leave(a *agenda) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !a.idle() {
		return false
	}
	a.tended = false
	return true
}

// drop empties the agenda of a group that has no plan. Unless the group is gone, its suspects wait for the next look.
func (p *Prober) drop(ctx context.Context, groupID int64, a *agenda, err error) {
	gone := errors.Is(err, ErrGone)
	if !gone && ctx.Err() == nil {
		p.log.Warn("keys cannot be validated", "group", groupID, "error", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, suspect := range a.due {
		if suspect && !gone {
			a.undecided[id] = true
		}
	}
	clear(a.due)
	a.starved, a.tended = false, false
}
