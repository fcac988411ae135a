package setting

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/proxykey"
	entsetting "roundhouse/ent/generated/ent/setting"
	"roundhouse/internal/audit"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
	"roundhouse/internal/seal"
)

// versionRow is the row that holds the version.
const versionRow = "version"

// ProxyKeys writes the proxy keys that open every group, which are rows of their own, in the transaction of a change. It
// returns a *fault.Input when one of them is no proxy key.
type ProxyKeys func(ctx context.Context, tx *ent.Tx, values []string) error

// Store keeps the settings and knows the values in force.
type Store struct {
	db        *database.DB
	box       *seal.Box
	proxyKeys ProxyKeys
	changed   func(ctx context.Context)

	// loading keeps a slow reading from putting older values in force after newer ones.
	loading sync.Mutex
	current atomic.Pointer[Values]
}

// New returns a store with the defaults in force until Load. changed is called after each change; its ctx names who did it.
func New(db *database.DB, box *seal.Box, proxyKeys ProxyKeys, changed func(ctx context.Context)) *Store {
	s := &Store{db: db, box: box, proxyKeys: proxyKeys, changed: changed}
	values := Defaults()
	s.current.Store(&values)
	return s
}

// Current are the values in force.
func (s *Store) Current() Values { return *s.current.Load() }

// Load reads the rows and puts them in force. On failure the values stay as they are.
func (s *Store) Load(ctx context.Context) error {
	s.loading.Lock()
	defer s.loading.Unlock()
	values, err := s.read(ctx, s.db.Setting)
	if err != nil {
		return err
	}
	s.current.Store(&values)
	return nil
}

func (s *Store) read(ctx context.Context, client *ent.SettingClient) (Values, error) {
	rows, err := client.Query().All(ctx)
	if err != nil {
		return Values{}, fmt.Errorf("read settings: %w", err)
	}
	values := Defaults()
	for _, row := range rows {
		if row.Name == versionRow {
			if n, err := strconv.Atoi(row.Value); err == nil {
				values.Version = n
			}
			continue
		}
		text := row.Value
		if len(row.Sealed) > 0 {
			clear, err := s.box.Open(seal.SettingIdentity(row.Name), row.Sealed)
			if err != nil {
				return Values{}, fmt.Errorf("open setting %s: %w", row.Name, err)
			}
			text = string(clear)
		}
		values.set(row.Name, text)
	}
	return values, nil
}

// Update changes all that is named, or nothing: a *fault.Input names every bad value. With expected, fault.ErrConflict says
// that the settings are at another version; without, what others changed meanwhile stays unless it is named here too.
// proxyKeys, when not nil, is the whole new list.
func (s *Store) Update(ctx context.Context, changes Changes, proxyKeys *[]string, expected *int) (Values, error) {
	var after Values
	err := s.db.InTx(ctx, func(ctx context.Context, tx *ent.Tx) error {
		before, err := s.lockedIn(ctx, tx)
		if err != nil {
			return err
		}
		if expected != nil && *expected != before.Version {
			return fmt.Errorf("the settings are at version %d, not %d: %w", before.Version, *expected, fault.ErrConflict)
		}
		if err := s.change(ctx, tx, before, trim(changes, before), proxyKeys); err != nil {
			return err
		}
		after, err = s.ReadIn(ctx, tx)
		return err
	})
	if err != nil {
		return Values{}, err
	}
	s.Announce(ctx, after)
	return after, nil
}

// UpdateIn is Update as a part of the caller's transaction, but for changes that change nothing: those write nothing, and
// changed is false. Whoever commits it calls Announce with what ReadIn says at its end.
func (s *Store) UpdateIn(ctx context.Context, tx *ent.Tx, changes Changes) (changed bool, err error) {
	before, err := s.lockedIn(ctx, tx)
	if err != nil {
		return false, err
	}
	changes = trim(changes, before)
	maps.DeleteFunc(changes, func(name string, value *string) bool {
		f, known := FieldNamed(name)
		if value == nil {
			value = &f.Default
		}
		return known && f.Type != List && before.Text(name) == *value
	})
	if len(changes) == 0 {
		return false, nil
	}
	return true, s.change(ctx, tx, before, changes, nil)
}

// ReadIn are the settings as the caller's transaction sees them.
func (s *Store) ReadIn(ctx context.Context, tx *ent.Tx) (Values, error) {
	return s.read(ctx, tx.Setting)
}

// Announce puts in force what a committed transaction made of the settings, unless newer ones are, and tells who must know. It
// reads nothing: what is stored cannot be reported as failed.
func (s *Store) Announce(ctx context.Context, stored Values) {
	s.loading.Lock()
	if stored.Version > s.Current().Version {
		s.current.Store(&stored)
	}
	s.loading.Unlock()
	s.changed(ctx)
}

