package requestlog

import (
	"strings"
	"unicode/utf8"

	"roundhouse/proxycore"
)

// The columns' bounds, in bytes; a column that counts characters holds them too.
const (
	requestIDBound   = 64
	upstreamIDBound  = 128
	nameBound        = 100
	dialectBound     = 32
	modelBound       = 255
	methodBound      = 16
	pathBound        = 2048
	upstreamBound    = 512
	outcomeBound     = 24
	chargedBound     = 16
	serviceTierBound = 32
	clientIPBound    = 64
	userAgentBound   = 512
	errorBound       = 2048
	bodyBound        = 64 << 10
)

// tidy makes every text of the record one that each database takes. Clients choose many of them: a model of 300 characters or
// with a NUL would otherwise make the batch around it fail.
func tidy(r *proxycore.Record) {
	r.RequestID = fit(r.RequestID, requestIDBound)
	r.UpstreamRequestID = fit(r.UpstreamRequestID, upstreamIDBound)
	r.GroupName = fit(r.GroupName, nameBound)
	r.ParentName = fit(r.ParentName, nameBound)
	r.Dialect = fit(r.Dialect, dialectBound)
	r.Model = fit(r.Model, modelBound)
	r.UpstreamModel = fit(r.UpstreamModel, modelBound)
	r.Method = fit(r.Method, methodBound)
	r.Path = fit(r.Path, pathBound)
	r.Upstream = fit(r.Upstream, upstreamBound)
	r.Outcome = fit(r.Outcome, outcomeBound)
	r.Charged = fit(r.Charged, chargedBound)
	r.Usage.ServiceTier = fit(r.Usage.ServiceTier, serviceTierBound)
	r.ClientIP = fit(r.ClientIP, clientIPBound)
	r.UserAgent = fit(r.UserAgent, userAgentBound)
	r.Error = fit(r.Error, errorBound)
	if r.RequestBody != nil {
		r.RequestBody = []byte(fit(string(r.RequestBody[:min(len(r.RequestBody), bodyBound+utf8.UTFMax)]), bodyBound))
	}
}

// fit returns s as valid UTF-8 without NUL, cut at a rune boundary to at most bound bytes. What was wrong shows as U+FFFD.
func fit[S ~string](s S, bound int) S {
	text := string(s)
	if len(text) > bound {
		// Copied, so that a short model does not hold on to a long body; what lies beyond the bound is not looked at, but
		// for the rest of a rune, which cut takes away again.
		text = strings.Clone(text[:min(len(text), bound+utf8.UTFMax)])
	}
	if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
		text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
	}
	return S(cut(text, bound))
}

func cut(text string, bound int) string {
	if len(text) <= bound {
		return text
	}
	for bound > 0 && !utf8.RuneStart(text[bound]) {
		bound--
	}
	return text[:bound]
}
