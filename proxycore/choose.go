package proxycore

import (
	"time"

	"roundhouse/proxycore/dialect"
)

// outlook is why nothing could be chosen: what the groups that were asked are waiting for.
type outlook struct {
	// cooling keys will be back, the first at earliest (Unix nanoseconds).
	cooling  int
	earliest int64
	// doubted is set when a group has keys that only a validation can bring back, which is asked for at once.
	doubted bool
	// upstreamless is set when a group had a key but nowhere to send it.
	upstreamless bool
	// refused is why the request's shape suits no group; nil when it does.
	refused *refusal
}

// choose picks who is asked next, and reports whether there is anyone.
func (x *exchange) choose(now time.Time) bool {
	x.want = outlook{earliest: never}
	switch {
	case x.pinned():
		return x.choosePinned(now)
	case !x.asked.aggregate():
		return x.consider(x.asked, now)
	}
	first := 0
	if x.attempts > 0 && x.attempts+1 == x.most {
		// The last attempt is kept for the next priority.
		first = min(x.levelOf(x.attempt.group)+1, len(x.asked.levels)-1)
	}
	for i := range x.asked.levels {
		l := &x.asked.levels[(first+i)%len(x.asked.levels)]
		if x.chooseMember(l, now) {
			return true
		}
	}
	return false
}

// chooseAfter picks who is asked after an attempt. A key has no part in what its upstream did: when there is no other, it is
// asked again where nobody has failed this request.
func (x *exchange) chooseAfter(f *finding) bool {
	now := time.Now()
	if x.choose(now) {
		return true
	}
	if f.again != elsewhere {
		return false
	}
	x.met = x.met[:len(x.met)-1]
	x.sameKey = true
	defer func() { x.sameKey = false }()
	return x.choose(now)
}

// chooseMember asks the members of one priority by their weight. None takes more than half of the attempts while another that
// could be asked had none.
func (x *exchange) chooseMember(l *level, now time.Time) bool {
	if x.attempts > 0 {
		fair := l.wheel.turn(func(i int) bool {
			m := l.members[i]
			return m.enabled && (x.asksOf(m) == 0 || 2*(x.asksOf(m)+1) <= x.most) && x.consider(m, now)
		})
		if fair {
			return true
		}
	}
	return l.wheel.turn(func(i int) bool { return l.members[i].enabled && x.consider(l.members[i], now) })
}

func (x *exchange) levelOf(g *group) int {
	for i := range x.asked.levels {
		for _, m := range x.asked.levels[i].members {
			if m == g {
				return i
			}
		}
	}
	return -1
}

func (x *exchange) asksOf(g *group) (n int) {
	for _, id := range x.verdicts.groups {
		if id == g.id {
			n++
		}
	}
	return n
}

// consider readies the next attempt at a group, and reports whether the group can serve one.
func (x *exchange) consider(g *group, now time.Time) bool {
	if r := x.shapeFor(g); r != nil {
		x.want.refused = r
		return false
	}
	p, index, ok := x.pickKey(g, now)
	if !ok {
		return false
	}
	up, onTrial := x.pickUpstream(g, now)
	if up == nil {
		x.want.upstreamless = true
		return false
	}
	body := x.body
	if x.shaped.body != nil {
		body = x.shaped.body
	}
	x.next = attempt{
		number: x.attempts + 1, group: g, up: up, onTrial: onTrial, pool: p, index: index, keyID: p.keys.id(index),
		model: x.shaped.model, path: x.shaped.path, query: x.shaped.query, payload: body, plain: x.shaped.plain, started: now,
		connect: -1, header: -1, firstByte: -1,
	}
	return true
}

// coolName is the name under which a key waits out a limit of that model.
func coolName(model string) string {
	if model == "" {
		return noModel
	}
	return model
}

