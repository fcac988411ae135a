package catalog_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/catalog"
	"roundhouse/proxycore"
)

func TestEveryFaultIsNamedAtOnce(t *testing.T) {
	h := newHouse(t)
	_, err := h.Create(context.Background(), group.KindSTANDARD, group.DialectOPENAI, catalog.Change{
		Name: catalog.Some("no/slash"), DisplayName: catalog.Some(strings.Repeat("ö", 256)), Description: catalog.Some("a\x00b"),
		Upstreams: catalog.Some([]catalog.Upstream{{URL: "ftp://x", Weight: -1}, {URL: "https://ok", Weight: 1001}, {URL: "HTTPS://OK/", Weight: 1}}),
		Members:   catalog.Some([]catalog.Member{{GroupID: 1}}), ValidationPath: catalog.Some("https://x/y"),
		ParamOverrides: catalog.Some(json.RawMessage(`[1]`)),
		HeaderRules: catalog.Some([]catalog.HeaderRule{
			{Action: headerrule.ActionSET, Name: "Content-Length", Value: pointer("1")}, {Action: headerrule.ActionSET, Name: "a b", Value: pointer("x")},
			{Action: headerrule.ActionSET, Name: "X-A", Value: pointer("x\r\ny")}, {Action: headerrule.ActionREMOVE, Name: "x-a"}, {Action: headerrule.ActionSET, Name: "Host", Value: pointer("ok")},
		}),
		ModelRedirects: catalog.Some([]schema.ModelRedirect{{From: "", To: "b"}, {From: "a", To: "b"}, {From: "a", To: "c"}}),
		ProxyKeys:      catalog.Some([]string{"short", adminKey, "a-good-one-1", "a-good-one-1", "with a space"}),
		Overrides:      catalog.Some(map[string]*string{"maxRetries": pointer("21"), "appUrl": pointer("http://x")}),
	})
	refused(t, err,
		"name BAD_FORM", "displayName TOO_LONG", "description BAD_FORM",
		"upstreams.0.url BAD_FORM", "upstreams.0.weight TOO_SMALL", "upstreams.1.weight TOO_LARGE", "upstreams.2.url REPEATED",
		"subGroups NOT_ALLOWED", "subGroups.0.groupId UNKNOWN", "validationPath BAD_FORM", "paramOverrides BAD_FORM",
		"headerRules.0.name NOT_ALLOWED", "headerRules.1.name BAD_FORM", "headerRules.2.value BAD_FORM", "headerRules.3.name REPEATED",
		"modelRedirects.0.from REQUIRED", "modelRedirects.2.from REPEATED",
		"proxyKeys.0 TOO_SHORT", "proxyKeys.1 NOT_ALLOWED", "proxyKeys.3 REPEATED", "proxyKeys.4 BAD_FORM",
		"overrides.maxRetries TOO_LARGE", "overrides.appUrl NOT_ALLOWED",
	)
	if err != nil && (strings.Contains(err.Error(), adminKey) || strings.Contains(err.Error(), "a-good-one")) {
		t.Errorf("a secret is in %v", err)
	}
	if n := h.db.Group.Query().CountX(context.Background()) + h.db.AuditEvent.Query().CountX(context.Background()); n != 0 || len(h.changed) != 0 {
		t.Errorf("%d rows of a group that was refused, told of %v", n, h.changed)
	}
}

func TestNamesOfGroups(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"a", "0", "-", "_", "open-ai_2", strings.Repeat("x", 100)} {
		h.standard(t, name)
	}
	for _, name := range []string{"", "A", "a b", "a/b", "..", "ä", "😀", strings.Repeat("x", 101), "a\n", "a%2Fb"} {
		_, err := h.Create(context.Background(), group.KindSTANDARD, group.DialectOPENAI, catalog.Change{Name: catalog.Some(name)})
		refused(t, err, "name BAD_FORM")
	}
}

