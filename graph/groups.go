package graph

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
	"roundhouse/graph/generated"
	"roundhouse/internal/catalog"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
)

// groupView is a group as the schema shows it, but for what its resolvers add.
func (r *Resolver) groupView(ctx context.Context, g *catalog.Group) (*generated.Group, error) {
	overrides, err := r.Rooms.Catalog.Overrides(g)
	if err != nil {
		return nil, err
	}
	text := g.ParamOverrides
	if text == "" {
		text = "{}"
	}
	view := &generated.Group{
		ID: g.ID, Name: g.Name, DisplayName: g.DisplayName, Description: g.Description,
		Kind: g.Kind, Dialect: g.Dialect, Enabled: g.Enabled, Sort: g.Sort,
		Endpoint:            r.origin(ctx) + "/proxy/" + g.Name,
		KeyCarrier:          g.KeyCarrier,
		Upstreams:           r.upstreamViews(g),
		TestModel:           g.TestModel,
		ValidationPath:      g.ValidationPath,
		ParamOverrides:      json.RawMessage(text),
		ParamOverridesText:  g.ParamOverrides,
		HeaderRules:         each(r.Rooms.Catalog.ShowRules(g), ruleView),
		ModelRedirects:      each(g.ModelRedirects, func(m schema.ModelRedirect) *schema.ModelRedirect { return &m }),
		ModelRedirectStrict: g.ModelRedirectStrict,
		Overrides:           overridesView(overrides),
		Version:             g.Version,
		LastValidatedAt:     g.LastValidatedAt,
		CreatedAt:           g.CreatedAt,
		UpdatedAt:           g.UpdatedAt,
	}
	return view, nil
}

