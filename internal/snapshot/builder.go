package snapshot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/generated/ent/member"
	"roundhouse/ent/generated/ent/upstream"
	"roundhouse/internal/database"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// Builder makes the data plane's configuration from rows and settings. It keeps each group's keys from one build to the
// next, and reads only what changed of them. It is for one goroutine at a time.
type Builder struct {
	db   *database.DB
	box  *seal.Box
	keys *shelf
	// good is the last configuration of each group that could be built.
	good map[int64]proxycore.GroupConfig
}

// NewBuilder returns a builder that has read nothing yet. ready is told when keys that a build did not wait for are there:
// the next one has them.
func NewBuilder(db *database.DB, box *seal.Box, ready func()) *Builder {
	return &Builder{db: db, box: box, keys: newShelf(db, box, ready), good: map[int64]proxycore.GroupConfig{}}
}

// Built is what a build came to.
type Built struct {
	Config proxycore.SnapshotConfig
	// Unsealable are keys whose text does not open, found by this build. They are not in Config.
	Unsealable []int64
	// Due is when keys that were left for later want to be read; zero when none were.
	Due time.Time
	// Faults names the groups whose rows make no sense, each with the reason; nil when there are none. Such a group keeps its
	// last good configuration, or is disabled when it never had one: the others are served all the same.
	Faults error
}

// rows are the control plane's, by group where they belong to one.
type rows struct {
	groups      []*ent.Group
	upstreams   map[int64][]*ent.Upstream
	members     map[int64][]*ent.Member
	headerRules map[int64][]*ent.HeaderRule
	proxyKeys   []*ent.ProxyKey
	counts      map[int64]*ent.KeyCount
}

// Build reads the rows and makes a configuration of them. An error says that they could not be read.
func (b *Builder) Build(ctx context.Context, values setting.Values) (Built, error) {
	r, err := b.read(ctx)
	if err != nil {
		return Built{}, err
	}
	built := Built{Config: proxycore.SnapshotConfig{Digest: b.box.Digest}}
	faults := []error{}
	good := make(map[int64]proxycore.GroupConfig, len(r.groups))
	for _, g := range r.groups {
		config, err := b.group(g, r, values)
		if err != nil {
			faults = append(faults, fmt.Errorf("group %q: %w", g.Name, err))
			config = b.fallback(g)
		} else {
			good[g.ID] = config
		}
		if g.Kind == group.KindSTANDARD {
			if config.Keys, err = b.keys.of(ctx, g.ID, r.counts[g.ID]); err != nil {
				return Built{}, fmt.Errorf("read the keys of group %q: %w", g.Name, err)
			}
		}
		built.Config.Groups = append(built.Config.Groups, config)
	}
	for _, k := range r.proxyKeys {
		if len(k.Digest) == len(seal.Digest{}) {
			built.Config.ProxyKeys = append(built.Config.ProxyKeys, proxycore.ProxyKey{ID: k.ID, Digest: seal.Digest(k.Digest), GroupID: k.GroupID})
		}
	}
	b.good = good
	b.keys.keepOnly(r.counts)
	built.Unsealable, built.Due, err = b.keys.told()
	built.Faults = errors.Join(append(faults, err)...)
	return built, nil
}

// Wait waits until nothing is read aside any more.
func (b *Builder) Wait() { b.keys.aside.Wait() }

// read reads what belongs to groups before the groups themselves: what a group just made or deleted leaves dangling is then
// the lesser part.
func (b *Builder) read(ctx context.Context) (*rows, error) {
	r := &rows{
		upstreams: map[int64][]*ent.Upstream{}, members: map[int64][]*ent.Member{},
		headerRules: map[int64][]*ent.HeaderRule{}, counts: map[int64]*ent.KeyCount{},
	}
	counts, err := b.db.KeyCount.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read key counts: %w", err)
	}
	for _, row := range counts {
		r.counts[row.ID] = row
	}
	upstreams, err := b.db.Upstream.Query().Order(upstream.ByPosition(), upstream.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read upstreams: %w", err)
	}
	for _, row := range upstreams {
		r.upstreams[row.GroupID] = append(r.upstreams[row.GroupID], row)
	}
	members, err := b.db.Member.Query().Order(member.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	for _, row := range members {
		r.members[row.GroupID] = append(r.members[row.GroupID], row)
	}
	rules, err := b.db.HeaderRule.Query().Order(headerrule.ByPosition(), headerrule.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read header rules: %w", err)
	}
	for _, row := range rules {
		r.headerRules[row.GroupID] = append(r.headerRules[row.GroupID], row)
	}
	if r.proxyKeys, err = b.db.ProxyKey.Query().All(ctx); err != nil {
		return nil, fmt.Errorf("read proxy keys: %w", err)
	}
	if r.groups, err = b.db.Group.Query().Order(group.ByID()).All(ctx); err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	return r, nil
}

