package catalog

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// insert makes the group's row so that it has an id; update, in the same transaction, says what is in it.
func (d *draft) insert(ctx context.Context, tx *ent.Tx) (int64, error) {
	row, err := tx.Group.Create().SetName(d.row.Name).SetKind(d.row.Kind).SetDialect(d.row.Dialect).SetVersion(0).Save(ctx)
	if ent.IsConstraintError(err) {
		return 0, taken(d.row.Name)
	}
	if err != nil {
		return 0, fmt.Errorf("write group: %w", err)
	}
	d.row.ID = row.ID
	return row.ID, nil
}

// update writes what the group's row holds and raises its version; fault.ErrConflict when someone else did so meanwhile.
func (d *draft) update(ctx context.Context, tx *ent.Tx, box *seal.Box) error {
	r := &d.row
	overrides := maps.Clone(d.overrides)
	change := tx.Group.Update().Where(group.ID(r.ID), group.Version(r.Version)).
		SetName(r.Name).SetDisplayName(r.DisplayName).SetDescription(r.Description).
		SetEnabled(r.Enabled).SetSort(r.Sort).SetKeyCarrier(r.KeyCarrier).
		SetTestModel(r.TestModel).SetValidationPath(r.ValidationPath).
		SetParamOverrides(r.ParamOverrides).SetModelRedirects(r.ModelRedirects).SetModelRedirectStrict(r.ModelRedirectStrict).
		AddVersion(1)
	if url, ok := overrides["proxyUrl"]; ok {
		sealed, err := box.Seal(seal.ProxyURLIdentity(r.ID), []byte(url))
		if err != nil {
			return fmt.Errorf("seal proxyUrl: %w", err)
		}
		change.SetSealedProxyURL(sealed)
		delete(overrides, "proxyUrl")
	} else {
		change.ClearSealedProxyURL()
	}
	written, err := change.SetOverrides(overrides).Save(ctx)
	if ent.IsConstraintError(err) {
		return taken(r.Name)
	}
	if err != nil {
		return fmt.Errorf("write group: %w", err)
	}
	if written == 0 {
		return fmt.Errorf("group %s was changed meanwhile: %w", r.Name, fault.ErrConflict)
	}
	return nil
}

func taken(name string) error {
	return fault.One("input.name", fault.Taken, map[string]any{"name": name}, "there is a group called %q already", name)
}

// check adds to the draft's own faults those that the draft alone does not show: a name that is taken, groups that cannot be
// members, the admin key among the proxy keys, and upstreams that are refused.
func (c *Catalog) check(ctx context.Context, tx *ent.Tx, d *draft) error {
	var faults fault.List
	if err := d.check(); err != nil {
		faults.Join("", err)
	}
	other, err := tx.Group.Query().Where(group.Name(d.row.Name), group.IDNEQ(d.row.ID)).Exist(ctx)
	if err != nil {
		return fmt.Errorf("look for the name: %w", err)
	}
	if other {
		faults.Join("", taken(d.row.Name))
	}
	if d.proxyKeys != nil {
		c.refuseAdminKey(&faults, "input.proxyKeys", *d.proxyKeys)
	}
	c.refuseUpstreams(&faults, d.upstreams)
	if err := c.checkMembers(ctx, tx, d, &faults); err != nil {
		return err
	}
	return faults.Err()
}

// checkMembers looks at the groups that are to be members, and where others write at the same time holds them, so that none
// is deleted before it is one.
func (c *Catalog) checkMembers(ctx context.Context, tx *ent.Tx, d *draft, faults *fault.List) error {
	if len(d.members) == 0 {
		return nil
	}
	ids := make([]int64, len(d.members))
	for i, m := range d.members {
		ids[i] = m.GroupID
	}
	query := tx.Group.Query().Where(group.IDIn(ids...))
	if c.DB.Engine != database.SQLite {
		query.Order(group.ByID()).ForUpdate() // MariaDB has no FOR SHARE
	}
	rows, err := query.All(ctx)
	if err != nil {
		return fmt.Errorf("read members: %w", err)
	}
	for i, m := range d.members {
		path := fmt.Sprintf("input.subGroups.%d.groupId", i)
		at := slices.IndexFunc(rows, func(row *ent.Group) bool { return row.ID == m.GroupID })
		switch {
		case at < 0:
			faults.Add(path, fault.Unknown, nil, "there is no group %d", m.GroupID)
		case rows[at].Kind == group.KindAGGREGATE:
			faults.Add(path, fault.NotAllowed, nil, "%s is an aggregate itself and cannot be a member", rows[at].Name)
		case rows[at].Dialect != d.row.Dialect:
			faults.Add(path, fault.NotMatching, map[string]any{"dialect": rows[at].Dialect}, "%s speaks %s, not %s", rows[at].Name, rows[at].Dialect, d.row.Dialect)
		}
	}
	return nil
}
