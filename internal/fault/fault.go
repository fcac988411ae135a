// Package fault is the closed vocabulary in which a room refuses a request: what was wrong, where, and what would do.
// It refuses to know how a refusal travels; graph and files translate it.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// What a refusal can be besides bad input; decided by errors.Is.
var (
	// ErrNotFound is returned when what was named does not exist.
	ErrNotFound = errors.New("not found")
	// ErrConflict is returned when someone else changed the thing meanwhile, or its name is taken.
	ErrConflict = errors.New("conflict")
	// ErrBusy is returned when the same thing is being worked on; trying later may succeed.
	ErrBusy = errors.New("busy")
	// ErrLimit is returned when a bound of the system is reached.
	ErrLimit = errors.New("limit reached")
)

// Reason says what is wrong with an input; the console words it in the reader's language.
type Reason string

// The closed list of reasons.
const (
	Required    Reason = "REQUIRED"
	TooShort    Reason = "TOO_SHORT"
	TooLong     Reason = "TOO_LONG"
	TooSmall    Reason = "TOO_SMALL"
	TooLarge    Reason = "TOO_LARGE"
	BadForm     Reason = "BAD_FORM"
	NotAllowed  Reason = "NOT_ALLOWED"
	Taken       Reason = "TAKEN"
	Repeated    Reason = "REPEATED"
	Unknown     Reason = "UNKNOWN"
	TooMany     Reason = "TOO_MANY"
	Exclusive   Reason = "EXCLUSIVE"
	NotMatching Reason = "NOT_MATCHING"
)

// Fault is one thing wrong with an input.
type Fault struct {
	// Path leads to the value, as in input.upstreams.0.url.
	Path   string
	Reason Reason
	// Params are the bounds and values the message speaks of; never a secret.
	Params map[string]any
	// Message says in English what is wrong and what would do.
	Message string
}

// Input is the error of an input with one fault or more; all of them are named at once.
type Input struct{ Faults []Fault }

func (e *Input) Error() string {
	parts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		parts[i] = f.Path + ": " + f.Message
	}
	return strings.Join(parts, "; ")
}

// List collects faults; its zero value is ready.
type List struct{ faults []Fault }

// Add notes one fault.
func (l *List) Add(path string, reason Reason, params map[string]any, message string, args ...any) {
	l.faults = append(l.faults, Fault{Path: path, Reason: reason, Params: params, Message: fmt.Sprintf(message, args...)})
}

// Join takes over the faults of err below the prefix when err is an *Input, and reports whether it was one.
func (l *List) Join(prefix string, err error) bool {
	var in *Input
	if !errors.As(err, &in) {
		return false
	}
	for _, f := range in.Faults {
		f.Path = prefix + f.Path
		l.faults = append(l.faults, f)
	}
	return true
}

// Err is nil when nothing was noted, else an *Input with all of it.
func (l *List) Err() error {
	if len(l.faults) == 0 {
		return nil
	}
	return &Input{Faults: l.faults}
}

// One is an *Input with a single fault.
func One(path string, reason Reason, params map[string]any, message string, args ...any) error {
	var l List
	l.Add(path, reason, params, message, args...)
	return l.Err()
}
