package requestlog

import (
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"roundhouse/internal/fault"
	"roundhouse/proxycore"
)

const (
	// searchSpan is how far apart from and to may be for a search in error texts, which no index helps.
	searchSpan = 7 * 24 * time.Hour
	mostNames  = 100
	mostText   = 2048
)

// Filter says which records are meant; all that is set must hold. Its zero value means every record but our own validations.
type Filter struct {
	// From is inclusive, To is not; zero is no bound. They speak of when the attempt ended.
	From, To time.Time
	// GroupID is the group that made the attempt; 0 any.
	GroupID         int64
	GroupNames      []string
	ParentGroupName string
	KeyID           int64
	// Key is a fingerprint, 12 hex digits.
	Key        string
	ProxyKeyID int64
	// Models are as clients named them.
	Models   []string
	Success  *bool
	Outcomes []proxycore.Outcome
	Charged  proxycore.Charged
	Final    *bool
	// StatusFrom and StatusTo are inclusive; 0 is no bound.
	StatusFrom, StatusTo int
	Stream               *bool
	ClientIP             string
	Upstream             string
	// PathPrefix is taken literally.
	PathPrefix string
	// RequestID is ours or the upstream's.
	RequestID                 string
	MinDuration, MinFirstByte time.Duration
	// ErrorContains is a part of the error text in either case. A query needs From and To no more than 7 days apart with it.
	ErrorContains string
	// Probes lets our own validations in.
	Probes bool
	// WithoutBodies spares a query the reading of request bodies; watchers never see any.
	WithoutBodies bool
}

// Check returns a *fault.Input that names everything about the filter that cannot be meant; paths begin with filter.
func (f *Filter) Check() error {
	var l fault.List
	f.check(&l)
	return l.Err()
}

func (f *Filter) check(l *fault.List) {
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		l.Add("filter.to", fault.TooSmall, map[string]any{"min": f.From}, "ends before it begins; give a to that is not before from")
	}
	if _, ok := fingerprint(f.Key); f.Key != "" && !ok {
		l.Add("filter.key", fault.BadForm, nil, "a fingerprint is 12 hexadecimal digits")
	}
	if f.StatusFrom != 0 && f.StatusTo != 0 && f.StatusTo < f.StatusFrom {
		l.Add("filter.statusTo", fault.TooSmall, map[string]any{"min": f.StatusFrom}, "is below statusFrom")
	}
	for path, n := range map[string]int{"filter.groupNames": len(f.GroupNames), "filter.models": len(f.Models), "filter.outcomes": len(f.Outcomes)} {
		if n > mostNames {
			l.Add(path, fault.TooMany, map[string]any{"max": mostNames}, "at most %d", mostNames)
		}
	}
	for path, text := range map[string]string{"filter.parentGroupName": f.ParentGroupName, "filter.clientIp": f.ClientIP, "filter.upstream": f.Upstream,
		"filter.pathPrefix": f.PathPrefix, "filter.requestId": f.RequestID, "filter.errorContains": f.ErrorContains,
		"filter.groupNames": longest(f.GroupNames), "filter.models": longest(f.Models)} {
		switch {
		case len(text) > mostText:
			l.Add(path, fault.TooLong, map[string]any{"max": mostText}, "at most %d bytes", mostText)
		case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
			l.Add(path, fault.BadForm, nil, "is not text")
		}
	}
}

// checkSearch adds what holds for a search in error texts of the past.
func (f *Filter) checkSearch(l *fault.List) {
	if f.ErrorContains == "" {
		return
	}
	if f.From.IsZero() {
		l.Add("filter.from", fault.Required, nil, "errorContains needs from and to")
	}
	if f.To.IsZero() {
		l.Add("filter.to", fault.Required, nil, "errorContains needs from and to")
	}
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Sub(f.From) > searchSpan {
		l.Add("filter.from", fault.TooSmall, map[string]any{"min": f.To.Add(-searchSpan)}, "errorContains searches at most 7 days")
	}
}

func longest(texts []string) string {
	var found string
	for _, t := range texts {
		if len(t) > len(found) || !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
			found = t
			if !utf8.ValidString(t) || strings.ContainsRune(t, 0) {
				return t
			}
		}
	}
	return found
}

// fingerprint reads 12 hex digits.
func fingerprint(text string) (f proxycore.Fingerprint, ok bool) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(f) {
		return f, false
	}
	copy(f[:], raw)
	return f, true
}

// Matches says whether the filter means the entry.
func (f *Filter) Matches(e *Entry) bool {
	return f.matchesTime(e.ID) && f.matchesOrigin(e) && f.matchesResult(e)
}

func (f *Filter) matchesTime(id int64) bool {
	return (f.From.IsZero() || id >= firstID(f.From)) && (f.To.IsZero() || id < firstID(f.To))
}

func (f *Filter) matchesOrigin(e *Entry) bool {
	key, _ := fingerprint(f.Key)
	return (f.Probes || !e.Probe) &&
		(f.GroupID == 0 || e.GroupID == f.GroupID) &&
		(len(f.GroupNames) == 0 || slices.Contains(f.GroupNames, e.GroupName)) &&
		(f.ParentGroupName == "" || e.ParentName == f.ParentGroupName) &&
		(f.KeyID == 0 || e.KeyID == f.KeyID) &&
		(f.Key == "" || e.KeyID != 0 && e.KeyFingerprint == key) &&
		(f.ProxyKeyID == 0 || e.ProxyKeyID == f.ProxyKeyID) &&
		(len(f.Models) == 0 || slices.Contains(f.Models, e.Model)) &&
		(f.ClientIP == "" || e.ClientIP == f.ClientIP) &&
		(f.Upstream == "" || e.Upstream == f.Upstream) &&
		strings.HasPrefix(e.Path, f.PathPrefix) &&
		(f.RequestID == "" || e.RequestID == f.RequestID || e.UpstreamRequestID == f.RequestID)
}

func (f *Filter) matchesResult(e *Entry) bool {
	return (f.Success == nil || *f.Success == (e.Outcome == proxycore.OK)) &&
		(len(f.Outcomes) == 0 || slices.Contains(f.Outcomes, e.Outcome)) &&
		(f.Charged == "" || e.Charged == f.Charged) &&
		(f.Final == nil || e.Final == *f.Final) &&
		(f.StatusFrom == 0 || e.StatusCode >= f.StatusFrom) &&
		(f.StatusTo == 0 || e.StatusCode <= f.StatusTo) &&
		(f.Stream == nil || e.Stream == *f.Stream) &&
		(f.MinDuration <= 0 || tookMs(&e.Record) >= ceilMs(f.MinDuration)) &&
		(f.MinFirstByte <= 0 || e.FirstByte >= 0 && e.FirstByte.Milliseconds() >= ceilMs(f.MinFirstByte)) &&
		(f.ErrorContains == "" || strings.Contains(strings.ToLower(e.Error), strings.ToLower(f.ErrorContains)))
}

// ceilMs rounds up: rows know milliseconds only.
func ceilMs(d time.Duration) int64 { return int64((d + time.Millisecond - 1) / time.Millisecond) }
