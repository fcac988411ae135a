package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/internal/catalog"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
	"roundhouse/proxycore"
)

// house is a catalog over a real database, and what it told others.
type house struct {
	*catalog.Catalog
	db      *database.DB
	box     *seal.Box
	changed []int64
}

const adminKey = "the-admin-key-of-this-test"

// ownListeners are one on every address and one on a single one.
var ownListeners = []netip.AddrPort{netip.MustParseAddrPort("[::]:3001"), netip.MustParseAddrPort("127.0.0.1:443")}

func newHouse(t *testing.T) *house { return houseAt(t, databasetest.DSN(t)) }

func houseAt(t *testing.T, dsn string) *house {
	t.Helper()
	h := &house{db: databasetest.OpenAt(t, dsn)}
	var err error
	if h.box, err = seal.Open(context.Background(), keyring.Rows(h.db), strings.Repeat("0f", 32)); err != nil {
		t.Fatal(err)
	}
	h.Catalog = catalog.New(catalog.Options{
		DB: h.db, Box: h.box,
		KeysLeft:       func(context.Context, *ent.Tx, int64) (int64, error) { return 7, nil },
		IsAdminKey:     func(value string) bool { return value == adminKey },
		RefuseUpstream: func(base *url.URL) error { return proxycore.RefuseUpstream(base, ownListeners) },
		Changed:        func(_ context.Context, id int64) { h.changed = append(h.changed, id) },
	})
	return h
}

// standard makes a group of OpenAI's dialect.
func (h *house) standard(t *testing.T, name string) *catalog.Group {
	t.Helper()
	return h.make(t, group.KindSTANDARD, name, catalog.Change{})
}

func (h *house) make(t *testing.T, kind group.Kind, name string, change catalog.Change) *catalog.Group {
	t.Helper()
	change.Name = catalog.Some(name)
	g, err := h.Create(context.Background(), kind, group.DialectOPENAI, change)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// update changes the group and fails the test when it is refused.
func (h *house) update(t *testing.T, id int64, change catalog.Change) *catalog.Group {
	t.Helper()
	g, err := h.Update(context.Background(), id, change, nil)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// faults are the paths and reasons that an input was refused for.
func faults(err error) []string {
	var input *fault.Input
	if !errors.As(err, &input) {
		return nil
	}
	var all []string
	for _, f := range input.Faults {
		all = append(all, strings.TrimPrefix(f.Path, "input.")+" "+string(f.Reason))
	}
	return all
}

// refused expects these faults in any order and nothing else.
func refused(t *testing.T, err error, want ...string) {
	t.Helper()
	got := faults(err)
	slices.Sort(got)
	slices.Sort(want)
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("refused for %v, not %v: %v", got, want, err)
	}
}

func pointer[T any](v T) *T { return &v }
