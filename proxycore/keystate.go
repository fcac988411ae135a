package proxycore

import "time"

// KeyState is what the data plane knows of a key beyond its row. The zero value is a key in good health.
type KeyState struct {
	// Charges in a row.
	Charges int
	// RestingUntil and CoolingUntil are zero when the key does neither; CoolingUntil speaks of all models.
	RestingUntil, CoolingUntil time.Time
	// Models are those it waits out a rate limit for.
	Models []CoolingModel
	// Suspect keys are out of rotation until Restore or Withdraw.
	Suspect bool
}

// CoolingModel is a model that a key waits out a rate limit for.
type CoolingModel struct {
	Model string
	Until time.Time
}

// home returns what outlives snapshots of a group; nil when no snapshot has the group.
func (g *Gateway) home(id int64) *home { return (*g.homes.Load())[id] }

// KeyState returns the zero value for a key or a group it does not have.
func (g *Gateway) KeyState(groupID, keyID int64) (state KeyState) {
	h := g.home(groupID)
	if h == nil {
		return state
	}
	now := time.Now().UnixNano()
	h.on(keyID, func(_ *pool, c *cell) {
		state.Charges = int(c.charges.Load())
		state.RestingUntil = instant(c.restUntil.Load(), now)
		state.CoolingUntil = instant(c.coolUntil.Load(), now)
		state.Suspect = c.flags.Load()&(suspected|withdrawn) == suspected
		for _, span := range h.spans[keyID] {
			if span.model != "" && span.until > now {
				state.Models = append(state.Models, CoolingModel{Model: span.model, Until: instant(span.until, now)})
			}
		}
	})
	return state
}

func instant(at, now int64) time.Time {
	if at <= now {
		return time.Time{}
	}
	return time.Unix(0, at).UTC()
}

// CoolingKeys counts the keys of a group that wait out a rate limit for every model.
func (g *Gateway) CoolingKeys(groupID int64) int64 {
	h := g.home(groupID)
	if h == nil {
		return 0
	}
	h.mu.RLock()
	defer h.mu.RUnlock()
	now, count := time.Now().UnixNano(), int64(0)
	for _, spans := range h.spans {
		for _, span := range spans {
			if span.model == "" && span.until > now {
				count++
			}
		}
	}
	return count
}

// Restore is an administrator's word or a good validation: charges, resting, cooling, suspicion and withdrawal are wiped,
// and the key is in rotation at once when the snapshot has it. Unknown ids change nothing.
func (g *Gateway) Restore(groupID, keyID int64) {
	if h := g.home(groupID); h != nil {
		h.restore(keyID)
	}
}

// Cool makes a key wait until then for every model, as a validation found it limited. A time gone by changes nothing.
func (g *Gateway) Cool(groupID, keyID int64, until time.Time) {
	now := time.Now()
	if h := g.home(groupID); h != nil && until.After(now) {
		h.cool(keyID, coolOrder{account: true, asked: until.Sub(now)}, now, now)
	}
}

// Withdraw takes a key out of rotation at once: deleted, disabled or invalid, before the next snapshot says so. Restore, or
// its absence from a snapshot, ends it.
func (g *Gateway) Withdraw(groupID, keyID int64) {
	if h := g.home(groupID); h != nil {
		h.withdraw(keyID)
	}
}

// UpstreamState returns a healthy state for an upstream it does not have.
func (g *Gateway) UpstreamState(groupID int64, url string) UpstreamState {
	if h := g.home(groupID); h != nil {
		h.upstreamsMu.Lock()
		c := h.upstreams[url]
		h.upstreamsMu.Unlock()
		if c != nil {
			return c.state()
		}
	}
	return UpstreamState{Healthy: true}
}
