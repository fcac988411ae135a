package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"roundhouse/ent/generated/ent/requestlog"
	"roundhouse/internal/upstreamtest"
)

// P7: a gateway that starts three days after its newest record cannot know whether its clock is right. It deletes what was past
// retention by that record, and leaves what grew old since, until its clock has gone on steadily for a day.
func TestWhatIsOldByALeapOfTheClockAloneIsKept(t *testing.T) {
	const days = 24 * time.Hour // of which seven are kept by default
	upstream := upstreamtest.New(t, "key-pooled-*")
	dir := t.TempDir()
	g := startIn(t, dir, nil)
	g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(1)...)
	g.await("the group to serve", func() bool { status, _ := g.chat("openai", hello); return status == http.StatusOK })
	for range 2 {
		g.chat("openai", hello)
	}
	g.close()
	db := g.books(nil)
	rows := func() []int64 {
		return db.RequestLog.Query().Order(requestlog.ByID()).IDsX(t.Context())
	}
	ids := rows()
	past := []time.Duration{40 * days, 9 * days, 3 * days} // long old, old by the clock alone, the newest
	ids = ids[len(ids)-len(past):]
	db.RequestLog.Delete().Where(requestlog.IDLT(ids[0])).ExecX(t.Context())
	for i, id := range ids {
		moved := id - past[i].Milliseconds()<<20
		if _, err := db.SQL().Exec(fmt.Sprintf("UPDATE request_logs SET id = %d WHERE id = %d", moved, id)); err != nil {
			t.Fatal(err)
		}
		ids[i] = moved
	}

	g = startIn(t, dir, nil)
	g.await("what is long old to be deleted", func() bool { return !slices.Contains(rows(), ids[0]) })
	if left := rows(); !slices.Contains(left, ids[1]) {
		t.Error("what is old by the clock alone was deleted too")
	}
	if said := g.output.String(); strings.Count(said, "nothing was recorded for a long time") != 1 {
		t.Errorf("it says\n%s", said)
	}
}
