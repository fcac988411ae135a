package gptload

import (
	"context"
	"maps"
	"slices"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
)

// keysAtOnce is how many keys are in memory in clear.
const keysAtOnce = 1000

// keys takes the keys of every group that is here, some at a time in the order GPT-Load got them.
func (i *importing) keys(ctx context.Context) error {
	seen := map[int64]map[seal.Digest]struct{}{}
	for after := int64(0); ; {
		stored, err := i.from.keysAfter(ctx, after, keysAtOnce)
		if err != nil || len(stored) == 0 {
			return err
		}
		after = stored[len(stored)-1].id
		byGroup := map[int64][]keypool.NewKey{}
		for _, k := range stored {
			told := i.groups[k.group]
			if told == nil || told.State == "refused" {
				continue
			}
			text, ok := i.opener.open(k)
			if !ok {
				told.Unopened++
				continue
			}
			byGroup[k.group] = append(byGroup[k.group], newKey(k, text))
		}
		for _, theirs := range slices.Sorted(maps.Keys(byGroup)) {
			if seen[theirs] == nil {
				seen[theirs] = map[seal.Digest]struct{}{}
			}
			if err := i.addKeys(ctx, i.groups[theirs], byGroup[theirs], seen[theirs]); err != nil {
				return err
			}
		}
	}
}

func newKey(k storedKey, text string) keypool.NewKey {
	made := keypool.NewKey{Text: text, Notes: k.notes}
	if k.status == "invalid" { // one validation of ours brings it back if it lives
		made.Status = key.StatusINVALID
	}
	return made
}

func (i *importing) addKeys(ctx context.Context, told *GroupReport, keys []keypool.NewKey, seen map[seal.Digest]struct{}) (err error) {
	var added keypool.Added
	if i.DryRun {
		added, err = i.Keys.WouldAdd(ctx, told.id, keys, seen)
	} else {
		added, err = i.Keys.Add(ctx, told.id, keys)
	}
	told.Keys.Added += added.Added
	told.Keys.There += added.There
	told.Keys.Unusable += added.Unusable
	return err
}
