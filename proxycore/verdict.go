package proxycore

import "time"

// VerdictKind is what an attempt, or the core's own book-keeping, says about a key.
type VerdictKind uint8

const (
	// Charge: a fault was laid to the key; it rests.
	Charge VerdictKind = iota + 1
	// Suspect: the key reached its group's threshold and left rotation until one validation decides.
	Suspect
	// Clear: an answer that ended well wiped the key's charges. Only told when there were any.
	Clear
	// Cool: the key waits out a rate limit, for Model or, when Model is empty, altogether.
	Cool
	// Starved: a request met no ACTIVE key in the group; KeyID is 0. Told at most once a second a group.
	Starved
)

// Verdict is a flat message from the data plane to whoever keeps the keys' rows.
type Verdict struct {
	Kind           VerdictKind
	GroupID, KeyID int64
	At             time.Time
	// StatusCode is the answer's; 0 when there was none.
	StatusCode int
	// Charges in a row, this one included.
	Charges int
	// Reason is the upstream's own words, at most 200 characters, without the key.
	Reason string
	// Until and Model speak of cooling.
	Until time.Time
	Model string
	// Guess says that Until is our own guess, which doubles while the limit repeats, and not the provider's.
	Guess bool
	// Account marks a code that names the account's quota, which cools the whole key.
	Account bool
}

// Judge takes verdicts. Judge must not block.
type Judge interface{ Judge(Verdict) }