func TestUpstreamURLs(t *testing.T) {
	h, core := newHouse(t), proxycore.New(proxycore.Options{})
	g := h.standard(t, "a")
	for text, want := range map[string]string{
		"https://api.openai.com/v1":            "https://api.openai.com/v1",
		" HTTP://LocalHost:11434/ ":            "http://localhost:11434",
		"https://[2001:db8::1]:8443/a%2Fb//c/": "https://[2001:db8::1]:8443/a%2Fb//c",
		"http://192.168.1.2":                   "http://192.168.1.2",
		"http://127.0.0.1:8080/v1":             "http://127.0.0.1:8080/v1",
		"https://bücher.example/v1":            "https://bücher.example/v1",
	} {
		got := h.update(t, g.ID, catalog.Change{Upstreams: catalog.Some([]catalog.Upstream{{URL: text, Weight: 1, Enabled: true}})})
		if got.Upstreams[0].URL != want {
			t.Errorf("%q is stored as %q", text, got.Upstreams[0].URL)
		}
		err := core.Swap(proxycore.SnapshotConfig{Groups: []proxycore.GroupConfig{{
			ID: g.ID, Name: g.Name, Dialect: "OPENAI", Keys: proxycore.NewKeySetBuilder(0).Build(),
			Upstreams: []proxycore.Upstream{{URL: want, Weight: 1, Enabled: true}},
		}}, Digest: h.box.Digest})
		if err != nil {
			t.Errorf("%q is let through, and the core says: %v", text, err)
		}
	}
	for _, text := range []string{
		"", "api.openai.com", "//api.openai.com", "https://", "https:///v1", "ftp://x", "file:///etc/passwd", "https://me:hush@x", "https://me@x", "https://x?key=1", "https://x?", "https://x#y", "https://x#",
		"https://x:0", "https://x:99999", "https://x:", "https://x/../y", "http://x/\x00", "https://" + strings.Repeat("x", 2048), "https://x y",
	} {
		_, err := h.Update(context.Background(), g.ID, catalog.Change{Upstreams: catalog.Some([]catalog.Upstream{{URL: text, Weight: 1}})}, nil)
		refused(t, err, "upstreams.0.url BAD_FORM")
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("a password is in %v", err)
		}
	}
	for _, text := range []string{
		"http://169.254.169.254/latest", "http://[fe80::1]", "http://[::ffff:169.254.169.254]", "http://0.0.0.0",
		"http://metadata.google.internal", "http://METADATA.google.internal.", "http://100.100.100.200", "http://168.63.129.16",
		"http://127.0.0.1:3001/proxy/a", "http://LocalHost:3001", "http://[::1]:3001/v1", "https://127.0.0.1", "https://localhost/v1",
	} {
		_, err := h.Update(context.Background(), g.ID, catalog.Change{Upstreams: catalog.Some([]catalog.Upstream{{URL: text, Weight: 1}})}, nil)
		refused(t, err, "upstreams.0.url NOT_ALLOWED")
	}
	_, err := h.Update(context.Background(), g.ID, catalog.Change{Upstreams: catalog.Some([]catalog.Upstream{})}, nil)
	refused(t, err, "upstreams REQUIRED")
}

func TestParameterOverrides(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	g := h.standard(t, "a")
	for text, want := range map[string]string{`{"a":1}`: `{"a":1}`, ` {"a" : [1, {"b":null}]} `: `{"a" : [1, {"b":null}]}`, `{}`: "", ` { } `: "", ``: ""} {
		if got := h.update(t, g.ID, catalog.Change{ParamOverridesText: catalog.Some(text)}); got.ParamOverrides != want {
			t.Errorf("%q is stored as %q", text, got.ParamOverrides)
		}
	}
	for _, text := range []string{`[1]`, `1`, `null`, `{"a":`, `{"a":1} x`, `{"":1}`, `{"a.b.c.d.e.f.g.h.i.j":1}`, `{"a":"` + strings.Repeat("x", 64<<10) + `"}`} {
		if _, err := h.Update(ctx, g.ID, catalog.Change{ParamOverridesText: catalog.Some(text)}, nil); len(faults(err)) != 1 || !strings.HasPrefix(faults(err)[0], "paramOverridesText ") {
			t.Errorf("%.60q: %v", text, err)
		}
	}
	_, err := h.Update(ctx, g.ID, catalog.Change{ParamOverridesText: catalog.Some(`{"a":1}`), ParamOverrides: catalog.Some(json.RawMessage(`{"a":1}`))}, nil)
	refused(t, err, "paramOverridesText EXCLUSIVE")
}

