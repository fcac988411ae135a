// Package records measures what lies behind a record: its way into the log, rollups and key counters, and the questions asked of
// millions of them. It holds benchmarks alone, run by hand with go test -bench; docs/performance.md says how and what they gave.
package records
