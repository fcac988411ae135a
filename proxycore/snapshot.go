package proxycore

import (
	"cmp"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"roundhouse/proxycore/dialect"
)

const (
	highestWeight = 1000
	mostUpstreams = 50
)

// snapshot is the configuration in force. It is immutable; a request loads it once.
type snapshot struct {
	byName map[string]*group
	byID   map[int64]*group
	// proxyKeys by digest: the same secret may open several groups.
	proxyKeys map[[32]byte][]ProxyKey
	digest    func([]byte) [32]byte
}

// group is one group of a snapshot, with the home of its health.
type group struct {
	id        int64
	name      string
	enabled   bool
	dialect   dialect.Dialect
	carrier   dialect.Carrier
	set       Settings
	home      *home
	redirects map[string]string
	// names are what redirects are asked by, in their order.
	names     []string
	strict    bool
	overrides *dialect.Overrides
	rules     []headerRule

	upstreams []*upstream
	wheel     *wheel
	outbound  *outbound

	// levels are an aggregate's members, the first priority first; nil for a standard group.
	levels []level
}

// level is the members of one priority.
type level struct {
	members []*group
	wheel   *wheel
}

func (g *group) aggregate() bool { return g.levels != nil }

// upstream is one base URL, with the cell of its health.
type upstream struct {
	// base is the URL as configured, for records.
	base         string
	scheme, host string
	// path is the base path, percent-encoded, without a slash at its end; empty for none.
	path string
	// version is the last segment of path when it names an API version; empty otherwise.
	version string
	cell    *upstreamCell
}

// Swap builds a snapshot and puts it in force for the requests that begin from now on. A configuration that cannot be built
// changes nothing; the error names every fault of it. Health survives: groups' by their ids, keys' by theirs, upstreams' by
// their URLs.
func (g *Gateway) Swap(config SnapshotConfig) error {
	g.swapping.Lock()
	defer g.swapping.Unlock()
	b := builder{gateway: g, homes: make(map[int64]*home, len(config.Groups)), outbounds: map[connection]*outbound{}}
	next, err := b.build(config)
	if err != nil {
		return fmt.Errorf("build snapshot: %w", err)
	}
	for i := range config.Groups {
		c := &config.Groups[i]
		h := b.homes[c.ID]
		h.adopt(c.Keys)
		urls := make([]string, len(c.Upstreams))
		for j := range c.Upstreams {
			urls[j] = c.Upstreams[j].URL
		}
		h.keepUpstreams(urls)
	}
	g.homes.Store(&b.homes)
	g.snapshot.Store(next)
	for settings, old := range g.outbounds {
		if b.outbounds[settings] == nil {
			old.retire()
		}
	}
	g.outbounds = b.outbounds
	return nil
}

// builder makes one snapshot. Nothing it touches is in force until it is done.
type builder struct {
	gateway   *Gateway
	homes     map[int64]*home
	outbounds map[connection]*outbound
	errs      []error
}

func (b *builder) build(config SnapshotConfig) (*snapshot, error) {
	if config.Digest == nil {
		return nil, errors.New("no digest function")
	}
	s := &snapshot{
		byName: make(map[string]*group, len(config.Groups)), byID: make(map[int64]*group, len(config.Groups)),
		proxyKeys: make(map[[32]byte][]ProxyKey, len(config.ProxyKeys)), digest: config.Digest,
	}
	for i := range config.Groups {
		c := &config.Groups[i]
		g, err := b.group(c)
		if err != nil {
			b.errs = append(b.errs, fmt.Errorf("group %q: %w", c.Name, err))
			continue
		}
		if s.byID[g.id] != nil || s.byName[g.name] != nil {
			b.errs = append(b.errs, fmt.Errorf("group %q: its name or id is there twice", c.Name))
			continue
		}
		s.byID[g.id], s.byName[g.name] = g, g
	}
	for i := range config.Groups {
		if c := &config.Groups[i]; c.Aggregate && s.byID[c.ID] != nil {
			if err := s.joinMembers(c); err != nil {
				b.errs = append(b.errs, fmt.Errorf("group %q: %w", c.Name, err))
			}
		}
	}
	for _, k := range config.ProxyKeys {
		s.proxyKeys[k.Digest] = append(s.proxyKeys[k.Digest], k)
	}
	return s, errors.Join(b.errs...)
}

