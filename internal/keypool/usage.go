package keypool

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/keyusage"
	"roundhouse/ent/generated/ent/proxykey"
	"roundhouse/internal/database"
	"roundhouse/proxycore"
)

// use is what a batch of records says of one key.
type use struct{ requests, failures, lastMS int64 }

// CountUsage adds what the records say to the usage of their keys, within the transaction that stores the records: each
// record with a key counts as one request, and as a failure when it was charged to the key. Proxy keys get the time of
// their last use, at most once a minute each.
func (p *Pool) CountUsage(ctx context.Context, tx *ent.Tx, records []proxycore.Record) error {
	keys := map[int64]use{}
	proxyKeys := map[int64]time.Time{}
	for i := range records {
		r := &records[i]
		if r.KeyID != 0 {
			u := keys[r.KeyID]
			u.requests++
			if r.Charged == proxycore.ChargedKey {
				u.failures++
			}
			u.lastMS = max(u.lastMS, r.Ended.UnixMilli())
			keys[r.KeyID] = u
		}
		if r.ProxyKeyID != 0 && r.Ended.After(proxyKeys[r.ProxyKeyID]) {
			proxyKeys[r.ProxyKeyID] = r.Ended
		}
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(keys)), batch) {
		query, args := p.usageUpsert(ids, keys)
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("count key usage: %w", err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(proxyKeys)) {
		at := proxyKeys[id].UTC().Truncate(time.Millisecond)
		err := tx.ProxyKey.Update().
			Where(proxykey.ID(id), proxykey.Or(proxykey.LastUsedAtIsNil(), proxykey.LastUsedAtLT(at.Add(-time.Minute)))).
			SetLastUsedAt(at).Exec(ctx)
		if err != nil {
			return fmt.Errorf("note proxy key use: %w", err)
		}
	}
	return nil
}

// usageUpsert adds to the rows that are there and makes those that are not, in one statement.
func (p *Pool) usageUpsert(ids []int64, keys map[int64]use) (string, []any) {
	coming := func(column string) string { return "excluded." + column }
	if p.db.Engine == database.MySQL {
		coming = func(column string) string { return "VALUES(" + column + ")" }
	}
	insert := entsql.Dialect(p.db.Engine.Dialect()).Insert(keyusage.Table).
		Columns(keyusage.FieldID, keyusage.FieldRequestCount, keyusage.FieldFailureCount, keyusage.FieldLastUsedMs)
	for _, id := range ids {
		u := keys[id]
		insert.Values(id, u.requests, u.failures, u.lastMS)
	}
	insert.OnConflict(entsql.ConflictColumns(keyusage.FieldID), entsql.ResolveWith(func(set *entsql.UpdateSet) {
		there := func(column string) string { return keyusage.Table + "." + column }
		for _, column := range []string{keyusage.FieldRequestCount, keyusage.FieldFailureCount} {
			set.Set(column, entsql.Raw(there(column)+" + "+coming(column)))
		}
		last := keyusage.FieldLastUsedMs
		set.Set(last, entsql.Raw("CASE WHEN "+coming(last)+" > "+there(last)+" THEN "+coming(last)+" ELSE "+there(last)+" END"))
	}))
	return insert.Query()
}

// Usage returns what keys did; a key that was never used is missing.
func (p *Pool) Usage(ctx context.Context, ids []int64) (map[int64]*ent.KeyUsage, error) {
	all := make(map[int64]*ent.KeyUsage, len(ids))
	for chunk := range slices.Chunk(ids, batch) {
		rows, err := p.db.KeyUsage.Query().Where(keyusage.IDIn(chunk...)).All(ctx)
		if err != nil {
			return nil, fmt.Errorf("read key usage: %w", err)
		}
		for _, row := range rows {
			all[row.ID] = row
		}
	}
	return all, nil
}