// groupViews are nil-safe: groups that are gone are left out.
func (r *Resolver) groupViews(ctx context.Context, groups []*catalog.Group) ([]*generated.Group, error) {
	views := make([]*generated.Group, 0, len(groups))
	for _, g := range groups {
		view, err := r.groupView(ctx, g)
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// groupByID is null for a group that has been deleted.
func (r *Resolver) groupByID(ctx context.Context, id int64) (*generated.Group, error) {
	g, err := loadsOf(ctx, r).group(ctx, id)
	if g == nil || err != nil {
		return nil, err
	}
	return r.groupView(ctx, g)
}

// overridesOf are what the group overrides by name, in clear; none for a group that is gone.
func (r *Resolver) overridesOf(ctx context.Context, id int64) (map[string]string, error) {
	g, err := loadsOf(ctx, r).group(ctx, id)
	if g == nil || err != nil {
		return nil, err
	}
	return r.Rooms.Catalog.Overrides(g)
}

func (r *Resolver) upstreamViews(g *catalog.Group) []*generated.Upstream {
	return each(g.Upstreams, func(u *ent.Upstream) *generated.Upstream {
		state := r.Rooms.Health.UpstreamState(g.ID, u.URL)
		view := &generated.Upstream{
			URL: u.URL, Weight: u.Weight, Enabled: u.Enabled,
			Healthy: state.Healthy, ConsecutiveFailures: state.ConsecutiveFailures, LastError: optional(state.LastError),
		}
		if !state.EjectedUntil.IsZero() {
			view.EjectedUntil = &state.EjectedUntil
		}
		return view
	})
}

func ruleView(rule catalog.ShownRule) *generated.HeaderRule {
	return &generated.HeaderRule{Action: rule.Action, Name: rule.Name, Value: rule.Value, Secret: rule.Secret}
}

func proxyKeyView(k *ent.ProxyKey) *generated.ProxyKey {
	return &generated.ProxyKey{
		ID: k.ID, GroupID: k.GroupID, Masked: k.Masked, Fingerprint: seal.Fingerprint(seal.Digest(k.Digest)),
		Notes: k.Notes, CreatedAt: k.CreatedAt, LastUsedAt: k.LastUsedAt,
	}
}

func (r *Resolver) countsView(ctx context.Context, groupID int64) (*generated.KeyCounts, error) {
	counts, err := loadsOf(ctx, r).keyCounts(ctx, groupID)
	if err != nil {
		return nil, err
	}
	return countsView(counts, r.Rooms.Health.CoolingKeys(groupID)), nil
}

func countsView(counts keypool.Counts, cooling int64) *generated.KeyCounts {
	return &generated.KeyCounts{
		Total: counts.Total(), Active: counts.Active, Invalid: counts.Invalid, Disabled: counts.Disabled,
		Cooling: min(cooling, counts.Active),
	}
}

// origin is the address that endpoints are shown with: the setting's, or that of whoever asks.
func (r *Resolver) origin(ctx context.Context) string {
	if url := r.Rooms.Settings.Current().AppURL; url != "" {
		return strings.TrimRight(url, "/")
	}
	request, ok := ctx.Value(handshake{}).(*http.Request)
	if !ok || request.Host == "" {
		return "http://localhost"
	}
	if request.TLS != nil || request.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + request.Host
	}
	return "http://" + request.Host
}

// given is a field of a change as the caller wrote it.
func given[T any](o graphql.Omittable[*T]) catalog.Opt[T] {
	value, set := o.ValueOK()
	if !set {
		return catalog.Opt[T]{}
	}
	if value == nil {
		return catalog.Opt[T]{Set: true, Null: true}
	}
	return catalog.Some(*value)
}

// givenList is a list of a change, each element turned into the catalog's own.
func givenList[A, B any](o graphql.Omittable[[]A], turn func(A) B) catalog.Opt[[]B] {
	value, set := o.ValueOK()
	if !set {
		return catalog.Opt[[]B]{}
	}
	return catalog.Opt[[]B]{Set: true, Null: value == nil, Value: each(value, turn)}
}

func upstreamInput(u *generated.UpstreamInput) catalog.Upstream {
	return catalog.Upstream{URL: u.URL, Weight: u.Weight, Enabled: u.Enabled}
}

func memberInput(m *generated.SubGroupInput) catalog.Member {
	return catalog.Member{GroupID: m.GroupID, Weight: m.Weight, Priority: m.Priority}
}

func ruleInput(rule *generated.HeaderRuleInput) catalog.HeaderRule {
	return catalog.HeaderRule{Action: rule.Action, Name: rule.Name, Value: rule.Value.Value()}
}

func same[T any](v T) T { return v }

func value[T any](v *T) T { return *v }

// createChange is what a new group is to be: a change of one of which nothing is known yet.
func createChange(in generated.CreateGroupInput) catalog.Change {
	return updateChange(generated.UpdateGroupInput{
		Name: graphql.OmittableOf(&in.Name), Enabled: graphql.OmittableOf(&in.Enabled),
		DisplayName: in.DisplayName, Description: in.Description, Sort: in.Sort, KeyCarrier: in.KeyCarrier,
		Upstreams: in.Upstreams, SubGroups: in.SubGroups, TestModel: in.TestModel, ValidationPath: in.ValidationPath,
		ProxyKeys: in.ProxyKeys, ParamOverrides: in.ParamOverrides, ParamOverridesText: in.ParamOverridesText,
		HeaderRules: in.HeaderRules, ModelRedirects: in.ModelRedirects, ModelRedirectStrict: in.ModelRedirectStrict,
		Overrides: in.Overrides,
	})
}

// updateChange is what is to become of a group.
func updateChange(in generated.UpdateGroupInput) catalog.Change {
	return catalog.Change{
		Name: given(in.Name), Enabled: given(in.Enabled),
		DisplayName: given(in.DisplayName), Description: given(in.Description), Sort: given(in.Sort),
		KeyCarrier: given[group.KeyCarrier](in.KeyCarrier),
		Upstreams:  givenList(in.Upstreams, upstreamInput), Members: givenList(in.SubGroups, memberInput),
		TestModel: given(in.TestModel), ValidationPath: given(in.ValidationPath),
		ProxyKeys:           givenList(in.ProxyKeys, same[string]),
		ParamOverrides:      object(in.ParamOverrides),
		ParamOverridesText:  given(in.ParamOverridesText),
		HeaderRules:         givenList(in.HeaderRules, ruleInput),
		ModelRedirects:      givenList(in.ModelRedirects, value[schema.ModelRedirect]),
		ModelRedirectStrict: given(in.ModelRedirectStrict),
		Overrides:           overridesChange(in.Overrides),
	}
}

func object(o graphql.Omittable[json.RawMessage]) catalog.Opt[json.RawMessage] {
	raw, set := o.ValueOK()
	return catalog.Opt[json.RawMessage]{Set: set, Null: set && raw == nil, Value: raw}
}

func overridesChange(o graphql.Omittable[map[string]any]) catalog.Opt[map[string]*string] {
	in, set := o.ValueOK()
	return catalog.Opt[map[string]*string]{Set: set, Null: set && in == nil, Value: settingTexts(in)}
}

// copyKeys starts the task that copies one group's keys to another; nil when there is nothing to copy.
func (r *Resolver) copyKeys(ctx context.Context, from, to int64, which generated.CopyKeys) (*generated.Task, error) {
	counts, err := r.Rooms.Keys.Counts(ctx, from)
	if err != nil || which == generated.CopyKeysNone || counts.Total() == 0 {
		return nil, err
	}
	return r.start(ctx, task.KindCOPY_KEYS, to, instructions{CopyFrom: from, ActiveAlone: which == generated.CopyKeysActive})
}
