package proxycore

import "time"

// Hear takes what another node's data plane said of a key, as Judge was told it there; v.Until counts from v.At, since the
// clocks of two nodes differ. Charges of all nodes add up, whatever was under way at each of them: a key that is dead fails
// at most as often as the threshold and one time more for every further node. It reports whether the key became a suspect by
// it. A group or a key that this node does not have changes nothing.
func (g *Gateway) Hear(v Verdict) (suspect bool) {
	h, s := g.home(v.GroupID), g.snapshot.Load()
	if h == nil || s.byID[v.GroupID] == nil {
		return false
	}
	threshold := s.byID[v.GroupID].set.BlacklistThreshold
	now := time.Now()
	h.on(v.KeyID, func(_ *pool, c *cell) {
		switch v.Kind {
		case Charge, Suspect:
			suspect = h.hearCharge(c, v.Kind, now, threshold)
		case Clear:
			if c.flags.Load()&suspected == 0 {
				c.charges.Store(0)
				c.restUntil.Store(0)
			}
		case Cool:
			h.hearCool(c, v, now)
		}
	})
	return suspect
}

func (h *home) hearCharge(c *cell, kind VerdictKind, now time.Time, threshold int) (suspect bool) {
	if c.flags.Load()&(withdrawn|suspected) != 0 {
		return false
	}
	// chargedAt stays: an attempt that is under way here is another one than that which failed there.
	suspect = c.addCharge(now, threshold)
	if kind == Suspect {
		c.set(suspected)
		return true
	}
	return suspect
}

func (h *home) hearCool(c *cell, v Verdict, now time.Time) {
	d := min(v.Until.Sub(v.At), longestAsked)
	if d <= 0 {
		return
	}
	span := h.span(v.KeyID, v.Model)
	span.since, span.until = now.UnixNano(), max(span.until, now.Add(d).UnixNano())
	span.step = 0
	if v.Guess {
		span.step = d
	}
	h.keep(v.KeyID, span)
	if v.Model == "" {
		c.coolUntil.Store(span.until)
		return
	}
	c.set(modelled)
}
