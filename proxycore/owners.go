package proxycore

import (
	"sync"
	"time"
)

const (
	mostOwners = 100_000
	ownedFor   = 24 * time.Hour
)

// owners remembers which key answered with the id of an object that no other key can see: a file, a batch, a response, an
// upload, a cached content. It is bounded by number and by age, and empty after a restart: an unknown id goes round.
type owners struct {
	mu sync.Mutex // guards all that follows
	// young and old are two generations: when the young one is half of what may be kept, or has been young for half of the
	// time, it takes the old one's place.
	young, old map[ownedID]owner
	since      time.Time
}

// ownedID is an id within the group that was asked: ids of two providers may be the same.
type ownedID struct {
	group int64
	id    string
}

type owner struct {
	group, key int64
	at         int64
}

func (o *owners) remember(asked int64, id string, by owner, now time.Time) {
	if id == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.young == nil || len(o.young) >= mostOwners/2 || now.Sub(o.since) > ownedFor/2 {
		o.old, o.young, o.since = o.young, map[ownedID]owner{}, now
	}
	by.at = now.UnixNano()
	o.young[ownedID{asked, id}] = by
}

// own remembers that the attempt's key is the one that can see an object.
func (x *exchange) own(id string, now time.Time) {
	x.gateway.owners.remember(x.asked.id, id, owner{group: x.attempt.group.id, key: x.attempt.keyID}, now)
}

// find returns the owner of an id; an empty id has none.
func (o *owners) find(asked int64, id string, now time.Time) (owner, bool) {
	if id == "" {
		return owner{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	k := ownedID{asked, id}
	by, ok := o.young[k]
	if !ok {
		by, ok = o.old[k]
	}
	return by, ok && now.UnixNano()-by.at < int64(ownedFor)
}
