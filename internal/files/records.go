package files

import (
	"encoding/hex"
	"net/http"
	"strconv"
	"time"

	"roundhouse/internal/requestlog"
	"roundhouse/proxycore"
)

// exportLogs sends every record that the filter means, newest first, bodies left out.
func (f *Files) exportLogs(w http.ResponseWriter, r *http.Request) {
	filter, err := recordFilter(r.URL.Query())
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	header := make([]string, len(recordColumns))
	for i, c := range recordColumns {
		header[i] = c.name
	}
	f.eachRecord(w, r, filter, newTable(w, "logs.csv", header), func(t *table, e *requestlog.Entry) {
		for _, c := range recordColumns {
			t.cell(c.cell(t.begin(), e))
		}
		t.end()
	})
}

// onlyFailures leaves out what did not fail and, unless the filter says what it is after, what failed by no fault of the key's: who
// asks for failing keys is going to replace them, and a client's bad request or an upstream's outage says nothing of a key.
func onlyFailures(f *requestlog.Filter) {
	if f.Success != nil {
		return
	}
	failed := false
	f.Success = &failed
	if len(f.Outcomes) == 0 && f.Charged == "" && f.StatusFrom == 0 && f.StatusTo == 0 && f.ErrorContains == "" {
		f.Outcomes = []proxycore.Outcome{proxycore.KeyError, proxycore.RateLimited}
	}
}

// exportFailingKeys sends each key once that a record of a failure names, with the newest of them. It remembers the keys' ids,
// some 16 bytes each.
func (f *Files) exportFailingKeys(w http.ResponseWriter, r *http.Request) {
	filter, err := recordFilter(r.URL.Query())
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	onlyFailures(&filter)
	seen := map[int64]struct{}{}
	t := newTable(w, "failing-keys.csv", []string{"keyId", "fingerprint", "masked", "group", "statusCode", "outcome", "time", "error"})
	f.eachRecord(w, r, filter, t, func(t *table, e *requestlog.Entry) {
		if _, told := seen[e.KeyID]; told || e.KeyID == 0 {
			return
		}
		seen[e.KeyID] = struct{}{}
		masked := ""
		if key, err := f.Keys.Get(r.Context(), e.KeyID); err == nil { // else it has been deleted
			masked = key.Masked
		}
		t.row([]string{
			strconv.FormatInt(e.KeyID, 10), string(fingerprint(nil, e.KeyFingerprint)), masked, e.GroupName, strconv.Itoa(e.StatusCode),
			string(e.Outcome), string(instant(nil, e.Time())), e.Error,
		})
	})
}

// eachRecord hands every record that the filter means to write, and sends what it wrote part by part.
func (f *Files) eachRecord(w http.ResponseWriter, r *http.Request, filter requestlog.Filter, t *table, write func(*table, *requestlog.Entry)) {
	err := f.Log.Walk(r.Context(), filter, func(part []*requestlog.Entry) error {
		for _, e := range part {
			write(t, e)
		}
		t.flush()
		return nil
	})
	switch {
	case err == nil:
		t.flush()
	case t.begun:
		f.Logger.WarnContext(r.Context(), "an export broke off", "path", r.URL.Path, "error", err)
		panic(http.ErrAbortHandler)
	default:
		f.refuse(w, r, err)
	}
}

