package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

var (
	// ErrForeignUpstream is returned by Validate for an upstream that is not the group's: a key goes nowhere else.
	ErrForeignUpstream = errors.New("the group has no such upstream")
	// ErrGone is wrapped by the errors of those who are asked for a key or a group that is not there, or does not open: trying
	// again would be in vain.
	ErrGone = errors.New("there is nothing to validate")
)

// Sender sends one request with a given key, exactly as traffic would.
type Sender interface {
	Send(context.Context, proxycore.SendRequest) (proxycore.SendResult, error)
}

var _ Sender = (*proxycore.Gateway)(nil)

// Key is a key in clear.
type Key struct {
	ID, GroupID int64
	Text        string
	Digest      [32]byte
	// Revision comes back in the Decision, so that what an administrator says meanwhile is not undone.
	Revision int64
	// Disabled keys are tried when an administrator asks, and never otherwise.
	Disabled bool
}

// Decision is what a validation says of a key.
type Decision struct {
	KeyID, Revision int64
	At              time.Time
	Verdict         Verdict
	// Until is when a Limited key may be asked again.
	Until time.Time
}

// Keys is where keys are kept.
type Keys interface {
	// Plain returns a key to be tried; the error wraps ErrGone when there is none, or none that opens.
	Plain(ctx context.Context, keyID int64) (Key, error)
	// Decide sets the key's status by the verdict.
	Decide(ctx context.Context, d Decision) error
	// Sample returns up to n keys of the group at random that are worth trying.
	Sample(ctx context.Context, groupID int64, n int) ([]int64, error)
	// Starving returns the groups that have keys to try and none that is ACTIVE.
	Starving(ctx context.Context) ([]int64, error)
	// EachDue hands on the group's INVALID keys that were not tried for the interval, or for longer the more often they were in
	// vain. It ends with the first error of do.
	EachDue(ctx context.Context, groupID int64, interval time.Duration, do func(id int64) error) error
}

// Plan is how a group's keys are validated.
type Plan struct {
	Dialect dialect.Name
	// TestModel and ValidationPath are empty for the dialect's own.
	TestModel, ValidationPath string
	// Upstreams are the group's base URLs.
	Upstreams []string
	// Concurrency is how many of the group's keys are tried at once; Timeout bounds each try.
	Concurrency int
	Timeout     time.Duration
	// Cooldown is how long a rate-limited key cools when the provider says no time.
	Cooldown  time.Duration
	Blacklist proxycore.StatusSet
}

// Options are what a Prober needs.
type Options struct {
	Sender Sender
	Keys   Keys
	// Plan returns a group's plan; the error wraps ErrGone when there is no such group.
	Plan func(ctx context.Context, groupID int64) (Plan, error)
	// Rounds returns the groups that have INVALID keys, and Validated notes when one's were gone through.
	Rounds    func(ctx context.Context) ([]Round, error)
	Validated func(ctx context.Context, groupID int64, at time.Time) error
	Logger    *slog.Logger
}

// Prober validates keys. Use New.
type Prober struct {
	sender Sender
	keys   Keys
	plan   func(ctx context.Context, groupID int64) (Plan, error)
	log    *slog.Logger

	due       func(ctx context.Context) ([]Round, error)
	validated func(ctx context.Context, groupID int64, at time.Time) error

	wake   chan struct{}
	mu     sync.Mutex // guards groups and what they hold
	groups map[int64]*agenda
}

// New returns a prober; Run makes it act on what Ask says, and Schedule on the clock.
func New(o Options) *Prober {
	return &Prober{
		sender: o.Sender, keys: o.Keys, plan: o.Plan, due: o.Rounds, validated: o.Validated, log: o.Logger,
		wake: make(chan struct{}, 1), groups: map[int64]*agenda{},
	}
}

// longestAsked bounds how long a provider can make a key cool.
const longestAsked = 24 * time.Hour

// Validate tries one key now, sets its status by the answer, and returns the answer. upstream is one of the group's base
// URLs, and model any; nil leaves the choice to the group. An upstream that cannot be reached is a verdict; the error says
// that nothing was sent, or that the status could not be stored.
func (p *Prober) Validate(ctx context.Context, keyID int64, upstream, model *string) (Verdict, error) {
	key, err := p.keys.Plain(ctx, keyID)
	if err != nil {
		return Verdict{}, err
	}
	plan, err := p.plan(ctx, key.GroupID)
	if err != nil {
		return Verdict{}, err
	}
	base := ""
	if upstream != nil {
		if base = *upstream; !slices.Contains(plan.Upstreams, base) {
			return Verdict{}, ErrForeignUpstream
		}
	}
	if model != nil && *model != "" {
		plan.TestModel = *model
	}
	return p.try(ctx, key, plan, base)
}

// try asks once and hands on what the answer says.
func (p *Prober) try(ctx context.Context, key Key, plan Plan, upstream string) (Verdict, error) {
	d, ok := dialect.ByName(plan.Dialect)
	if !ok {
		return Verdict{}, fmt.Errorf("validate key %d: unknown dialect %q", key.ID, plan.Dialect)
	}
	request := d.Probe(plan.TestModel, plan.ValidationPath)
	result, err := p.sender.Send(ctx, proxycore.SendRequest{
		GroupID: key.GroupID, KeyID: key.ID, Key: key.Text, KeyDigest: key.Digest, Upstream: upstream,
		Method: request.Method, Path: request.Path, Header: request.Header, Body: request.Body,
		Probe: true, Timeout: plan.Timeout,
	})
	verdict, err := verdictOf(result, err, plan.Blacklist)
	if err != nil {
		return Verdict{}, fmt.Errorf("validate key %d: %w", key.ID, err)
	}
	if verdict.Finding == Nothing {
		return verdict, nil
	}
	decision := Decision{KeyID: key.ID, Revision: key.Revision, At: time.Now(), Verdict: verdict}
	if verdict.Finding == Limited {
		wait := plan.Cooldown
		if verdict.RetryAfter > 0 {
			wait = min(verdict.RetryAfter, longestAsked)
		}
		decision.Until = decision.At.Add(wait)
	}
	if err := p.keys.Decide(ctx, decision); err != nil {
		return verdict, fmt.Errorf("store what a validation found: %w", err)
	}
	return verdict, nil
}
