package keypool

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/keyusage"
	"roundhouse/ent/generated/ent/predicate"
	"roundhouse/proxycore"
)

// Fault is why a key last left rotation.
type Fault = key.Fault

// Filter picks keys of a group; its zero value picks all. Conditions add up.
type Filter struct {
	StatusIn []Status
	// Cooling asks whether a key waits out a rate limit for every model, which the data plane alone knows; nil does not ask.
	Cooling          *bool
	FaultIn          []Fault
	LastStatusCodeIn []int
	// CreatedFrom is included, CreatedTo is not; zero is no bound.
	CreatedFrom, CreatedTo time.Time
	// UnusedSince asks for keys that were not used since then, those never used among them; zero does not ask.
	UnusedSince time.Time
	// Search is a whole key, a fingerprint, or the beginning of the notes.
	Search string
}

// statuses are those the filter lets through.
func (f *Filter) statuses() []Status {
	all := []Status{key.StatusACTIVE, key.StatusINVALID, key.StatusDISABLED}
	if f != nil && f.Cooling != nil && *f.Cooling {
		all = all[:1] // no other cools
	}
	if f == nil || len(f.StatusIn) == 0 {
		return all
	}
	var wanted []Status
	for _, s := range all {
		for _, w := range f.StatusIn {
			if s == w {
				wanted = append(wanted, s)
				break
			}
		}
	}
	return wanted
}

// byStatusAlone reports whether the counters know how many keys pass.
func (f *Filter) byStatusAlone() bool {
	return f == nil || len(f.FaultIn) == 0 && len(f.LastStatusCodeIn) == 0 && f.CreatedFrom.IsZero() && f.CreatedTo.IsZero() && f.Search == "" &&
		f.Cooling == nil && f.UnusedSince.IsZero()
}

// conditions are the filter's; group and status are the caller's to add. indexed says that the keys which pass are found without
// looking through others.
func (p *Pool) conditions(ctx context.Context, groupID int64, f *Filter) (all []predicate.Key, indexed bool, err error) {
	if f == nil {
		return nil, true, nil
	}
	indexed = f.byStatusAlone()
	if len(f.FaultIn) > 0 {
		all = append(all, key.FaultIn(f.FaultIn...))
	}
	if len(f.LastStatusCodeIn) > 0 {
		all = append(all, key.LastStatusCodeIn(f.LastStatusCodeIn...))
	}
	if !f.CreatedFrom.IsZero() {
		all = append(all, key.CreatedAtGTE(f.CreatedFrom.UTC()))
	}
	if !f.CreatedTo.IsZero() {
		all = append(all, key.CreatedAtLT(f.CreatedTo.UTC()))
	}
	if !f.UnusedSince.IsZero() {
		all = append(all, key.Not(usedSince(f.UnusedSince)))
	}
	if f.Search != "" {
		found, known, err := p.search(ctx, groupID, f.Search)
		if err != nil {
			return nil, false, err
		}
		all, indexed = append(all, found), known && f.Cooling == nil
	}
	return all, indexed, nil
}

// usedSince is met by keys that were used at or after the instant.
func usedSince(at time.Time) predicate.Key {
	return func(s *entsql.Selector) {
		usage := entsql.Table(keyusage.Table)
		s.Where(entsql.In(s.C(key.FieldID), entsql.Select(usage.C(keyusage.FieldID)).From(usage).Where(entsql.GTE(usage.C(keyusage.FieldLastUsedMs), at.UnixMilli()))))
	}
}

// coolingIs reports whether a key in that state passes the question of cooling, which must have been asked.
func (f *Filter) coolingIs(state proxycore.KeyState) bool {
	return *f.Cooling == time.Now().Before(state.CoolingUntil)
}

// search looks for a whole key first, then for a fingerprint: both are found by the index of digests. Only what is neither
// is the beginning of notes, which no index knows.
func (p *Pool) search(ctx context.Context, groupID int64, text string) (found predicate.Key, known bool, err error) {
	digest := p.box.Digest([]byte(text))
	candidates := []predicate.Key{key.Digest(digest[:])}
	if beginning, err := hex.DecodeString(text); err == nil && len(beginning) == fingerprintBytes {
		least, most := [32]byte{}, [32]byte{}
		copy(least[:], beginning)
		for i := copy(most[:], beginning); i < len(most); i++ {
			most[i] = 0xff
		}
		candidates = append(candidates, key.And(key.DigestGTE(least[:]), key.DigestLTE(most[:])))
	}
	for _, candidate := range candidates {
		known, err := p.db.Key.Query().Where(key.GroupID(groupID), candidate).Exist(ctx)
		if err != nil {
			return nil, false, fmt.Errorf("search keys: %w", err)
		}
		if known {
			return candidate, true, nil
		}
	}
	return key.NotesHasPrefix(text), false, nil
}

// fingerprintBytes is how much of a digest its fingerprint shows.
const fingerprintBytes = 6