// group translates one group, its keys apart.
func (b *Builder) group(g *ent.Group, r *rows, values setting.Values) (proxycore.GroupConfig, error) {
	overrides, err := setting.GroupOverrides(b.box, g)
	if err != nil {
		return proxycore.GroupConfig{}, err
	}
	settings, err := ToCore(setting.Effective(values, overrides))
	if err != nil {
		return proxycore.GroupConfig{}, err
	}
	rules, err := b.rules(r.headerRules[g.ID])
	if err != nil {
		return proxycore.GroupConfig{}, err
	}
	config := proxycore.GroupConfig{
		ID: g.ID, Name: g.Name, Enabled: g.Enabled, Aggregate: g.Kind == group.KindAGGREGATE,
		Dialect: dialect.Name(g.Dialect), Carrier: dialect.Carrier(g.KeyCarrier),
		HeaderRules: rules, RedirectStrict: g.ModelRedirectStrict, Settings: settings,
	}
	if g.ParamOverrides != "" {
		config.ParamOverrides = json.RawMessage(g.ParamOverrides)
	}
	for _, redirect := range g.ModelRedirects {
		config.Redirects = append(config.Redirects, proxycore.Redirect{From: redirect.From, To: redirect.To})
	}
	if config.Aggregate {
		config.Members = r.membersOf(g)
		return config, nil
	}
	for _, u := range r.upstreams[g.ID] {
		config.Upstreams = append(config.Upstreams, proxycore.Upstream{URL: u.URL, Weight: u.Weight, Enabled: u.Enabled})
	}
	return config, nil
}

// membersOf leaves out who was deleted while the rows were read.
func (r *rows) membersOf(g *ent.Group) []proxycore.Member {
	standard := make(map[int64]bool, len(r.groups))
	for _, other := range r.groups {
		standard[other.ID] = other.Kind == group.KindSTANDARD
	}
	var members []proxycore.Member
	for _, m := range r.members[g.ID] {
		if standard[m.MemberID] {
			members = append(members, proxycore.Member{GroupID: m.MemberID, Weight: m.Weight, Priority: m.Priority})
		}
	}
	return members
}

func (b *Builder) rules(rows []*ent.HeaderRule) ([]proxycore.HeaderRule, error) {
	var rules []proxycore.HeaderRule
	for _, row := range rows {
		rule := proxycore.HeaderRule{Set: row.Action == headerrule.ActionSET, Name: row.Name}
		if rule.Set {
			value, err := b.box.Open(seal.HeaderRuleIdentity(row.GroupID, row.Name), row.Sealed)
			if err != nil {
				return nil, fmt.Errorf("header rule %s: %w", row.Name, err)
			}
			rule.Value = string(value)
		}
		rules = append(rules, rule)
	}
	return rules, nil
}

// fallback is what is served of a group whose rows make no sense: what was good last, under the name of now.
func (b *Builder) fallback(g *ent.Group) proxycore.GroupConfig {
	config, ok := b.good[g.ID]
	if !ok {
		settings, _ := ToCore(setting.Defaults()) // the defaults parse: a test says so
		return proxycore.GroupConfig{
			ID: g.ID, Name: g.Name, Aggregate: g.Kind == group.KindAGGREGATE,
			Dialect: dialect.Name(g.Dialect), Settings: settings,
		}
	}
	config.Name, config.Enabled = g.Name, g.Enabled
	return config
}
