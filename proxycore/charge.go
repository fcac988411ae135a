package proxycore

import (
	"net/http"
	"slices"
	"time"

	"roundhouse/proxycore/dialect"
)

// verdicts are what a request's attempts mean for their keys. They are held back until it is known how the last one ended:
// when all of them were refused alike, it was the request.
type verdicts struct {
	// groups are those of all attempts, in their order.
	groups []int64
	held   []held
	// retries are the records of the attempts that another followed.
	retries []Record
}

// held is one sentence that waits.
type held struct {
	home      *home
	key       int64
	sentence  sentence
	order     coolOrder
	threshold int
	status    int
	reason    string
	started   time.Time
	// retry is the place of the attempt's record among the retries; -1 for the last attempt.
	retry int
}

func (v *verdicts) reset() verdicts {
	clear(v.held)
	clear(v.retries)
	return verdicts{groups: v.groups[:0], held: v.held[:0], retries: v.retries[:0]}
}

// judge asks the failure table about an answer of the attempt under way.
func (x *exchange) judge(status int, fault dialect.Fault) finding {
	f := judge(status, fault, &x.attempt.group.set)
	f.fault.Message = scrubText(fault.Message, x.attempt.key())
	if f.key != acquitted && x.pinsKey() {
		// An administrator who tries a key wants to see what it does, not to change it.
		f.key, f.charged = acquitted, ChargedNobody
	}
	return f
}

// hold keeps what an attempt means for its key.
func (x *exchange) hold(f *finding, retry int) {
	if f.key == acquitted {
		return
	}
	a := &x.attempt
	x.verdicts.held = append(x.verdicts.held, held{
		home: a.group.home, key: a.keyID, sentence: f.key, threshold: a.group.set.BlacklistThreshold, status: f.status,
		reason: f.fault.Message, started: a.started, retry: retry,
		order: coolOrder{
			model: coolName(a.model), account: f.key == coolsWhole, asked: f.fault.RetryAfter, cooldown: a.group.set.Cooldown,
		},
	})
}

// settle carries out what was held, and tells of the attempts that another followed.
func (x *exchange) settle() {
	// Almost always there is nothing, and no clock is read for it.
	if len(x.verdicts.held) > 0 || len(x.verdicts.retries) > 0 {
		x.carryOut()
	}
}

func (x *exchange) carryOut() {
	t := &x.verdicts
	now := time.Now()
	denied, sameLimit := t.alike()
	for i := range t.held {
		h := &t.held[i]
		charged, cooled := ChargedKey, time.Duration(0)
		switch {
		case denied && t.shared(h.status):
			charged = ChargedNobody
		case sameLimit:
			charged = ChargedNobody
			h.home.rest(h.key, now)
		case h.sentence == chargedOne:
			v := h.home.charge(h.key, h.started, now, h.threshold)
			if v.Kind == 0 {
				// It was under way already when the key was charged before: the same fault, seen twice.
				charged = ChargedNobody
			}
			x.tell(h, v)
		default:
			cooled = h.home.cool(h.key, h.order, h.started, now)
			v := Verdict{Kind: Cool, GroupID: h.home.group, KeyID: h.key, At: now, Until: now.Add(cooled), Guess: h.order.asked == 0, Account: h.order.account}
			if !v.Account {
				v.Model = h.order.model
			}
			x.tell(h, v)
		}
		if h.retry >= 0 {
			t.retries[h.retry].Charged, t.retries[h.retry].Cooled = charged, cooled
		} else {
			x.last.charged, x.last.cooled = charged, cooled
		}
	}
	for i := range t.retries {
		x.gateway.options.Recorder.Record(t.retries[i])
	}
	t.held, t.retries = t.held[:0], t.retries[:0]
}

// promote makes the attempt of a retry's record the one whose answer the client gets.
func (v *verdicts) promote(retry int) {
	v.retries = slices.Delete(v.retries, retry, retry+1)
	for i := range v.held {
		switch h := &v.held[i]; {
		case h.retry == retry:
			h.retry = -1
		case h.retry > retry:
			h.retry--
		}
	}
}

// alike reports whether every attempt, of two or more, was refused with a 401 to 403, or was limited without being told for how
// long.
func (v *verdicts) alike() (denied, limit bool) {
	if len(v.groups) < 2 || len(v.held) != len(v.groups) {
		return false, false
	}
	denied, limit = true, true
	for i := range v.held {
		h := &v.held[i]
		denied = denied && h.sentence == chargedOne && isDenial(h.status)
		limit = limit && h.sentence == coolsModel && h.status == http.StatusTooManyRequests && h.order.asked == 0
	}
	return denied, limit
}

// shared reports whether more than one attempt ended with the status.
func (v *verdicts) shared(status int) bool {
	n := 0
	for i := range v.held {
		if v.held[i].status == status {
			n++
		}
	}
	return n > 1
}

// tell passes a verdict on; one without a kind says nothing.
func (x *exchange) tell(h *held, v Verdict) {
	if v.Kind == 0 {
		return
	}
	v.StatusCode, v.Reason = h.status, h.reason
	x.gateway.options.Judge.Judge(v)
}

// clear wipes what an answer that ended well disproves. Almost always there is nothing, and no lock is taken.
func (x *exchange) clear(now time.Time) {
	a := &x.attempt
	c := &a.pool.cells[a.index]
	if c.charges.Load() == 0 && c.flags.Load()&modelled == 0 && c.coolUntil.Load() == 0 {
		return
	}
	if v := a.group.home.praise(a.keyID, coolName(a.model), a.started, now); v.Kind != 0 {
		x.gateway.options.Judge.Judge(v)
	}
}
