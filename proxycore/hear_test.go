package proxycore_test

import (
	"net/http"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// twoNodes serve the same group; what one says the other hears when the test passes it on.
func twoNodes(t *testing.T, answer func(w http.ResponseWriter)) (up *upstream, a, b *rig) {
	up = newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		if keyOf(r) == "key-bad" {
			answer(w)
			return
		}
		good(w, r)
	})
	group := openGroup(t, keySet("key-bad", "key-good"), up.URL)
	return up, newRig(t, proxycore.Options{}, group), newRig(t, proxycore.Options{}, group)
}

// untilBad sends requests until the bad key was met once more.
func (r *rig) untilBad(up *upstream) {
	r.t.Helper()
	before := up.hitsOf("key-bad")
	for range 4 {
		if got := r.chat(); got.status != http.StatusOK {
			r.t.Fatalf("%+v", got)
		}
		if up.hitsOf("key-bad") > before {
			return
		}
	}
	r.t.Fatal("the bad key was never met")
}

func TestAKeyChargedOnOneNodeRestsOnTheOther(t *testing.T) {
	up, a, b := twoNodes(t, func(w http.ResponseWriter) { openAIError(w, http.StatusUnauthorized, "invalid_api_key") })
	a.untilBad(up)
	charge := a.judged(proxycore.Charge)[0]
	if b.gateway.Hear(charge) {
		t.Error("one charge made it a suspect")
	}
	if state := b.gateway.KeyState(groupID, 1); state.Charges != 1 || state.RestingUntil.IsZero() {
		t.Errorf("%+v", state)
	}
	for range 6 {
		b.chat()
	}
	if hits := up.hitsOf("key-bad"); hits != 1 {
		t.Errorf("the resting key was tried %d times", hits)
	}
	b.gateway.Hear(charge)
	if !b.gateway.Hear(charge) || !b.gateway.KeyState(groupID, 1).Suspect {
		t.Error("three charges of the cluster made no suspect")
	}
	if b.gateway.Hear(charge) {
		t.Error("it became a suspect twice")
	}
	b.gateway.Withdraw(groupID, 1)
	if b.gateway.KeyState(groupID, 1).Suspect {
		t.Error("still a suspect, though it was decided on")
	}
}

func TestAKeyThatAnotherNodeClearedIsClean(t *testing.T) {
	_, _, b := twoNodes(t, func(w http.ResponseWriter) { openAIError(w, http.StatusUnauthorized, "invalid_api_key") })
	b.gateway.Hear(proxycore.Verdict{Kind: proxycore.Charge, GroupID: groupID, KeyID: 1})
	b.gateway.Hear(proxycore.Verdict{Kind: proxycore.Clear, GroupID: groupID, KeyID: 1})
	if state := b.gateway.KeyState(groupID, 1); state.Charges != 0 || !state.RestingUntil.IsZero() {
		t.Errorf("%+v", state)
	}
}

func TestASuspectOfOneNodeIsASuspectOfTheOther(t *testing.T) {
	_, _, b := twoNodes(t, func(w http.ResponseWriter) { openAIError(w, http.StatusUnauthorized, "invalid_api_key") })
	if !b.gateway.Hear(proxycore.Verdict{Kind: proxycore.Suspect, GroupID: groupID, KeyID: 1}) {
		t.Error("not said")
	}
	if !b.gateway.KeyState(groupID, 1).Suspect {
		t.Error("not a suspect")
	}
	for _, unknown := range []proxycore.Verdict{{Kind: proxycore.Suspect, GroupID: 99, KeyID: 1}, {Kind: proxycore.Suspect, GroupID: groupID, KeyID: 99}} {
		if b.gateway.Hear(unknown) {
			t.Errorf("a suspect that is not here: %+v", unknown)
		}
	}
}

func TestAKeyThatCoolsOnOneNodeCoolsOnTheOther(t *testing.T) {
	up, a, b := twoNodes(t, func(w http.ResponseWriter) { openAIError(w, http.StatusTooManyRequests, "rate_limit_exceeded") })
	a.untilBad(up)
	cool := a.judged(proxycore.Cool)[0]
	if !cool.Guess || cool.Model == "" {
		t.Fatalf("%+v", cool)
	}
	cool.At, cool.Until = cool.At.Add(-time.Hour), cool.Until.Add(-time.Hour) // the other node's clock
	b.gateway.Hear(cool)
	state := b.gateway.KeyState(groupID, 1)
	if len(state.Models) != 1 || state.Models[0].Model != cool.Model || !state.CoolingUntil.IsZero() {
		t.Fatalf("%+v", state)
	}
	if left := time.Until(state.Models[0].Until); left < 8*time.Second || left > 10*time.Second {
		t.Errorf("it cools for %v", left)
	}
	for range 6 {
		b.chat()
	}
	if hits := up.hitsOf("key-bad"); hits != 1 {
		t.Errorf("the cooling key was tried %d times", hits)
	}
	cool.Model, cool.Account = "", true
	b.gateway.Hear(cool)
	if b.gateway.KeyState(groupID, 1).CoolingUntil.IsZero() || b.gateway.CoolingKeys(groupID) != 1 {
		t.Error("it does not cool for every model")
	}
}
