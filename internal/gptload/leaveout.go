package gptload

import (
	"slices"
	"strconv"
	"strings"

	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
)

// leaveOut takes out of a change what the catalog refused of it, where a group can be without, and says what and why. It is
// false when a fault remains that has no part to leave out, or no more: what it made is then refused again.
func leaveOut(change *catalog.Change, faults []fault.Fault) (said []string, ok bool) {
	gone := map[string][]int{}
	for _, f := range faults {
		parts := strings.Split(strings.TrimPrefix(f.Path, "input."), ".")
		field, index := parts[0], -1
		if len(parts) > 1 {
			if n, err := strconv.Atoi(parts[1]); err == nil {
				index = n
			}
		}
		_, overridden := change.Overrides.Value[strings.Join(parts[1:], ".")]
		switch {
		case index >= 0 && index < length(change, field):
			gone[field] = append(gone[field], index)
			said = append(said, what[field]+" "+strconv.Itoa(index+1)+" is left out: "+remedied(f))
		case field == "overrides" && overridden:
			delete(change.Overrides.Value, parts[1])
			said = append(said, "its own "+parts[1]+" is left out: "+f.Message)
		case field == "validationPath" && change.ValidationPath.Set:
			change.ValidationPath = catalog.Opt[string]{}
			said = append(said, "its validation path is left out: "+f.Message)
		case field == "paramOverridesText" && change.ParamOverridesText.Set:
			change.ParamOverridesText = catalog.Opt[string]{}
			said = append(said, "its parameter overrides are left out: "+f.Message)
		default:
			return nil, false
		}
	}
	change.Upstreams.Value = without(change.Upstreams.Value, gone["upstreams"])
	change.HeaderRules.Value = without(change.HeaderRules.Value, gone["headerRules"])
	change.ModelRedirects.Value = without(change.ModelRedirects.Value, gone["modelRedirects"])
	change.ProxyKeys.Value = without(change.ProxyKeys.Value, gone["proxyKeys"])
	return said, true
}

// length is how many elements the change has of a list whose elements can be left out.
func length(change *catalog.Change, field string) int {
	switch field {
	case "upstreams":
		return len(change.Upstreams.Value)
	case "headerRules":
		return len(change.HeaderRules.Value)
	case "modelRedirects":
		return len(change.ModelRedirects.Value)
	case "proxyKeys":
		return len(change.ProxyKeys.Value)
	}
	return 0
}

var what = map[string]string{"upstreams": "upstream", "headerRules": "header rule", "modelRedirects": "model redirect", "proxyKeys": "proxy key"}

// remedied adds what to do where a proxy key is the admin key: the catalog knows no way out for one that clients hold.
func remedied(f fault.Fault) string {
	if f.Reason != fault.NotAllowed || !(strings.Contains(f.Path, "proxyKeys") || f.Path == "value") {
		return f.Message
	}
	return f.Message + ". Give its clients another proxy key; or start Roundhouse with another AUTH_KEY and import again"
}

// without keeps the order of what stays.
func without[T any](list []T, gone []int) []T {
	var kept []T
	for i, element := range list {
		if !slices.Contains(gone, i) {
			kept = append(kept, element)
		}
	}
	return kept
}