// recordColumns are a record's fields by the names that the admin API gives them. Each appends its own to the line.
var recordColumns = []struct {
	name string
	cell func(b []byte, e *requestlog.Entry) []byte
}{
	{"id", func(b []byte, e *requestlog.Entry) []byte { return number(b, e.ID) }},
	{"requestId", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.RequestID...) }},
	{"upstreamRequestId", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.UpstreamRequestID...) }},
	{"time", func(b []byte, e *requestlog.Entry) []byte { return instant(b, e.Time()) }},
	{"startedAt", func(b []byte, e *requestlog.Entry) []byte { return instant(b, e.Started) }},
	{"attempt", func(b []byte, e *requestlog.Entry) []byte {
		if e.Final {
			return append(b, "FINAL"...)
		}
		return append(b, "RETRY"...)
	}},
	{"attemptNumber", func(b []byte, e *requestlog.Entry) []byte { return number(b, int64(e.AttemptNumber)) }},
	{"groupId", func(b []byte, e *requestlog.Entry) []byte { return known(b, e.GroupID) }},
	{"groupName", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.GroupName...) }},
	{"parentGroupName", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.ParentName...) }},
	{"dialect", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Dialect...) }},
	{"keyId", func(b []byte, e *requestlog.Entry) []byte { return known(b, e.KeyID) }},
	{"keyFingerprint", func(b []byte, e *requestlog.Entry) []byte { return fingerprint(b, e.KeyFingerprint) }},
	{"proxyKeyId", func(b []byte, e *requestlog.Entry) []byte { return known(b, e.ProxyKeyID) }},
	{"proxyKeyFingerprint", func(b []byte, e *requestlog.Entry) []byte { return fingerprint(b, e.ProxyKeyFingerprint) }},
	{"nodeId", func(b []byte, e *requestlog.Entry) []byte { return number(b, int64(e.Node)) }},
	{"model", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Model...) }},
	{"upstreamModel", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.UpstreamModel...) }},
	{"method", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Method...) }},
	{"path", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Path...) }},
	{"upstream", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Upstream...) }},
	{"statusCode", func(b []byte, e *requestlog.Entry) []byte { return number(b, int64(e.StatusCode)) }},
	{"success", func(b []byte, e *requestlog.Entry) []byte { return strconv.AppendBool(b, e.Outcome == proxycore.OK) }},
	{"outcome", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Outcome...) }},
	{"charged", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Charged...) }},
	{"cooledSeconds", func(b []byte, e *requestlog.Entry) []byte { return known(b, int64(e.Cooled.Seconds())) }},
	{"stream", func(b []byte, e *requestlog.Entry) []byte { return strconv.AppendBool(b, e.Stream) }},
	{"trial", func(b []byte, e *requestlog.Entry) []byte { return strconv.AppendBool(b, e.Trial) }},
	{"waitMs", func(b []byte, e *requestlog.Entry) []byte { return elapsed(b, e.Wait) }},
	{"connectMs", func(b []byte, e *requestlog.Entry) []byte { return elapsed(b, e.Connect) }},
	{"headerMs", func(b []byte, e *requestlog.Entry) []byte { return elapsed(b, e.Header) }},
	{"firstByteMs", func(b []byte, e *requestlog.Entry) []byte { return elapsed(b, e.FirstByte) }},
	{"durationMs", func(b []byte, e *requestlog.Entry) []byte { return elapsed(b, e.Ended.Sub(e.Started)) }},
	{"requestBytes", func(b []byte, e *requestlog.Entry) []byte { return number(b, e.RequestBytes) }},
	{"responseBytes", func(b []byte, e *requestlog.Entry) []byte { return number(b, e.ResponseBytes) }},
	{"inputTokens", func(b []byte, e *requestlog.Entry) []byte { return tokens(b, e, e.Usage.Input) }},
	{"outputTokens", func(b []byte, e *requestlog.Entry) []byte { return tokens(b, e, e.Usage.Output) }},
	{"cachedTokens", func(b []byte, e *requestlog.Entry) []byte { return tokens(b, e, e.Usage.Cached) }},
	{"cacheWriteTokens", func(b []byte, e *requestlog.Entry) []byte { return tokens(b, e, e.Usage.CacheWrite) }},
	{"reasoningTokens", func(b []byte, e *requestlog.Entry) []byte { return tokens(b, e, e.Usage.Reasoning) }},
	{"serviceTier", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Usage.ServiceTier...) }},
	{"clientIp", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.ClientIP...) }},
	{"userAgent", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.UserAgent...) }},
	{"error", func(b []byte, e *requestlog.Entry) []byte { return append(b, e.Error...) }},
}

func number(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

// known is empty for 0, which stands for what is not known.
func known(b []byte, n int64) []byte {
	if n == 0 {
		return b
	}
	return number(b, n)
}

// elapsed is empty for an attempt that never came so far.
func elapsed(b []byte, d time.Duration) []byte {
	if d < 0 {
		return b
	}
	return number(b, d.Milliseconds())
}

// tokens is empty when the answer did not say.
func tokens(b []byte, e *requestlog.Entry, n int64) []byte {
	if !e.Usage.Known {
		return b
	}
	return number(b, n)
}

func fingerprint(b []byte, f proxycore.Fingerprint) []byte {
	if f == (proxycore.Fingerprint{}) {
		return b
	}
	return hex.AppendEncode(b, f[:])
}

// instant is RFC 3339 in UTC with milliseconds. Of all layouts package time is quick with that alone, which has none.
func instant(b []byte, t time.Time) []byte {
	b = t.UTC().AppendFormat(b, time.RFC3339)
	ms := t.Nanosecond() / int(time.Millisecond)
	return append(b[:len(b)-1], '.', byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10), 'Z')
}
