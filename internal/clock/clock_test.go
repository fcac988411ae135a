package clock

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"
)

const day, year = 24 * time.Hour, 365 * 24 * time.Hour

// machine is a machine whose clock a test sets.
type machine struct {
	*Clock
	t *testing.T
	// wrong is how far its clock is off, and the database's.
	wrong, databaseWrong time.Duration
	went                 time.Duration
	newest               time.Time
	err                  error
	said                 bytes.Buffer
}

var epoch = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func newMachine(t *testing.T) *machine {
	m := &machine{t: t, newest: epoch.Add(-time.Second)}
	m.Clock = New(Options{
		Newest:   func(context.Context) (time.Time, error) { return m.newest, m.err },
		Database: func(context.Context) (time.Time, error) { return epoch.Add(m.went + m.databaseWrong), m.err },
		Logger:   slog.New(slog.NewTextHandler(&m.said, nil)),
		Wall:     func() time.Time { return epoch.Add(m.went + m.wrong) },
		Elapsed:  func() time.Duration { return m.went },
	})
	return m
}

// both sets both clocks off, as where the database runs on the same machine.
func (m *machine) both(wrong time.Duration) { m.wrong, m.databaseWrong = wrong, wrong }

// believes demands that the clock is off by so much, a second more or less.
func (m *machine) believes(want time.Duration) {
	m.t.Helper()
	now, err := m.Now(m.t.Context())
	if err != nil {
		m.t.Fatal(err)
	}
	if off := now.Sub(epoch.Add(m.went)); (off - want).Abs() > time.Second {
		m.t.Errorf("after %v it is off by %v, not %v", m.went, off, want)
	}
}

// says demands that the words were said so many times.
func (m *machine) says(words string, times int) {
	m.t.Helper()
	if n := strings.Count(m.said.String(), words); n != times {
		m.t.Errorf("%q was said %d times, not %d:\n%s", words, n, times, m.said.String())
	}
}

// P7: a clock that leaps an hour, a day or a year ahead and comes back made nothing old meanwhile.
func TestALeapForwardIsNotBelievedAtOnce(t *testing.T) {
	for _, wrong := range []time.Duration{time.Hour, day, year} {
		m := newMachine(t)
		m.believes(0)
		m.went, m.wrong, m.databaseWrong = time.Hour, wrong, wrong
		for range 10 {
			m.believes(0)
			m.went += time.Hour
		}
		m.says("leapt forward", 1)
		m.both(0)
		m.believes(0)
		m.says("right again", 1)
		m.went += 2 * day
		m.believes(0)
	}
}

func TestALeapForwardIsBelievedAfterADay(t *testing.T) {
	m := newMachine(t)
	m.believes(0)
	m.went, m.wrong, m.databaseWrong = time.Hour, year, year
	m.believes(0)
	m.went += day - time.Minute
	m.believes(0)
	m.both(2 * year) // another leap, another day
	m.believes(0)
	m.went += day - time.Minute
	m.believes(0)
	m.went += 2 * time.Minute
	m.believes(2 * year)
	m.says("leapt forward", 2)
}

func TestAClockThatIsSetBackIsBelievedAtOnce(t *testing.T) {
	for _, wrong := range []time.Duration{time.Hour, day} {
		m := newMachine(t)
		m.believes(0)
		m.both(-wrong)
		m.believes(-wrong)
		m.says("set back", 1)
		m.both(0) // and forward again is a leap like any other
		m.believes(-wrong)
	}
}

func TestAClockThatIsCorrectedBitByBitIsFollowed(t *testing.T) {
	m := newMachine(t)
	for i := range 600 {
		m.went, m.wrong, m.databaseWrong = time.Duration(i)*10*time.Minute, time.Duration(i)*time.Second, time.Duration(i)*time.Second
		m.believes(m.wrong)
	}
	m.says("clock", 0)
}

// A machine that begins with a wrong clock is no wiser than its newest row.
func TestAClockThatBeginsLongAfterTheNewestRowIsBelievedAfterADay(t *testing.T) {
	m := newMachine(t)
	m.both(year)
	m.believes(-time.Second)
	m.says("nothing was recorded for a long time", 1)
	m.went = day + time.Minute
	m.believes(year)
	m.says("leapt", 0)
}

func TestAClockThatBeginsBeforeTheNewestRowOrWithoutOneIsBelieved(t *testing.T) {
	for _, newest := range []time.Time{{}, epoch.Add(year)} {
		m := newMachine(t)
		m.newest = newest
		m.believes(0)
	}
}

func TestOfTwoClocksThatDifferTheEarlierIsBelieved(t *testing.T) {
	m := newMachine(t)
	m.believes(0)
	m.databaseWrong = -day
	m.believes(-day)
	m.databaseWrong = year
	m.believes(0)
	m.says("differ", 1)
}

func TestWithoutTheDatabaseNoTimeIsBelieved(t *testing.T) {
	m := newMachine(t)
	m.err = errors.New("away")
	if now, err := m.Now(t.Context()); err == nil {
		t.Errorf("it is %v", now)
	}
}

func TestALeapIsSaidThoughNobodyAsks(t *testing.T) {
	m := newMachine(t)
	m.believes(0)
	m.both(year)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := m.Run(ctx); err != nil {
		t.Fatal(err)
	}
	m.says("leapt forward", 1)
}
