package proxycore

import (
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// patience is how many unusable keys a choice steps over before it asks for a ring without them.
	patience = 8
	// mostModelRings bounds the rings kept for single models: model names are the clients' to invent.
	mostModelRings = 32
	// restBetween is how many times the duration of the last compaction passes before the next: at most a twentieth of one
	// core goes into them.
	restBetween = 20
)

// ring is an order of keys to ask, one atomic add a choice. It is immutable but for its place.
type ring struct {
	next    atomic.Uint64
	members []uint32
	// resting are asked when no member can be.
	resting []uint32
	version uint64
	// wake is when the first key that was left out can be asked again; never when nothing but a restore brings one back.
	wake int64
	// cooling counts the keys that were left out for a rate limit, coolWake is when the first of them is over.
	cooling  int
	coolWake int64
}

const never = math.MaxInt64

// rings are a pool's: one for all models, and one for each model that many keys are waiting out a limit for.
type rings struct {
	base atomic.Pointer[ring]
	// version is raised when a key comes back that a ring may have left out.
	version atomic.Uint64

	compacting sync.Mutex // held by the one who compacts; guards modelCount, notBefore and the laying of rings
	models     sync.Map   // model → *ring
	modelCount int
	notBefore  int64
}

// reset lays the first ring: every key in order of its id, from a random place, so that restarts do not favour the oldest.
func (p *pool) reset() {
	first := &ring{members: make([]uint32, len(p.cells)), wake: never, coolWake: never}
	for i := range first.members {
		first.members[i] = uint32(i)
	}
	if n := len(first.members); n > 0 {
		first.next.Store(rand.Uint64N(uint64(n)))
	}
	p.base.Store(first)
}

// tried are the digests of the keys a request has met. The same key may stand in two groups under two ids.
type tried [][32]byte

func (t tried) has(digest *[32]byte) bool {
	for i := range t {
		if t[i] == *digest {
			return true
		}
	}
	return false
}

// pick chooses the next key for a model: clean keys first, resting ones when there is nothing else. again is set for a
// second choice of the same request, which begins elsewhere in the ring: keys that were imported together are bad together.
func (p *pool) pick(model string, now int64, met tried, again bool) (int, bool) {
	r := p.ringFor(model)
	if r.wake <= now || r.version != p.version.Load() {
		r = p.compact(r, model, now)
	}
	i, ok, skipped := p.walk(r, model, now, met, again)
	if skipped > patience || !ok {
		if fresh := p.compact(r, model, now); fresh != r {
			r = fresh
			if !ok {
				i, ok, _ = p.walk(r, model, now, met, again)
			}
		}
	}
	if ok {
		return i, true
	}
	return p.pickAnything(r, model, now, met)
}

// walk goes round the ring until a key is clean; a second choice passes by keys that are charged with something, even when
// they have rested, so that a request meets one doubtful key at most. A first choice takes its steps from the ring's own place:
// every living key is met once a round, however many dead ones stand between.
func (p *pool) walk(r *ring, model string, now int64, met tried, again bool) (found int, ok bool, skipped int) {
	n := uint64(len(r.members))
	if n == 0 {
		return 0, false, 0
	}
	place, shared := uint64(0), uint64(0)
	if again {
		place = rand.Uint64N(n)
	} else {
		shared = min(n, 4*patience)
	}
	for step := range n + shared {
		if step < shared {
			place = r.next.Add(1) - 1
		} else {
			place++
		}
		i := int(r.members[place%n])
		if met.has(p.keys.digest(i)) || again && p.cells[i].charges.Load() > 0 {
			continue
		}
		if how, _ := p.condition(i, model, now); how == clean {
			return i, true, skipped
		}
		skipped++
	}
	return 0, false, skipped
}

// pickAnything chooses a key when walk found none: one that has rested rather than one that still should.
func (p *pool) pickAnything(r *ring, model string, now int64, met tried) (int, bool) {
	for _, worst := range [...]condition{clean, resting} {
		for _, keys := range [...][]uint32{r.members, r.resting} {
			n := len(keys)
			if n == 0 {
				continue
			}
			start := rand.IntN(n)
			for step := range n {
				i := int(keys[(start+step)%n])
				if met.has(p.keys.digest(i)) {
					continue
				}
				if how, _ := p.condition(i, model, now); how <= worst {
					return i, true
				}
			}
		}
	}
	return 0, false
}

func (p *pool) ringFor(model string) *ring {
	if r, ok := p.models.Load(model); ok {
		return r.(*ring)
	}
	return p.base.Load()
}

// compact lays a ring of the keys that can be asked for the model now, unless one was laid a moment ago or is being laid.
// It returns the ring to use. A small pool is compacted at every wish: it costs less than asking whether it should be.
func (p *pool) compact(r *ring, model string, now int64) *ring {
	if !p.compacting.TryLock() {
		return r
	}
	defer p.compacting.Unlock()
	if now < p.notBefore {
		return r
	}
	began := time.Now()
	fresh := &ring{version: p.version.Load(), wake: never, coolWake: never}
	fresh.next.Store(r.next.Load())
	forModel := false
	for i := range p.cells {
		how, until := p.condition(i, model, now)
		switch how {
		case clean:
			fresh.members = append(fresh.members, uint32(i))
			continue
		case resting:
			fresh.resting = append(fresh.resting, uint32(i))
		case cooling:
			fresh.cooling++
			fresh.coolWake = min(fresh.coolWake, until)
			forModel = forModel || p.cells[i].coolUntil.Load() <= now
		}
		if until > 0 {
			fresh.wake = min(fresh.wake, until)
		}
	}
	p.lay(fresh, model, forModel)
	if cost := time.Since(began); len(p.cells) > 4096 {
		p.notBefore = now + int64(restBetween*cost)
	}
	return fresh
}

// lay puts a ring in force: for its model alone when keys were left out for that model's sake.
func (p *pool) lay(fresh *ring, model string, forModel bool) {
	_, known := p.models.Load(model)
	switch {
	case !forModel:
		if known {
			p.models.Delete(model)
			p.modelCount--
		}
		p.base.Store(fresh)
	default:
		if !known && p.modelCount == mostModelRings {
			p.models.Clear()
			p.modelCount, known = 0, false
		}
		if !known {
			p.modelCount++
		}
		p.models.Store(model, fresh)
	}
}

// outlook says what a failed pick leaves to hope for: how many keys wait out a limit for the model, and until when at the
// earliest.
func (p *pool) outlook(model string, now int64) (waiting int, earliest int64) {
	r := p.compact(p.ringFor(model), model, now)
	return r.cooling, r.coolWake
}
