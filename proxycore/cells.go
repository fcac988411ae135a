package proxycore

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// firstRest is how long one charge makes a key rest; each further one doubles it.
	firstRest   = time.Second
	longestRest = time.Minute
	// longestCooldown bounds our own guess, longestAsked what a provider asks for.
	longestCooldown = time.Hour
	longestAsked    = 24 * time.Hour
	// mostCoolingModels bounds what one key remembers: model names are the clients' to invent.
	mostCoolingModels = 16
	// noModel stands for the requests of a key that name no model.
	noModel = "(no model)"
)

// Flags of a cell.
const (
	withdrawn uint32 = 1 << iota
	suspected
	// modelled says that the models of this key have to be looked at.
	modelled
)

// cell is the health of one key. It is read without a lock at every choice and written under its home's.
// It holds no pointer, so that the cells of a million keys are nothing for the collector to walk.
type cell struct {
	flags   atomic.Uint32
	charges atomic.Uint32
	// Unix nanoseconds; 0 is never.
	restUntil, coolUntil, chargedAt atomic.Int64
}

type condition uint8

const (
	clean condition = iota
	resting
	cooling
	gone
)

// coolSpan is one rate limit a key waits out: for a model, or altogether when model is empty.
type coolSpan struct {
	model        string
	until, since int64
	// step is our own last guess, which the next one doubles; 0 when the provider said its time.
	step time.Duration
}

// home is what a group's health lives in. It outlives snapshots and is found again by the group's id.
type home struct {
	group int64
	pool  atomic.Pointer[pool]

	// mu guards every write to cells, spans (by key) and the replacing of pool.
	mu    sync.RWMutex
	spans map[int64][]coolSpan

	budget    budget
	starvedAt atomic.Int64

	upstreamsMu sync.Mutex // guards upstreams
	upstreams   map[string]*upstreamCell
}

func newHome(group int64) *home {
	h := &home{group: group, spans: map[int64][]coolSpan{}, upstreams: map[string]*upstreamCell{}}
	h.budget.tokens = leastBudget
	h.pool.Store(newPool(nil, h))
	return h
}

// pool is a group's keys over one KeySet, with their cells and the rings that go round them.
type pool struct {
	home  *home
	keys  *KeySet
	cells []cell
	rings
}

func newPool(keys *KeySet, h *home) *pool {
	p := &pool{home: h, keys: keys, cells: make([]cell, keys.Len())}
	p.reset()
	return p
}

// onlyKey is a pool of one given key, which the group need not have in rotation; nothing it learns outlives it.
func onlyKey(h *home, id int64, text string, digest [32]byte) *pool {
	keys := NewKeySetBuilder(1)
	keys.Add(id, []byte(text), digest)
	return newPool(keys.Build(), h)
}

// adopt makes the set the group's keys. What is known of a key that stays is kept.
func (h *home) adopt(keys *KeySet) {
	h.mu.Lock()
	defer h.mu.Unlock()
	old := h.pool.Load()
	if old.keys == keys {
		return
	}
	next := newPool(keys, h)
	for i, j := 0, 0; i < old.keys.Len() && j < keys.Len(); {
		switch c := cmp.Compare(old.keys.id(i), keys.id(j)); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			next.cells[j].copy(&old.cells[i])
			i++
			j++
		}
	}
	h.pool.Store(next)
	for key := range h.spans {
		if _, ok := keys.find(key); !ok {
			delete(h.spans, key)
		}
	}
}

func (c *cell) copy(from *cell) {
	c.flags.Store(from.flags.Load())
	c.charges.Store(from.charges.Load())
	c.restUntil.Store(from.restUntil.Load())
	c.coolUntil.Store(from.coolUntil.Load())
	c.chargedAt.Store(from.chargedAt.Load())
}

func (c *cell) set(flag uint32)   { c.flags.Store(c.flags.Load() | flag) }
func (c *cell) unset(flag uint32) { c.flags.Store(c.flags.Load() &^ flag) }

// condition says whether key i can be asked for the model now, and when it could be if it cannot: 0 when nobody knows.
func (p *pool) condition(i int, model string, now int64) (condition, int64) {
	c := &p.cells[i]
	flags := c.flags.Load()
	if flags&(withdrawn|suspected) != 0 {
		return gone, 0
	}
	if until := c.coolUntil.Load(); until > now {
		return cooling, until
	}
	if flags&modelled != 0 {
		p.home.mu.RLock()
		until := p.home.span(p.keys.id(i), model).until
		p.home.mu.RUnlock()
		if until > now {
			return cooling, until
		}
	}
	if until := c.restUntil.Load(); until > now {
		return resting, until
	}
	return clean, 0
}

// on runs change with the cell of a key under the lock, and reports whether the group has the key.
func (h *home) on(key int64, change func(*pool, *cell)) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pool.Load()
	i, ok := p.keys.find(key)
	if ok {
		change(p, &p.cells[i])
	}
	return ok
}

