package stats

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sort"
	"time"

	entsql "entgo.io/ent/dialect/sql"
)

// Point is the traffic of one bucket. Latencies are in milliseconds and nil when there was nothing to measure.
type Point struct {
	// Time is when the bucket begins.
	Time                         time.Time
	Successes, Failures, Retries int64
	// ClientFaults are what the error rate leaves out.
	ClientFaults, RateLimited                 int64
	InputTokens, OutputTokens, CachedTokens   int64
	P50, P95, P99, FirstByteP50, FirstByteP95 *float64
}

func (f *figures) point(begin int64) Point {
	return Point{
		Time: time.Unix(begin, 0).UTC(), Successes: f.successes, Failures: f.failures, Retries: f.retries,
		ClientFaults: f.requests - f.successes - f.failures, RateLimited: f.rateLimited,
		InputTokens: f.inputTokens, OutputTokens: f.outputTokens, CachedTokens: f.cachedTokens,
		P50: quantile(&f.durations, 0.5), P95: quantile(&f.durations, 0.95), P99: quantile(&f.durations, 0.99),
		FirstByteP50: quantile(&f.firstBytes, 0.5), FirstByteP95: quantile(&f.firstBytes, 0.95),
	}
}

// Dimension is what traffic is told apart by.
type Dimension int

// The dimensions.
const (
	ByGroup Dimension = iota
	ByModel
	ByStatus
	ByProxyKey
)

// column is the dimension's in the tables of table, where hours and days are.
func (d Dimension) column() string {
	return [...]string{"group_id", "model", "status_code", "proxy_key_id"}[d]
}

// table holds the dimension; days of models are those of UTC.
func (d Dimension) table(o Outline) *table {
	switch {
	case d == ByProxyKey:
		return &hourProxyKeys
	case d == ByStatus:
		return &hourStatus
	case o.Bucket == Day1 && o.zone == time.UTC && (d == ByModel || o.beyondHours):
		return &dayModels
	case d == ByModel:
		return &hourModels
	case o.Bucket == Minute1:
		return &minutes
	}
	return &hours
}

// Subject is what a series or a row is about: the field of its dimension is set, or Rest.
type Subject struct {
	GroupID    int64
	Model      string
	Status     int
	ProxyKeyID int64
	// Rest stands for all that is not named.
	Rest bool
}

// Series is one subject's traffic, every bucket of the question in it.
type Series struct {
	Subject Subject
	Points  []Point
}

// Scope narrows a question; its zero value is the whole cluster.
type Scope struct {
	// GroupID is a group, asked itself or as a member of an aggregate; 0 is all, each request counted once.
	GroupID int64
	// Model is one that has a row of its own; empty is all.
	Model string
}

func (c Scope) conditions(t *table) []*entsql.Predicate {
	var where []*entsql.Predicate
	switch {
	case t == &hourProxyKeys:
	case c.GroupID != 0:
		where = append(where, entsql.EQ("group_id", c.GroupID))
	default:
		where = append(where, entsql.EQ("member", false))
	}
	if c.Model != "" {
		where = append(where, entsql.EQ("model", c.Model))
	}
	return where
}

// Series answers how traffic went: every bucket of the outline, empty ones included. Faulty input is a *fault.Input.
func (s *Stats) Series(ctx context.Context, scope Scope, o Outline) ([]Point, error) {
	starts, err := o.starts(time.Now(), scope, ByGroup)
	if err != nil {
		return nil, err
	}
	dimension := ByGroup
	if scope.Model != "" {
		dimension = ByModel
	}
	t := dimension.table(o)
	sums := make([]figures, len(starts)-1)
	err = s.read(ctx, t, span{starts[0], starts[len(starts)-1]}, "", scope.conditions(t), func(k key, f *figures) {
		sums[place(starts, k.bucket)].merge(f)
	})
	return points(starts, sums), err
}

