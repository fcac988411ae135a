package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/audit"
	"roundhouse/internal/catalog"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
	"roundhouse/proxycore/dialect"
)

func TestANewGroupTakesItsDialectsDefaults(t *testing.T) {
	h := newHouse(t)
	for _, d := range dialect.All() {
		name := strings.ToLower(string(d.Name()))
		g, err := h.Create(context.Background(), group.KindSTANDARD, group.Dialect(d.Name()), catalog.Change{Name: catalog.Some(name)})
		if err != nil {
			t.Error(err)
			continue
		}
		if len(g.Upstreams) != 1 || g.Upstreams[0].URL != d.Defaults().UpstreamURL || g.Upstreams[0].Weight != 1 || !g.Upstreams[0].Enabled || g.TestModel != d.Defaults().TestModel {
			t.Errorf("%s: %v, upstreams %v", name, g, g.Upstreams)
		}
		if !g.Enabled || g.Version != 1 || g.KeyCarrier != group.KeyCarrierDIALECT {
			t.Errorf("%s: %v", name, g)
		}
		if !slices.Contains(h.changed, g.ID) {
			t.Errorf("nobody was told of %s", name)
		}
	}
}

func TestAGroupKeepsWhatItWasGiven(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	made := h.make(t, group.KindSTANDARD, "open-ai_1", catalog.Change{
		DisplayName: catalog.Some(" " + strings.Repeat("größe", 51)), Description: catalog.Some("für 😀"), Enabled: catalog.Some(false), Sort: catalog.Some(9),
		KeyCarrier: catalog.Some(group.KeyCarrierAPI_KEY), TestModel: catalog.Some("gpt-4o"), ValidationPath: catalog.Some("/v1/models"),
		Upstreams: catalog.Some([]catalog.Upstream{
			{URL: "HTTPS://API.example.com/v1/", Weight: 3, Enabled: true}, {URL: "http://127.0.0.1:11434", Weight: 0, Enabled: false},
		}),
		ParamOverrides: catalog.Some(json.RawMessage(`{"seed": 9007199254740993}`)),
		HeaderRules: catalog.Some([]catalog.HeaderRule{
			{Action: headerrule.ActionSET, Name: "X-Secret", Value: pointer("hush")}, {Action: headerrule.ActionREMOVE, Name: "User-Agent"},
		}),
		ModelRedirects: catalog.Some([]schema.ModelRedirect{{From: "fast", To: "gpt-4o-mini"}}), ModelRedirectStrict: catalog.Some(true),
		ProxyKeys: catalog.Some([]string{"a-proxy-key-1", "a-proxy-key-2"}),
		Overrides: catalog.Some(map[string]*string{"maxRetries": pointer("7"), "proxyUrl": pointer("http://me:hush@proxy:3128"), "cooldownSeconds": nil}),
	})
	g, err := h.ByName(ctx, "open-ai_1")
	if err != nil || g.ID != made.ID {
		t.Fatal(err)
	}
	if g.DisplayName != strings.Repeat("größe", 51) || g.Description != "für 😀" || g.Enabled || g.Sort != 9 || g.KeyCarrier != group.KeyCarrierAPI_KEY ||
		g.TestModel != "gpt-4o" || g.ValidationPath != "/v1/models" || g.ParamOverrides != `{"seed": 9007199254740993}` || !g.ModelRedirectStrict {
		t.Errorf("read %v", g)
	}
	if len(g.Upstreams) != 2 || g.Upstreams[0].URL != "https://api.example.com/v1" || g.Upstreams[0].Weight != 3 || g.Upstreams[1].Enabled {
		t.Errorf("upstreams %v", g.Upstreams)
	}
	if len(g.ModelRedirects) != 1 || g.ModelRedirects[0].To != "gpt-4o-mini" || len(g.ProxyKeys) != 2 {
		t.Errorf("redirects %v, proxy keys %v", g.ModelRedirects, g.ProxyKeys)
	}
	if overrides, err := h.Overrides(g); err != nil || len(overrides) != 2 || overrides["maxRetries"] != "7" || overrides["proxyUrl"] != "http://me:hush@proxy:3128" {
		t.Errorf("overrides %v, %v", overrides, err)
	}
	if _, inClear := g.Group.Overrides["proxyUrl"]; inClear {
		t.Error("the proxy's password lies there in clear")
	}
	rules := h.ShowRules(g)
	if len(rules) != 2 || rules[0].Value != "" || !rules[0].Secret || rules[1].Action != headerrule.ActionREMOVE {
		t.Errorf("rules are shown as %v", rules)
	}
	if value, err := h.box.Open(seal.HeaderRuleIdentity(g.ID, "X-Secret"), g.HeaderRules[0].Sealed); err != nil || string(value) != "hush" {
		t.Errorf("the rule's value is %q, %v", value, err)
	}
}