// charge lays a fault to a key. It counts once for all attempts that were under way together: an attempt that started
// before the last charge tells nothing new. It returns the verdict to tell, with Kind 0 when there is none.
func (h *home) charge(key int64, started, now time.Time, threshold int) (v Verdict) {
	h.on(key, func(_ *pool, c *cell) {
		if c.flags.Load()&(withdrawn|suspected) != 0 || started.UnixNano() < c.chargedAt.Load() {
			return
		}
		c.chargedAt.Store(now.UnixNano())
		v = Verdict{Kind: Charge, GroupID: h.group, KeyID: key, At: now}
		if c.addCharge(now, threshold) {
			v.Kind = Suspect
		}
		v.Charges = int(c.charges.Load())
	})
	return v
}

// addCharge makes a key rest, the longer the more charges it has, or a suspect when they reach the threshold.
func (c *cell) addCharge(now time.Time, threshold int) (suspect bool) {
	n := c.charges.Add(1)
	if threshold > 0 && int(n) >= threshold {
		c.set(suspected)
		return true
	}
	rest := longestRest
	if n < 7 {
		rest = firstRest << (n - 1)
	}
	c.restUntil.Store(now.Add(min(rest, longestRest)).UnixNano())
	return false
}

// rest lets a key rest for a second, charged with nothing.
func (h *home) rest(key int64, now time.Time) {
	h.on(key, func(_ *pool, c *cell) {
		until := now.Add(firstRest).UnixNano()
		if c.restUntil.Load() < until {
			c.restUntil.Store(until)
		}
	})
}

// coolOrder says how a key has to wait out a rate limit.
type coolOrder struct {
	model string
	// account cools the key for all models.
	account bool
	// asked is the provider's own time; 0 takes cooldown, doubled while the limit repeats.
	asked, cooldown time.Duration
}

// cool makes a key wait out a rate limit that an attempt begun at started met. It returns for how long.
func (h *home) cool(key int64, order coolOrder, started, now time.Time) (d time.Duration) {
	model, account, asked, cooldown := order.model, order.account, order.asked, order.cooldown
	if account {
		model = ""
	}
	h.on(key, func(_ *pool, c *cell) {
		span := h.span(key, model)
		switch {
		case asked > 0:
			d = min(asked, longestAsked)
			span.step = 0
		case span.step > 0 && started.UnixNano() < span.since:
			d = span.step
		case span.step > 0 && now.UnixNano() <= span.until+int64(span.step):
			d = min(2*span.step, longestCooldown)
			span.step = d
		default:
			d = min(max(cooldown, firstRest), longestCooldown)
			span.step = d
		}
		span.since = now.UnixNano()
		span.until = max(span.until, now.Add(d).UnixNano())
		h.keep(key, span)
		if account {
			c.coolUntil.Store(span.until)
			return
		}
		c.set(modelled)
	})
	return d
}

// span returns what is known of a key and a model; the zero span when nothing is.
func (h *home) span(key int64, model string) coolSpan {
	for _, span := range h.spans[key] {
		if span.model == model {
			return span
		}
	}
	return coolSpan{model: model}
}

// keep remembers a span, in place of the one that ends first when the key has too many.
func (h *home) keep(key int64, span coolSpan) {
	spans := h.spans[key]
	place := slices.IndexFunc(spans, func(s coolSpan) bool { return s.model == span.model })
	if place < 0 && len(spans) < mostCoolingModels {
		h.spans[key] = append(spans, span)
		return
	}
	if place < 0 {
		place = 0
		for i := range spans {
			if spans[i].until < spans[place].until {
				place = i
			}
		}
	}
	spans[place] = span
}

// praise wipes what an answer that ended well disproves: the charges of the key, its cooldown's memory for the model, and
// any that nobody would double any more.
// It returns the verdict to tell, with Kind 0 when there is none.
func (h *home) praise(key int64, model string, started, now time.Time) (v Verdict) {
	h.on(key, func(_ *pool, c *cell) {
		if started.UnixNano() < c.chargedAt.Load() {
			return
		}
		if c.charges.Load() > 0 && c.flags.Load()&suspected == 0 {
			c.charges.Store(0)
			c.restUntil.Store(0)
			v = Verdict{Kind: Clear, GroupID: h.group, KeyID: key, At: now}
		}
		left := slices.DeleteFunc(h.spans[key], func(s coolSpan) bool {
			over := now.UnixNano() - s.until
			return over >= 0 && (s.model == model || s.model == "" || over > int64(s.step))
		})
		if c.coolUntil.Load() <= now.UnixNano() {
			c.coolUntil.Store(0)
		}
		h.spans[key] = left
		if len(left) == 0 {
			delete(h.spans, key)
			c.unset(modelled)
		}
	})
	return v
}

// restore wipes everything that is held against a key.
func (h *home) restore(key int64) {
	h.on(key, func(p *pool, c *cell) {
		delete(h.spans, key)
		c.flags.Store(0)
		c.charges.Store(0)
		c.restUntil.Store(0)
		c.coolUntil.Store(0)
		c.chargedAt.Store(0)
		p.version.Add(1)
	})
}

func (h *home) withdraw(key int64) {
	h.on(key, func(_ *pool, c *cell) { c.set(withdrawn) })
}
