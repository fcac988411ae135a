package proxycore_test

import (
	"net/http"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// attemptsByGroup counts how often each request asked each group.
func (r *rig) attemptsByGroup(finals int) (all []map[string]int) {
	r.t.Helper()
	byRequest := map[string]map[string]int{}
	r.finals(r.t, finals)
	for _, rec := range r.all() {
		if byRequest[rec.RequestID] == nil {
			byRequest[rec.RequestID] = map[string]int{}
			all = append(all, byRequest[rec.RequestID])
		}
		byRequest[rec.RequestID][rec.GroupName]++
	}
	return all
}

func TestNoMemberTakesMoreThanHalfAndTheLastAttemptIsTheNextPrioritys(t *testing.T) {
	lost := failing(404, "not_found")
	busy, other, spare := newUpstream(t, lost), newUpstream(t, lost), newUpstream(t, good)
	group := func(id int64, name string, up *upstream) proxycore.GroupConfig {
		g := groupAt(t, 8, up.URL)
		g.ID, g.Name = id, name
		set, err := proxycore.ParseStatusSet("404")
		if err != nil {
			t.Fatal(err)
		}
		g.Settings.Failover = set
		b := proxycore.NewKeySetBuilder(8)
		for i := range 8 {
			key := []byte(name + keyNamed(i))
			b.Add(int64(i+1), key, digest(key))
		}
		g.Keys = b.Build()
		return g
	}
	all := proxycore.GroupConfig{
		ID: groupID, Name: "openai", Enabled: true, Aggregate: true, Dialect: dialect.OpenAI, Settings: settings(t),
		Members: []proxycore.Member{{GroupID: 21, Weight: 1000}, {GroupID: 22, Weight: 1}, {GroupID: 23, Weight: 1, Priority: 1}},
	}
	r := newRig(t, proxycore.Options{}, all, group(21, "busy", busy), group(22, "other", other), group(23, "spare", spare))
	const requests = 20
	for range requests {
		r.wantStatus(r.chat(), 200)
	}
	for _, asked := range r.attemptsByGroup(requests) {
		if asked["busy"] > 2 || asked["other"] < 1 || asked["spare"] != 1 {
			t.Errorf("%v", asked)
		}
	}
	// A member that cannot serve is skipped, and says nothing of the others.
	r.config.Groups[1].Enabled, r.config.Groups[2].Keys = false, nil
	r.swap()
	r.forget()
	for range requests {
		r.wantStatus(r.chat(), 200)
	}
	for _, asked := range r.attemptsByGroup(requests) {
		if len(asked) != 1 || asked["spare"] != 1 {
			t.Errorf("%v", asked)
		}
	}
}

func TestAnAggregatesRedirectsComeBeforeItsMembers(t *testing.T) {
	var asked seen
	up := newUpstream(t, asked.note(good))
	member := groupAt(t, 1, up.URL)
	member.ID, member.Name = 21, "member"
	member.Redirects = []proxycore.Redirect{{From: "team-model", To: "gpt-4o-2024"}}
	member.RedirectStrict = true
	all := proxycore.GroupConfig{
		ID: groupID, Name: "openai", Enabled: true, Aggregate: true, Dialect: dialect.OpenAI, Settings: settings(t),
		Members: []proxycore.Member{{GroupID: 21, Weight: 1}}, Redirects: []proxycore.Redirect{{From: "mine", To: "team-model"}},
	}
	r := newRig(t, proxycore.Options{}, all, member)
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", `{"model":"mine"}`)), 200)
	if asked.body != `{"model":"gpt-4o-2024"}` {
		t.Errorf("%s", asked.body)
	}
	if rec := r.final(t); rec.Model != "mine" || rec.UpstreamModel != "gpt-4o-2024" || rec.ParentName != "openai" || rec.GroupName != "member" {
		t.Errorf("%+v", rec)
	}
	// A strict member that does not know the model serves nobody.
	r.wantStatus(r.do(r.request(http.MethodPost, "/v1/chat/completions", `{"model":"other"}`)), 400)
}
