package keyring_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/keyring"
	"roundhouse/internal/seal"
)

func TestTheInstallationOutlivesTheProcess(t *testing.T) {
	dsn, ctx, key := databasetest.DSN(t), context.Background(), strings.Repeat("0f", 32)
	var digests [3]seal.Digest
	var wg sync.WaitGroup
	for i := range digests {
		wg.Go(func() {
			box, err := seal.Open(ctx, keyring.Rows(databasetest.OpenAt(t, dsn)), key)
			if err != nil {
				t.Error(err)
				return
			}
			digests[i] = box.Digest([]byte("x"))
		})
	}
	wg.Wait()
	if digests[0] != digests[1] || digests[1] != digests[2] {
		t.Error("nodes that started together digest differently")
	}
	if _, err := seal.Open(ctx, keyring.Rows(databasetest.OpenAt(t, dsn)), ""); !errors.Is(err, seal.ErrKeyMissing) {
		t.Errorf("without the key: %v", err)
	}
}

func TestARowIsAddedOnceAndReplacedOnDemand(t *testing.T) {
	ring, ctx := keyring.Rows(databasetest.Open(t)), context.Background()
	for _, write := range []error{ring.Insert(ctx, "a", []byte("1")), ring.Insert(ctx, "a", []byte("2")), ring.Put(ctx, "b", []byte("3")), ring.Put(ctx, "b", []byte("4"))} {
		if write != nil {
			t.Error(write)
		}
	}
	rows, err := ring.Load(ctx)
	if err != nil || string(rows["a"]) != "1" || string(rows["b"]) != "4" {
		t.Errorf("read %q, %v", rows, err)
	}
}