func TestAFieldLeftOutStaysAndNullSetsTheDefaultAgain(t *testing.T) {
	h := newHouse(t)
	g := h.make(t, group.KindSTANDARD, "a", catalog.Change{
		DisplayName: catalog.Some("A"), Enabled: catalog.Some(false), TestModel: catalog.Some("gpt-4o"), ParamOverridesText: catalog.Some(`{"top_p":1}`),
		Upstreams: catalog.Some([]catalog.Upstream{{URL: "http://one", Weight: 1, Enabled: true}}),
		Overrides: catalog.Some(map[string]*string{"maxRetries": pointer("7"), "requestTimeout": pointer("30"), "proxyUrl": pointer("http://me:hush@proxy:3128")}),
	})
	same := h.update(t, g.ID, catalog.Change{Description: catalog.Some("new")})
	if same.DisplayName != "A" || same.Enabled || same.TestModel != "gpt-4o" || same.ParamOverrides != `{"top_p":1}` || same.Upstreams[0].URL != "http://one" || same.Version != 2 {
		t.Errorf("became %v", same)
	}
	merged := h.update(t, g.ID, catalog.Change{Overrides: catalog.Some(map[string]*string{
		"maxRetries": nil, "connectTimeout": pointer("5"), "proxyUrl": pointer("http://me:xxxxx@proxy:3128"), // as it is shown
	})})
	overrides, err := h.Overrides(merged)
	if err != nil || fmt.Sprint(overrides) != "map[connectTimeout:5 proxyUrl:http://me:hush@proxy:3128 requestTimeout:30]" {
		t.Errorf("overrides %v, %v", overrides, err)
	}
	null := h.update(t, g.ID, catalog.Change{
		DisplayName: catalog.Opt[string]{Set: true, Null: true}, Enabled: catalog.Opt[bool]{Set: true, Null: true}, TestModel: catalog.Opt[string]{Set: true, Null: true},
		ParamOverrides: catalog.Opt[json.RawMessage]{Set: true, Null: true}, Upstreams: catalog.Opt[[]catalog.Upstream]{Set: true, Null: true},
		Overrides: catalog.Opt[map[string]*string]{Set: true, Null: true},
	})
	if null.DisplayName != "" || !null.Enabled || null.TestModel == "gpt-4o" || null.ParamOverrides != "" || null.Upstreams[0].URL != "https://api.openai.com/v1" {
		t.Errorf("became %v, upstreams %v", null, null.Upstreams)
	}
	if overrides, err := h.Overrides(null); err != nil || len(overrides) != 0 {
		t.Errorf("overrides %v, %v", overrides, err)
	}
}

