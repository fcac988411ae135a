package catalog_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/internal/catalog"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
)

func TestAProxyKeyIsShownOnceAndKeptAsADigest(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.standard(t, "a")
	row, value, err := h.CreateProxyKey(ctx, g.ID, nil, "for Ann")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(value, "rh-") || len(value) < 25 || row.Weak || row.Notes != "for Ann" || strings.Contains(row.Masked, value[5:len(value)-5]) {
		t.Errorf("made %v", row)
	}
	if digest := h.box.Digest([]byte(value)); string(row.Digest) != string(digest[:]) {
		t.Error("the digest is not the value's")
	}
	after, err := h.Get(ctx, g.ID)
	if err != nil || len(after.ProxyKeys) != 1 || after.Version != g.Version+1 {
		t.Errorf("the group is %v, %v", after, err)
	}
	if _, _, err := h.CreateProxyKey(ctx, g.ID, &value, ""); len(faults(err)) != 1 || faults(err)[0] != "value TAKEN" {
		t.Errorf("the same again: %v", err)
	}
	other := h.standard(t, "b")
	if _, _, err := h.CreateProxyKey(ctx, other.ID, &value, ""); err != nil {
		t.Errorf("the same for another group: %v", err)
	}
	if global, _, err := h.CreateProxyKey(ctx, 0, pointer("guessable"), ""); err != nil || !global.Weak || h.changed[len(h.changed)-1] != 0 {
		t.Errorf("for every group: %v, %v", global, err)
	}
	if weak, err := h.WeakProxyKeys(ctx); err != nil || weak != 1 {
		t.Errorf("%d are weak, %v", weak, err)
	}
}

func TestWhatIsNoProxyKeyIsRefused(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	for value, want := range map[string]string{
		"short": "TOO_SHORT", adminKey: "NOT_ALLOWED", "with a space": "BAD_FORM", "schlüssel": "BAD_FORM", "new\nline-key": "BAD_FORM", strings.Repeat("x", 513): "TOO_LONG",
	} {
		if _, _, err := h.CreateProxyKey(ctx, 0, &value, ""); len(faults(err)) != 1 || faults(err)[0] != "value "+want || strings.Contains(err.Error(), value) {
			t.Errorf("%.20q: %v", value, err)
		}
	}
	if _, _, err := h.CreateProxyKey(ctx, 99, nil, ""); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("for a group that is not there: %v", err)
	}
	if err := h.DeleteProxyKey(ctx, 99); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("deleting one that is not there: %v", err)
	}
}

func TestAListKeepsTheRowsOfKeysThatStay(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.make(t, group.KindSTANDARD, "a", catalog.Change{ProxyKeys: catalog.Some([]string{"proxy-key-1", "proxy-key-2"})})
	kept := g.ProxyKeys[1]
	h.db.ProxyKey.UpdateOne(kept).SetNotes("Ann's").ExecX(ctx)
	g = h.update(t, g.ID, catalog.Change{ProxyKeys: catalog.Some([]string{"proxy-key-3", "proxy-key-2"})})
	if len(g.ProxyKeys) != 2 || g.ProxyKeys[0].ID != kept.ID || g.ProxyKeys[0].Notes != "Ann's" {
		t.Errorf("became %v", g.ProxyKeys)
	}
	g = h.update(t, g.ID, catalog.Change{Sort: catalog.Some(1)})
	if len(g.ProxyKeys) != 2 {
		t.Errorf("a change of something else left %v", g.ProxyKeys)
	}
	g = h.update(t, g.ID, catalog.Change{ProxyKeys: catalog.Opt[[]string]{Set: true, Null: true}})
	if len(g.ProxyKeys) != 0 {
		t.Errorf("null left %v", g.ProxyKeys)
	}
}

func TestGlobalProxyKeysAreSetInTheCallersTransaction(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	set := func(values ...string) error {
		return h.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return h.SetGlobalProxyKeys(ctx, tx, values) })
	}
	if err := set("proxy-key-1", "proxy-key-2"); err != nil {
		t.Fatal(err)
	}
	before, _ := h.ProxyKeys(ctx, 0)
	refused(t, set("proxy-key-3", "short", adminKey), "proxyKeys.1 TOO_SHORT", "proxyKeys.2 NOT_ALLOWED")
	if err := set("proxy-key-2"); err != nil {
		t.Fatal(err)
	}
	after, err := h.ProxyKeys(ctx, 0)
	if err != nil || len(before) != 2 || len(after) != 1 || after[0].ID != before[1].ID {
		t.Errorf("from %v to %v, %v", before, after, err)
	}
}

func TestTheSameProxyKeyAddedTwiceAtOnceIsThereOnce(t *testing.T) {
	dsn, ctx := databasetest.DSN(t), context.Background()
	houses := []*house{houseAt(t, dsn), houseAt(t, dsn), houseAt(t, dsn)}
	var wg sync.WaitGroup
	for _, h := range houses {
		wg.Go(func() {
			if _, _, err := h.CreateProxyKey(ctx, 0, pointer("proxy-key-1"), ""); err != nil {
				refused(t, err, "value TAKEN")
			}
		})
	}
	wg.Wait()
	if keys, err := houses[0].ProxyKeys(ctx, 0); err != nil || len(keys) != 1 {
		t.Errorf("there are %v, %v", keys, err)
	}
}
