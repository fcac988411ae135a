//go:build linux

package main

import (
	"slices"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/bench/load"
)

func rounds(cpu ...time.Duration) (all []round) {
	for _, c := range cpu {
		all = append(all, round{cpu: c * time.Microsecond, Result: load.Result{Elapsed: time.Second, OK: 1000}})
	}
	return all
}

func TestTheRatioIsPairedByRound(t *testing.T) {
	// The second round ran on a machine half as fast: each figure doubles, and the ratio stays.
	reference := column{contestant: &contestant{title: "reference"}, rounds: rounds(50, 100, 50)}
	other := column{contestant: &contestant{title: "other"}, rounds: rounds(40, 80, 41)}
	other.rounds[1].Failures = map[string]int64{"status 503": 2}
	var out strings.Builder
	if failed := table(&out, []column{reference, other}, false); failed != 2 {
		t.Errorf("%d failed", failed)
	}
	said := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"0.80 (0.80-0.82)", "41.0 (40.0-80.0)", "2 x other: status 503"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
}

func TestTheMedianOfAnEvenNumberIsInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		values              []float64
		middle, least, most float64
	}{{nil, 0, 0, 0}, {[]float64{3}, 3, 3, 3}, {[]float64{4, 1}, 2.5, 1, 4}, {[]float64{9, 1, 2}, 2, 1, 9}} {
		if middle, least, most := median(c.values); middle != c.middle || least != c.least || most != c.most {
			t.Errorf("%v: %v %v %v", c.values, middle, least, most)
		}
	}
}

func TestThousandsAreToldApart(t *testing.T) {
	for n, want := range map[int]string{10: "10", 1000: "1,000", 100_000: "100,000", 1_000_005: "1,000,005"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %s", n, got)
		}
	}
}

func TestABodyHasExactlyItsSize(t *testing.T) {
	for _, s := range scenarios {
		if n := len(s.body()); n != s.bodyBytes {
			t.Errorf("%s: %d bytes", s.name, n)
		}
	}
}

func TestOnlyScenariosThatExistAreTaken(t *testing.T) {
	if _, err := parse([]string{"-only", "1kb,none"}); err == nil || !strings.Contains(err.Error(), `"none"`) {
		t.Errorf("%v", err)
	}
	o, err := parse([]string{"-full"})
	if err != nil || len(o.only) != len(scenarios) {
		t.Errorf("%+v %v", o, err)
	}
	if o, err = parse(nil); err != nil || !slices.Contains(o.only, "paced") || slices.Contains(o.only, "million") {
		t.Errorf("%+v %v", o, err)
	}
}
