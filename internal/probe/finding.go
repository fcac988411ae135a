package probe

import (
	"errors"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// Finding is what an answer says of the key.
type Finding uint8

const (
	// Nothing: the answer, or its absence, speaks of something else than the key.
	Nothing Finding = iota
	// Well: the key did what it was asked (2xx).
	Well
	// Known: the request was refused, but not for its key (400, 404).
	Known
	// Limited: the key is genuine and out of quota for now (429).
	Limited
	// Dead: the key was refused, by a code that names it or by a status that blacklists.
	Dead
)

// findingOf reads an answer as the failure table does: by its status and by the code that the dialect knows, never by its
// words.
func findingOf(status int, class dialect.Class, blacklist proxycore.StatusSet) Finding {
	switch {
	case status >= 200 && status < 300 && class == dialect.None:
		return Well
	case class == dialect.Key:
		return Dead
	case class == dialect.Account, class == dialect.RateLimit, status == 429 && class != dialect.Request && class != dialect.Place:
		return Limited
	case status >= 500:
		return Nothing
	case status == 400, status == 404:
		return Known
	case class == dialect.Request, class == dialect.Place, class == dialect.Foreign:
		return Nothing
	case blacklist.Has(status):
		return Dead
	}
	return Nothing
}

// Verdict is what one validation came to.
type Verdict struct {
	// OK says that the key is genuine: it did what it was asked, or would have but for a rate limit.
	OK      bool
	Finding Finding
	// StatusCode is 0 when there was no answer.
	StatusCode int
	Duration   time.Duration
	// Upstream is the base URL that was asked.
	Upstream string
	// Message is the upstream's own words, at most 200 characters, without the key; or why there was no answer. Empty when
	// there is nothing to say.
	Message string
	// RetryAfter is how long a Limited key was asked to wait; 0 when nobody said. Account says it is the account's quota.
	RetryAfter time.Duration
	Account    bool
}

// verdictOf turns what came of a request into a verdict. The error is nil unless nothing was sent.
func verdictOf(result proxycore.SendResult, err error, blacklist proxycore.StatusSet) (Verdict, error) {
	var unanswered *proxycore.SendError
	if errors.As(err, &unanswered) {
		return Verdict{Duration: unanswered.Duration, Upstream: unanswered.Upstream, Message: unanswered.Reason}, nil
	}
	if err != nil {
		return Verdict{}, err
	}
	finding := findingOf(result.Status, result.Fault.Class, blacklist)
	return Verdict{
		OK: finding == Well || finding == Limited, Finding: finding,
		StatusCode: result.Status, Duration: result.Duration, Upstream: result.Upstream, Message: result.Fault.Message,
		RetryAfter: result.Fault.RetryAfter, Account: result.Fault.Class == dialect.Account,
	}, nil
}
