package requestlog

import "time"

// An id is at_ms << 20 | node << 12 | sequence: order, cursor and time range need this one column, and no index on time.
const (
	timeShift    = 20
	nodeShift    = 12
	lastSequence = 1<<nodeShift - 1
	mostNode     = 255
)

func timeOf(id int64) time.Time { return time.UnixMilli(id >> timeShift).UTC() }

// firstID is the lowest id of a record that ended at t or later.
func firstID(t time.Time) int64 {
	ms := t.UnixMilli()
	if t.After(time.UnixMilli(ms)) {
		ms++
	}
	return ms << timeShift
}

// clock gives out ids that only rise, though the time of day may fall.
type clock struct {
	node int
	last int64
}

// next is the id of a record that ended at t, above every id given out before. A 4097th record of one millisecond counts as
// the next one's.
func (c *clock) next(t time.Time) int64 {
	id := t.UnixMilli()<<timeShift | int64(c.node)<<nodeShift
	if id <= c.last {
		id = c.last + 1
		if c.last&lastSequence == lastSequence {
			id = (c.last>>timeShift+1)<<timeShift | int64(c.node)<<nodeShift
		}
	}
	c.last = id
	return id
}

// raise makes all further ids fall after the millisecond of id, whichever node gave it out.
func (c *clock) raise(id int64) {
	c.last = max(c.last, id>>timeShift<<timeShift|int64(c.node)<<nodeShift|lastSequence)
}
