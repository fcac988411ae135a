package snapshot

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/database"
	"roundhouse/internal/seal"
	"roundhouse/proxycore"
)

// held is what is known of one group's keys.
type held struct {
	// revision and epoch are the group's when the keys were read, so that what changed later is read again.
	revision, epoch int64
	set             *proxycore.KeySet
	// took is how long the last reading was; notBefore is when the next may begin.
	took      time.Duration
	notBefore time.Time
}

// shelf holds each group's ACTIVE keys as they were last read.
type shelf struct {
	db  *database.DB
	box *seal.Box
	// ready is told when keys that were read aside are there.
	ready func()
	aside sync.WaitGroup
	// quick is how long a snapshot waits for keys to be read again, calmPerKey how long a group is left alone for each of its own.
	quick, calmPerKey time.Duration

	mu         sync.Mutex // guards what follows
	held       map[int64]*held
	reading    map[int64]bool
	unsealable []int64
	due        time.Time
	err        error
}

func newShelf(db *database.DB, box *seal.Box, ready func()) *shelf {
	return &shelf{db: db, box: box, ready: ready, quick: quick, calmPerKey: calmPerKey, held: map[int64]*held{}, reading: map[int64]bool{}}
}

const (
	// quick is how long a snapshot waits for keys to be read again. What takes longer is read aside, so that a change of a
	// group, or of another one, is in force all the same.
	quick = 20 * time.Millisecond
	// calm is how many times longer than it took to read keys, half of it pauses, their group is left alone before the next time,
	// when that is not quick: a group of a million keys that is being filled or emptied does not keep the processor from requests. Keys
	// that left rotation are withdrawn without waiting for this.
	calm = 2
	// calmPerKey is how long a group is left alone at least for each of its keys: however few were read, the gateway takes a new
	// set over key by key, and what it had for the old one is litter.
	calmPerKey = time.Microsecond
	// stint is how long reading aside computes before it pauses. Two that compute without a pause, an import and this, would
	// have two processors to themselves, and whatever arrives for a request would wait until the runtime interrupts one of them.
	stint = time.Millisecond
	pause = time.Millisecond
)

// of returns the group's ACTIVE keys, reading what changed since it was last asked. A group without counts has none. It may
// return the keys as they were; ready is told, or due says, when there are newer ones.
func (s *shelf) of(ctx context.Context, groupID int64, counts *ent.KeyCount) (*proxycore.KeySet, error) {
	if counts == nil {
		return nil, nil
	}
	s.mu.Lock()
	h := s.held[groupID]
	if h == nil {
		h = &held{epoch: -1}
	}
	now := time.Now()
	switch {
	case h.epoch == counts.Epoch && h.revision == counts.Revision, s.reading[groupID]:
		s.mu.Unlock()
		return h.set, nil
	case now.Before(h.notBefore):
		if s.due.IsZero() || h.notBefore.Before(s.due) {
			s.due = h.notBefore
		}
		s.mu.Unlock()
		return h.set, nil
	}
	s.reading[groupID] = true
	s.mu.Unlock()
	if h.epoch < 0 || h.took <= s.quick { // the first time, there is nothing to serve meanwhile
		return s.renew(ctx, groupID, h, counts, 0)
	}
	s.aside.Go(func() {
		if _, err := s.renew(ctx, groupID, h, counts, pause); err != nil && ctx.Err() == nil {
			s.mu.Lock()
			s.err = err
			s.mu.Unlock()
		}
		s.ready()
	})
	return h.set, nil
}

// renew reads the keys anew, pausing so long after each stint, and keeps them.
func (s *shelf) renew(ctx context.Context, groupID int64, h *held, counts *ent.KeyCount, pause time.Duration) (*proxycore.KeySet, error) {
	began := time.Now()
	set, err := s.read(ctx, groupID, h, counts, pause)
	ended := time.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.reading, groupID)
	if err != nil {
		return nil, err
	}
	renewed := &held{revision: counts.Revision, epoch: counts.Epoch, set: set, took: ended.Sub(began)}
	renewed.notBefore = ended.Add(time.Duration(set.Len()) * s.calmPerKey)
	if long := ended.Add(calm * renewed.took); renewed.took > s.quick && long.After(renewed.notBefore) {
		renewed.notBefore = long
	}
	s.held[groupID] = renewed
	return set, nil
}