func TestAggregatesHaveStandardMembersOfTheirDialect(t *testing.T) {
	h, ctx := newHouse(t), context.Background()
	a, b := h.standard(t, "a"), h.standard(t, "b")
	claude, err := h.Create(ctx, group.KindSTANDARD, group.DialectANTHROPIC, catalog.Change{Name: catalog.Some("claude")})
	if err != nil {
		t.Fatal(err)
	}
	all := h.make(t, group.KindAGGREGATE, "all", catalog.Change{Members: catalog.Some([]catalog.Member{
		{GroupID: b.ID, Weight: 2, Priority: 1}, {GroupID: a.ID, Weight: 0, Priority: 0},
	})})
	if len(all.Members) != 2 || all.Members[0].MemberID != a.ID || all.Members[1].Weight != 2 || len(all.Upstreams) != 0 {
		t.Errorf("made %v with members %v", all, all.Members)
	}
	_, err = h.Update(ctx, all.ID, catalog.Change{Members: catalog.Some([]catalog.Member{
		{GroupID: a.ID, Weight: 1001}, {GroupID: a.ID, Priority: -1}, {GroupID: claude.ID}, {GroupID: all.ID}, {GroupID: 99},
	})}, nil)
	refused(t, err, "subGroups.0.weight TOO_LARGE", "subGroups.1.groupId REPEATED", "subGroups.1.priority TOO_SMALL",
		"subGroups.2.groupId NOT_MATCHING", "subGroups.3.groupId NOT_ALLOWED", "subGroups.4.groupId UNKNOWN")
	_, err = h.Update(ctx, all.ID, catalog.Change{
		Upstreams: catalog.Some([]catalog.Upstream{{URL: "http://x", Weight: 1}}), TestModel: catalog.Some("gpt-4o"), ValidationPath: catalog.Some("/v1"),
		ParamOverridesText: catalog.Some(`{"a":1}`), HeaderRules: catalog.Some([]catalog.HeaderRule{{Action: headerrule.ActionREMOVE, Name: "A"}}),
		KeyCarrier: catalog.Some(group.KeyCarrierBEARER), Overrides: catalog.Some(map[string]*string{"connectTimeout": pointer("5"), "maxRetries": pointer("5")}),
	}, nil)
	refused(t, err, "upstreams NOT_ALLOWED", "testModel NOT_ALLOWED", "validationPath NOT_ALLOWED", "paramOverrides NOT_ALLOWED",
		"headerRules NOT_ALLOWED", "keyCarrier NOT_ALLOWED", "overrides.connectTimeout NOT_ALLOWED")
	redirected := h.update(t, all.ID, catalog.Change{ModelRedirects: catalog.Some([]schema.ModelRedirect{{From: "a", To: "b"}}), Members: catalog.Some([]catalog.Member{})})
	if len(redirected.ModelRedirects) != 1 || len(redirected.Members) != 0 {
		t.Errorf("became %v with members %v", redirected, redirected.Members)
	}
}

func TestAnUnknownDialectIsOneFault(t *testing.T) {
	_, err := newHouse(t).Create(context.Background(), group.KindSTANDARD, "COHERE", catalog.Change{Name: catalog.Some("a")})
	refused(t, err, "dialect UNKNOWN")
}
