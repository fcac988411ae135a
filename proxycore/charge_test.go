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

// A request that every key refuses alike charges none of them, though it meets a dead one on its way, which answers otherwise.
func TestADeadKeyAmongOthersDoesNotLayTheRequestToThem(t *testing.T) {
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if keyOf(r) == "key-dead" {
			openAIError(w, http.StatusUnauthorized, "invalid_api_key")
			return
		}
		openAIError(w, http.StatusForbidden, "")
	})
	r := newRig(t, proxycore.Options{}, openGroup(t, keySet("key-dead", "key-2", "key-3", "key-4", "key-5"), up.URL))
	const requests = 20
	for range requests {
		if got := r.chat(); got.status != http.StatusForbidden && got.status != http.StatusUnauthorized { // the dead one may be the last
			t.Fatalf("%+v", got)
		}
	}
	r.finals(t, requests)
	charged := r.judged(proxycore.Charge)
	if len(charged) == 0 {
		t.Error("the dead key is not charged")
	}
	for _, v := range charged {
		if v.KeyID != 1 {
			t.Errorf("key %d was charged with a %d", v.KeyID, v.StatusCode)
		}
	}
	for _, record := range r.all() {
		if (record.Charged == proxycore.ChargedKey) != (record.StatusCode == http.StatusUnauthorized) {
			t.Errorf("a %d charged %v", record.StatusCode, record.Charged)
		}
	}
}
