package setting

import "slices"

// Type is what kind of value a setting takes.
type Type string

// The types.
const (
	Int     Type = "INT"
	String  Type = "STRING"
	Boolean Type = "BOOLEAN"
	List    Type = "LIST"
)

// Field describes one setting.
type Field struct {
	// Name is the field's name in the admin API.
	Name     string
	Category string
	Type     Type
	// Label and Description are English words for a form.
	Label, Description string
	// Default is the value as text; empty for an empty string.
	Default string
	// Min and Max bound an Int.
	Min, Max int
	// Unit is of an Int: s, min, days; empty is a plain number.
	Unit string
	// GroupOverride says that a group may have a value of its own.
	GroupOverride bool
	// Secret values are stored sealed and shown masked.
	Secret bool
	// form checks the text of a String beyond its type; nil accepts any. Its error says what would do.
	form func(text string) error
}

// Fields are all settings, in the order a form shows them.
func Fields() []Field { return slices.Clone(fields) }

// FieldNamed returns the setting of that name.
func FieldNamed(name string) (Field, bool) {
	for _, f := range fields {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

const (
	general    = "general"
	requestLog = "requestLog"
	timeouts   = "timeouts"
	connection = "connections"
	failover   = "failover"
	validation = "validation"
)

var fields = []Field{
	{Name: "appUrl", Category: general, Type: String, Label: "App URL", form: checkAppURL,
		Description: "The address that endpoints are shown with; empty takes the address of whoever asks."},
	{Name: "proxyKeys", Category: general, Type: List, Label: "Proxy keys",
		Description: "Keys that open every group. Each has at least 8 characters and is never the admin key."},
	{Name: "requestLogRetentionDays", Category: requestLog, Type: Int, Default: "7", Min: 0, Max: 3650, Unit: "days", Label: "Keep request log",
		Description: "How long records are kept; 0 keeps them for ever."},
	{Name: "requestLogWriteIntervalMinutes", Category: requestLog, Type: Int, Default: "0", Min: 0, Max: 60, Unit: "min", Label: "Write interval",
		Description: "How long a record may wait to be written; 0 writes within a second."},
	{Name: "enableRequestBodyLogging", Category: requestLog, Type: Boolean, Default: "false", GroupOverride: true, Label: "Log request bodies",
		Description: "Keep the first 64 KiB of what clients send."},
	{Name: "requestTimeout", Category: timeouts, Type: Int, Default: "600", Min: 1, Max: 86400, Unit: "s", GroupOverride: true, Label: "Request timeout",
		Description: "How long a whole request may take, every attempt counted, when it is not a stream."},
	{Name: "connectTimeout", Category: timeouts, Type: Int, Default: "15", Min: 1, Max: 86400, Unit: "s", GroupOverride: true, Label: "Connect timeout",
		Description: "How long connecting to an upstream may take."},
	{Name: "responseHeaderTimeout", Category: timeouts, Type: Int, Default: "600", Min: 1, Max: 86400, Unit: "s", GroupOverride: true, Label: "Response header timeout",
		Description: "How long an upstream may take until its answer begins."},
	{Name: "idleConnTimeout", Category: timeouts, Type: Int, Default: "120", Min: 1, Max: 3600, Unit: "s", GroupOverride: true, Label: "Idle connection timeout",
		Description: "How long an unused connection to an upstream is kept."},
	{Name: "streamIdleTimeout", Category: timeouts, Type: Int, Default: "300", Min: 1, Max: 3600, Unit: "s", GroupOverride: true, Label: "Stream idle timeout",
		Description: "How long a stream may be silent; a comment counts as life."},
	{Name: "maxIdleConns", Category: connection, Type: Int, Default: "100", Min: 1, Max: 100000, GroupOverride: true, Label: "Idle connections",
		Description: "How many unused connections are kept in all."},
	{Name: "maxIdleConnsPerHost", Category: connection, Type: Int, Default: "50", Min: 1, Max: 100000, GroupOverride: true, Label: "Idle connections per host",
		Description: "How many unused connections are kept to one host."},
	{Name: "proxyUrl", Category: connection, Type: String, GroupOverride: true, Secret: true, Label: "Outbound proxy", form: checkProxyURL,
		Description: "http, https or socks5 URL of a proxy towards upstreams; direct for none; empty takes the environment's."},
	{Name: "maxRetries", Category: failover, Type: Int, Default: "3", Min: 0, Max: 20, GroupOverride: true, Label: "Retries",
		Description: "Further attempts after the first."},
	{Name: "blacklistThreshold", Category: failover, Type: Int, Default: "3", Min: 0, Max: 100, GroupOverride: true, Label: "Charges until validation",
		Description: "Charges in a row after which a key leaves rotation and one validation decides; 0 never."},
	{Name: "failoverStatusCodes", Category: failover, Type: String, Default: "401-403,408,429,500-599", GroupOverride: true, Label: "Statuses that lead to another attempt", form: checkStatusCodes,
		Description: "Statuses and ranges from 100 to 999, separated by commas; empty for none."},
	{Name: "blacklistStatusCodes", Category: failover, Type: String, Default: "401-403", GroupOverride: true, Label: "Statuses that count against the key", form: checkStatusCodes,
		Description: "Statuses and ranges from 100 to 999, separated by commas; empty for none."},
	{Name: "cooldownSeconds", Category: failover, Type: Int, Default: "10", Min: 1, Max: 3600, Unit: "s", GroupOverride: true, Label: "Cooldown",
		Description: "How long a key cools after a 429 that names no time of its own; doubles while it repeats, up to an hour."},
	{Name: "keyValidationIntervalMinutes", Category: validation, Type: Int, Default: "60", Min: 1, Max: 10080, Unit: "min", GroupOverride: true, Label: "Validation interval",
		Description: "How often invalid keys are tried again."},
	{Name: "keyValidationConcurrency", Category: validation, Type: Int, Default: "10", Min: 1, Max: 200, GroupOverride: true, Label: "Validations at once",
		Description: "How many keys of a group are validated at the same time."},
	{Name: "keyValidationTimeoutSeconds", Category: validation, Type: Int, Default: "20", Min: 1, Max: 300, Unit: "s", GroupOverride: true, Label: "Validation timeout",
		Description: "How long one validation may take."},
}
