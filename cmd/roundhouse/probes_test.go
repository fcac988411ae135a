package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"roundhouse/internal/upstreamtest"
)

// Validations of ours have rows, and are in no figure of what clients did.
func TestValidationsAreInNoFigureOfTraffic(t *testing.T) {
	upstream := upstreamtest.New(t, "key-pooled-*")
	g := start(t, nil)
	id := g.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(3)...)
	for _, key := range g.keys(id) {
		g.do(`mutation($id: ID!) { validateKey(id: $id) { ok } }`, map[string]any{"id": key.ID})
	}
	if done := g.keyTask("validateKeys", map[string]any{"groupId": id, "all": true}); done != "3 0 0" {
		t.Fatal(done)
	}
	if status, body := g.chat("openai", hello); status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	db := g.books(nil)
	g.await("the rows", func() bool { return readLedger(t, db).upstream == 7 })
	l := readLedger(t, db)
	l.balances(t)
	if l.finals != 1 || l.retries != 0 || l.countedFinals != 1 {
		t.Errorf("%+v", l)
	}
	answer, err := json.Marshal(g.do(`{ dashboard { requests { value } } groups { traffic { requests failures } spark { successes failures } }
		breakdown(by: GROUP, from: "2020-01-01T00:00:00Z", to: "2099-01-01T00:00:00Z") { requests } liveHistory { requestsLastSecond }
		requestLogs { edges { node { trial } } } }`, nil))
	if err != nil {
		t.Fatal(err)
	}
	figures := string(answer)
	for figure, want := range map[string]int{`"trial":`: 1, `"requests":1`: 2, `"requests":{"value":1}`: 1, `"requests":7`: 0, `"requests":{"value":7}`: 0} {
		if got := strings.Count(figures, figure); got != want {
			t.Errorf("%s is there %d times, not %d: %s", figure, got, want, figures)
		}
	}
}
