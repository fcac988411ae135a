package requestlog

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"roundhouse/internal/database"
	"roundhouse/proxycore"
)

// condition is the AND of its parts.
type condition struct {
	parts []string
	args  []any
}

func (c *condition) and(part string, args ...any) {
	c.parts = append(c.parts, part)
	c.args = append(c.args, args...)
}

func (c *condition) andTruth(column string, want *bool) {
	switch {
	case want == nil:
	case *want:
		c.and(column + " = TRUE")
	default:
		c.and(column + " = FALSE")
	}
}

func andOneOf[S ~string](c *condition, column string, values []S) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = string(v)
	}
	c.and(column+" IN (?"+strings.Repeat(",?", len(values)-1)+")", args...)
}

// text is the condition in parentheses' reach of an AND; TRUE when there is none.
func (c *condition) text() string {
	if len(c.parts) == 0 {
		return "TRUE"
	}
	return strings.Join(c.parts, " AND ")
}

// failures is the condition of the index of what did not succeed; planners want it word for word.
const failures = "outcome <> '" + string(proxycore.OK) + "'"

// failuresDrive says that the index of what did not succeed is the shortest way: they are few, whatever else is asked of them.
// MySQL has no such index.
func (f *Filter) failuresDrive(engine database.Engine) bool {
	failed := f.Success != nil && !*f.Success || len(f.Outcomes) > 0 && !slices.Contains(f.Outcomes, proxycore.OK)
	return failed && f.KeyID == 0 && engine != database.MySQL
}

// table is the table, with the index that is meant where the planner would not find it: SQLite keeps no figures of ours.
func (f *Filter) table(engine database.Engine) string {
	if engine == database.SQLite && f.failuresDrive(engine) && f.RequestID == "" {
		return "request_logs INDEXED BY requestlog_failed"
	}
	return "request_logs"
}

// driving is what an index serves in the order of ids: what failed, a key's rows, a group's, or all.
func (f *Filter) driving(engine database.Engine) *condition {
	c := &condition{}
	switch {
	case f.failuresDrive(engine):
		c.and(failures)
	case f.KeyID != 0:
		c.and("key_id = ?", f.KeyID)
	case f.GroupID != 0:
		c.and("group_id = ?", f.GroupID)
	}
	return c
}

// bounds are the ids that From and To leave: from low on, below high.
func (f *Filter) bounds() (low, high int64) {
	low, high = 0, math.MaxInt64
	if !f.From.IsZero() {
		low = max(low, firstID(f.From))
	}
	if !f.To.IsZero() {
		high = firstID(f.To)
	}
	return low, high
}

// condition is everything the filter asks but time and request id.
func (f *Filter) condition(engine database.Engine) *condition {
	c := f.driving(engine)
	if !f.Probes {
		c.and("probe = FALSE")
	}
	if f.GroupID != 0 && (f.KeyID != 0 || f.failuresDrive(engine)) {
		c.and("group_id = ?", f.GroupID)
	}
	andOneOf(c, "group_name", f.GroupNames)
	andOneOf(c, "model", f.Models)
	andOneOf(c, "outcome", f.Outcomes)
	if f.ParentGroupName != "" {
		c.and("parent_group_name = ?", f.ParentGroupName)
	}
	if key, ok := fingerprint(f.Key); ok {
		c.and("key_fingerprint = " + octetsLiteral(engine, key[:]))
	}
	if f.ProxyKeyID != 0 {
		c.and("proxy_key_id = ?", f.ProxyKeyID)
	}
	if f.ClientIP != "" {
		c.and("client_ip = ?", f.ClientIP)
	}
	if f.Upstream != "" {
		c.and("upstream = ?", f.Upstream)
	}
	if f.PathPrefix != "" {
		// Not LIKE, which ignores case on SQLite alone.
		c.and("SUBSTR(path, 1, ?) = ?", utf8.RuneCountInString(f.PathPrefix), f.PathPrefix)
	}
	f.addResult(c)
	return c
}

// scanned is everything the filter asks but time, its request id taken for a provider's, which has no index.
func (f *Filter) scanned(engine database.Engine) *condition {
	c := f.condition(engine)
	if f.RequestID != "" {
		c.and("upstream_request_id = ?", f.RequestID)
	}
	return c
}

func (f *Filter) addResult(c *condition) {
	if f.Success != nil {
		operator := map[bool]string{true: "=", false: "<>"}[*f.Success]
		c.and("outcome "+operator+" ?", string(proxycore.OK))
	}
	if f.Charged != "" {
		c.and("charged = ?", string(f.Charged))
	}
	c.andTruth("final", f.Final)
	c.andTruth("stream", f.Stream)
	if f.StatusFrom != 0 {
		c.and("status_code >= ?", f.StatusFrom)
	}
	if f.StatusTo != 0 {
		c.and("status_code <= ?", f.StatusTo)
	}
	if f.MinDuration > 0 {
		c.and("duration_ms >= ?", ceilMs(f.MinDuration))
	}
	if f.MinFirstByte > 0 {
		c.and("first_byte_ms >= ?", ceilMs(f.MinFirstByte))
	}
	if f.ErrorContains != "" {
		c.and("LOWER(error) LIKE ? ESCAPE '!'", "%"+likeLiterally.Replace(strings.ToLower(f.ErrorContains))+"%")
	}
}

// likeLiterally takes their meaning from the wildcards of LIKE.
var likeLiterally = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")
