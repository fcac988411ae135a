package proxycore

import (
	"net/http"

	"roundhouse/proxycore/dialect"
)

// repeat says what may follow an attempt.
type repeat uint8

const (
	// passOn: the client gets this answer.
	passOn repeat = iota
	// anotherKey: any other key may be asked.
	anotherKey
	// oneOtherKey: the request itself is suspected, so one other key is asked and no more.
	oneOtherKey
	// elsewhere: another upstream, with another key.
	elsewhere
)

// sentence is what an attempt means for its key.
type sentence uint8

const (
	acquitted sentence = iota
	// chargedOne: the key rests and is charged one.
	chargedOne
	// coolsModel and coolsWhole: the key waits out a rate limit for the model, or altogether.
	coolsModel
	coolsWhole
)

// finding is what the failure table says of one attempt.
type finding struct {
	outcome Outcome
	charged Charged
	again   repeat
	key     sentence
	// upstreamFailed marks a failure that the upstream is charged with.
	upstreamFailed bool
	fault          dialect.Fault
	status         int
	// err is why there was no answer; nil when there was one.
	err error
	// timedOut says that what was missing was time.
	timedOut bool
}

const statusOverloaded = 529

// judge is the failure table: whose fault an answer was, by its status and by the code the dialect knows, never by its words.
// DESIGN.md gives the reason of each row.
func judge(status int, fault dialect.Fault, s *Settings) finding {
	f := finding{outcome: outcomeOf(status, fault.Class), charged: ChargedNobody, fault: fault, status: status}
	over := s.Failover.Has(status)
	switch class := fault.Class; {
	case class == dialect.Key:
		f.charged, f.key, f.again = ChargedKey, chargedOne, anotherKey
	case class == dialect.Account:
		f.charged, f.key, f.again = ChargedKey, coolsWhole, anotherKey
	case class == dialect.RateLimit, status == http.StatusTooManyRequests && !named(class), status == statusOverloaded:
		f.charged, f.key = ChargedKey, coolsModel
		if over || status != http.StatusTooManyRequests {
			f.again = anotherKey
		}
	case status >= 500:
		if over {
			f.charged, f.upstreamFailed, f.again = ChargedUpstream, true, elsewhere
		}
	case named(class), class == dialect.Foreign && isDenial(status):
		if over {
			f.again = oneOtherKey
		}
	case s.Blacklist.Has(status):
		f.charged, f.key = ChargedKey, chargedOne
		if over {
			f.again = anotherKey
		}
	case over:
		f.again = anotherKey
	}
	return f
}

// named reports whether a code names the request or the place it came from.
func named(c dialect.Class) bool { return c == dialect.Request || c == dialect.Place }

func isDenial(status int) bool {
	return status >= http.StatusUnauthorized && status <= http.StatusForbidden
}

func outcomeOf(status int, class dialect.Class) Outcome {
	switch {
	case status < 400:
		return OK
	case named(class):
		return Refused
	case status == http.StatusTooManyRequests, status == statusOverloaded, class == dialect.RateLimit:
		return RateLimited
	case class == dialect.Key, isDenial(status):
		return KeyError
	case status >= 500:
		return UpstreamError
	}
	return Refused
}
