package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/lease"
	"roundhouse/internal/database/databasetest"
)

// A leader validates a dead key when another node takes the lease, which the old one does not know yet. What the provider then
// answers is not the old leader's to write: neither the key nor the group's round.
func TestALeaderWritesNothingOnceAnotherLeads(t *testing.T) {
	if engine := os.Getenv("TEST_DATABASE"); engine != "postgres" && engine != "mysql" {
		t.Skip("with SQLite the one process always leads")
	}
	asked, answer := make(chan struct{}, 1), make(chan struct{})
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.Header.Get("Authorization"), "0001") {
			asked <- struct{}{}
			<-answer
		}
	}))
	t.Cleanup(upstream.Close)
	dsn, ctx := databasetest.DSN(t), t.Context()
	env := map[string]string{"DATABASE_DSN": dsn, "AUTH_KEY": "admin-key-of-the-tests"}
	first := start(t, env)
	first.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	first.close()

	// The other key is ACTIVE: for a group that has none, every node tries keys.
	db := databasetest.OpenAt(t, dsn)
	dead := db.Key.Query().Order(key.ByID()).AllX(ctx)[1].ID
	db.Key.UpdateOneID(dead).SetStatus(key.StatusINVALID).ExecX(ctx)
	db.KeyCount.Update().SetActive(1).SetInvalid(1).ExecX(ctx)

	g := start(t, env)
	g.await("the leader to validate the dead key", func() bool { return len(asked) == 1 })
	expires := func() int64 { return db.Lease.Query().Where(lease.Name("leader")).OnlyX(ctx).ExpiresMs }
	before := expires()
	g.await("the lease to be renewed", func() bool { return expires() != before }) // not again for 3 s
	// The fence's row with it.
	db.Lease.Update().SetHolder("another").AddEpoch(1).AddExpiresMs(9_000).ExecX(ctx)
	close(answer)
	g.await("the old leader to yield", func() bool { return strings.Contains(g.output.String(), "leads=false") })
	g.close()
	if row := db.Key.GetX(ctx, dead); row.Status != key.StatusINVALID {
		t.Errorf("the old leader made the key %s", row.Status)
	}
	if at := db.Group.Query().OnlyX(ctx).LastValidatedAt; at != nil {
		t.Errorf("the old leader noted its round, %s", at)
	}
}
