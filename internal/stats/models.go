package stats

import (
	"context"
	"database/sql"
	"fmt"

	entsql "entgo.io/ent/dialect/sql"

	"roundhouse/ent/generated/ent"
	"roundhouse/proxycore"
)

const (
	// OtherModel stands for models that have no row of their own.
	OtherModel = "other"
	// mostModels is how many models of a group get rows of their own within an hour.
	mostModels = 500
	// mostHours bounds what is remembered between batches; older hours are read again when they are written late.
	mostHours = 3
)

// models decides which models get rows of their own: those that answered with a 2xx, since a client may name anything. It is
// used by the one goroutine that writes.
type models struct {
	// admitted holds, by hour, what each group's rows name.
	admitted map[int64]map[view]map[string]bool
}

// admit lets the models in that records show to exist. Those of a transaction that is rolled back stay admitted, which
// changes nothing but their place among the first 500.
func (m *models) admit(ctx context.Context, tx *ent.Tx, s *Stats, records []proxycore.Record) error {
	for i := range records {
		r := &records[i]
		if !counts(r) || r.Model == "" {
			continue
		}
		hour := floor(r.Ended.Unix(), hourSeconds)
		if m.admitted[hour] == nil {
			known, err := readModels(ctx, tx, s, hour)
			if err != nil {
				return err
			}
			m.admitted[hour] = known
		}
		if r.StatusCode/100 != 2 || r.AttemptNumber == 0 {
			continue
		}
		for _, v := range views(r) {
			names := m.admitted[hour][v]
			if names == nil {
				names = map[string]bool{}
				m.admitted[hour][v] = names
			}
			if len(names) < mostModels {
				names[r.Model] = true
			}
		}
	}
	return nil
}

// forget drops the oldest hours. Within a batch all of its hours are needed: one that waited long may span many.
func (m *models) forget() {
	for len(m.admitted) > mostHours {
		oldest := int64(-1)
		for hour := range m.admitted {
			if oldest < 0 || hour < oldest {
				oldest = hour
			}
		}
		delete(m.admitted, oldest)
	}
}

// row is the model under which the record counts for the group. Requests without a model have a row of their own.
func (m *models) row(r *proxycore.Record, v view) string {
	if r.Model == "" || m.admitted[floor(r.Ended.Unix(), hourSeconds)][v][r.Model] {
		return r.Model
	}
	return OtherModel
}

// readModels reads which models have rows of this node in an hour: some, when the process was started within it.
func readModels(ctx context.Context, tx *ent.Tx, s *Stats, hour int64) (map[view]map[string]bool, error) {
	query, args := s.sql().Select("group_id", "member", "model").From(entsql.Table(hourModels.name)).
		Where(entsql.And(entsql.EQ("bucket", hour), entsql.EQ("node", s.options.Node))).Query()
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read the hour's models: %w", err)
	}
	defer rows.Close()
	known := map[view]map[string]bool{}
	for rows.Next() {
		var v view
		var model sql.NullString
		if err := rows.Scan(&v.group, &v.member, &model); err != nil {
			return nil, fmt.Errorf("read the hour's models: %w", err)
		}
		if known[v] == nil {
			known[v] = map[string]bool{}
		}
		if model.String != "" && model.String != OtherModel {
			known[v][model.String] = true
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the hour's models: %w", err)
	}
	return known, nil
}