func TestARuleWithoutAValueKeepsTheOneItHas(t *testing.T) {
	h := newHouse(t)
	g := h.make(t, group.KindSTANDARD, "a", catalog.Change{HeaderRules: catalog.Some([]catalog.HeaderRule{
		{Action: headerrule.ActionSET, Name: "X-Secret", Value: pointer("hush")}, {Action: headerrule.ActionSET, Name: "X-Trace", Value: pointer("${GROUP_NAME}, ${TIMESTAMP_MS}")},
	})})
	if rules := h.ShowRules(g); rules[1].Value != "${GROUP_NAME}, ${TIMESTAMP_MS}" || rules[1].Secret {
		t.Errorf("shown as %v", rules)
	}
	g = h.update(t, g.ID, catalog.Change{HeaderRules: catalog.Some([]catalog.HeaderRule{
		{Action: headerrule.ActionREMOVE, Name: "Cookie"}, {Action: headerrule.ActionSET, Name: "x-secret"},
	})})
	if value, err := h.box.Open(seal.HeaderRuleIdentity(g.ID, "x-secret"), g.HeaderRules[1].Sealed); err != nil || string(value) != "hush" {
		t.Errorf("kept %q, %v", value, err)
	}
	_, err := h.Update(context.Background(), g.ID, catalog.Change{HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionSET, Name: "Cookie"}})}, nil)
	refused(t, err, "headerRules.0.value REQUIRED")
}

func TestRenamingAndDeletingFreeTheNameAtOnce(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	a, b := h.standard(t, "a"), h.standard(t, "b")
	_, err := h.Update(ctx, b.ID, catalog.Change{Name: catalog.Some("a")}, nil)
	refused(t, err, "name TAKEN")
	h.update(t, a.ID, catalog.Change{Name: catalog.Some("c")})
	h.update(t, b.ID, catalog.Change{Name: catalog.Some("a")})
	if _, err := h.Delete(ctx, b.ID, pointer("b")); len(faults(err)) != 1 {
		t.Errorf("deleted under a wrong name: %v", err)
	}
	left, err := h.Delete(ctx, b.ID, pointer("a"))
	if err != nil || left != 7 {
		t.Errorf("%d keys left, %v", left, err)
	}
	again := h.standard(t, "a")
	if again.ID == b.ID {
		t.Error("the id of a deleted group was given again")
	}
	for _, err := range []error{second(h.Get(ctx, b.ID)), second(h.Delete(ctx, b.ID, nil)), second(h.Update(ctx, b.ID, catalog.Change{}, nil)), second(h.ByName(ctx, "b"))} {
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestDeletingLeavesNothingOfTheGroupBehind(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.make(t, group.KindSTANDARD, "a", catalog.Change{
		ProxyKeys:   catalog.Some([]string{"a-proxy-key-1"}),
		HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionREMOVE, Name: "Cookie"}}),
	})
	parent := h.make(t, group.KindAGGREGATE, "all", catalog.Change{Members: catalog.Some([]catalog.Member{{GroupID: g.ID, Weight: 1}})})
	h.changed = nil
	if _, err := h.Delete(ctx, g.ID, nil); err != nil {
		t.Fatal(err)
	}
	if n := h.db.Upstream.Query().CountX(ctx) + h.db.ProxyKey.Query().CountX(ctx) + h.db.HeaderRule.Query().CountX(ctx) + h.db.Member.Query().CountX(ctx); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	after, err := h.Get(ctx, parent.ID)
	if err != nil || len(after.Members) != 0 || after.Version != parent.Version+1 {
		t.Errorf("the aggregate is %v, %v", after, err)
	}
	if !slices.Equal(h.changed, []int64{parent.ID, g.ID}) {
		t.Errorf("told of %v", h.changed)
	}
}

