package requestlog

import (
	"slices"
	"testing"
	"time"

	"roundhouse/internal/database/databasetest"
	"roundhouse/proxycore"
)

func TestFailingKeysAreCountedOverNodesAndLives(t *testing.T) {
	db := databasetest.Open(t)
	// One node has written its records and is gone, the other has yet to write.
	gone, here := New(Options{DB: db}), New(Options{DB: db, Node: 1})
	now := time.Now()
	charge := func(l *Log, key int64, before time.Duration, status int, charged proxycore.Charged) {
		r := record(int(key))
		r.Ended = now.Add(-before)
		r.KeyID, r.GroupID, r.StatusCode, r.Charged, r.Outcome = key, key%2+1, status, charged, proxycore.KeyError
		l.Record(r)
	}
	charge(gone, 1, 2*time.Hour, 401, proxycore.ChargedKey)
	charge(gone, 1, 30*time.Minute, 401, proxycore.ChargedKey)
	charge(gone, 3, 20*time.Minute, 500, proxycore.ChargedUpstream)
	if err := gone.insert(t.Context(), gone.queue.front(3)); err != nil {
		t.Fatal(err)
	}
	charge(here, 2, 20*time.Minute, 429, proxycore.ChargedKey)
	charge(here, 1, 10*time.Minute, 403, proxycore.ChargedKey)
	for _, c := range []struct {
		group int64
		back  time.Duration
		first int
		want  []FailingKey
	}{
		{0, time.Hour, 10, []FailingKey{{1, 2, 403}, {2, 1, 429}}},
		{0, time.Hour, 1, []FailingKey{{1, 2, 403}}},
		{1, time.Hour, 10, []FailingKey{{2, 1, 429}}},
		{2, 150 * time.Minute, 10, []FailingKey{{1, 3, 403}}},
		{0, time.Minute, 10, []FailingKey{}},
	} {
		got, err := here.FailingKeys(t.Context(), c.group, now.Add(-c.back), c.first)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("group %d since %v: %v, error %v", c.group, c.back, got, err)
		}
	}
	if _, err := here.FailingKeys(t.Context(), 0, now, 51); err == nil {
		t.Error("51 were asked for")
	}
}
