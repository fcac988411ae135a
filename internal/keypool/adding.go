package keypool

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/seal"
)

// NewKey is a key in clear that another program kept. An empty Status is ACTIVE.
type NewKey struct {
	Text, Notes string
	Status      Status
}

// Added counts what became of keys: stored, in the group already, or unusable.
type Added struct{ Added, There, Unusable int64 }

// Add stores those of the keys that the group does not have, with their notes and status, in one transaction: the caller gives a
// thousand or so at a time, and says in the audit log where they come from. The error wraps fault.ErrNotFound when the group is
// gone.
func (p *Pool) Add(ctx context.Context, groupID int64, keys []NewKey) (Added, error) {
	ready, unusable, err := p.ready(groupID, keys)
	if err != nil {
		return Added{}, err
	}
	c := embark(Unwatched{})
	if err := p.insert(ctx, groupID, ready, 0, c); err != nil {
		return Added{}, fmt.Errorf("store keys: %w", err)
	}
	return Added{Added: c.stored.Succeeded, There: c.stored.Skipped, Unusable: unusable}, nil
}

// WouldAdd is what Add would return, but that keys in seen count as there; it adds the others to seen.
func (p *Pool) WouldAdd(ctx context.Context, groupID int64, keys []NewKey, seen map[seal.Digest]struct{}) (added Added, err error) {
	var unseen []fresh
	for _, k := range keys {
		digest := p.box.Digest([]byte(k.Text))
		_, twice := seen[digest]
		switch {
		case judge(k.Text).Reason != "":
			added.Unusable++
		case twice:
			added.There++
		default:
			seen[digest] = struct{}{}
			unseen = append(unseen, fresh{digest: digest})
		}
	}
	for some := range slices.Chunk(unseen, batch) {
		n := int64(len(some))
		missing, err := p.missing(ctx, groupID, some)
		if err != nil {
			return Added{}, err
		}
		added.Added += int64(len(missing))
		added.There += n - int64(len(missing))
	}
	return added, nil
}

// ready seals what is usable, keys of one status together, which are stored so.
func (p *Pool) ready(groupID int64, keys []NewKey) (ready []fresh, unusable int64, err error) {
	for _, k := range keys {
		if judge(k.Text).Reason != "" {
			unusable++
			continue
		}
		digest := p.box.Digest([]byte(k.Text))
		sealed, err := p.box.Seal(seal.KeyIdentity(groupID, digest), []byte(k.Text))
		if err != nil {
			return nil, 0, fmt.Errorf("seal a key: %w", err)
		}
		f := fresh{digest: digest, sealed: sealed, masked: seal.Mask(k.Text), notes: k.Notes}
		if k.Status != key.StatusACTIVE {
			f.status = k.Status
		}
		ready = append(ready, f)
	}
	slices.SortStableFunc(ready, func(a, b fresh) int { return strings.Compare(string(a.status), string(b.status)) })
	return ready, unusable, nil
}

// judge is what a parser would say of a key that stands alone.
func judge(text string) Entry {
	p := Parser{buf: make([]byte, 0, min(len(text), MaxKeyBytes))}
	p.reset()
	for _, r := range text {
		p.keep(r)
	}
	return p.entry(0)
}
