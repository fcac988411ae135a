package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
	"roundhouse/internal/setting"
	"roundhouse/proxycore/dialect"
)

// Bounds of what a group may hold.
const (
	mostUpstreams      = 50
	mostMembers        = 50
	mostHeaderRules    = 50
	mostRedirects      = 1000
	heaviest           = 1000
	longestName        = 100
	longestDisplayName = 255
	longestDescription = 2048
	longestModel       = 255
	longestOverrides   = 64 << 10
	longestHeaderValue = 4096
)

var groupName = regexp.MustCompile(`^[a-z0-9_-]{1,100}$`)

var ofWholeRequest = []string{"enableRequestBodyLogging", "requestTimeout", "streamIdleTimeout", "maxRetries"}

// OfWholeRequest reports whether a setting rules a whole request: the only ones an aggregate has and may override.
func OfWholeRequest(name string) bool { return slices.Contains(ofWholeRequest, name) }

// check notes every fault of the draft at once. What needs the database, the name's and the members' existence, is
// checked where the draft is written.
func (d *draft) check() error {
	var faults fault.List
	row := &d.row
	if !groupName.MatchString(row.Name) {
		faults.Add("input.name", fault.BadForm, map[string]any{"max": longestName}, "%.120q is no group name; it takes 1 to 100 of a-z, 0-9, _ and -", row.Name)
	}
	if _, ok := dialect.ByName(dialect.Name(row.Dialect)); !ok {
		faults.Add("input.dialect", fault.Unknown, nil, "%q is no dialect", row.Dialect)
	}
	checkText(&faults, "input.displayName", row.DisplayName, longestDisplayName)
	checkText(&faults, "input.description", row.Description, longestDescription)
	if err := group.KeyCarrierValidator(row.KeyCarrier); err != nil {
		faults.Add("input.keyCarrier", fault.Unknown, nil, "%q is no way to carry a key", row.KeyCarrier)
	}
	if row.Kind == group.KindAGGREGATE {
		d.checkAggregate(&faults)
	} else {
		d.checkStandard(&faults)
	}
	checkRedirects(&faults, row.ModelRedirects)
	d.checkOverrides(&faults)
	if d.proxyKeys != nil {
		checkProxyKeys(&faults, "input.proxyKeys", *d.proxyKeys)
	}
	return faults.Err()
}

func (d *draft) checkStandard(faults *fault.List) {
	if len(d.members) > 0 {
		faults.Add("input.subGroups", fault.NotAllowed, nil, "only an aggregate has members; make one with kind: AGGREGATE")
	}
	d.checkUpstreams(faults)
	checkText(faults, "input.testModel", d.row.TestModel, longestModel)
	if path := d.row.ValidationPath; path != "" && (!strings.HasPrefix(path, "/") || strings.Contains(path, "://") || strings.ContainsAny(path, "# \t\r\n") || len(path) > 512) {
		faults.Add("input.validationPath", fault.BadForm, map[string]any{"max": 512}, "a validation path begins with / and names no host, such as /v1/chat/completions")
	}
	d.checkParamOverrides(faults)
	checkHeaderRules(faults, d.rules)
}

func (d *draft) checkAggregate(faults *fault.List) {
	c := d.change
	for _, own := range []struct {
		field string
		given bool
	}{
		{"upstreams", len(d.upstreams) > 0}, {"testModel", c.TestModel.Set && !c.TestModel.Null && d.row.TestModel != ""},
		{"validationPath", d.row.ValidationPath != ""}, {"paramOverrides", d.row.ParamOverrides != ""},
		{"headerRules", len(d.rules) > 0}, {"keyCarrier", d.row.KeyCarrier != group.DefaultKeyCarrier},
	} {
		if own.given {
			faults.Add("input."+own.field, fault.NotAllowed, nil, "an aggregate leaves %s to its members", own.field)
		}
	}
	if len(d.members) > mostMembers {
		faults.Add("input.subGroups", fault.TooMany, map[string]any{"max": mostMembers}, "%d members; at most %d", len(d.members), mostMembers)
	}
	seen := map[int64]bool{}
	for i, m := range d.members {
		path := fmt.Sprintf("input.subGroups.%d", i)
		if seen[m.GroupID] {
			faults.Add(path+".groupId", fault.Repeated, nil, "group %d is a member already", m.GroupID)
		}
		seen[m.GroupID] = true
		checkWeight(faults, path+".weight", m.Weight)
		if m.Priority < 0 || m.Priority > heaviest {
			faults.Add(path+".priority", outside(m.Priority), map[string]any{"min": 0, "max": heaviest}, "priority %d; it is 0 to %d", m.Priority, heaviest)
		}
	}
}

func (d *draft) checkUpstreams(faults *fault.List) {
	if len(d.upstreams) == 0 && d.defaults().UpstreamURL != "" { // an unknown dialect is a fault of its own
		faults.Add("input.upstreams", fault.Required, nil, "a group needs at least one upstream")
	}
	if len(d.upstreams) > mostUpstreams {
		faults.Add("input.upstreams", fault.TooMany, map[string]any{"max": mostUpstreams}, "%d upstreams; at most %d", len(d.upstreams), mostUpstreams)
	}
	seen := map[string]bool{}
	for i := range d.upstreams {
		path := fmt.Sprintf("input.upstreams.%d", i)
		canonical, err := canonicalURL(d.upstreams[i].URL)
		if err != nil {
			faults.Add(path+".url", fault.BadForm, nil, "%v", err)
		} else {
			d.upstreams[i].URL = canonical
		}
		if seen[canonical] && err == nil {
			faults.Add(path+".url", fault.Repeated, nil, "%s is there already", canonical)
		}
		seen[canonical] = true
		checkWeight(faults, path+".weight", d.upstreams[i].Weight)
	}
}

