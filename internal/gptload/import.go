package gptload

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/audit"
	"roundhouse/internal/catalog"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/seal"
	"roundhouse/internal/setting"
)

// Options are what an import works with; DB, Catalog, Settings and Keys are needed.
type Options struct {
	DB       *database.DB
	Catalog  *catalog.Catalog
	Settings *setting.Store
	Keys     *keypool.Pool
	// DSN is GPT-Load's database, EncryptionKey its ENCRYPTION_KEY; empty is none.
	DSN, EncryptionKey string
	// DryRun finds out what would be taken and takes nothing. Its memory grows by some 60 bytes a key.
	DryRun bool
}

// errUndone ends a dry run's transaction.
var errUndone = errors.New("a dry run is undone")

// Import takes what GPT-Load holds. Groups, settings and proxy keys are taken in one transaction, then the keys in steps: cut
// short, it goes on when it is run again. What is here already stays as it is, so that a second run changes nothing.
func Import(ctx context.Context, o Options) (report Report, err error) {
	from, err := open(ctx, o.DSN)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, from.pool.Close()) }()
	opener, err := newOpener(o.EncryptionKey)
	if err == nil {
		err = opener.tryOut(ctx, from)
	}
	if err != nil {
		return report, err
	}
	i := &importing{Options: o, from: from, opener: opener}
	if err := i.configuration(ctx); err != nil {
		return report, fmt.Errorf("take groups and settings: %w", err)
	}
	if err := i.keys(ctx); err != nil {
		return i.report, fmt.Errorf("take keys; what was taken stays, and another run goes on: %w", err)
	}
	i.report.sum()
	return i.report, nil
}

// importing is one import under way.
type importing struct {
	Options
	from   *source
	opener *opener
	report Report
	// groups are by GPT-Load's id.
	groups  map[int64]*GroupReport
	changed map[int64]bool
	// settings are what is stored when the configuration was taken.
	settings setting.Values
}

// configuration takes everything but keys.
func (i *importing) configuration(ctx context.Context) error {
	settings, err := i.from.settings(ctx)
	if err != nil {
		return err
	}
	groups, err := i.from.groups(ctx)
	if err != nil {
		return err
	}
	members, err := i.from.members(ctx)
	if err != nil {
		return err
	}
	err = i.DB.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		i.report, i.groups, i.changed = Report{DryRun: i.DryRun}, map[int64]*GroupReport{}, map[int64]bool{} // it may be tried more than once
		if err := i.takeSettings(ctx, tx, settings); err != nil {
			return err
		}
		if err := i.takeProxyKeys(ctx, tx, split(settings["proxy_keys"])); err != nil {
			return err
		}
		if err := i.takeGroups(ctx, tx, groups, members, standardEverywhere(settings)); err != nil {
			return err
		}
		if i.DryRun {
			return errUndone
		}
		if i.settings, err = i.Settings.ReadIn(ctx, tx); err != nil {
			return err
		}
		if len(i.changed) == 0 && len(i.report.Settings) == 0 {
			return nil
		}
		return audit.Write(ctx, tx, audit.Event{Action: "import", Target: "GPT-Load"})
	})
	if err != nil && !errors.Is(err, errUndone) {
		return err
	}
	if i.DryRun {
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(i.changed)) {
		i.Catalog.Changed(ctx, id)
	}
	if len(i.report.Settings) > 0 {
		i.Settings.Announce(ctx, i.settings)
	}
	return nil
}

// standardEverywhere reports whether the settings have GPT-Load's own failover codes.
func standardEverywhere(settings map[string]string) bool {
	codes, changed := settings["failover_status_codes"]
	_, _, standard, err := carried(codes)
	return !changed || standard || err != nil
}

// takeSettings takes those that were not set here.
func (i *importing) takeSettings(ctx context.Context, tx *ent.Tx, theirs map[string]string) error {
	ours, err := i.Settings.ReadIn(ctx, tx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		f, known := setting.FieldNamed(settingNames[name])
		if !known {
			if name != "proxy_keys" {
				i.report.refused("setting %.80s: there is none like it here", name)
			}
			continue
		}
		here, why := value(name, theirs[name])
		if why != "" {
			i.report.changed("%s: %s", f.Name, why)
		}
		now := ours.Text(f.Name)
		switch {
		case here == nil, *here == now:
			continue
		case now != f.Default:
			i.report.refused("setting %s: it was set here, to %s, and stays", f.Name, setting.Shown(f.Name, now))
			continue
		}
		_, err := i.Settings.UpdateIn(ctx, tx, setting.Changes{f.Name: here})
		var input *fault.Input
		switch {
		case errors.As(err, &input):
			i.report.refused("setting %s: %s", f.Name, input.Faults[0].Message)
		case err != nil:
			return err
		default:
			i.report.Settings = append(i.report.Settings, f.Name+": "+setting.Shown(f.Name, *here))
		}
	}
	return nil
}

// takeProxyKeys takes those that open every group.
func (i *importing) takeProxyKeys(ctx context.Context, tx *ent.Tx, values []string) error {
	stored, err := i.Catalog.ProxyKeysIn(ctx, tx, 0)
	if err != nil {
		return err
	}
	for _, value := range values {
		digest := i.Catalog.Box.Digest([]byte(value))
		if slices.ContainsFunc(stored, func(k *ent.ProxyKey) bool { return seal.Digest(k.Digest) == digest }) {
			continue
		}
		_, err := i.Catalog.CreateProxyKeyIn(ctx, tx, 0, value, "from GPT-Load")
		var input *fault.Input
		switch {
		case errors.As(err, &input):
			i.report.refused("proxy key %s: %s", seal.Mask(value), remedied(input.Faults[0]))
		case err != nil:
			return err
		default:
			i.report.ProxyKeys = append(i.report.ProxyKeys, seal.Mask(value))
			i.changed[0] = true
		}
	}
	return nil
}
