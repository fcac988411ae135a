package portable

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/internal/audit"
	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
	"roundhouse/internal/setting"
)

// Manner is how a document is applied. The zero value adds and changes, and deletes nothing.
type Manner struct {
	// DryRun finds out what would be done, wholly, and does none of it.
	DryRun bool
	// Prune deletes what is not in the document's lists of groups and proxy keys; a list that it does not have deletes nothing.
	Prune bool
}

// errUndone ends a dry run's transaction.
var errUndone = errors.New("a dry run is undone")

// Apply makes the configuration what the document says, all of it or, with a *fault.Input that names everything in the way,
// nothing. What is so already is not written again. Keys are never touched: a group that holds some is not pruned but refused.
func (p *Portable) Apply(ctx context.Context, d Document, m Manner) (Report, error) {
	var a *application
	err := p.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		a = &application{Portable: p, tx: tx, manner: m, changed: map[int64]bool{}} // a transaction may be tried more than once
		before, err := p.document(ctx, tx, false)
		if err != nil {
			return err
		}
		if err := a.all(ctx, d); err != nil {
			return err
		}
		if a.stored, err = p.Settings.ReadIn(ctx, tx); err != nil {
			return err
		}
		after, err := p.document(ctx, tx, false)
		if err != nil {
			return err
		}
		a.report.Changes = differences(before, after)
		if m.DryRun {
			return errUndone
		}
		if len(a.report.Changes) == 0 {
			return nil
		}
		a.report.Applied = true
		return audit.Write(ctx, tx, audit.Event{Action: "apply", Target: "configuration", After: map[string]any{"changes": len(a.report.Changes)}})
	})
	if errors.Is(err, errUndone) {
		return a.report, nil
	}
	if err != nil {
		return Report{}, fmt.Errorf("apply the configuration: %w", err)
	}
	for _, id := range slices.Sorted(maps.Keys(a.changed)) {
		p.Catalog.Changed(ctx, id)
	}
	if a.settings {
		p.Settings.Announce(ctx, a.stored)
	}
	return a.report, nil
}

// application is one document being applied in one transaction.
type application struct {
	*Portable
	tx     *ent.Tx
	manner Manner
	// ids are those of every group that is there by now, by name.
	ids    map[string]int64
	faults fault.List
	report Report
	// changed are the groups to tell of, 0 standing for the proxy keys that open every group.
	changed map[int64]bool
	// settings says that those were changed, stored what they are then.
	settings bool
	stored   setting.Values
}

func (a *application) all(ctx context.Context, d Document) error {
	stored, err := a.groups(ctx)
	if err != nil {
		return err
	}
	if err := a.applySettings(ctx, d.Settings); err != nil {
		return err
	}
	global, err := a.Catalog.ProxyKeysIn(ctx, a.tx, 0)
	if err != nil {
		return err
	}
	if err := a.proxyKeys(ctx, "proxyKeys", 0, d.ProxyKeys, global); err != nil {
		return err
	}
	for _, in := range d.Groups {
		if err := group.KindValidator(kindOf(in, nil)); err != nil {
			a.faults.Add("groups."+in.Name+".kind", fault.Unknown, nil, "%.40q is no kind of group; there are STANDARD and AGGREGATE", in.Kind)
		}
	}
	named := map[string]bool{}
	for _, kind := range []group.Kind{group.KindSTANDARD, group.KindAGGREGATE} { // members before what they are members of
		for _, in := range d.Groups {
			was := stored[in.Name]
			if kindOf(in, was) != kind {
				continue
			}
			if named[in.Name] {
				a.faults.Add("groups."+in.Name, fault.Repeated, nil, "the file has group %q twice", in.Name)
				continue
			}
			named[in.Name] = true
			if err := a.group(ctx, in, was); err != nil {
				return fmt.Errorf("group %s: %w", in.Name, err)
			}
		}
	}
	if err := a.prune(ctx, stored, d.Groups); err != nil {
		return err
	}
	return a.faults.Err()
}

// groups are those that are there, by name.
func (a *application) groups(ctx context.Context) (map[string]*catalog.Group, error) {
	groups, err := a.Catalog.ListIn(ctx, a.tx)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]*catalog.Group, len(groups))
	a.ids = make(map[string]int64, len(groups))
	for _, g := range groups {
		stored[g.Name], a.ids[g.Name] = g, g.ID
	}
	return stored, nil
}

