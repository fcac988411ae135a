package catalog

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"unicode/utf8"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// Bounds of a proxy key and of how many there may be.
const (
	shortestProxyKey = 8
	longestProxyKey  = 512
	longestNotes     = 1024
	mostProxyKeys    = 10000
)

// ProxyKeys returns the proxy keys that open the group alone, or for 0 those that open every group, oldest first.
func (c *Catalog) ProxyKeys(ctx context.Context, groupID int64) ([]*ent.ProxyKey, error) {
	return proxyKeys(ctx, c.DB.Client, groupID)
}

// ProxyKeysIn is ProxyKeys as the caller's transaction sees them.
func (c *Catalog) ProxyKeysIn(ctx context.Context, tx *ent.Tx, groupID int64) ([]*ent.ProxyKey, error) {
	return proxyKeys(ctx, tx.Client(), groupID)
}

func proxyKeys(ctx context.Context, client *ent.Client, groupID int64) ([]*ent.ProxyKey, error) {
	keys, err := client.ProxyKey.Query().Where(proxykey.GroupID(groupID)).Order(proxykey.ByID()).All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proxy keys: %w", err)
	}
	return keys, nil
}

// WeakProxyKeys counts those that could be guessed.
func (c *Catalog) WeakProxyKeys(ctx context.Context) (int, error) {
	n, err := c.DB.ProxyKey.Query().Where(proxykey.Weak(true)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count weak proxy keys: %w", err)
	}
	return n, nil
}

// CreateProxyKey adds one proxy key, for one group or, with groupID 0, for all; without a value a random one is made. The
// value is returned this once and never to be had again.
func (c *Catalog) CreateProxyKey(ctx context.Context, groupID int64, value *string, notes string) (*ent.ProxyKey, string, error) {
	text := "rh-" + rand.Text()
	if value != nil {
		text = *value
	}
	var made *ent.ProxyKey
	err := c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) (err error) {
		made, err = c.CreateProxyKeyIn(ctx, tx, groupID, text, notes)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	c.Changed(ctx, groupID)
	return made, text, nil
}

// CreateProxyKeyIn is CreateProxyKey as a part of the caller's transaction, with a value. Whoever commits it calls Changed with
// groupID.
func (c *Catalog) CreateProxyKeyIn(ctx context.Context, tx *ent.Tx, groupID int64, value, notes string) (*ent.ProxyKey, error) {
	var faults fault.List
	checkProxyKey(&faults, "value", value)
	c.refuseAdminKeyAt(&faults, "value", value)
	checkText(&faults, "notes", notes, longestNotes)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	target := "proxy key for every group"
	if groupID != 0 {
		g, err := tx.Group.Get(ctx, groupID)
		if err != nil {
			return nil, missing(err, "group %d", groupID)
		}
		target = "proxy key for group " + g.Name
	}
	made, err := c.insertProxyKey(ctx, tx, groupID, value, notes)
	if err != nil {
		return nil, err
	}
	if err := touch(ctx, tx, groupID); err != nil {
		return nil, err
	}
	return made, audit.Write(ctx, tx, audit.Event{Action: "createProxyKey", Target: target, After: shownProxyKey(made), GroupID: groupID})
}

// DeleteProxyKey takes one proxy key out; clients that present it are refused within a second.
func (c *Catalog) DeleteProxyKey(ctx context.Context, id int64) error {
	row, err := c.DB.ProxyKey.Get(ctx, id)
	if err != nil {
		return missing(err, "proxy key %d", id)
	}
	err = c.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error { return c.DeleteProxyKeyIn(ctx, tx, row) })
	if err != nil {
		return err
	}
	c.Changed(ctx, row.GroupID)
	return nil
}

// DeleteProxyKeyIn is DeleteProxyKey as a part of the caller's transaction. Whoever commits it calls Changed with the row's
// group.
func (c *Catalog) DeleteProxyKeyIn(ctx context.Context, tx *ent.Tx, row *ent.ProxyKey) error {
	if err := tx.ProxyKey.DeleteOneID(row.ID).Exec(ctx); err != nil {
		return missing(err, "proxy key %d", row.ID)
	}
	if err := touch(ctx, tx, row.GroupID); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Event{Action: "deleteProxyKey", Target: "proxy key " + row.Masked, Before: shownProxyKey(row), GroupID: row.GroupID})
}

// NoteProxyKeyIn writes a proxy key's notes within the caller's transaction. Whoever commits it calls Changed with the row's
// group.
func (c *Catalog) NoteProxyKeyIn(ctx context.Context, tx *ent.Tx, row *ent.ProxyKey, notes string) error {
	var faults fault.List
	checkText(&faults, "notes", notes, longestNotes)
	if err := faults.Err(); err != nil {
		return err
	}
	after, err := tx.ProxyKey.UpdateOneID(row.ID).SetNotes(notes).Save(ctx)
	if err != nil {
		return missing(err, "proxy key %d", row.ID)
	}
	if err := touch(ctx, tx, row.GroupID); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Event{
		Action: "updateProxyKeyNotes", Target: "proxy key " + row.Masked,
		Before: shownProxyKey(row), After: shownProxyKey(after), GroupID: row.GroupID,
	})
}