// lockedIn keeps others from changing settings until the transaction ends, and returns them.
func (s *Store) lockedIn(ctx context.Context, tx *ent.Tx) (Values, error) {
	if err := lock(ctx, tx); err != nil {
		return Values{}, err
	}
	return s.read(ctx, tx.Setting)
}

// change writes what is named, raises the version and tells the audit log.
func (s *Store) change(ctx context.Context, tx *ent.Tx, before Values, changes Changes, proxyKeys *[]string) error {
	was, is := shown(before, changes)
	if proxyKeys != nil {
		masks, err := maskedProxyKeys(ctx, tx)
		if err != nil {
			return err
		}
		was["proxyKeys"], is["proxyKeys"] = masks, maskAll(*proxyKeys)
	}
	if err := s.writeProxyKeys(ctx, tx, proxyKeys, check(changes)); err != nil {
		return err
	}
	for _, name := range names(changes) {
		if err := s.write(ctx, tx, name, changes[name]); err != nil {
			return err
		}
	}
	raise := tx.Setting.Update().Where(entsetting.Name(versionRow)).SetValue(strconv.Itoa(before.Version + 1))
	if err := raise.Exec(ctx); err != nil {
		return fmt.Errorf("raise the settings' version: %w", err)
	}
	return audit.Write(ctx, tx, audit.Event{Action: "updateSettings", Target: "settings", Before: was, After: is})
}

// writeProxyKeys writes the list, when there is one, and names its faults together with those of the other settings.
func (s *Store) writeProxyKeys(ctx context.Context, tx *ent.Tx, values *[]string, others error) error {
	var faults fault.List
	faults.Join("", others)
	if values != nil {
		if err := s.proxyKeys(ctx, tx, *values); err != nil && !faults.Join("", err) {
			return err
		}
	}
	return faults.Err()
}

func check(changes Changes) error {
	var faults fault.List
	for _, name := range names(changes) {
		f, known := FieldNamed(name)
		switch {
		case !known || f.Type == List:
			faults.Add("input."+name, fault.Unknown, nil, "there is no setting %q", name)
		case changes[name] != nil:
			f.check(&faults, "input."+name, *changes[name])
		}
	}
	return faults.Err()
}

// lock keeps other nodes from changing settings until the transaction ends, by an update of the version's row that changes
// nothing. At the very first change it makes the row.
func lock(ctx context.Context, tx *ent.Tx) error {
	found, err := tx.Setting.Update().Where(entsetting.Name(versionRow)).ClearSealed().Save(ctx)
	if err != nil {
		return fmt.Errorf("lock the settings: %w", err)
	}
	if found > 0 {
		return nil
	}
	err = tx.Setting.Create().SetName(versionRow).SetValue(strconv.Itoa(Defaults().Version)).
		OnConflictColumns(entsetting.FieldName).Ignore().Exec(ctx)
	if err != nil {
		return fmt.Errorf("write the settings' version: %w", err)
	}
	return nil
}

// write stores one value; nil, and the default, have no row.
func (s *Store) write(ctx context.Context, tx *ent.Tx, name string, value *string) error {
	if _, err := tx.Setting.Delete().Where(entsetting.Name(name)).Exec(ctx); err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	f, _ := FieldNamed(name)
	if value == nil || *value == f.Default {
		return nil
	}
	row := tx.Setting.Create().SetName(name)
	if f.Secret {
		sealed, err := s.box.Seal(seal.SettingIdentity(name), []byte(*value))
		if err != nil {
			return fmt.Errorf("seal setting %s: %w", name, err)
		}
		row.SetSealed(sealed)
	} else {
		row.SetValue(*value)
	}
	if err := row.Exec(ctx); err != nil {
		return fmt.Errorf("write setting %s: %w", name, err)
	}
	return nil
}

// shown are the changed settings before and after, for the audit log.
func shown(before Values, changes Changes) (was, is map[string]any) {
	was, is = map[string]any{}, map[string]any{}
	defaults := Defaults()
	for name, value := range changes {
		was[name] = Shown(name, before.Text(name))
		if value == nil {
			is[name] = defaults.Text(name)
		} else {
			is[name] = Shown(name, *value)
		}
	}
	return was, is
}

func maskedProxyKeys(ctx context.Context, tx *ent.Tx) ([]string, error) {
	masks, err := tx.ProxyKey.Query().Where(proxykey.GroupID(0)).Order(proxykey.ByID()).Select(proxykey.FieldMasked).Strings(ctx)
	if err != nil {
		return nil, fmt.Errorf("read proxy keys: %w", err)
	}
	return masks, nil
}

func maskAll(secrets []string) []string {
	masked := make([]string, len(secrets))
	for i, secret := range secrets {
		masked[i] = seal.Mask(secret)
	}
	return masked
}
