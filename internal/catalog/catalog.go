package catalog

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/generated/ent/member"
	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/ent/generated/ent/upstream"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// Options says what a catalog works with; every field is needed.
type Options struct {
	DB  *database.DB
	Box *seal.Box
	// KeysLeft counts the keys of a group that the transaction deletes, and keeps others from adding any until that ends.
	KeysLeft func(ctx context.Context, tx *ent.Tx, groupID int64) (int64, error)
	// IsAdminKey tells whether a value is the admin key, which may never be a proxy key.
	IsAdminKey func(value string) bool
	// RefuseUpstream says why no upstream may be at a base URL, and is nil where one may.
	RefuseUpstream func(base *url.URL) error
	// Changed is told after each change: the group's id, or 0 when proxy keys that open every group changed. The ctx names who
	// did it.
	Changed func(ctx context.Context, groupID int64)
	// Fence is for NoteValidated, since some validations are the leader's.
	Fence database.Fence
}

// Catalog keeps groups and their proxy keys.
type Catalog struct{ Options }

// New returns a catalog over the options.
func New(options Options) *Catalog { return &Catalog{options} }

// Group is a group with what belongs to it.
type Group struct {
	*ent.Group
	// Upstreams are in their order.
	Upstreams []*ent.Upstream
	// Members are by priority, and then in the order they were given.
	Members     []*ent.Member
	HeaderRules []*ent.HeaderRule
	// ProxyKeys open this group alone.
	ProxyKeys []*ent.ProxyKey
}

// List returns every group by sort and then name.
func (c *Catalog) List(ctx context.Context) ([]*Group, error) { return list(ctx, c.DB.Client) }

// ListIn is List as the caller's transaction sees it.
func (c *Catalog) ListIn(ctx context.Context, tx *ent.Tx) ([]*Group, error) {
	return list(ctx, tx.Client())
}

func list(ctx context.Context, client *ent.Client) ([]*Group, error) {
	rows, err := client.Group.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read groups: %w", err)
	}
	slices.SortFunc(rows, func(a, b *ent.Group) int {
		return cmp.Or(cmp.Compare(a.Sort, b.Sort), strings.Compare(a.Name, b.Name))
	})
	return gather(ctx, client, rows)
}

// Get returns one group, or fault.ErrNotFound.
func (c *Catalog) Get(ctx context.Context, id int64) (*Group, error) {
	return one(ctx, c.DB.Client, id)
}

// ByName returns the group of that name, or fault.ErrNotFound.
func (c *Catalog) ByName(ctx context.Context, name string) (*Group, error) {
	row, err := c.DB.Group.Query().Where(group.Name(name)).Only(ctx)
	if err != nil {
		return nil, missing(err, "group %q", name)
	}
	groups, err := gather(ctx, c.DB.Client, []*ent.Group{row})
	if err != nil {
		return nil, err
	}
	return groups[0], nil
}

func one(ctx context.Context, client *ent.Client, id int64) (*Group, error) {
	row, err := client.Group.Get(ctx, id)
	if err != nil {
		return nil, missing(err, "group %d", id)
	}
	groups, err := gather(ctx, client, []*ent.Group{row})
	if err != nil {
		return nil, err
	}
	return groups[0], nil
}

// missing tells a row that is not there from a database that does not answer.
func missing(err error, what string, args ...any) error {
	what = fmt.Sprintf(what, args...)
	if ent.IsNotFound(err) {
		return fmt.Errorf("%s: %w", what, fault.ErrNotFound)
	}
	return fmt.Errorf("read %s: %w", what, err)
}

// gather reads what belongs to the groups, one question a table.
func gather(ctx context.Context, client *ent.Client, rows []*ent.Group) ([]*Group, error) {
	groups := make([]*Group, len(rows))
	byID := make(map[int64]*Group, len(rows))
	ids := make([]int64, len(rows))
	for i, row := range rows {
		groups[i] = &Group{Group: row}
		byID[row.ID], ids[i] = groups[i], row.ID
	}
	upstreams, err := client.Upstream.Query().Where(upstream.GroupIDIn(ids...)).Order(upstream.ByGroupID(), upstream.ByPosition()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read upstreams: %w", err)
	}
	for _, u := range upstreams {
		byID[u.GroupID].Upstreams = append(byID[u.GroupID].Upstreams, u)
	}
	members, err := client.Member.Query().Where(member.GroupIDIn(ids...)).Order(member.ByPriority(), member.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	for _, m := range members {
		byID[m.GroupID].Members = append(byID[m.GroupID].Members, m)
	}
	rules, err := client.HeaderRule.Query().Where(headerrule.GroupIDIn(ids...)).Order(headerrule.ByGroupID(), headerrule.ByPosition()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read header rules: %w", err)
	}
	for _, r := range rules {
		byID[r.GroupID].HeaderRules = append(byID[r.GroupID].HeaderRules, r)
	}
	keys, err := client.ProxyKey.Query().Where(proxykey.GroupIDIn(ids...)).Order(proxykey.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proxy keys: %w", err)
	}
	for _, k := range keys {
		byID[k.GroupID].ProxyKeys = append(byID[k.GroupID].ProxyKeys, k)
	}
	return groups, nil
}
