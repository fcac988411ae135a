package proxycore_test

import (
	"net/http"
	"sync"
	"testing"

	"roundhouse/proxycore"
)

// Requests that were under way together with a dead key are one piece of evidence: it is charged once, and the records say so.
func TestAFaultSeenByTwoRequestsAtOnceIsChargedOnce(t *testing.T) {
	var held sync.WaitGroup
	held.Add(2)
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if keyOf(r) != "key-dead" {
			good(w, r)
			return
		}
		held.Done()
		held.Wait()
		openAIError(w, http.StatusUnauthorized, "invalid_api_key")
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-dead", "key-good"), up.URL))
	var clients sync.WaitGroup
	for range 4 { // each key is the first choice of two
		clients.Go(func() {
			if got := r.chat(); got.err != nil || got.status != http.StatusOK {
				t.Errorf("%+v", got)
			}
		})
	}
	clients.Wait()
	r.finals(t, 4)
	if hits := up.hitsOf("key-dead"); hits != 2 {
		t.Fatalf("the dead key was tried %d times, not twice", hits)
	}
	charged := map[proxycore.Charged]int{}
	for _, record := range r.all() {
		if record.Outcome == proxycore.KeyError {
			charged[record.Charged]++
		}
	}
	if charged[proxycore.ChargedKey] != 1 || charged[proxycore.ChargedNobody] != 1 {
		t.Errorf("the records charge %v", charged)
	}
	if verdicts := r.judged(proxycore.Charge); len(verdicts) != 1 {
		t.Errorf("%d charges were told", len(verdicts))
	}
	if state := r.gateway.KeyState(groupID, 1); state.Charges != 1 {
		t.Errorf("%d charges in a row", state.Charges)
	}
}
