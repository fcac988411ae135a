package snapshot_test

import (
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"

	"roundhouse/internal/keypool"
	"roundhouse/internal/snapshot"
	"roundhouse/proxycore"
)

// A change of a group is in force without anything being made anew for its keys, or for those of others.
func TestAChangeAllocatesNothingForKeys(t *testing.T) {
	const keys = 20_000
	h := newHouse(t)
	var text strings.Builder
	for i := range keys {
		fmt.Fprintf(&text, "key-%040d\n", i)
	}
	g := h.group(t, "openai")
	if err := h.pool.Import(t.Context(), g, strings.NewReader(text.String()), keypool.Unwatched{}); err != nil {
		t.Fatal(err)
	}
	gateway := proxycore.New(proxycore.Options{MaxConcurrent: 1})
	p := snapshot.New(snapshot.Options{DB: h.db, Box: h.box, Settings: h.settings, Gateway: gateway, Logger: slog.New(slog.DiscardHandler)})
	publish := func() uint64 {
		t.Helper()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := p.Publish(t.Context()); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if first := publish(); first < 100*keys {
		t.Fatalf("the first snapshot allocated %d bytes: it holds no keys", first)
	}
	h.db.Group.UpdateOneID(g).SetEnabled(false).AddVersion(1).ExecX(t.Context())
	if again := publish(); again > 10*keys {
		t.Errorf("a change allocated %d bytes beside %d keys", again, keys)
	}
}
