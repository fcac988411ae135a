package gptload

import (
	"testing"

	"roundhouse/ent/schema"
	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
)

// Each time something is left out there is less of the change, so that leaving out comes to an end whatever is refused.
func TestLeavingOutComesToAnEnd(t *testing.T) {
	for _, path := range []string{"upstreams.0.url", "headerRules.0.name", "modelRedirects.0.from", "proxyKeys.0", "overrides.maxRetries", "validationPath", "paramOverridesText", "name"} {
		t.Run(path, func(t *testing.T) {
			five := "5"
			change := catalog.Change{
				Upstreams: catalog.Some([]catalog.Upstream{{URL: "https://a.example"}}), HeaderRules: catalog.Some([]catalog.HeaderRule{{Name: "X"}}),
				ModelRedirects: catalog.Some([]schema.ModelRedirect{{From: "a"}}), ProxyKeys: catalog.Some([]string{"a-proxy-key"}),
				Overrides: catalog.Some(map[string]*string{"maxRetries": &five}), ValidationPath: catalog.Some("/v1"), ParamOverridesText: catalog.Some("{}"),
			}
			refusals := 0
			for ok := true; ok; refusals++ {
				if refusals > 2 {
					t.Fatalf("left out again and again: %+v", change)
				}
				_, ok = leaveOut(&change, []fault.Fault{{Path: "input." + path, Message: "will not do"}})
			}
			if want := 2; path != "name" && refusals != want {
				t.Errorf("refused %d times, not %d", refusals, want)
			}
		})
	}
}
