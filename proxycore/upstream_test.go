package proxycore

import (
	"testing"
	"time"
)

func TestAnUpstreamThatIsOutComesBackByGrowingTrials(t *testing.T) {
	c := &upstreamCell{}
	now := time.Unix(1000, 0)
	fail := func(onTrial bool) { c.suffered(failure{connection: true, onTrial: onTrial}, now, true) }
	admitted := func() (n int) {
		for ; n < 100; n++ {
			if ok, onTrial := c.admit(now, false); !ok || !onTrial {
				return n
			}
		}
		return n
	}
	for range brokenInARow {
		if c.out() {
			t.Fatal("out too soon")
		}
		fail(false)
	}
	// Each trial that fails doubles the time, up to a bound.
	for _, span := range []time.Duration{5, 10, 20, 40, 80, 160, 300, 300} {
		now = now.Add(span*time.Second - time.Millisecond)
		if n := admitted(); n != 0 || !c.out() {
			t.Fatalf("%d trials before its %d seconds are over", n, span)
		}
		now = now.Add(time.Millisecond)
		if n := admitted(); n != 1 {
			t.Fatalf("%d trials at once after %d seconds", n, span)
		}
		// What was under way before says nothing.
		c.succeeded(false)
		fail(true)
		c.release()
	}
	now = now.Add(longestEjection)
	for _, atOnce := range []int{1, 2, 4, 8, 16} {
		if n := admitted(); n != atOnce {
			t.Fatalf("%d trials at once, want %d", n, atOnce)
		}
		for range atOnce {
			c.release()
		}
		c.succeeded(true)
	}
	if ok, onTrial := c.admit(now, false); !ok || onTrial || c.out() || !c.state().Healthy {
		t.Errorf("it is not trusted again: %+v", c.state())
	}
	for range brokenInARow {
		fail(false)
	}
	if until := c.state().EjectedUntil; !until.Equal(now.Add(firstEjection)) {
		t.Errorf("trusted again, it is out for %v", until.Sub(now))
	}
}

// In need, when the rest of the group fails, an upstream that is out is asked after its first pause, however long its pause is by now.
func TestInNeedNoPauseIsLongerThanTheFirst(t *testing.T) {
	c := &upstreamCell{}
	now := time.Unix(1000, 0)
	for range brokenInARow {
		c.suffered(failure{connection: true}, now, true)
	}
	now = now.Add(firstEjection)
	for range 3 {
		if ok, _ := c.admit(now, false); !ok {
			t.Fatal("no trial after its pause")
		}
		c.suffered(failure{connection: true, onTrial: true}, now, true)
		c.release()
		now = c.state().EjectedUntil
	}
	now = now.Add(-4 * firstEjection) // of eight
	until := c.state().EjectedUntil
	for range 2 {
		if ok, _ := c.admit(now, false); ok {
			t.Fatal("asked within its pause without need")
		}
		if ok, onTrial := c.admit(now, true); !ok || !onTrial {
			t.Fatal("not asked in need")
		}
		if ok, _ := c.admit(now, true); ok {
			t.Fatal("asked twice at once")
		}
		c.suffered(failure{connection: true, onTrial: true}, now, true)
		c.release()
		if ok, _ := c.admit(now.Add(firstEjection-1), true); ok {
			t.Fatal("asked again at once")
		}
		now = now.Add(firstEjection)
	}
	if !c.state().EjectedUntil.Equal(until) {
		t.Error("a trial in need made the pause longer")
	}
	if ok, _ := c.admit(now, true); !ok {
		t.Fatal("not asked in need")
	}
	c.succeeded(true)
	c.release()
	if ok, onTrial := c.admit(now, false); !ok || !onTrial {
		t.Error("it is on trial, having answered")
	}
}

func TestAnUpstreamIsTakenOutByWhatIsItsOwnFault(t *testing.T) {
	now := time.Unix(1000, 0)
	for _, row := range []struct {
		name   string
		events string // c: connection, 1 and 2: 5xx on a model, o: a good answer
		out    bool
	}{
		{"two broken connections", "cc", false},
		{"three in a row", "ccc", true},
		{"three with a good answer between", "ccoc", false},
		{"many 5xx on one model", "111111111", false},
		{"three 5xx on two models", "112", true},
		{"two 5xx on two models", "12", false},
		{"half of the last twenty", "1o1o1o1o1o1o1o1o1o1", true},
		{"a third of them", "1oo1oo1oo1oo1oo1oo1oo1oo1oo", false},
		{"a connection in between", "11c1", false},
	} {
		c := &upstreamCell{}
		for _, event := range row.events {
			switch event {
			case 'o':
				c.succeeded(false)
			default:
				c.suffered(failure{connection: event == 'c', model: string(event)}, now, true)
			}
		}
		if c.out() != row.out {
			t.Errorf("%s: out is %v", row.name, c.out())
		}
		alone := &upstreamCell{}
		for range 100 {
			alone.suffered(failure{connection: true}, now, false)
		}
		if alone.out() {
			t.Error("the last one was taken out")
		}
	}
}
