package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/probe"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/internal/snapshot"
	"roundhouse/proxycore/dialect"
)

// newProber joins whoever tries keys with whoever keeps them.
func (p *program) newProber() *probe.Prober {
	return probe.New(probe.Options{
		Sender: p.gateway, Keys: probedKeys{p.keys}, Plan: p.validationPlan,
		Rounds: p.validationRounds, Validated: p.catalog.NoteValidated, Logger: p.logger,
	})
}

// validationRounds are the groups that have INVALID keys, each with its interval.
func (p *program) validationRounds(ctx context.Context) ([]probe.Round, error) {
	ids, err := p.keys.WithInvalid(ctx)
	if err != nil {
		return nil, err
	}
	var rounds []probe.Round
	for _, id := range ids {
		g, err := p.catalog.Get(ctx, id)
		if errors.Is(err, fault.ErrNotFound) {
			continue // it was deleted, and its keys are going
		}
		if err != nil {
			return nil, err
		}
		overrides, err := p.catalog.Overrides(g)
		if err != nil {
			return nil, err
		}
		minutes := setting.Effective(p.settings.Current(), overrides).KeyValidationIntervalMinutes
		round := probe.Round{GroupID: id, Interval: time.Duration(minutes) * time.Minute}
		if g.LastValidatedAt != nil {
			round.Last = *g.LastValidatedAt
		}
		rounds = append(rounds, round)
	}
	return rounds, nil
}

// validationPlan is how the group's keys are tried by what is stored now.
func (p *program) validationPlan(ctx context.Context, groupID int64) (probe.Plan, error) {
	g, err := p.catalog.Get(ctx, groupID)
	if errors.Is(err, fault.ErrNotFound) {
		return probe.Plan{}, fmt.Errorf("%w: %w", probe.ErrGone, err)
	}
	if err != nil {
		return probe.Plan{}, err
	}
	overrides, err := p.catalog.Overrides(g)
	if err != nil {
		return probe.Plan{}, err
	}
	values := setting.Effective(p.settings.Current(), overrides)
	core, err := snapshot.ToCore(values)
	if err != nil {
		return probe.Plan{}, err
	}
	plan := probe.Plan{
		Dialect: dialect.Name(g.Dialect), TestModel: g.TestModel, ValidationPath: g.ValidationPath,
		Concurrency: values.KeyValidationConcurrency, Timeout: time.Duration(values.KeyValidationTimeoutSeconds) * time.Second,
		Cooldown: core.Cooldown, Blacklist: core.Blacklist,
	}
	for _, u := range g.Upstreams {
		plan.Upstreams = append(plan.Upstreams, u.URL)
	}
	return plan, nil
}

// probedKeys are the pool's keys as a validation needs them.
type probedKeys struct{ *keypool.Pool }

func (k probedKeys) Plain(ctx context.Context, id int64) (probe.Key, error) {
	plain, err := k.Pool.Plain(ctx, id)
	if errors.Is(err, fault.ErrNotFound) || errors.Is(err, seal.ErrUnsealable) {
		return probe.Key{}, fmt.Errorf("%w: %w", probe.ErrGone, err)
	}
	if err != nil {
		return probe.Key{}, err
	}
	return probe.Key{
		ID: plain.ID, GroupID: plain.GroupID, Text: plain.Text, Digest: plain.Digest, Revision: plain.Revision,
		Disabled: plain.Status == key.StatusDISABLED,
	}, nil
}

// findings says what the pool makes of what a validation found.
var findings = map[probe.Finding]keypool.Finding{
	probe.Well: keypool.Well, probe.Known: keypool.Known, probe.Limited: keypool.Limited, probe.Dead: keypool.Dead,
}

func (k probedKeys) Decide(ctx context.Context, d probe.Decision) error {
	return k.Pool.Decide(ctx, keypool.Decision{
		KeyID: d.KeyID, Finding: findings[d.Verdict.Finding], Revision: d.Revision, At: d.At,
		StatusCode: d.Verdict.StatusCode, Reason: d.Verdict.Message, Until: d.Until, Account: d.Verdict.Account,
	})
}