// SeriesBy is Series of the busiest first subjects of a dimension, busiest first, and of the rest.
func (s *Stats) SeriesBy(ctx context.Context, d Dimension, scope Scope, o Outline, first int) ([]Series, error) {
	starts, err := o.starts(time.Now(), scope, d)
	if err != nil {
		return nil, err
	}
	if err := checkFirst(first); err != nil {
		return nil, err
	}
	t := d.table(o)
	sums := map[Subject][]figures{}
	total := map[Subject]int64{}
	err = s.read(ctx, t, span{starts[0], starts[len(starts)-1]}, d.column(), scope.conditions(t), func(k key, f *figures) {
		of := d.subject(k)
		if sums[of] == nil {
			sums[of] = make([]figures, len(starts)-1)
		}
		sums[of][place(starts, k.bucket)].merge(f)
		total[of] += f.requests
	})
	if err != nil {
		return nil, err
	}
	named, others := busiest(total, first)
	rest := make([]figures, len(starts)-1)
	for _, of := range others {
		for i := range sums[of] {
			rest[i].merge(&sums[of][i])
		}
	}
	all := make([]Series, 0, len(named)+1)
	for _, of := range named {
		all = append(all, Series{of, points(starts, sums[of])})
	}
	return append(all, Series{Subject{Rest: true}, points(starts, rest)}), nil
}

// subject is what a row is about. Models without a row of their own, and requests that named no group of ours, are the rest.
func (d Dimension) subject(k key) Subject {
	if d == ByModel && k.model == OtherModel || d == ByGroup && k.group == 0 {
		return Subject{Rest: true}
	}
	return Subject{GroupID: k.group, Model: k.model, Status: k.status, ProxyKeyID: k.proxyKey}
}

// busiest are the first subjects by requests, and the others.
func busiest(total map[Subject]int64, first int) (named, others []Subject) {
	for of := range total {
		if of.Rest {
			others = append(others, of)
			continue
		}
		named = append(named, of)
	}
	slices.SortFunc(named, func(a, b Subject) int {
		return cmp.Or(cmp.Compare(total[b], total[a]), cmp.Compare(a.GroupID, b.GroupID), cmp.Compare(a.Model, b.Model),
			cmp.Compare(a.Status, b.Status), cmp.Compare(a.ProxyKeyID, b.ProxyKeyID))
	})
	if len(named) > first {
		named, others = named[:first], append(others, named[first:]...)
	}
	return named, others
}

// place is the bucket that a second lies in.
func place(starts []int64, second int64) int {
	return sort.Search(len(starts), func(i int) bool { return starts[i] > second }) - 1
}

func points(starts []int64, sums []figures) []Point {
	all := make([]Point, len(sums))
	for i := range sums {
		all[i] = sums[i].point(starts[i])
	}
	return all
}

// read gives each row of a span, with bucket and, when a column is named, that field of its key. What each is given is the next
// row's when it returns.
func (s *Stats) read(ctx context.Context, t *table, over span, column string, where []*entsql.Predicate, each func(key, *figures)) error {
	columns := []string{"bucket"}
	if column != "" {
		columns = append(columns, column)
	}
	columns = slices.Concat(columns, counters, []string{"durations", "first_bytes"})
	where = append(where, entsql.GTE("bucket", over.from), entsql.LT("bucket", over.to))
	query, args := s.sql().Select(columns...).From(entsql.Table(t.name)).Where(entsql.And(where...)).Query()
	rows, err := s.options.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	defer rows.Close()
	// One row's place is used for all: a month of hours is thousands of them.
	var k key
	var f figures
	var durations, firstBytes sql.RawBytes
	into := []any{&k.bucket}
	if column != "" {
		into = append(into, k.field(column))
	}
	into = slices.Concat(into, f.places(), []any{&durations, &firstBytes})
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("read %s: %w", t.name, err)
		}
		f.durations.counts, f.firstBytes.counts = f.durations.counts[:0], f.firstBytes.counts[:0]
		s.merge(&f.durations, durations, t, k)
		s.merge(&f.firstBytes, firstBytes, t, k)
		each(k, &f)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	return nil
}

// field is where a column of the key is scanned to.
func (k *key) field(column string) any {
	switch column {
	case "model":
		return &k.model
	case "status_code":
		return &k.status
	case "proxy_key_id":
		return &k.proxyKey
	}
	return &k.group
}