// read reads all ACTIVE keys when some were deleted or none are known, else those that changed.
func (s *shelf) read(ctx context.Context, groupID int64, h *held, counts *ent.KeyCount, pause time.Duration) (*proxycore.KeySet, error) {
	if h.epoch != counts.Epoch {
		b := proxycore.NewKeySetBuilder(int(counts.Active))
		err := s.scan(ctx, pause, entsql.And(entsql.EQ(key.FieldGroupID, groupID), entsql.EQ(key.FieldStatus, key.StatusACTIVE)),
			func(k row) {
				if k.active {
					b.Add(k.id, k.text, k.digest)
				}
			})
		return b.Build(), err
	}
	m := merger{was: h.set}
	err := s.scan(ctx, pause, entsql.And(entsql.EQ(key.FieldGroupID, groupID), entsql.GT(key.FieldRevision, h.revision), entsql.LTE(key.FieldRevision, counts.Revision)), m.take)
	if err != nil {
		return h.set, err
	}
	return m.merged(), nil
}

// row is one key in clear. Its text is valid until the next row.
type row struct {
	id     int64
	digest seal.Digest
	text   []byte
	active bool
	// identity is the text's within its group, kept for the memory it lies in.
	identity []byte
}

// scan hands each key that passes to take, one at a time as they come from the database: a million ent.Keys would be a
// gigabyte. Keys that do not open are noted and taken as not active.
func (s *shelf) scan(ctx context.Context, pause time.Duration, where *entsql.Predicate, take func(row)) error {
	query, args := entsql.Dialect(s.db.Engine.Dialect()).
		Select(key.FieldID, key.FieldGroupID, key.FieldStatus, key.FieldDigest, key.FieldSealed).
		From(entsql.Table(key.Table)).Where(where).Query()
	found, err := s.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	defer found.Close()
	var (
		k                      row
		groupID                int64
		status, digest, sealed sql.RawBytes
	)
	paused := time.Now()
	for found.Next() {
		if pause > 0 && time.Since(paused) > stint {
			time.Sleep(pause)
			paused = time.Now()
		}
		if err := found.Scan(&k.id, &groupID, &status, &digest, &sealed); err != nil {
			return fmt.Errorf("read keys: %w", err)
		}
		k.active = string(status) == string(key.StatusACTIVE)
		if k.active && !s.open(&k, groupID, digest, sealed) {
			s.mu.Lock()
			s.unsealable = append(s.unsealable, k.id)
			s.mu.Unlock()
			k.active = false
		}
		take(k)
	}
	if err := found.Err(); err != nil {
		return fmt.Errorf("read keys: %w", err)
	}
	return nil
}

// open puts the key in clear into k, and reports whether it could.
func (s *shelf) open(k *row, groupID int64, digest, sealed []byte) bool {
	if len(digest) != len(k.digest) {
		return false
	}
	k.digest = seal.Digest(digest)
	k.identity = seal.AppendKeyIdentity(k.identity[:0], groupID, k.digest)
	text, err := s.box.AppendOpen(k.text[:0], k.identity, sealed)
	if err != nil {
		return false
	}
	k.text = text
	return len(text) > 0
}

// keepOnly forgets the groups that have no counts any more.
func (s *shelf) keepOnly(counts map[int64]*ent.KeyCount) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.held {
		if counts[id] == nil {
			delete(s.held, id)
		}
	}
}

// told returns, once, what was found unsealable, when something was left to read, and why keys could not be read aside.
func (s *shelf) told() (unsealable []int64, due time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	unsealable, due, err = s.unsealable, s.due, s.err
	s.unsealable, s.due, s.err = nil, time.Time{}, nil
	return unsealable, due, err
}
