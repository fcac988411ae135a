package keypool

import (
	"context"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/proxycore"
)

// told is the newest verdict of a key that is not written yet.
type told struct{ proxycore.Verdict }

// Judge takes what the data plane says of a key, and returns at once. A suspect and a starved group are handed on to
// whoever validates; rows follow in a batch. Of several verdicts on one key before that, the newest is written.
func (p *Pool) Judge(v proxycore.Verdict) {
	switch v.Kind {
	case proxycore.Starved:
		p.validate(v.GroupID, nil)
		return
	case proxycore.Suspect:
		p.validate(v.GroupID, []int64{v.KeyID})
	}
	p.mu.Lock()
	p.remember(told{v})
	p.mu.Unlock()
	signal(p.wake)
}

// remember keeps the verdict unless a newer one is there. p.mu is held.
func (p *Pool) remember(t told) {
	group := p.verdicts[t.GroupID]
	if group == nil {
		group = map[int64]told{}
		p.verdicts[t.GroupID] = group
	}
	if old, ok := group[t.KeyID]; !ok || !old.At.After(t.At) {
		group[t.KeyID] = t
	}
}

// signal wakes whoever waits on c; one signal stands for many.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// write puts the verdict into the key's row. It never touches the status, nor a key that is out of rotation by now.
func (t told) write(ctx context.Context, tx *ent.Tx) (changed bool, err error) {
	update := tx.Key.Update().
		Where(key.ID(t.KeyID), key.GroupID(t.GroupID), key.StatusEQ(key.StatusACTIVE)).
		AddVersion(1)
	switch t.Kind {
	case proxycore.Clear:
		update.SetConsecutiveFailures(0)
	case proxycore.Cool:
		blame(update, faultOf(t.StatusCode, t.Account), t.StatusCode, t.At, t.Reason)
	default:
		update.SetConsecutiveFailures(t.Charges)
		blame(update, faultOf(t.StatusCode, t.Account), t.StatusCode, t.At, t.Reason)
	}
	n, err := update.Save(ctx)
	return n > 0, err
}

// blame notes why the key left rotation, for a while or for good.
func blame(update *ent.KeyUpdate, why Fault, status int, at time.Time, reason string) {
	update.SetFault(why).SetReason(cut(reason, longestReason)).SetLastFailedAt(at.UTC().Truncate(time.Millisecond))
	if status != 0 {
		update.SetLastStatusCode(status)
	} else {
		update.ClearLastStatusCode()
	}
}

// faultOf names the fault that a status speaks of. account says that the answer spoke of the account's quota.
func faultOf(status int, account bool) Fault {
	switch {
	case account, status == 402:
		return key.FaultQUOTA
	case status == 429, status == 529:
		return key.FaultRATE_LIMITED
	case status == 403:
		return key.FaultFORBIDDEN
	}
	return key.FaultUNAUTHORIZED
}

// longestReason is how much of the upstream's own words a row keeps, in characters.
const longestReason = 200

func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