// pickKey chooses a key of the group, the owner's alone when the request names an object that has one.
func (x *exchange) pickKey(g *group, now time.Time) (p *pool, index int, ok bool) {
	if x.pinsKey() {
		return x.pinnedKey(g)
	}
	p = g.home.pool.Load()
	model := coolName(x.shaped.model)
	if owner, ok := x.gateway.owners.find(x.asked.id, x.facts.Object, now); ok && !owner.isGoneFrom(g, p) {
		index, ok = x.pickOwner(owner, g, p, model, now)
		return p, index, ok
	}
	if index, ok = p.pick(model, now.UnixNano(), x.met, x.attempts > 0); ok {
		return p, index, true
	}
	waiting, earliest := p.outlook(model, now.UnixNano())
	x.want.cooling += waiting
	x.want.earliest = min(x.want.earliest, earliest)
	if waiting == 0 {
		x.want.doubted = x.want.doubted || p.keys.Len() > 0
		if x.attempts == 0 {
			x.gateway.tellStarved(g.home, now)
		}
	}
	return p, 0, false
}

// isGoneFrom reports whether the group that had the owner has it no more: then the object is anybody's guess.
func (o owner) isGoneFrom(g *group, p *pool) bool {
	_, known := p.keys.find(o.key)
	return o.group == g.id && !known
}

func (x *exchange) pickOwner(o owner, g *group, p *pool, model string, now time.Time) (int, bool) {
	index, known := p.keys.find(o.key)
	if o.group != g.id || !known || x.met.has(p.keys.digest(index)) {
		return 0, false
	}
	how, until := p.condition(index, model, now.UnixNano())
	switch how {
	case gone:
		x.want.doubted = true
		return 0, false
	case cooling:
		x.want.cooling++
		x.want.earliest = min(x.want.earliest, until)
		return 0, false
	}
	return index, true
}

// pickUpstream chooses by weight among the upstreams that are in rotation, those first that have not failed this request; of a
// failing group one that is out is asked before one that has failed is asked again. A second attempt at one that has itself just
// failed has to be paid from the group's budget; nil when it cannot be, or when there is none.
func (x *exchange) pickUpstream(g *group, now time.Time) (up *upstream, onTrial bool) {
	if x.pin != nil && x.pin.Upstream != "" {
		return g.upstreamAt(x.pin.Upstream), false
	}
	need := false
	take := func(i int) bool {
		ok, trial := g.upstreams[i].cell.admit(now, need)
		if ok {
			up, onTrial = g.upstreams[i], trial
		}
		return ok
	}
	fresh := func(i int) bool { return !x.failedAt(g.upstreams[i]) && take(i) }
	if len(x.failed) > 0 && !g.wheel.turn(fresh) {
		need = g.isFailing()
	}
	switch {
	case up != nil:
	case need && g.wheel.turn(fresh):
	case x.sameKey:
	case g.wheel.turn(take):
	default:
		// All are out, which failures alone never bring about: what is left is asked rather than nobody.
		g.wheel.turn(func(i int) bool { up = g.upstreams[i]; return true })
	}
	if up != nil && x.attempts > 0 && up.cell.troubled() && !x.asked.home.budget.spend() {
		if onTrial {
			up.cell.release()
		}
		return nil, false
	}
	return up, onTrial
}

func (x *exchange) failedAt(u *upstream) bool {
	for _, cell := range x.failed {
		if cell == u.cell {
			return true
		}
	}
	return false
}

// nobody is the answer when nothing could be chosen for the first attempt.
func (x *exchange) nobody() *refusal {
	now := time.Now()
	w := &x.want
	switch {
	case w.cooling > 0:
		wait := time.Duration(w.earliest - now.UnixNano())
		r := refuse(dialect.CodeKeysCooling, RateLimited, "Every key of this group is waiting out a rate limit.")
		r.retryAfter, r.noRetry = max(wait, time.Second), wait > soon
		return r
	case w.upstreamless:
		r := refuse(dialect.CodeNoUpstream, UpstreamError, "This group has no upstream to ask.")
		r.retryAfter = time.Second
		return r
	case w.refused != nil:
		return w.refused
	}
	r := refuse(dialect.CodeNoActiveKey, NoKey, "This group has no active key.")
	r.retryAfter, r.noRetry = soon, true
	if w.doubted {
		r.retryAfter, r.noRetry = validationTime, false
	}
	return r
}

// tellStarved asks for a validation of a group without a key, at most once a second.
func (g *Gateway) tellStarved(h *home, now time.Time) {
	last := h.starvedAt.Load()
	if now.UnixNano()-last < int64(time.Second) || !h.starvedAt.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	g.options.Judge.Judge(Verdict{Kind: Starved, GroupID: h.group, At: now})
}
