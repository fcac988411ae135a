package stats

import "roundhouse/proxycore"

// figures are what every rollup counts.
type figures struct {
	requests, successes, failures, rateLimited, retries   int64
	inputTokens, outputTokens, cachedTokens, cacheWritten int64
	requestBytes, responseBytes                           int64
	durations, firstBytes                                 Histogram
}

// counts says whether a record is traffic: our own validations are not, nor is what showed no valid proxy key, since
// strangers would fill the rollups. The console's workbench stands in for a client.
func counts(r *proxycore.Record) bool { return !r.Probe && (r.ProxyKeyID != 0 || r.Trial) }

// add counts one record. A request is its FINAL record; an attempt that was followed by another is a retry, whose tokens
// were paid for all the same.
func (f *figures) add(r *proxycore.Record) {
	f.inputTokens += r.Usage.Input
	f.outputTokens += r.Usage.Output
	f.cachedTokens += r.Usage.Cached
	f.cacheWritten += r.Usage.CacheWrite
	if !r.Final {
		f.retries++
		return
	}
	f.requests++
	switch {
	case r.Outcome == proxycore.OK:
		f.successes++
	case r.Outcome.Failed():
		f.failures++
	}
	if r.Outcome == proxycore.RateLimited {
		f.rateLimited++
	}
	f.requestBytes += r.RequestBytes
	f.responseBytes += r.ResponseBytes
	if r.AttemptNumber == 0 {
		return // refused by ourselves in no time
	}
	f.durations.Add(r.Ended.Sub(r.Started).Milliseconds())
	if r.FirstByte >= 0 {
		f.firstBytes.Add(r.FirstByte.Milliseconds())
	}
}

// view is a group as rollups see it: asked by a client, or answering as a member of an aggregate. Totals count the former
// alone, so that nothing is counted twice.
type view struct {
	group  int64
	member bool
}

// views are the groups that a record counts for.
func views(r *proxycore.Record) []view {
	if r.ParentID == 0 {
		return []view{{group: r.GroupID}}
	}
	if r.GroupID == 0 || r.GroupID == r.ParentID {
		return []view{{group: r.ParentID}}
	}
	return []view{{group: r.ParentID}, {group: r.GroupID, member: true}}
}
