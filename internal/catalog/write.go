package catalog

import (
	"context"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/generated/ent/member"
	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/ent/generated/ent/upstream"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// Create makes a group. It returns a *fault.Input with every fault when the change does not make one.
func (c *Catalog) Create(ctx context.Context, kind group.Kind, name group.Dialect, change Change) (*Group, error) {
	var made *Group
	err := c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		made, err = c.CreateIn(ctx, tx, kind, name, change)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Changed(ctx, made.ID)
	return made, nil
}

// CreateIn is Create as a part of the caller's transaction. Whoever commits it calls Changed with the group's id. When the
// change is refused nothing was written yet.
func (c *Catalog) CreateIn(ctx context.Context, tx *ent.Tx, kind group.Kind, name group.Dialect, change Change) (*Group, error) {
	d := blank(kind, name)
	d.apply(change)
	if err := c.check(ctx, tx, d); err != nil {
		return nil, err
	}
	id, err := d.insert(ctx, tx)
	if err != nil {
		return nil, err
	}
	made, err := c.write(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	return made, audit.Write(ctx, tx, audit.Event{Action: "createGroup", Target: "group " + made.Name, After: c.shown(made), GroupID: id})
}

// Update changes a group. With expected, it returns fault.ErrConflict when the group is at another version; without, what
// others changed meanwhile stays unless it is named here too. It returns a *fault.Input with every fault when the change
// would not leave a lawful group; nothing of it is applied then.
func (c *Catalog) Update(ctx context.Context, id int64, change Change, expected *int) (*Group, error) {
	var after *Group
	err := c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		before, d, err := c.drafted(ctx, tx, id, change, expected)
		if err != nil {
			return err
		}
		after, err = c.replace(ctx, tx, before, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	c.Changed(ctx, id)
	return after, nil
}

// UpdateIn is Update as a part of the caller's transaction, but for a change that changes nothing: that writes nothing, and
// changed is false. Whoever commits it calls Changed with the id.
func (c *Catalog) UpdateIn(ctx context.Context, tx *ent.Tx, id int64, change Change) (after *Group, changed bool, err error) {
	before, d, err := c.drafted(ctx, tx, id, change, nil)
	if err != nil {
		return nil, false, err
	}
	was, err := draftOf(before, c.Box)
	if err != nil {
		return nil, false, err
	}
	if d.same(was) {
		return before, false, nil
	}
	after, err = c.replace(ctx, tx, before, d)
	return after, true, err
}

// drafted locks the group and returns it as it is and, checked, as it would be.
func (c *Catalog) drafted(ctx context.Context, tx *ent.Tx, id int64, change Change, expected *int) (*Group, *draft, error) {
	if err := lock(ctx, tx, id); err != nil {
		return nil, nil, err
	}
	before, err := one(ctx, tx.Client(), id)
	if err != nil {
		return nil, nil, err
	}
	if expected != nil && *expected != before.Version {
		return nil, nil, fmt.Errorf("group %s is at version %d, not %d: %w", before.Name, before.Version, *expected, fault.ErrConflict)
	}
	d, err := draftOf(before, c.Box)
	if err != nil {
		return nil, nil, err
	}
	d.apply(change)
	return before, d, c.check(ctx, tx, d)
}

func (c *Catalog) replace(ctx context.Context, tx *ent.Tx, before *Group, d *draft) (*Group, error) {
	after, err := c.write(ctx, tx, d)
	if err != nil {
		return nil, err
	}
	return after, audit.Write(ctx, tx, audit.Event{Action: "updateGroup", Target: "group " + after.Name, Before: c.shown(before), After: c.shown(after), GroupID: after.ID})
}

// lock keeps others from changing the group until the transaction ends, by an update that changes nothing; what is read
// after it is what is changed.
func lock(ctx context.Context, tx *ent.Tx, id int64) error {
	found, err := tx.Group.Update().Where(group.ID(id)).AddVersion(0).Save(ctx)
	if err != nil {
		return fmt.Errorf("lock group %d: %w", id, err)
	}
	if found == 0 {
		return fmt.Errorf("group %d: %w", id, fault.ErrNotFound)
	}
	return nil
}

// write puts the draft in place of what is stored, and returns what is stored then.
func (c *Catalog) write(ctx context.Context, tx *ent.Tx, d *draft) (*Group, error) {
	if err := d.update(ctx, tx, c.Box); err != nil {
		return nil, err
	}
	if err := c.writeParts(ctx, tx, d); err != nil {
		return nil, err
	}
	return one(ctx, tx.Client(), d.row.ID)
}

// Delete frees the group's name and returns how many keys are left for a task to delete. confirm, when given, must be the
// group's name.
func (c *Catalog) Delete(ctx context.Context, id int64, confirm *string) (keysLeft int64, err error) {
	before, err := c.Get(ctx, id)
	if err != nil {
		return 0, err
	}
	if confirm != nil && *confirm != before.Name {
		return 0, fault.One("confirmName", fault.NotMatching, map[string]any{"name": before.Name}, "the group is called %q, not %.120q", before.Name, *confirm)
	}
	var parents []int64
	err = c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		parents, keysLeft, err = c.DeleteIn(ctx, tx, before)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, changed := range append(parents, id) {
		c.Changed(ctx, changed)
	}
	return keysLeft, nil
}

// DeleteIn is Delete as a part of the caller's transaction. It returns the aggregates that lost a member, too; whoever commits it
// calls Changed with their ids and the group's.
func (c *Catalog) DeleteIn(ctx context.Context, tx *ent.Tx, before *Group) (parents []int64, keysLeft int64, err error) {
	// The keys first: who adds some has done so by then, or finds the group gone.
	if keysLeft, err = c.KeysLeft(ctx, tx, before.ID); err != nil {
		return nil, 0, err
	}
	// Then the row: who makes it a member holds it until then, and who comes later finds it gone.
	if err := tx.Group.DeleteOneID(before.ID).Exec(ctx); err != nil {
		return nil, 0, missing(err, "group %d", before.ID)
	}
	if parents, err = leaveParents(ctx, tx, before.ID); err != nil {
		return nil, 0, err
	}
	if err := deleteParts(ctx, tx, before.ID); err != nil {
		return nil, 0, err
	}
	return parents, keysLeft, audit.Write(ctx, tx, audit.Event{Action: "deleteGroup", Target: "group " + before.Name, Before: c.shown(before), GroupID: before.ID})
}

// leaveParents takes the group out of every aggregate it is a member of, and returns those.
func leaveParents(ctx context.Context, tx *ent.Tx, id int64) ([]int64, error) {
	places, err := tx.Member.Query().Where(member.MemberID(id)).Order(member.ByGroupID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the aggregates of group %d: %w", id, err)
	}
	var parents []int64
	for _, place := range places {
		parents = append(parents, place.GroupID)
		if err := tx.Group.UpdateOneID(place.GroupID).AddVersion(1).Exec(ctx); err != nil {
			return nil, fmt.Errorf("raise the version of aggregate %d: %w", place.GroupID, err)
		}
	}
	if _, err := tx.Member.Delete().Where(member.MemberID(id)).Exec(ctx); err != nil {
		return nil, fmt.Errorf("leave the aggregates of group %d: %w", id, err)
	}
	return parents, nil
}

// deleteParts deletes what belongs to the group, keys apart.
func deleteParts(ctx context.Context, tx *ent.Tx, id int64) error {
	if _, err := tx.ProxyKey.Delete().Where(proxykey.GroupID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete proxy keys: %w", err)
	}
	return deleteLists(ctx, tx, id)
}

// deleteLists deletes the lists that a change replaces whole.
func deleteLists(ctx context.Context, tx *ent.Tx, id int64) error {
	if _, err := tx.Upstream.Delete().Where(upstream.GroupID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete upstreams: %w", err)
	}
	if _, err := tx.Member.Delete().Where(member.GroupID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete members: %w", err)
	}
	if _, err := tx.HeaderRule.Delete().Where(headerrule.GroupID(id)).Exec(ctx); err != nil {
		return fmt.Errorf("delete header rules: %w", err)
	}
	return nil
}

// writeParts writes the draft's lists in place of those that are stored.
func (c *Catalog) writeParts(ctx context.Context, tx *ent.Tx, d *draft) error {
	id := d.row.ID
	if err := deleteLists(ctx, tx, id); err != nil {
		return err
	}
	for i, u := range d.upstreams {
		if err := tx.Upstream.Create().SetGroupID(id).SetPosition(i).SetURL(u.URL).SetWeight(u.Weight).SetEnabled(u.Enabled).Exec(ctx); err != nil {
			return fmt.Errorf("write upstream %d: %w", i, err)
		}
	}
	for i, m := range d.members {
		if err := tx.Member.Create().SetGroupID(id).SetMemberID(m.GroupID).SetWeight(m.Weight).SetPriority(m.Priority).Exec(ctx); err != nil {
			return fmt.Errorf("write member %d: %w", i, err)
		}
	}
	for i, r := range d.rules {
		row := tx.HeaderRule.Create().SetGroupID(id).SetPosition(i).SetAction(r.Action).SetName(r.Name)
		if r.Action == headerrule.ActionSET {
			sealed, err := c.Box.Seal(seal.HeaderRuleIdentity(id, r.Name), []byte(*r.Value))
			if err != nil {
				return fmt.Errorf("seal header rule %d: %w", i, err)
			}
			row.SetSealed(sealed)
		}
		if err := row.Exec(ctx); err != nil {
			return fmt.Errorf("write header rule %d: %w", i, err)
		}
	}
	if d.proxyKeys == nil {
		return nil
	}
	return c.replaceProxyKeys(ctx, tx, id, *d.proxyKeys)
}
