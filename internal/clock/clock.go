// Package clock tells the time by which rows grow old. What is deleted by the time of day is gone when that was wrong, so this
// clock follows a leap of it into the future only after a day.
package clock

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	// leap is how far the time of day may be off the time that went by before it is more than a correction.
	leap = time.Minute
	// trial is how long the time of day must go on steadily after a leap into the future before it is believed. Who has set
	// it wrong has noticed by then; and rows that are deleted a day later do no harm.
	trial = 24 * time.Hour
	// watchEvery is how often a leap is looked for.
	watchEvery = 5 * time.Second
)

// Options are what a Clock needs; Wall and Elapsed may be nil.
type Options struct {
	// Newest is when the last of the rows that grow old was made, zero when there is none: from there on a clock that has just
	// begun is watched.
	Newest func(ctx context.Context) (time.Time, error)
	// Database is the time of day by the database, which may be another machine. The earlier one of both counts.
	Database func(ctx context.Context) (time.Time, error)
	Logger   *slog.Logger

	// Wall is the time of day, Elapsed how much time went by; nil are this machine's.
	Wall    func() time.Time
	Elapsed func() time.Duration
}

// Clock is one process's.
type Clock struct {
	o Options

	mu    sync.Mutex // guards what follows
	begun bool
	// base is what time it was believed to be when at had gone by.
	base time.Time
	at   time.Duration
	// ahead is how far the time of day leapt away from that, when since had gone by; 0 means it did not.
	ahead, since time.Duration
	// apart says that the two clocks differ, and that this was said.
	apart bool
}

// New returns a clock that believes nothing yet.
func New(o Options) *Clock {
	if o.Wall == nil {
		o.Wall = time.Now
	}
	if o.Elapsed == nil {
		began := time.Now()
		o.Elapsed = func() time.Duration { return time.Since(began) }
	}
	return &Clock{o: o}
}

// Run looks for leaps until ctx is cancelled, so that one is noticed, and said, though nobody asks for the time meanwhile.
func (c *Clock) Run(ctx context.Context) error {
	for {
		c.mu.Lock()
		if c.begin(ctx) == nil {
			c.look()
		}
		c.mu.Unlock()
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(watchEvery):
		}
	}
}

// Now is the time that is believed: never later than the time of day, here and by the database.
func (c *Clock) Now(ctx context.Context) (time.Time, error) {
	theirs, err := c.o.Database(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("ask the database for the time: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.begin(ctx); err != nil {
		return time.Time{}, err
	}
	c.compare(theirs)
	if now := c.look(); now.Before(theirs) {
		return now, nil
	}
	return theirs, nil
}

// begin believes that it is as late as the newest row says.
func (c *Clock) begin(ctx context.Context) error {
	if c.begun {
		return nil
	}
	newest, err := c.o.Newest(ctx)
	if err != nil {
		return fmt.Errorf("find the newest row: %w", err)
	}
	now := c.o.Wall()
	if newest.IsZero() || newest.After(now) {
		newest = now
	}
	c.begun, c.base, c.at = true, newest.Round(0), c.o.Elapsed()
	gap := now.Sub(newest)
	if gap > leap {
		c.ahead, c.since = gap, c.at
	}
	if gap > trial {
		c.o.Logger.Warn("nothing was recorded for a long time: if the clock of this machine is wrong, set it; what grew old meanwhile is deleted from tomorrow on",
			"clock", now.UTC(), "newest", newest.UTC())
	}
	return nil
}

// look compares the time of day with the time that went by and returns the time that is believed.
func (c *Clock) look() time.Time {
	wall, elapsed := c.o.Wall().Round(0), c.o.Elapsed()
	believed := c.base.Add(elapsed - c.at)
	switch ahead := wall.Sub(believed); {
	case ahead <= leap:
		c.follow(ahead)
	case (ahead - c.ahead).Abs() > leap:
		c.o.Logger.Warn("the clock of this machine leapt forward: set it, if it is wrong; old rows are deleted by the time before until it was steady for a day",
			"clock", wall.UTC(), "expected", believed.UTC())
		c.ahead, c.since = ahead, elapsed
		return believed
	case elapsed-c.since < trial:
		return believed
	}
	c.base, c.at, c.ahead = wall, elapsed, 0
	return wall
}

// follow says that the time of day came back, or went back by ahead, which is then negative.
func (c *Clock) follow(ahead time.Duration) {
	switch {
	case ahead < -leap:
		c.o.Logger.Warn("the clock of this machine was set back: what was recorded before bears a later time", "by", -ahead.Round(time.Second))
	case c.ahead > 0:
		c.o.Logger.Info("the clock of this machine is right again")
	}
}

// compare says once when this machine's clock and the database's differ.
func (c *Clock) compare(theirs time.Time) {
	apart := c.o.Wall().Sub(theirs).Abs() > leap
	if apart && !c.apart {
		c.o.Logger.Warn("the clocks of this machine and of the database differ: set them by the same time server; rows grow old by the earlier one",
			"here", c.o.Wall().UTC(), "database", theirs.UTC())
	}
	c.apart = apart
}
