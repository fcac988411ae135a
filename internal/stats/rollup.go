package stats

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"roundhouse/ent/generated/ent"
	"roundhouse/proxycore"
)

const (
	minuteSeconds = 60
	hourSeconds   = 60 * minuteSeconds
	daySeconds    = 24 * hourSeconds
)

// floor is the start of the bucket that a second lies in.
func floor(second, width int64) int64 { return second - second%width }

// key names a rollup row of this node. Each table uses the fields that it has columns for; the others are zero.
type key struct {
	bucket int64
	view
	model    string
	proxyKey int64
	status   int
}

func compareKeys(a, b key) int {
	return cmp.Or(cmp.Compare(a.bucket, b.bucket), cmp.Compare(a.group, b.group), compareBools(a.member, b.member),
		strings.Compare(a.model, b.model), cmp.Compare(a.proxyKey, b.proxyKey), cmp.Compare(a.status, b.status))
}

func compareBools(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// table is one rollup.
type table struct {
	name string
	// width of a bucket in seconds.
	width int64
	// keep is for how many seconds after its start a bucket is kept; 0 for ever.
	keep int64
	// columns of the key beside bucket and node, in the order of values.
	columns []string
	// keys are the rows that a record counts in, but for the bucket.
	keys func(s *Stats, r *proxycore.Record) []key
	// fields are pointers to the key's fields that columns name.
	fields func(*key) []any
}

// values are the key's values for columns.
func (t *table) values(k key) []any {
	values := t.fields(&k)
	for i, field := range values {
		switch p := field.(type) {
		case *int64:
			values[i] = *p
		case *int:
			values[i] = *p
		case *bool:
			values[i] = *p
		case *string:
			values[i] = *p
		}
	}
	return values
}

var (
	minutes = table{name: "rollup_minutes", width: minuteSeconds, keep: 2*daySeconds + hourSeconds,
		columns: []string{"group_id", "member"}, keys: groupKeys, fields: groupFields}
	hours = table{name: "rollup_hours", width: hourSeconds, keep: 400 * daySeconds,
		columns: []string{"group_id", "member"}, keys: groupKeys, fields: groupFields}
	hourModels = table{name: "rollup_hour_models", width: hourSeconds, keep: 400 * daySeconds,
		columns: []string{"group_id", "member", "model"}, keys: modelKeys, fields: modelFields}
	hourProxyKeys = table{name: "rollup_hour_proxy_keys", width: hourSeconds, keep: 400 * daySeconds,
		columns: []string{"proxy_key_id"}, keys: proxyKeyKeys, fields: func(k *key) []any { return []any{&k.proxyKey} }}
	hourStatus = table{name: "rollup_hour_status", width: hourSeconds, keep: 400 * daySeconds,
		columns: []string{"group_id", "member", "status_code"}, keys: statusKeys, fields: func(k *key) []any { return append(groupFields(k), &k.status) }}
	dayModels = table{name: "rollup_day_models", width: daySeconds,
		columns: []string{"group_id", "member", "model"}, keys: modelKeys, fields: modelFields}

	// tables are written in this order, each in the order of its keys, so that no two writers wait for each other.
	tables = []*table{&minutes, &hours, &hourModels, &hourProxyKeys, &hourStatus, &dayModels}
)

func groupKeys(_ *Stats, r *proxycore.Record) []key {
	var keys []key
	for _, v := range views(r) {
		keys = append(keys, key{view: v})
	}
	return keys
}

func modelKeys(s *Stats, r *proxycore.Record) []key {
	keys := groupKeys(s, r)
	for i := range keys {
		keys[i].model = s.models.row(r, keys[i].view)
	}
	return keys
}

func statusKeys(s *Stats, r *proxycore.Record) []key {
	keys := groupKeys(s, r)
	for i := range keys {
		keys[i].status = r.StatusCode
	}
	return keys
}

func proxyKeyKeys(_ *Stats, r *proxycore.Record) []key {
	if r.ProxyKeyID == 0 {
		return nil
	}
	return []key{{proxyKey: r.ProxyKeyID}}
}

func groupFields(k *key) []any { return []any{&k.group, &k.member} }
func modelFields(k *key) []any { return append(groupFields(k), &k.model) }

// Rollup adds the records to the rollups within the transaction that writes them. It is to be called by one goroutine, since
// nobody else may add to this node's rows between the reading and the writing of a histogram.
func (s *Stats) Rollup(ctx context.Context, tx *ent.Tx, records []proxycore.Record) error {
	defer s.models.forget()
	if err := s.models.admit(ctx, tx, s, records); err != nil {
		return err
	}
	for _, t := range tables {
		sheet := map[key]*figures{}
		for i := range records {
			r := &records[i]
			if !counts(r) {
				continue
			}
			for _, k := range t.keys(s, r) {
				k.bucket = floor(r.Ended.Unix(), t.width)
				if sheet[k] == nil {
					sheet[k] = &figures{}
				}
				sheet[k].add(r)
			}
		}
		for _, chunk := range chunks(slices.SortedFunc(maps.Keys(sheet), compareKeys)) {
			if err := s.write(ctx, tx, t, chunk, sheet); err != nil {
				return err
			}
		}
	}
	return nil
}

// rowsPerStatement keeps the parameters of a statement few: the SQLite driver binds them in quadratic time.
const rowsPerStatement = 50

// chunks are runs of keys in one bucket.
func chunks(keys []key) [][]key {
	var all [][]key
	begin := 0
	for i := range keys {
		if last := i == len(keys)-1; last || keys[i+1].bucket != keys[i].bucket || i-begin == rowsPerStatement-1 {
			all = append(all, keys[begin:i+1])
			begin = i + 1
		}
	}
	return all
}
