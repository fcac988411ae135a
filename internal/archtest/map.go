package archtest

// mayImport says which of our packages each of our packages may import. It is policy: a new arrow is a decision, made here
// with its reason in the commit, not a fix for a build.
//
// "*" stands for any of ours.
var mayImport = map[string][]string{
	"proxycore/dialect": {},
	"proxycore":         {"proxycore/dialect"},
	"ent":               {},
	"ent/schema":        {},
	"frontend":          {},

	// Leaves: they know nothing of ours.
	"internal/config":  {},
	"internal/seal":    {},
	"internal/event":   {},
	"internal/cluster": {},
	"internal/clock":   {},
	// What the process asks of Go's runtime, nothing of what it is for.
	"internal/heapfloor": {},
	// Real Redis servers for the tests of whoever speaks to one.
	"internal/cluster/redistest": {},
	"internal/server":            {},
	// The words in which a room refuses an input; one vocabulary for all rooms, so that graph alone translates it.
	"internal/fault": {},

	"internal/database":              {"ent"},
	"internal/database/databasetest": {"internal/database"},
	"internal/database/migrate":      {"internal/database", "ent"},
	"internal/audit":                 {"ent", "internal/fault"},
	"internal/auth":                  {"ent", "internal/database", "internal/fault"},
	"internal/keyring":               {"ent", "internal/seal", "internal/database"},
	"internal/setting":               {"ent", "internal/seal", "internal/audit", "internal/database", "internal/fault"},
	"internal/catalog":               {"ent", "internal/seal", "internal/audit", "internal/database", "internal/fault", "internal/setting", "proxycore/dialect"},
	"internal/keypool":               {"ent", "internal/seal", "internal/audit", "internal/database", "internal/fault", "internal/event", "internal/cluster", "proxycore"},
	"internal/snapshot":              {"ent", "internal/setting", "internal/seal", "internal/database", "internal/cluster", "proxycore", "proxycore/dialect"},
	"internal/probe":                 {"proxycore", "proxycore/dialect"},
	"internal/requestlog":            {"ent", "internal/event", "internal/database", "internal/fault", "proxycore", "proxycore/dialect"},
	"internal/stats":                 {"ent", "internal/event", "internal/database", "internal/fault", "proxycore", "proxycore/dialect"},
	"internal/metrics":               {"proxycore"},
	"internal/task":                  {"ent", "internal/cluster", "internal/event", "internal/database", "internal/fault"},

	"internal/portable": {"ent", "ent/schema", "internal/audit", "internal/catalog", "internal/database", "internal/fault", "internal/seal", "internal/setting"},
	"internal/gptload":  {"ent", "ent/schema", "internal/audit", "internal/catalog", "internal/database", "internal/fault", "internal/keypool", "internal/seal", "internal/setting"},

	// Import and export over plain HTTP, for the same administrators and by the same rooms as graph.
	"internal/files": {"ent", "ent/schema", "internal/database", "internal/fault", "internal/catalog", "internal/keypool", "internal/portable", "internal/requestlog", "internal/task", "proxycore", "proxycore/dialect"},

	"graph":          {"*"},
	"graph/scalar":   {"internal/fault"},
	"cmd/roundhouse": {"*"},

	// Tests drive these; no other room may import them.
	"internal/wire":                  {},
	"internal/upstreamtest":          {},
	"internal/upstreamtest/upstream": {"internal/upstreamtest"},
	"internal/archtest":              {},

	// Measuring. The program plays the gateway's data plane alone beside the whole gateway, which it reaches by HTTP only.
	"internal/bench":      {"internal/bench/load", "internal/bench/mock", "internal/bench/proc", "internal/heapfloor", "internal/wire", "proxycore", "proxycore/dialect"},
	"internal/bench/load": {},
	"internal/bench/mock": {},
	"internal/bench/proc": {},
	// Benchmarks of the rooms behind a record, joined as the program joins them; tests alone, which may import any room.
	"internal/bench/records": {},

	// Showing. The program writes records and rollups as the gateway does, so it goes by the gateway's own rooms.
	"internal/showroom": {"ent", "internal/database", "internal/requestlog", "internal/stats", "proxycore", "proxycore/dialect"},
}

// notForGraph are the rooms that the admin API must not reach into.
var notForGraph = []string{"internal/server", "frontend", "internal/files", "internal/portable", "internal/gptload", "internal/keyring", "internal/metrics", "cmd/roundhouse", "internal/upstreamtest"}

// standardOnly are the packages that import the standard library and their own floor, and nothing else.
var standardOnly = []string{"proxycore", "proxycore/dialect"}

// forbiddenNames say nothing about what a package is for.
var forbiddenNames = []string{"util", "utils", "common", "helper", "helpers", "types", "models", "manager"}

// forbiddenEndings hide that the idea is missing.
var forbiddenEndings = []string{"Manager", "Helper", "Util", "Impl"}