// refused notes the faults of an input below the prefix; any other error is returned.
func (a *application) refused(prefix string, err error) error {
	var input *fault.Input
	if !errors.As(err, &input) {
		return err
	}
	for _, f := range input.Faults {
		a.faults.Add(prefix+strings.TrimPrefix(f.Path, "input."), f.Reason, f.Params, "%s", f.Message)
	}
	return nil
}

// tell adds to the report's notes.
func (a *application) tell(format string, args ...any) {
	a.report.Notes = append(a.report.Notes, fmt.Sprintf(format, args...))
}

func (a *application) applySettings(ctx context.Context, in map[string]json.RawMessage) error {
	now, err := a.Settings.ReadIn(ctx, a.tx)
	if err != nil {
		return err
	}
	w := writer{box: a.Catalog.Box}
	changes := setting.Changes{}
	for name, raw := range in {
		text, secret := textOf(raw)
		if secret != nil && secret.hidden() {
			if secret.Fingerprint != w.fingerprint(now.Text(name)) {
				a.tell("settings: %s is left as it is, since the file has only the fingerprint of another value", name)
			}
			continue
		}
		changes[name] = text
	}
	changed, err := a.Settings.UpdateIn(ctx, a.tx, changes)
	a.settings = changed
	return a.refused("settings.", err)
}

// textOf is a setting's value as text, nil for null, or the secret that stands in its place.
func textOf(raw json.RawMessage) (*string, *Secret) {
	text := string(raw)
	switch {
	case text == "null":
		return nil, nil
	case strings.HasPrefix(text, `"`), strings.HasPrefix(text, "{"):
		var secret Secret
		if json.Unmarshal(raw, &secret) != nil {
			break // it is refused as the text it is
		}
		return &secret.Value, &secret
	}
	return &text, nil
}

func kindOf(in Group, was *catalog.Group) group.Kind {
	switch {
	case in.Kind != "":
		return in.Kind
	case was != nil:
		return was.Kind
	}
	return group.KindSTANDARD
}

// group creates or changes one group. Only what is no fault of the document is returned.
func (a *application) group(ctx context.Context, in Group, was *catalog.Group) error {
	path := "groups." + in.Name + "."
	if was != nil && ((in.Kind != "" && in.Kind != was.Kind) || (in.Dialect != "" && in.Dialect != was.Dialect)) {
		a.faults.Add(path+"dialect", fault.NotAllowed, nil, "%s is a group of kind %s and dialect %s, which stay; give the other one another name", in.Name, was.Kind, was.Dialect)
		return nil
	}
	change, err := a.change(in, was, path)
	if err != nil {
		return err
	}
	var proxyKeys []*ent.ProxyKey
	if was == nil {
		made, err := a.Catalog.CreateIn(ctx, a.tx, kindOf(in, nil), in.Dialect, change)
		if err != nil {
			return a.refused(path, err)
		}
		a.ids[in.Name], a.changed[made.ID] = made.ID, true
	} else {
		_, changed, err := a.Catalog.UpdateIn(ctx, a.tx, was.ID, change)
		if err != nil {
			return a.refused(path, err)
		}
		if changed {
			a.changed[was.ID] = true
		}
		proxyKeys = was.ProxyKeys
	}
	return a.proxyKeys(ctx, path+"proxyKeys", a.ids[in.Name], in.ProxyKeys, proxyKeys)
}

// prune deletes the groups that the document does not name, unless it has no list of them.
func (a *application) prune(ctx context.Context, stored map[string]*catalog.Group, in []Group) error {
	if !a.manner.Prune || in == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(stored)) {
		if slices.ContainsFunc(in, func(g Group) bool { return g.Name == name }) {
			continue
		}
		g := stored[name]
		parents, keys, err := a.Catalog.DeleteIn(ctx, a.tx, g)
		if err != nil {
			return err
		}
		if keys > 0 { // and nothing of the file is applied
			a.faults.Add("groups", fault.NotAllowed, map[string]any{"name": name},
				"group %s is not in the file and holds %d keys, which a file never touches: delete its keys or the group itself first, or put it into the file", name, keys)
			continue
		}
		for _, id := range append(parents, g.ID) {
			a.changed[id] = true
		}
	}
	return nil
}