func TestGroupsAreListedBySortAndName(t *testing.T) {
	h := newHouse(t)
	for name, sort := range map[string]int{"c": 1, "b": 2, "a": 2, "d": -1} {
		h.make(t, group.KindSTANDARD, name, catalog.Change{Sort: catalog.Some(sort)})
	}
	groups, err := h.List(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, g := range groups {
		names = append(names, g.Name)
		if len(g.Upstreams) != 1 {
			t.Errorf("%s has %d upstreams", g.Name, len(g.Upstreams))
		}
	}
	if fmt.Sprint(names) != "[d c a b]" {
		t.Errorf("listed %v", names)
	}
}

func TestAnotherVersionIsAConflict(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.standard(t, "a")
	h.update(t, g.ID, catalog.Change{Sort: catalog.Some(1)})
	if _, err := h.Update(ctx, g.ID, catalog.Change{Sort: catalog.Some(2)}, pointer(1)); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("got %v", err)
	}
	if g, err := h.Update(ctx, g.ID, catalog.Change{Sort: catalog.Some(2)}, pointer(2)); err != nil || g.Version != 3 {
		t.Errorf("got %v, %v", g, err)
	}
}

// Two administrators who change different fields at the same time both find their change kept, and nobody is refused.
func TestChangesAtTheSameTimeAreAllKept(t *testing.T) {
	dsn := databasetest.DSN(t)
	h := houseAt(t, dsn)
	g := h.standard(t, "a")
	const rounds = 10
	changes := []func(h *house, n int) catalog.Change{
		func(_ *house, n int) catalog.Change { return catalog.Change{Sort: catalog.Some(n)} },
		func(_ *house, n int) catalog.Change { return catalog.Change{DisplayName: catalog.Some(fmt.Sprint(n))} },
		func(_ *house, n int) catalog.Change {
			return catalog.Change{Overrides: catalog.Some(map[string]*string{"maxRetries": pointer(fmt.Sprint(n))})}
		},
	}
	var wg sync.WaitGroup
	for _, change := range changes {
		admin := houseAt(t, dsn)
		wg.Go(func() {
			for n := range rounds {
				if _, err := admin.Update(context.Background(), g.ID, change(admin, n+1), nil); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	after, err := h.Get(context.Background(), g.ID)
	if err != nil || after.Sort != rounds || after.DisplayName != fmt.Sprint(rounds) || after.Overrides["maxRetries"] != fmt.Sprint(rounds) || after.Version != 1+rounds*len(changes) {
		t.Errorf("became %v, %v", after, err)
	}
}

func TestOfTwoThatTakeANameAtOnceOneGetsIt(t *testing.T) {
	dsn := databasetest.DSN(t)
	houses := []*house{houseAt(t, dsn), houseAt(t, dsn), houseAt(t, dsn)}
	errs := make([]error, len(houses))
	var wg sync.WaitGroup
	for i, h := range houses {
		wg.Go(func() {
			_, errs[i] = h.Create(context.Background(), group.KindSTANDARD, group.DialectOPENAI, catalog.Change{Name: catalog.Some("a")})
		})
	}
	wg.Wait()
	taken := 0
	for _, err := range errs {
		if err != nil {
			refused(t, err, "name TAKEN")
			taken++
		}
	}
	if taken != len(houses)-1 {
		t.Errorf("%d of %d were refused", taken, len(houses))
	}
}

func TestAMemberThatIsDeletedMeanwhileIsNoMember(t *testing.T) {
	dsn, ctx := databasetest.DSN(t), context.Background()
	h, other := houseAt(t, dsn), houseAt(t, dsn)
	for round := range 10 {
		member := h.standard(t, fmt.Sprintf("member-%d", round))
		all := h.make(t, group.KindAGGREGATE, fmt.Sprintf("all-%d", round), catalog.Change{})
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := h.Update(ctx, all.ID, catalog.Change{Members: catalog.Some([]catalog.Member{{GroupID: member.ID, Weight: 1}})}, nil)
			if err != nil {
				refused(t, err, "subGroups.0.groupId UNKNOWN")
			}
		})
		wg.Go(func() {
			if _, err := other.Delete(ctx, member.ID, nil); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
	}
	if n := h.db.Member.Query().CountX(ctx); n != 0 {
		t.Errorf("%d members point at groups that are gone", n)
	}
}

func TestEveryChangeLeavesAnAuditRowWithoutSecrets(t *testing.T) {
	h := newHouse(t)
	ctx := audit.WithActor(context.Background(), "session 1 from 192.0.2.1")
	g, err := h.Create(ctx, group.KindSTANDARD, group.DialectOPENAI, catalog.Change{
		Name: catalog.Some("a"), ProxyKeys: catalog.Some([]string{"hush-proxy-key-1"}),
		HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionSET, Name: "X-Secret", Value: pointer("hush")}}),
		Overrides:   catalog.Some(map[string]*string{"proxyUrl": pointer("http://me:hush@proxy:3128")}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Update(ctx, g.ID, catalog.Change{Sort: catalog.Some(4)}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Update(ctx, g.ID, catalog.Change{Name: catalog.Some("/")}, nil); err == nil {
		t.Fatal("a slash was taken for a name")
	}
	key, _, err := h.CreateProxyKey(ctx, g.ID, pointer("hush-proxy-key-2"), "")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.DeleteProxyKey(ctx, key.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Delete(ctx, g.ID, nil); err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, row := range h.db.AuditEvent.Query().AllX(ctx) {
		actions = append(actions, row.Action)
		if row.Actor != "session 1 from 192.0.2.1" || row.GroupID != g.ID || strings.Contains(row.Before+row.After, "hush-") || strings.Contains(row.Before+row.After, `hush@`) || strings.Contains(row.Before+row.After, `"hush"`) {
			t.Errorf("wrote %v", row)
		}
		if (row.Before == "") != strings.HasPrefix(row.Action, "create") || (row.After == "") != strings.HasPrefix(row.Action, "delete") {
			t.Errorf("%s: before %q, after %q", row.Action, row.Before, row.After)
		}
	}
	if fmt.Sprint(actions) != "[createGroup updateGroup createProxyKey deleteProxyKey deleteGroup]" {
		t.Errorf("wrote %v", actions)
	}
}

// A change inside someone else's transaction that says what is there already writes nothing: no version, no audit row.
func TestAChangeThatChangesNothingLeavesNoTrace(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.make(t, group.KindSTANDARD, "openai", catalog.Change{
		ParamOverrides: catalog.Some(json.RawMessage(`{"seed": 1}`)), Overrides: catalog.Some(map[string]*string{"maxRetries": pointer("7")}),
		HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionSET, Name: "X-Secret", Value: pointer("hush")}}),
	})
	rows := h.db.AuditEvent.Query().CountX(ctx)
	for name, c := range map[string]struct {
		change  catalog.Change
		changed bool
	}{
		"the same in other words": {catalog.Change{
			ParamOverrides: catalog.Some(json.RawMessage("{\n\"seed\":1}")), ModelRedirects: catalog.Some([]schema.ModelRedirect{}),
			Upstreams:   catalog.Some([]catalog.Upstream{{URL: "HTTPS://api.openai.com/v1/", Weight: 1, Enabled: true}}),
			HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionSET, Name: "X-Secret"}}),
			Overrides:   catalog.Some(map[string]*string{"maxRetries": pointer("7"), "cooldownSeconds": nil}),
		}, false},
		"another value": {catalog.Change{HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionSET, Name: "X-Secret", Value: pointer("psst")}})}, true},
	} {
		undone := errors.New("undone")
		err := h.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
			after, changed, err := h.UpdateIn(ctx, tx, g.ID, c.change)
			if err != nil || changed != c.changed || (after.Version > g.Version) != c.changed {
				t.Errorf("%s: changed %v, version %d after %d, %v", name, changed, after.Version, g.Version, err)
			}
			if more := tx.AuditEvent.Query().CountX(ctx) > rows; more != c.changed {
				t.Errorf("%s: audited %v", name, more)
			}
			return undone
		})
		if !errors.Is(err, undone) {
			t.Error(err)
		}
	}
}
