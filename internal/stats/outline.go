package stats

import (
	"time"

	"roundhouse/internal/fault"
)

const (
	// mostBuckets is how many a question may have.
	mostBuckets = 1500
	mostFirst   = 50
	// minutesBack is how far back minutes go.
	minutesBack = 48 * time.Hour
)

// Bucket is how wide a point is.
type Bucket int

// The buckets. Day1 begins at midnight of a zone and may have 23 or 25 hours.
const (
	Minute1 Bucket = iota
	Hour1
	Day1
)

// Outline is a stretch of time and how it is cut into buckets.
type Outline struct {
	From, To time.Time
	Bucket   Bucket
	// Zone is by its IANA name; one whole hours away from UTC. Empty is UTC.
	Zone string

	zone        *time.Location
	beyondHours bool
}

// starts are where the buckets begin, and at last where the last one ends.
func (o *Outline) starts(now time.Time, scope Scope, d Dimension) ([]int64, error) {
	var faults fault.List
	if scope.GroupID != 0 && scope.Model != "" {
		faults.Add("model", fault.Exclusive, nil, "give a group or a model, not both")
	}
	if scope.GroupID != 0 && d == ByProxyKey {
		faults.Add("groupId", fault.Exclusive, nil, "proxy keys are counted over all groups")
	}
	if o.Bucket == Minute1 && (scope.Model != "" || d != ByGroup) {
		faults.Add("bucket", fault.NotAllowed, nil, "minutes are counted by group alone; take hours")
	}
	if o.Bucket == Minute1 && o.From.Before(now.Add(-minutesBack)) {
		faults.Add("from", fault.TooSmall, map[string]any{"hours": 48}, "minutes are kept for two days; take hours")
	}
	o.checkZone(&faults)
	if !o.From.Before(o.To) {
		faults.Add("to", fault.TooSmall, nil, "is to be later than from")
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	o.beyondHours = o.From.Before(now.Add(-time.Duration(hours.keep) * time.Second))
	at := o.floor(o.From)
	starts := []int64{at.Unix()}
	for at.Before(o.To) {
		if len(starts) > mostBuckets {
			return nil, fault.One("to", fault.TooMany, map[string]any{"max": mostBuckets}, "that is more than %d buckets", mostBuckets)
		}
		at = o.next(at)
		starts = append(starts, at.Unix())
	}
	return starts, nil
}

func (o *Outline) checkZone(faults *fault.List) {
	o.zone = time.UTC
	if o.Zone == "" || o.Zone == "UTC" {
		return
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil || o.Zone == "Local" {
		faults.Add("timeZone", fault.Unknown, nil, "%.60q is no time zone; give an IANA name such as Europe/Berlin", o.Zone)
		return
	}
	for _, at := range []time.Time{o.From, o.To} {
		if _, offset := at.In(zone).Zone(); offset%hourSeconds != 0 {
			faults.Add("timeZone", fault.NotAllowed, nil, "%s is not whole hours away from UTC", o.Zone)
			return
		}
	}
	o.zone = zone
}

// floor is where the bucket begins that t lies in.
func (o *Outline) floor(t time.Time) time.Time {
	switch o.Bucket {
	case Minute1:
		return t.UTC().Truncate(time.Minute)
	case Hour1:
		return t.UTC().Truncate(time.Hour)
	}
	return o.midnight(t, 0)
}

// next is where the bucket after the one that begins at t begins.
func (o *Outline) next(t time.Time) time.Time {
	switch o.Bucket {
	case Minute1:
		return t.Add(time.Minute)
	case Hour1:
		return t.Add(time.Hour)
	}
	return o.midnight(t, 1)
}

// midnight is where the day begins that t lies in, or one some days later: an hour late where clocks go forward at midnight.
func (o *Outline) midnight(t time.Time, later int) time.Time {
	year, month, day := t.In(o.zone).Date()
	noon := time.Date(year, month, day+later, 12, 0, 0, 0, o.zone)
	begin := time.Date(year, month, day+later, 0, 0, 0, 0, o.zone)
	if begin.Day() != noon.Day() {
		begin = begin.Add(time.Hour)
	}
	return begin
}

func checkFirst(first int) error {
	if first < 1 || first > mostFirst {
		return fault.One("first", fault.TooLarge, map[string]any{"min": 1, "max": mostFirst}, "is from 1 to %d", mostFirst)
	}
	return nil
}
