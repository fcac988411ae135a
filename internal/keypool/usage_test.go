package keypool_test

import (
	"context"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/proxycore"
)

func TestUsageIsCountedWithTheRecords(t *testing.T) {
	h := newHouse(t)
	proxyKey := h.db.ProxyKey.Create().SetDigest(make([]byte, 32)).SetMasked("k…").SaveX(t.Context()).ID
	at := time.Now().UTC().Truncate(time.Second)
	count := func(at time.Time) {
		t.Helper()
		records := []proxycore.Record{{ProxyKeyID: proxyKey, Ended: at}}
		for i := range int64(250) {
			records = append(records, proxycore.Record{KeyID: 1 + i%125, ProxyKeyID: proxyKey, Ended: at, Charged: proxycore.ChargedUpstream})
		}
		records[1].Charged = proxycore.ChargedKey
		err := h.db.InTx(t.Context(), func(ctx context.Context, tx *ent.Tx) error { return h.CountUsage(ctx, tx, records) })
		if err != nil {
			t.Fatal(err)
		}
	}
	count(at)
	count(at.Add(-time.Hour)) // late, as from a journal
	usage, err := h.Usage(t.Context(), []int64{1, 125, 999})
	if err != nil || len(usage) != 2 {
		t.Fatalf("got %v, %v", usage, err)
	}
	if u := usage[1]; u.RequestCount != 4 || u.FailureCount != 2 || u.LastUsedMs != at.UnixMilli() {
		t.Errorf("key 1: %v", u)
	}
	if u := usage[125]; u.RequestCount != 4 || u.FailureCount != 0 {
		t.Errorf("key 125: %v", u)
	}

	used := func() time.Time { return *h.db.ProxyKey.GetX(t.Context(), proxyKey).LastUsedAt }
	if !used().Equal(at) {
		t.Errorf("the proxy key was used at %v, want %v", used(), at)
	}
	count(at.Add(59 * time.Second))
	if !used().Equal(at) {
		t.Error("the proxy key's last use was written twice in a minute")
	}
	count(at.Add(61 * time.Second))
	if !used().Equal(at.Add(61 * time.Second)) {
		t.Errorf("the proxy key was used at %v", used())
	}
}
