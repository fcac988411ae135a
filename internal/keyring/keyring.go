// Package keyring keeps the installation's own secrets in the database. It knows where they lie and not what they are for.
package keyring

import (
	"context"
	"fmt"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/keyring"
	"roundhouse/internal/database"
	"roundhouse/internal/seal"
)

// Ring is the keyring table; make one with Rows.
type Ring struct{ db *database.DB }

var _ seal.Store = (*Ring)(nil)

// Rows is the keyring of a database.
func Rows(db *database.DB) *Ring { return &Ring{db: db} }

// Load returns every row by its name.
func (r *Ring) Load(ctx context.Context) (map[string][]byte, error) {
	all, err := r.db.Keyring.Query().All(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the keyring: %w", err)
	}
	rows := make(map[string][]byte, len(all))
	for _, row := range all {
		rows[row.Name] = row.Value
	}
	return rows, nil
}

// Insert adds a row unless one of this name is there.
func (r *Ring) Insert(ctx context.Context, name string, value []byte) error {
	err := r.db.Keyring.Create().SetName(name).SetValue(value).Exec(ctx)
	if err != nil && !ent.IsConstraintError(err) {
		return fmt.Errorf("write %s to the keyring: %w", name, err)
	}
	return nil
}

// Put adds a row or replaces its value: what may change, as the admin key's digest does.
func (r *Ring) Put(ctx context.Context, name string, value []byte) error {
	err := r.db.Keyring.Create().SetName(name).SetValue(value).OnConflictColumns(keyring.FieldName).UpdateValue().Exec(ctx)
	if err != nil {
		return fmt.Errorf("write %s to the keyring: %w", name, err)
	}
	return nil
}