func checkWeight(faults *fault.List, path string, weight int) {
	if weight < 0 || weight > heaviest {
		faults.Add(path, outside(weight), map[string]any{"min": 0, "max": heaviest}, "weight %d; it is 0 to %d", weight, heaviest)
	}
}

func outside(n int) fault.Reason {
	if n < 0 {
		return fault.TooSmall
	}
	return fault.TooLarge
}

// checkText bounds a text and keeps out what PostgreSQL cannot store.
func checkText(faults *fault.List, path, text string, most int) {
	if n := utf8.RuneCountInString(text); n > most {
		faults.Add(path, fault.TooLong, map[string]any{"max": most}, "%d characters; at most %d", n, most)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		faults.Add(path, fault.BadForm, nil, "the text holds a NUL or is no UTF-8")
	}
}

func (d *draft) checkParamOverrides(faults *fault.List) {
	c := d.change
	path := "input.paramOverrides"
	if c.ParamOverridesText.Set {
		path = "input.paramOverridesText"
	}
	if c.ParamOverrides.Set && c.ParamOverridesText.Set && !c.ParamOverrides.Null && !c.ParamOverridesText.Null {
		faults.Add(path, fault.Exclusive, nil, "give paramOverrides or paramOverridesText, not both")
		return
	}
	text := d.row.ParamOverrides
	if text == "" {
		return
	}
	if len(text) > longestOverrides {
		faults.Add(path, fault.TooLong, map[string]any{"max": longestOverrides}, "%d bytes; at most %d", len(text), longestOverrides)
		return
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &object); err != nil || object == nil {
		faults.Add(path, fault.BadForm, nil, "a JSON object is expected, such as {\"temperature\": 0.2}")
		return
	}
	if len(object) == 0 {
		d.row.ParamOverrides = ""
		return
	}
	if _, err := dialect.ParseOverrides(json.RawMessage(text)); err != nil {
		faults.Add(path, fault.BadForm, nil, "%v", err)
	}
}

func checkRedirects(faults *fault.List, redirects []schema.ModelRedirect) {
	if len(redirects) > mostRedirects {
		faults.Add("input.modelRedirects", fault.TooMany, map[string]any{"max": mostRedirects}, "%d redirects; at most %d", len(redirects), mostRedirects)
	}
	seen := map[string]bool{}
	for i, r := range redirects {
		path := fmt.Sprintf("input.modelRedirects.%d", i)
		for _, side := range []struct{ field, model string }{{".from", r.From}, {".to", r.To}} {
			if strings.TrimSpace(side.model) == "" {
				faults.Add(path+side.field, fault.Required, nil, "a model's name is needed")
			}
			checkText(faults, path+side.field, side.model, longestModel)
		}
		if seen[r.From] {
			faults.Add(path+".from", fault.Repeated, nil, "model %q is redirected already", r.From)
		}
		seen[r.From] = true
	}
}

// checkOverrides looks at what the change names; what was stored before was checked then.
func (d *draft) checkOverrides(faults *fault.List) {
	given := d.change.Overrides.Value
	if err := setting.CheckOverrides("input.overrides", given); err != nil {
		faults.Join("", err)
	}
	if d.row.Kind != group.KindAGGREGATE {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if given[name] != nil && !OfWholeRequest(name) {
			faults.Add("input.overrides."+name, fault.NotAllowed, nil, "an aggregate leaves %s to its members", name)
		}
	}
}

// ofTheConnection are headers that speak of one hop or of framing; net/http writes them itself (RFC 9110 §7.6.1).
var ofTheConnection = []string{
	"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
	"transfer-encoding", "upgrade", "content-length", "expect",
}

var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,255}$")

func checkHeaderRules(faults *fault.List, rules []HeaderRule) {
	if len(rules) > mostHeaderRules {
		faults.Add("input.headerRules", fault.TooMany, map[string]any{"max": mostHeaderRules}, "%d header rules; at most %d", len(rules), mostHeaderRules)
	}
	seen := map[string]bool{}
	for i, r := range rules {
		path := fmt.Sprintf("input.headerRules.%d", i)
		lower := strings.ToLower(r.Name)
		switch {
		case !headerName.MatchString(r.Name):
			faults.Add(path+".name", fault.BadForm, nil, "%.80q is no header name", r.Name)
		case slices.Contains(ofTheConnection, lower):
			faults.Add(path+".name", fault.NotAllowed, nil, "%s belongs to the connection and is not to be ruled", r.Name)
		case seen[lower]:
			faults.Add(path+".name", fault.Repeated, nil, "%s has a rule already", r.Name)
		}
		seen[lower] = true
		checkHeaderValue(faults, path+".value", r)
	}
}

func checkHeaderValue(faults *fault.List, path string, r HeaderRule) {
	if r.Action == headerrule.ActionREMOVE {
		return
	}
	if r.Value == nil {
		faults.Add(path, fault.Required, nil, "there is no rule yet whose value could stay; give one")
		return
	}
	if len(*r.Value) > longestHeaderValue {
		faults.Add(path, fault.TooLong, map[string]any{"max": longestHeaderValue}, "%d bytes; at most %d", len(*r.Value), longestHeaderValue)
	}
	for _, b := range []byte(*r.Value) {
		if (b < ' ' && b != '\t') || b == 0x7f {
			faults.Add(path, fault.BadForm, nil, "the value holds a control character")
			return
		}
	}
}
