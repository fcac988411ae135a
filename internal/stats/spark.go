package stats

import (
	"context"
	"fmt"
	"time"

	entsql "entgo.io/ent/dialect/sql"
)

// sparkPoints is how many buckets a window has.
const sparkPoints = 24

// Spark is a group's traffic in 24 equal buckets of a window, oldest first, and the 95th percentile of its durations over all of
// them, in milliseconds and nil when there was nothing to measure.
type Spark struct {
	Points []Point
	P95    *float64
}

// AllSparks is every group's spark: one question for a list of groups. The window ends with the minute that is under way, one of
// a day and longer with the hour. Groups without traffic are left out: EmptySpark is theirs.
func (s *Stats) AllSparks(ctx context.Context, w Window) (map[int64]Spark, error) {
	starts, t := sparkStarts(w, time.Now())
	sums := map[int64][]figures{}
	err := s.read(ctx, t, span{starts[0], starts[sparkPoints]}, "group_id", nil, func(k key, f *figures) {
		if sums[k.group] == nil {
			sums[k.group] = make([]figures, sparkPoints)
		}
		sums[k.group][place(starts, k.bucket)].merge(f)
	})
	all := make(map[int64]Spark, len(sums))
	for group, f := range sums {
		spark := Spark{Points: points(starts, f)}
		var whole figures
		for i := range f {
			whole.merge(&f[i])
		}
		spark.P95 = quantile(&whole.durations, 0.95)
		all[group] = spark
	}
	return all, err
}

// EmptySpark is that of a group without traffic.
func EmptySpark(w Window) Spark {
	starts, _ := sparkStarts(w, time.Now())
	return Spark{Points: points(starts, make([]figures, sparkPoints))}
}

// sparkStarts are where the buckets begin, and at last where the last one ends.
func sparkStarts(w Window, now time.Time) ([]int64, *table) {
	t := &hours
	if w < Day {
		t = &minutes
	}
	end := floor(now.Unix(), t.width) + t.width
	width := int64(time.Duration(w).Seconds()) / sparkPoints
	starts := make([]int64, sparkPoints+1)
	for i := range starts {
		starts[i] = end - int64(sparkPoints-i)*width
	}
	return starts, t
}

// AllModels are the models that each group was asked for in 7 days, busiest first.
func (s *Stats) AllModels(ctx context.Context) (map[int64][]string, error) {
	from := floor(time.Now().Add(-time.Duration(Week)).Unix(), daySeconds)
	query, args := s.sql().Select("group_id", "model").From(entsql.Table(dayModels.name)).
		Where(entsql.And(entsql.GTE("bucket", from), entsql.NotIn("model", "", OtherModel))).
		GroupBy("group_id", "model").OrderExpr(entsql.Expr("SUM(requests) + SUM(retries) DESC, model")).Query()
	rows, err := s.options.DB.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("read recent models: %w", err)
	}
	defer rows.Close()
	all := map[int64][]string{}
	for rows.Next() {
		var group int64
		var model string
		if err := rows.Scan(&group, &model); err != nil {
			return nil, fmt.Errorf("read recent models: %w", err)
		}
		all[group] = append(all[group], model)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read recent models: %w", err)
	}
	return all, nil
}
