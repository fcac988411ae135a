package setting_test

import (
	"fmt"
	"testing"

	"roundhouse/internal/setting"
	"roundhouse/proxycore"
)

func TestAGroupsOverridesWin(t *testing.T) {
	base := setting.Defaults()
	base.MaxRetries = 5
	got := setting.Effective(base, map[string]string{"requestTimeout": "30", "enableRequestBodyLogging": "true", "proxyUrl": "direct", "noSuchThing": "1"})
	want := base
	want.RequestTimeout, want.EnableRequestBodyLogging, want.ProxyURL = 30, true, "direct"
	if got != want {
		t.Errorf("in force is %+v", got)
	}
}

func TestEverySettingHasAPlaceAndADefaultWithinItsBounds(t *testing.T) {
	overridable := 0
	for _, f := range setting.Fields() {
		if f.Label == "" || f.Description == "" || f.Category == "" {
			t.Errorf("%s has no words", f.Name)
		}
		if f.GroupOverride {
			overridable++
			if err := setting.CheckOverrides("overrides", setting.Changes{f.Name: &f.Default}); err != nil {
				t.Errorf("the default of %s: %v", f.Name, err)
			}
		}
		if f.Type != setting.List && setting.Defaults().Text(f.Name) != f.Default {
			t.Errorf("%s is %q by default, not %q", f.Name, setting.Defaults().Text(f.Name), f.Default)
		}
	}
	if overridable != 17 {
		t.Errorf("a group may override %d settings", overridable)
	}
}

func TestOverridesAreChecked(t *testing.T) {
	low, good := "0", "5"
	err := setting.CheckOverrides("input.overrides", setting.Changes{
		"requestTimeout": &low, "appUrl": &good, "proxyKeys": &good, "noSuchThing": nil, "maxRetries": &good, "cooldownSeconds": nil,
	})
	want := []string{"input.overrides.appUrl NOT_ALLOWED", "input.overrides.noSuchThing UNKNOWN", "input.overrides.proxyKeys NOT_ALLOWED", "input.overrides.requestTimeout TOO_SMALL"}
	if got := paths(err); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("named %v", got)
	}
}

func TestSourcesTellWhereAValueComesFrom(t *testing.T) {
	base := setting.Defaults()
	base.MaxRetries = 5
	overrides := map[string]string{"requestTimeout": "30", "maxRetries": "1"}
	ofGroup := map[string]setting.Source{}
	for _, s := range setting.Sources(base, overrides, true) {
		ofGroup[s.Name] = s
	}
	if s := ofGroup["maxRetries"]; s.Value != "1" || s.Inherited != "5" || s.Origin != setting.FromGroup {
		t.Errorf("maxRetries: %+v", s)
	}
	if s := ofGroup["connectTimeout"]; s.Value != "15" || s.Inherited != "15" || s.Origin != setting.FromDefault {
		t.Errorf("connectTimeout: %+v", s)
	}
	if _, there := ofGroup["appUrl"]; there || len(ofGroup) != 17 {
		t.Errorf("a group is told of %d settings", len(ofGroup))
	}
	all := setting.Sources(base, nil, false)
	if len(all) != len(setting.Fields())-1 {
		t.Errorf("%d of %d settings are told of", len(all), len(setting.Fields()))
	}
	for _, s := range all {
		if s.Name == "maxRetries" && s.Origin != setting.FromSetting {
			t.Errorf("maxRetries: %+v", s)
		}
	}
}

// What is stored here must compile there: a snapshot that cannot be built would hold up every later change.
func TestTheCoreReadsTheStatusCodesThatAreLetThrough(t *testing.T) {
	for _, text := range []string{
		"", "429", "401-403,408,429,500-599", " 500 - 599 ,\n429", "100-999", "429,429,400-500", ",", "\n", "401\r\n402", "401,,402", "100-100",
		"99", "1000", "500-400", "5xx", "401-", "-401", "-", "401-402-403", "+500", "401;402", "4 01", "٤٠١", "0401", "401 402", "401\t-\t402",
	} {
		here := setting.CheckOverrides("x", setting.Changes{"failoverStatusCodes": &text})
		if _, there := proxycore.ParseStatusSet(text); here == nil && there != nil {
			t.Errorf("%q is let through, and the core says: %v", text, there)
		}
	}
}
