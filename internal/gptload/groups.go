package gptload

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"roundhouse/ent/generated/ent"
	entgroup "roundhouse/ent/generated/ent/group"
	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
)

// takeGroups takes those that are not here yet, and reports what became of each.
func (i *importing) takeGroups(ctx context.Context, tx *ent.Tx, groups []group, members []member, globalCodes bool) error {
	stored, err := i.Catalog.ListIn(ctx, tx)
	if err != nil {
		return err
	}
	for _, kind := range []entgroup.Kind{entgroup.KindSTANDARD, entgroup.KindAGGREGATE} { // members before what they are members of
		for _, g := range groups {
			if kindOf(g) != kind {
				continue
			}
			at := slices.IndexFunc(stored, func(s *catalog.Group) bool { return s.Name == g.name })
			var was *catalog.Group
			if at >= 0 {
				was = stored[at]
			}
			told := &GroupReport{Name: g.name, State: "refused"}
			i.groups[g.id] = told
			i.report.Groups = append(i.report.Groups, told)
			t := &translation{group: g, globalCodes: globalCodes}
			if err := i.takeGroup(ctx, tx, t, was, i.membersOf(g, members)); err != nil {
				return fmt.Errorf("group %s: %w", g.name, err)
			}
		}
	}
	return nil
}

// membersOf are an aggregate's, those that are here by now.
func (i *importing) membersOf(g group, all []member) []catalog.Member {
	var members []catalog.Member
	for _, m := range all {
		if m.group != g.id {
			continue
		}
		told := i.groups[m.member]
		if told == nil || told.State == "refused" {
			i.report.changed("group %s: a member is left out, since its group was not taken", g.name)
			continue
		}
		members = append(members, catalog.Member{GroupID: told.id, Weight: min(max(m.weight, 0), heaviest)})
	}
	return members
}

// takeGroup makes a group that is not here yet, without what the catalog refuses of it.
func (i *importing) takeGroup(ctx context.Context, tx *ent.Tx, t *translation, was *catalog.Group, members []catalog.Member) error {
	told, spoken := i.groups[t.group.id], dialects[t.group.channel].dialect
	switch {
	case spoken == "":
		i.report.refused("group %s: its channel %.40q is unknown here", t.group.name, t.group.channel)
		return nil
	case was != nil && (was.Kind != kindOf(t.group) || was.Dialect != spoken):
		i.report.refused("group %s: there is another one of this name here, of kind %s and dialect %s; rename one of them", t.group.name, was.Kind, was.Dialect)
		return nil
	case was != nil:
		told.State, told.id = "there", was.ID
		return nil
	}
	if err := t.run(members); err != nil {
		i.report.refused("group %s: %v", t.group.name, err)
		return nil
	}
	for {
		made, err := i.Catalog.CreateIn(ctx, tx, kindOf(t.group), spoken, t.change)
		if err == nil {
			told.State, told.id = "new", made.ID
			i.changed[made.ID] = true
			i.report.Changed = append(i.report.Changed, t.changed...)
			return nil
		}
		var input *fault.Input
		if !errors.As(err, &input) {
			return err
		}
		said, ok := leaveOut(&t.change, input.Faults)
		if !ok {
			i.report.refused("group %s: %v", t.group.name, input)
			return nil
		}
		for _, why := range said {
			i.report.refused("group %s: %s", t.group.name, why)
		}
	}
}