func (b *builder) group(c *GroupConfig) (*group, error) {
	d, ok := dialect.ByName(c.Dialect)
	if !ok {
		return nil, fmt.Errorf("unknown dialect %q", c.Dialect)
	}
	if c.Name == "" || strings.ContainsAny(c.Name, "/?#%") {
		return nil, errors.New("the name cannot stand in a path")
	}
	overrides, err := dialect.ParseOverrides(c.ParamOverrides)
	if err != nil {
		return nil, fmt.Errorf("parameter overrides: %w", err)
	}
	g := &group{
		id: c.ID, name: c.Name, enabled: c.Enabled, dialect: d, carrier: c.Carrier, set: c.Settings,
		strict: c.RedirectStrict, overrides: overrides, home: b.home(c.ID),
	}
	if len(c.Redirects) > 0 {
		g.redirects = make(map[string]string, len(c.Redirects))
	}
	for _, r := range c.Redirects {
		g.redirects[r.From] = r.To
		g.names = append(g.names, r.From)
	}
	for _, rule := range c.HeaderRules {
		g.rules = append(g.rules, newHeaderRule(rule))
	}
	if c.Aggregate {
		g.levels = []level{}
		return g, nil
	}
	if g.outbound, err = b.outbound(c.Settings); err != nil {
		return nil, err
	}
	return g, b.upstreams(g, c.Upstreams)
}

func (b *builder) upstreams(g *group, configs []Upstream) error {
	if len(configs) > mostUpstreams {
		return fmt.Errorf("more than %d upstreams", mostUpstreams)
	}
	weights := make([]int, len(configs))
	for i, c := range configs {
		u, err := parseUpstream(c.URL)
		if err != nil {
			return err
		}
		if c.Weight < 0 || c.Weight > highestWeight {
			return fmt.Errorf("upstream %q: its weight is not within 0 and %d", c.URL, highestWeight)
		}
		if c.Enabled {
			weights[i] = c.Weight
		}
		u.cell = g.home.upstreamCell(c.URL)
		g.upstreams = append(g.upstreams, u)
	}
	g.wheel = newWheel(weights)
	g.wheel.next.Store(uint64(rand.IntN(highestWeight)))
	return nil
}

// upstreamAt finds the group's upstream with this base URL; nil when it has none.
func (g *group) upstreamAt(base string) *upstream {
	for _, u := range g.upstreams {
		if u.base == base {
			return u
		}
	}
	return nil
}

// parseUpstream reads a base URL: http or https, without user info, query or fragment.
func parseUpstream(text string) (*upstream, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("an upstream's URL cannot be read")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.User != nil, u.RawQuery != "", u.ForceQuery, u.Fragment != "":
		return nil, fmt.Errorf("upstream %q: a base URL is http or https with a host, without user info, query or fragment", u.Redacted())
	}
	up := &upstream{base: text, scheme: u.Scheme, host: u.Host, path: strings.TrimRight(u.EscapedPath(), "/")}
	if last := up.path[strings.LastIndexByte(up.path, '/')+1:]; isVersion(last) {
		up.version = last
	}
	return up, nil
}

// home finds what is known of a group's health, or makes room for it.
func (b *builder) home(id int64) *home {
	h := b.gateway.home(id)
	if h == nil {
		h = newHome(id)
	}
	b.homes[id] = h
	return h
}

// joinMembers gives an aggregate its members by priority.
func (s *snapshot) joinMembers(c *GroupConfig) error {
	g := s.byID[c.ID]
	members := slices.Clone(c.Members)
	slices.SortStableFunc(members, func(a, b Member) int { return cmp.Compare(a.Priority, b.Priority) })
	for len(members) > 0 {
		end := slices.IndexFunc(members, func(m Member) bool { return m.Priority != members[0].Priority })
		if end < 0 {
			end = len(members)
		}
		var l level
		weights := make([]int, 0, end)
		for _, m := range members[:end] {
			member := s.byID[m.GroupID]
			switch {
			case member == nil || member.aggregate():
				return fmt.Errorf("member %d is no standard group", m.GroupID)
			case member.dialect.Name() != g.dialect.Name():
				return fmt.Errorf("member %q speaks another dialect", member.name)
			case m.Weight < 0 || m.Weight > highestWeight:
				return fmt.Errorf("member %q: its weight is not within 0 and %d", member.name, highestWeight)
			}
			l.members = append(l.members, member)
			weights = append(weights, m.Weight)
		}
		l.wheel = newWheel(weights)
		l.wheel.next.Store(uint64(rand.IntN(highestWeight)))
		g.levels = append(g.levels, l)
		members = members[end:]
	}
	return nil
}
