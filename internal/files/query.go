package files

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"roundhouse/internal/fault"
	"roundhouse/internal/requestlog"
	"roundhouse/proxycore"
)

// query reads an address's parameters and notes every fault at once. A parameter it was not asked for is one: a filter with a
// slip in its name would export everything.
type query struct {
	values url.Values
	known  []string
	faults fault.List
}

func (q *query) read(values url.Values) { q.values = values }

// done names every fault; nil when there is none.
func (q *query) done() error {
	var unknown []string
	for name := range q.values {
		if !slices.Contains(q.known, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		q.faults.Add(name, fault.Unknown, nil, "%.80q is no parameter here; there are %s", name, strings.Join(q.known, ", "))
	}
	return q.faults.Err()
}

func (q *query) list(name string) []string {
	q.known = append(q.known, name)
	return q.values[name]
}

func (q *query) text(name string) string {
	all := q.list(name)
	if len(all) > 1 {
		q.faults.Add(name, fault.Repeated, nil, "is given twice")
	}
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// number is 0 when none is given, which is below the least that may be given.
func (q *query) number(name string) int64 {
	text := q.text(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		q.faults.Add(name, fault.BadForm, nil, "%.80q is no number", text)
	}
	return n
}

func (q *query) truth(name string) *bool {
	switch text := q.text(name); text {
	case "":
		return nil
	case "true", "false":
		yes := text == "true"
		return &yes
	default:
		q.faults.Add(name, fault.BadForm, nil, "is true or false, not %.80q", text)
		return nil
	}
}

func (q *query) instant(name string) time.Time {
	text := q.text(name)
	if text == "" {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		q.faults.Add(name, fault.BadForm, nil, "%.80q is no RFC 3339 instant, such as 2026-01-31T12:00:00Z", text)
	}
	return at
}

// oneOf is a word of a closed list; empty when none is given.
func oneOf[S ~string](q *query, name, word string, words []S) S {
	if word != "" && !slices.Contains(words, S(word)) {
		q.faults.Add(name, fault.Unknown, nil, "%.80q is none of %v", word, words)
	}
	return S(word)
}

var outcomes = []proxycore.Outcome{
	proxycore.OK, proxycore.Refused, proxycore.KeyError, proxycore.RateLimited, proxycore.UpstreamError, proxycore.UpstreamTruncated,
	proxycore.StreamError, proxycore.Timeout, proxycore.ClientAbort, proxycore.BadRequest, proxycore.Unauthorized, proxycore.NotFound,
	proxycore.NoKey, proxycore.Overload, proxycore.Shutdown,
}

var charges = []proxycore.Charged{proxycore.ChargedNobody, proxycore.ChargedClient, proxycore.ChargedKey, proxycore.ChargedUpstream}

// recordFilter reads the fields of the admin API's RequestLogFilter; what is a list there may be given several times.
func recordFilter(values url.Values) (requestlog.Filter, error) {
	var q query
	q.read(values)
	f := requestlog.Filter{
		From: q.instant("from"), To: q.instant("to"),
		GroupID: q.number("groupId"), GroupNames: q.list("groupNames"), ParentGroupName: q.text("parentGroupName"),
		KeyID: q.number("keyId"), Key: q.text("key"), ProxyKeyID: q.number("proxyKeyId"), Models: q.list("models"),
		Success:    q.truth("success"),
		Charged:    oneOf(&q, "charged", q.text("charged"), charges),
		StatusFrom: int(q.number("statusFrom")), StatusTo: int(q.number("statusTo")), Stream: q.truth("stream"),
		ClientIP: q.text("clientIp"), Upstream: q.text("upstream"), PathPrefix: q.text("pathPrefix"), RequestID: q.text("requestId"),
		MinDuration:   time.Duration(q.number("minDurationMs")) * time.Millisecond,
		MinFirstByte:  time.Duration(q.number("minFirstByteMs")) * time.Millisecond,
		ErrorContains: q.text("errorContains"),
		WithoutBodies: true,
	}
	for _, word := range q.list("outcomes") {
		f.Outcomes = append(f.Outcomes, oneOf(&q, "outcomes", word, outcomes))
	}
	if attempt := oneOf(&q, "attempt", q.text("attempt"), []string{"RETRY", "FINAL"}); attempt != "" {
		final := attempt == "FINAL"
		f.Final = &final
	}
	return f, q.done()
}
