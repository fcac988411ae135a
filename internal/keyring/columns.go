package keyring

import (
	"context"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	"roundhouse/ent/generated/ent/headerrule"
	"roundhouse/ent/generated/ent/key"
	"roundhouse/ent/generated/ent/setting"
	"roundhouse/internal/seal"
)

// value is one sealed value and where it lies.
type value struct {
	id       int64
	identity string
	sealed   []byte
}

// column is one column of sealed values.
type column struct {
	table string
	// after returns the values of the n rows that follow the id, in the order of ids. Rows without a value are left out.
	after func(ctx context.Context, tx *ent.Tx, id int64, n int) ([]value, error)
	// replace writes the value unless it was changed since it was read.
	replace func(ctx context.Context, tx *ent.Tx, v value, by []byte) error
}

// columns are all the sealed values there are. A new one goes to the end: a pass that was killed remembers them by number.
var columns = []column{
	{
		table: group.Table,
		after: func(ctx context.Context, tx *ent.Tx, id int64, n int) ([]value, error) {
			rows, err := tx.Group.Query().Where(group.IDGT(id), group.SealedProxyURLNotNil()).Order(group.ByID()).Limit(n).
				Select(group.FieldID, group.FieldSealedProxyURL).All(ctx)
			return valuesOf(rows, err, func(g *ent.Group) value {
				return value{g.ID, seal.ProxyURLIdentity(g.ID), g.SealedProxyURL}
			})
		},
		replace: func(ctx context.Context, tx *ent.Tx, v value, by []byte) error {
			return tx.Group.Update().Where(group.ID(v.id), group.SealedProxyURL(v.sealed)).SetSealedProxyURL(by).Exec(ctx)
		},
	},
	{
		table: headerrule.Table,
		after: func(ctx context.Context, tx *ent.Tx, id int64, n int) ([]value, error) {
			rows, err := tx.HeaderRule.Query().Where(headerrule.IDGT(id), headerrule.SealedNotNil()).Order(headerrule.ByID()).Limit(n).All(ctx)
			return valuesOf(rows, err, func(r *ent.HeaderRule) value {
				return value{r.ID, seal.HeaderRuleIdentity(r.GroupID, r.Name), r.Sealed}
			})
		},
		replace: func(ctx context.Context, tx *ent.Tx, v value, by []byte) error {
			return tx.HeaderRule.Update().Where(headerrule.ID(v.id), headerrule.Sealed(v.sealed)).SetSealed(by).Exec(ctx)
		},
	},
	{
		table: setting.Table,
		after: func(ctx context.Context, tx *ent.Tx, id int64, n int) ([]value, error) {
			rows, err := tx.Setting.Query().Where(setting.IDGT(id), setting.SealedNotNil()).Order(setting.ByID()).Limit(n).All(ctx)
			return valuesOf(rows, err, func(s *ent.Setting) value {
				return value{s.ID, seal.SettingIdentity(s.Name), s.Sealed}
			})
		},
		replace: func(ctx context.Context, tx *ent.Tx, v value, by []byte) error {
			return tx.Setting.Update().Where(setting.ID(v.id), setting.Sealed(v.sealed)).SetSealed(by).Exec(ctx)
		},
	},
	{
		table: key.Table,
		after: func(ctx context.Context, tx *ent.Tx, id int64, n int) ([]value, error) {
			rows, err := tx.Key.Query().Where(key.IDGT(id)).Order(key.ByID()).Limit(n).
				Select(key.FieldID, key.FieldGroupID, key.FieldDigest, key.FieldSealed).All(ctx)
			return valuesOf(rows, err, func(k *ent.Key) value {
				var digest seal.Digest
				copy(digest[:], k.Digest)
				return value{k.ID, seal.KeyIdentity(k.GroupID, digest), k.Sealed}
			})
		},
		replace: func(ctx context.Context, tx *ent.Tx, v value, by []byte) error {
			return tx.Key.Update().Where(key.ID(v.id), key.Sealed(v.sealed)).SetSealed(by).Exec(ctx)
		},
	},
}

func valuesOf[Row any](rows []Row, err error, of func(Row) value) ([]value, error) {
	if err != nil {
		return nil, err
	}
	values := make([]value, len(rows))
	for i, row := range rows {
		values[i] = of(row)
	}
	return values, nil
}
