package stats

import (
	"context"
	"fmt"
	"slices"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
)

// counters are the columns that add up, in the order of figures.values.
var counters = []string{"requests", "successes", "failures", "rate_limited", "retries", "input_tokens", "output_tokens",
	"cached_tokens", "cache_write_tokens", "request_bytes", "response_bytes"}

func (f *figures) values() []any {
	return []any{f.requests, f.successes, f.failures, f.rateLimited, f.retries, f.inputTokens, f.outputTokens,
		f.cachedTokens, f.cacheWritten, f.requestBytes, f.responseBytes}
}

// places are where a row with those columns is scanned to.
func (f *figures) places() []any {
	return []any{&f.requests, &f.successes, &f.failures, &f.rateLimited, &f.retries, &f.inputTokens, &f.outputTokens,
		&f.cachedTokens, &f.cacheWritten, &f.requestBytes, &f.responseBytes}
}

// write adds the sheet's figures to the rows of the keys, which share a bucket: counters by the database, histograms by
// reading, merging and writing back.
func (s *Stats) write(ctx context.Context, tx *ent.Tx, t *table, keys []key, sheet map[key]*figures) error {
	if err := s.mergeHistograms(ctx, tx, t, keys, sheet); err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	columns := slices.Concat([]string{"bucket", "node"}, t.columns, counters, []string{"durations", "first_bytes"})
	insert := s.sql().Insert(t.name).Columns(columns...)
	for _, k := range keys {
		f := sheet[k]
		insert.Values(slices.Concat([]any{k.bucket, s.options.Node}, t.values(k), f.values(), []any{f.durations.encode(), f.firstBytes.encode()})...)
	}
	insert.OnConflict(
		entsql.ConflictColumns(slices.Concat([]string{"bucket"}, t.columns, []string{"node"})...),
		entsql.ResolveWith(func(u *entsql.UpdateSet) {
			for _, c := range counters {
				u.Set(c, entsql.Expr(s.sum(t, c)))
			}
			u.SetExcluded("durations").SetExcluded("first_bytes")
		}))
	query, args := insert.Query()
	if _, err := tx.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("write %s: %w", t.name, err)
	}
	return nil
}

// sum is what stands in the row and what would have been inserted.
func (s *Stats) sum(t *table, column string) string {
	if s.options.DB.Engine == database.MySQL {
		return fmt.Sprintf("%s.%s + VALUES(%s)", t.name, column, column)
	}
	return fmt.Sprintf("%s.%s + excluded.%s", t.name, column, column)
}

// mergeHistograms adds to the sheet's histograms what the rows of the keys have counted already.
func (s *Stats) mergeHistograms(ctx context.Context, tx *ent.Tx, t *table, keys []key, sheet map[key]*figures) error {
	where := []*entsql.Predicate{entsql.EQ("bucket", keys[0].bucket), entsql.EQ("node", s.options.Node)}
	for i, column := range t.columns {
		// One list for each column finds some rows too many, and needs no list of tuples, which engines spell differently.
		var among []any
		for _, k := range keys {
			if v := t.values(k)[i]; !slices.Contains(among, v) {
				among = append(among, v)
			}
		}
		where = append(where, entsql.In(column, among...))
	}
	query, args := s.sql().Select(append(slices.Clone(t.columns), "durations", "first_bytes")...).
		From(entsql.Table(t.name)).Where(entsql.And(where...)).Query()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		k := key{bucket: keys[0].bucket}
		var durations, firstBytes []byte
		if err := rows.Scan(append(t.fields(&k), &durations, &firstBytes)...); err != nil {
			return err
		}
		if f := sheet[k]; f != nil {
			s.merge(&f.durations, durations, t, k)
			s.merge(&f.firstBytes, firstBytes, t, k)
		}
	}
	return rows.Err()
}

// merge adds a stored histogram; one that cannot be read is lost, which is better than all that comes after it.
func (s *Stats) merge(h *Histogram, stored []byte, t *table, k key) {
	if err := h.decode(stored); err != nil {
		s.options.Logger.Warn("stats: a histogram is unreadable and begins anew", "table", t.name, "bucket", k.bucket, "group", k.group)
	}
}
