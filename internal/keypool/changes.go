package keypool

import (
	"context"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/database"
	"roundhouse/internal/event"
)

// Change says that a key of a group is not what it was.
type Change struct {
	GroupID int64
	// Key is as it is now; nil when many keys changed, or some were added or deleted: read them again.
	Key *ent.Key
}

// Changes opens a subscription to the changes of keys on every node. The caller closes it.
func (p *Pool) Changes(size int) *event.Subscription[Change] { return p.changes.Subscribe(size) }

const (
	// few changed keys are shown one by one, more are to be read again.
	few = 20
	// lookAnyway is how often viewers are told of groups that changed although no message came.
	lookAnyway = 15 * time.Second
	// readPatience bounds the reading of keys that another node changed.
	readPatience = 5 * time.Second
)

// Tell tells viewers at other nodes what changes here, until ctx ends.
func (p *Pool) Tell(ctx context.Context) error { return p.news.Run(ctx) }

// touched are keys of a group that changed; no keys stand for many, or for some that were added or deleted.
type touched struct {
	GroupID int64   `json:"group"`
	KeyIDs  []int64 `json:"keys,omitempty"`
}

// announce tells viewers on every node that keys changed; nil stands for many.
func (p *Pool) announce(ctx context.Context, groupID int64, keyIDs []int64) {
	t := touched{GroupID: groupID, KeyIDs: keyIDs}
	if len(keyIDs) > few {
		t.KeyIDs = nil
	}
	p.news.Send(t)
	p.showAs(ctx, t)
}

// show tells viewers here what another node changed.
func (p *Pool) show(t touched) {
	ctx, cancel := context.WithTimeout(context.Background(), readPatience)
	defer cancel()
	p.showAs(ctx, t)
}

// showAs publishes the keys as they are now, or that they are to be read again.
func (p *Pool) showAs(ctx context.Context, t touched) {
	if p.changes.Subscribers() == 0 {
		return
	}
	var rows []*ent.Key
	if len(t.KeyIDs) > 0 {
		var err error
		if rows, err = p.db.Key.Query().Where(key.IDIn(t.KeyIDs...)).Order(key.ByID()).All(ctx); err != nil && ctx.Err() == nil {
			p.log.Warn("cannot read changed keys", "error", err)
		}
	}
	if len(rows) == 0 {
		p.changes.Publish(Change{GroupID: t.GroupID})
		return
	}
	for _, row := range rows {
		p.changes.Publish(Change{GroupID: t.GroupID, Key: row})
	}
}

// lookElsewhere tells viewers which groups' keys went into or out of rotation since the last look, wherever that was: messages
// of other nodes may be lost.
func (p *Pool) lookElsewhere(ctx context.Context) {
	if p.db.Engine == database.SQLite {
		return // no other node
	}
	rows, err := p.db.KeyCount.Query().All(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.log.Warn("cannot look for changes of keys", "error", err)
		}
		return
	}
	before := p.seen
	p.seen = make(map[int64]int64, len(rows))
	for _, row := range rows {
		p.seen[row.ID] = row.Revision
		if was, known := before[row.ID]; before != nil && (!known || was != row.Revision) {
			p.changes.Publish(Change{GroupID: row.ID})
		}
	}
}