// SetGlobalProxyKeys makes these the proxy keys that open every group, within the caller's transaction. Those that are there
// already keep their row. It returns a *fault.Input at input.proxyKeys when one is no proxy key.
func (c *Catalog) SetGlobalProxyKeys(ctx context.Context, tx *ent.Tx, values []string) error {
	var faults fault.List
	checkProxyKeys(&faults, "input.proxyKeys", values)
	c.refuseAdminKey(&faults, "input.proxyKeys", values)
	if err := faults.Err(); err != nil {
		return err
	}
	return c.replaceProxyKeys(ctx, tx, 0, values)
}

// replaceProxyKeys keeps the rows of values that are there, deletes the others and adds what is new.
func (c *Catalog) replaceProxyKeys(ctx context.Context, tx *ent.Tx, groupID int64, values []string) error {
	rows, err := tx.ProxyKey.Query().Where(proxykey.GroupID(groupID)).All(ctx)
	if err != nil {
		return fmt.Errorf("read proxy keys: %w", err)
	}
	there := map[seal.Digest]int64{}
	for _, row := range rows {
		there[seal.Digest(row.Digest)] = row.ID
	}
	for i, value := range values {
		digest := c.Box.Digest([]byte(value))
		if _, ok := there[digest]; ok {
			delete(there, digest)
			continue
		}
		if _, err := c.insertProxyKey(ctx, tx, groupID, value, ""); err != nil {
			return fmt.Errorf("write proxy key %d: %w", i, err)
		}
	}
	for _, row := range rows {
		if _, gone := there[seal.Digest(row.Digest)]; !gone {
			continue
		}
		if err := tx.ProxyKey.DeleteOneID(row.ID).Exec(ctx); err != nil {
			return fmt.Errorf("delete proxy key %d: %w", row.ID, err)
		}
	}
	return nil
}

func (c *Catalog) insertProxyKey(ctx context.Context, tx *ent.Tx, groupID int64, value, notes string) (*ent.ProxyKey, error) {
	digest := c.Box.Digest([]byte(value))
	exists, err := tx.ProxyKey.Query().Where(proxykey.GroupID(groupID), proxykey.Digest(digest[:])).Exist(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for the proxy key: %w", err)
	}
	if exists {
		return nil, fault.One("value", fault.Taken, nil, "this proxy key is there already")
	}
	row, err := tx.ProxyKey.Create().SetGroupID(groupID).SetDigest(digest[:]).SetMasked(seal.Mask(value)).
		SetNotes(notes).SetWeak(weak(value)).Save(ctx)
	if ent.IsConstraintError(err) { // added by someone else meanwhile
		return nil, fault.One("value", fault.Taken, nil, "this proxy key is there already")
	}
	if err != nil {
		return nil, fmt.Errorf("write proxy key: %w", err)
	}
	return row, nil
}

// touch raises the group's version, so that whoever edits it sees that its proxy keys changed.
func touch(ctx context.Context, tx *ent.Tx, groupID int64) error {
	if groupID == 0 {
		return nil
	}
	raised, err := tx.Group.Update().Where(group.ID(groupID)).AddVersion(1).Save(ctx)
	if err != nil {
		return fmt.Errorf("raise the group's version: %w", err)
	}
	if raised == 0 {
		return fmt.Errorf("group %d: %w", groupID, fault.ErrNotFound)
	}
	return nil
}

func checkProxyKeys(faults *fault.List, path string, values []string) {
	if len(values) > mostProxyKeys {
		faults.Add(path, fault.TooMany, map[string]any{"max": mostProxyKeys}, "%d proxy keys; at most %d", len(values), mostProxyKeys)
		return
	}
	for i, value := range values {
		at := fmt.Sprintf("%s.%d", path, i)
		checkProxyKey(faults, at, value)
		if slices.Contains(values[:i], value) {
			faults.Add(at, fault.Repeated, nil, "this proxy key is in the list twice")
		}
	}
}

// checkProxyKey never repeats the value in a fault.
func checkProxyKey(faults *fault.List, path, value string) {
	switch {
	case len(value) < shortestProxyKey:
		faults.Add(path, fault.TooShort, map[string]any{"min": shortestProxyKey}, "a proxy key has at least %d characters", shortestProxyKey)
	case len(value) > longestProxyKey:
		faults.Add(path, fault.TooLong, map[string]any{"max": longestProxyKey}, "a proxy key has at most %d characters", longestProxyKey)
	}
	for _, r := range value {
		if r <= ' ' || r >= utf8.RuneSelf || r == 0x7f {
			faults.Add(path, fault.BadForm, nil, "a proxy key is made of visible ASCII characters, without spaces")
			return
		}
	}
}

func (c *Catalog) refuseAdminKey(faults *fault.List, path string, values []string) {
	for i, value := range values {
		c.refuseAdminKeyAt(faults, fmt.Sprintf("%s.%d", path, i), value)
	}
}

func (c *Catalog) refuseAdminKeyAt(faults *fault.List, path, value string) {
	if c.IsAdminKey(value) {
		faults.Add(path, fault.NotAllowed, nil, "this is the admin key; who holds it would be an administrator")
	}
}

// weak tells keys that could be guessed: short, or of few different characters.
func weak(value string) bool {
	different := map[rune]bool{}
	for _, r := range value {
		different[r] = true
	}
	return len(value) < 20 || len(different) < 8
}
