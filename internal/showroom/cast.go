package main

import (
	"context"
	"errors"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/ent/generated/ent/upstream"
	"roundhouse/internal/database"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// keysOfGroup is how many keys of a group take part.
const keysOfGroup = 40

// troupe is a group with what its requests are made of.
type troupe struct {
	id       int64
	name     string
	dialect  dialect.Name
	upstream string
	keys     []actor
	models   []string
}

type actor struct {
	id          int64
	fingerprint proxycore.Fingerprint
}

var modelsOf = map[dialect.Name][]string{
	dialect.OpenAI:          {"gpt-4.1", "gpt-4.1-mini", "o4-mini", "gpt-4.1-nano"},
	dialect.OpenAIResponses: {"gpt-4.1", "o4-mini"},
	dialect.Anthropic:       {"claude-sonnet-4-5", "claude-haiku-4-5"},
	dialect.Gemini:          {"gemini-2.5-pro", "gemini-2.5-flash"},
}

// readCallers reads the proxy keys: a request without one is not counted.
func readCallers(ctx context.Context, db *database.DB) ([]actor, error) {
	rows, err := db.ProxyKey.Query().Order(ent.Asc(proxykey.FieldID)).Limit(keysOfGroup).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proxy keys: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("there is no proxy key: make one first")
	}
	callers := make([]actor, len(rows))
	for i, row := range rows {
		callers[i] = actor{row.ID, proxycore.Fingerprint(row.Digest[:6])}
	}
	return callers, nil
}

// readCast reads the groups that have keys.
func readCast(ctx context.Context, db *database.DB) ([]troupe, error) {
	groups, err := db.Group.Query().Where(group.KindEQ(group.KindSTANDARD)).Order(ent.Asc(group.FieldSort, group.FieldID)).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	var cast []troupe
	for _, g := range groups {
		t := troupe{id: g.ID, name: g.Name, dialect: dialect.Name(g.Dialect)}
		t.models = modelsOf[t.dialect]
		keys, err := db.Key.Query().Where(key.GroupID(g.ID)).Order(ent.Asc(key.FieldID)).Limit(keysOfGroup).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("read keys: %w", err)
		}
		for _, k := range keys {
			t.keys = append(t.keys, actor{k.ID, proxycore.Fingerprint(k.Digest[:6])})
		}
		u, err := db.Upstream.Query().Where(upstream.GroupID(g.ID)).Order(ent.Asc(upstream.FieldID)).First(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the upstream of %s: %w", g.Name, err)
		}
		t.upstream = u.URL
		if len(t.keys) > 0 && len(t.models) > 0 {
			cast = append(cast, t)
		}
	}
	if len(cast) == 0 {
		return nil, errors.New("there is no group with keys: make one first")
	}
	return cast, nil
}
