//go:build linux

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// median of values, least and most; 0 of none.
func median(values []float64) (middle, least, most float64) {
	if len(values) == 0 {
		return 0, 0, 0
	}
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	return (v[n/2] + v[(n-1)/2]) / 2, v[0], v[n-1]
}

// pick is one figure of each round.
func pick(rounds []round, figure func(round) float64) []float64 {
	var all []float64
	for _, r := range rounds {
		all = append(all, figure(r))
	}
	return all
}

// paired are the ratios of CPU time to the reference's in the same round: whatever slows the machine slows both.
func paired(rounds, reference []round) []float64 {
	var all []float64
	for i := range min(len(rounds), len(reference)) {
		if reference[i].cpu > 0 && rounds[i].cpu > 0 {
			all = append(all, float64(rounds[i].cpu)/float64(reference[i].cpu))
		}
	}
	return all
}

// table prints what was measured, the reference being the first column, and returns how many requests failed.
func table(out io.Writer, columns []column, streams bool) (failed int64) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...string) { _, _ = fmt.Fprintln(w, strings.Join(cells, "\t")+"\t") }
	first := []string{}
	if streams {
		first = []string{"first byte ms"}
	}
	line(slices.Concat([]string{left(""), "CPU µs/req", "(least-most)", "x ref", "(least-most)", "RSS MB", "p50 ms", "p99 ms"}, first,
		[]string{"req/s", "errors", "others %"})...)
	failures := map[string]int64{}
	for _, c := range columns {
		bad := int64(0)
		for _, r := range c.rounds {
			bad += r.Failed()
			for kind, n := range r.Failures {
				failures[c.title+": "+kind] += n
			}
		}
		failed += bad
		middle := func(format string, figure func(round) float64) string {
			m, _, _ := median(pick(c.rounds, figure))
			return fmt.Sprintf(format, m)
		}
		cpu, cpuSpan := spread("%.1f", pick(c.rounds, func(r round) float64 { return microseconds(r.cpu) }))
		ratio, ratioSpan := spread("%.2f", paired(c.rounds, columns[0].rounds))
		if streams {
			first = []string{middle("%.2f", func(r round) float64 { return microseconds(r.FirstP50) / 1000 })}
		}
		line(slices.Concat([]string{
			left(c.title), cpu, cpuSpan, ratio, ratioSpan,
			middle("%.0f", func(r round) float64 { return float64(r.resident) / (1 << 20) }),
			middle("%.2f", func(r round) float64 { return microseconds(r.P50) / 1000 }),
			middle("%.2f", func(r round) float64 { return microseconds(r.P99) / 1000 }),
		}, first, []string{
			middle("%.0f", func(r round) float64 { return float64(r.OK) / r.Elapsed.Seconds() }), strconv.FormatInt(bad, 10),
			middle("%.0f", func(r round) float64 { return 100 * r.others }),
		})...)
	}
	_ = w.Flush() // out is the terminal
	for _, kind := range slices.Sorted(maps.Keys(failures)) {
		_, _ = fmt.Fprintf(out, "%d x %s\n", failures[kind], kind)
	}
	return failed
}

// left sets a name to the left in a column that is set to the right.
func left(name string) string { return fmt.Sprintf("%-34s", name) }

// spread writes the median, and the least and the most beside it.
func spread(format string, values []float64) (middle, span string) {
	m, least, most := median(values)
	return fmt.Sprintf(format, m), fmt.Sprintf("("+format+"-"+format+")", least, most)
}

func microseconds(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
