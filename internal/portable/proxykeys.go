package portable

import (
	"context"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// proxyKeys adds what is given by value, writes notes that are others now and, when it prunes, deletes what is not named. Keys are
// told apart by their digests: a fingerprint only names one that is there, and none when two share it.
func (a *application) proxyKeys(ctx context.Context, path string, groupID int64, in *[]ProxyKey, stored []*ent.ProxyKey) error {
	if in == nil {
		return nil
	}
	kept := map[seal.Digest]bool{}
	for i, k := range *in {
		at := fmt.Sprintf("%s.%d", path, i)
		named := a.named(k, stored)
		if len(named) > 1 {
			a.faults.Add(at, fault.NotAllowed, nil, "%d proxy keys have the fingerprint %.12s; give the value of the one that is meant", len(named), k.Fingerprint)
			continue
		}
		var err error
		switch {
		case len(named) == 1:
			kept[seal.Digest(named[0].Digest)] = true
			err = a.noteProxyKey(ctx, at, groupID, named[0], k.Notes)
		case k.Value != "":
			err = a.addProxyKey(ctx, at, groupID, k)
		case k.Fingerprint != "":
			a.tell("%s: %s is not known here, and its fingerprint does not make it; give its value", path, k.Masked)
		default:
			a.faults.Add(at, fault.Required, nil, "a proxy key has a value, or the fingerprint of one that is there")
		}
		if err != nil {
			return err
		}
	}
	if !a.manner.Prune {
		return nil
	}
	for _, known := range stored {
		if kept[seal.Digest(known.Digest)] {
			continue
		}
		if err := a.Catalog.DeleteProxyKeyIn(ctx, a.tx, known); err != nil {
			return err
		}
		a.changed[groupID] = true
	}
	return nil
}

// named are the stored keys that the document may mean: by its value one at most.
func (a *application) named(k ProxyKey, stored []*ent.ProxyKey) (named []*ent.ProxyKey) {
	digest := a.Catalog.Box.Digest([]byte(k.Value))
	for _, known := range stored {
		its := seal.Digest(known.Digest)
		if k.Value != "" && its == digest || k.Value == "" && seal.Fingerprint(its) == k.Fingerprint {
			named = append(named, known)
		}
	}
	return named
}

func (a *application) addProxyKey(ctx context.Context, at string, groupID int64, k ProxyKey) error {
	_, err := a.Catalog.CreateProxyKeyIn(ctx, a.tx, groupID, k.Value, orElse(k.Notes, ""))
	if err == nil {
		a.changed[groupID] = true
	}
	return a.refused(at+".", err)
}

// noteProxyKey writes the notes of a key that is there, unless the document does not speak of them.
func (a *application) noteProxyKey(ctx context.Context, at string, groupID int64, known *ent.ProxyKey, notes *string) error {
	if notes == nil || *notes == known.Notes {
		return nil
	}
	err := a.Catalog.NoteProxyKeyIn(ctx, a.tx, known, *notes)
	if err == nil {
		a.changed[groupID] = true
	}
	return a.refused(at+".", err)
}
