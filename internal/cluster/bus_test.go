package cluster

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// medium makes the buses of several nodes that reach each other.
type medium func(t *testing.T) (node func() Bus)

func media() map[string]medium {
	all := map[string]medium{
		"memory": func(*testing.T) func() Bus {
			bus := NewLocal() // one process is one node
			return func() Bus { return bus }
		},
		"miniredis": func(t *testing.T) func() Bus {
			return onRedis(t, "redis://"+miniredis.RunT(t).Addr())
		},
	}
	if dsn := os.Getenv("TEST_REDIS_DSN"); dsn != "" {
		all["redis"] = func(t *testing.T) func() Bus { return onRedis(t, dsn) }
	}
	return all
}

func onRedis(t *testing.T, dsn string) func() Bus {
	prefix := fmt.Sprintf("test*%x", rand.Uint64())
	return func() Bus {
		bus, err := NewRedis(dsn, prefix, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		return bus
	}
}

// heard collects what one subscription was told.
type heard struct {
	mu       sync.Mutex
	payloads []string
	missed   int
}

func (h *heard) hear(payload []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if payload == nil {
		h.missed++
		return
	}
	h.payloads = append(h.payloads, string(payload))
}

func (h *heard) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.payloads), func(s string) bool { return s == probe })
}

func (h *heard) probed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Contains(h.payloads, probe)
}

const probe = "are you there"

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// running starts the bus and, at the test's end, stops it and waits.
func running(t *testing.T, bus Bus) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bus.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
}

// listening subscribes, and returns once messages of that topic arrive there.
func listening(t *testing.T, bus Bus, topic string) *heard {
	t.Helper()
	h := &heard{}
	t.Cleanup(bus.Subscribe(topic, h.hear))
	eventually(t, "the subscription works", func() bool {
		say(t, bus, topic, probe)
		return h.probed()
	})
	return h
}

func say(t *testing.T, bus Bus, topic, payload string) {
	t.Helper()
	if err := bus.Publish(t.Context(), topic, []byte(payload)); err != nil {
		t.Fatal(err)
	}
}

func TestBus(t *testing.T) {
	for name, reach := range media() {
		t.Run(name, func(t *testing.T) {
			for story, tell := range map[string]func(*testing.T, func() Bus){
				"every node hears, in order":             everyNodeHearsInOrder,
				"topics are apart":                       topicsAreApart,
				"bytes arrive as they were":              bytesArriveAsTheyWere,
				"who cancelled hears nothing":            whoCancelledHearsNothing,
				"a slow one holds up nobody":             aSlowOneHoldsUpNobody,
				"a subscriber may cancel while it hears": mayCancelWhileItHears,
				"Run waits for the last call":            runWaitsForTheLastCall,
				"a cancelled publisher is told":          aCancelledPublisherIsTold,
			} {
				t.Run(story, func(t *testing.T) { tell(t, reach(t)) })
			}
		})
	}
}

func everyNodeHearsInOrder(t *testing.T, node func() Bus) {
	one, two := node(), node()
	running(t, one)
	if two != one {
		running(t, two)
	}
	here, also, there := listening(t, one, "t"), listening(t, one, "t"), listening(t, two, "t")
	var want []string
	for i := range 100 {
		want = append(want, fmt.Sprint(i))
		say(t, one, "t", want[i])
	}
	for where, h := range map[string]*heard{"at its own node": here, "beside it": also, "at the other node": there} {
		eventually(t, "all was heard "+where, func() bool { return len(h.all()) >= len(want) })
		if got := h.all(); !slices.Equal(got, want) {
			t.Errorf("%s: %v", where, got)
		}
	}
}

func topicsAreApart(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	a, ab := listening(t, bus, "a"), listening(t, bus, "a:b")
	say(t, bus, "a", "for a")
	say(t, bus, "a:b", "for a:b")
	say(t, bus, "nobody's", "for nobody")
	say(t, bus, "a", "end")
	eventually(t, "the end came", func() bool { return len(a.all()) == 2 })
	if got := a.all(); !slices.Equal(got, []string{"for a", "end"}) {
		t.Errorf("a heard %v", got)
	}
	if got := ab.all(); !slices.Equal(got, []string{"for a:b"}) {
		t.Errorf("a:b heard %v", got)
	}
}

func bytesArriveAsTheyWere(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	h := listening(t, bus, "t")
	payload := []byte{0, 0xff, '\r', '\n', 0x80}
	if err := bus.Publish(t.Context(), "t", payload); err != nil {
		t.Fatal(err)
	}
	clear(payload) // the caller's again
	if err := bus.Publish(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	big := bytes.Repeat([]byte("x"), 1<<20)
	if err := bus.Publish(t.Context(), "t", big); err != nil {
		t.Fatal(err)
	}
	want := []string{"\x00\xff\r\n\x80", "", string(big)}
	eventually(t, "all was heard", func() bool { return len(h.all()) == len(want) })
	if got := h.all(); !slices.Equal(got, want) {
		t.Errorf("heard %q", got[:2])
	}
}

func whoCancelledHearsNothing(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	stays, left := listening(t, bus, "t"), &heard{}
	cancel := bus.Subscribe("t", left.hear)
	cancel()
	cancel()
	say(t, bus, "t", "news")
	eventually(t, "the one that stays heard", func() bool { return len(stays.all()) == 1 })
	if got := left.all(); len(got) != 0 {
		t.Errorf("the one that left heard %v", got)
	}
}

func aSlowOneHoldsUpNobody(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	quick := listening(t, bus, "t")
	slow, release := &heard{}, make(chan struct{})
	t.Cleanup(bus.Subscribe("t", func(payload []byte) {
		<-release
		slow.hear(payload)
	}))
	const many = 3 * mostWaiting
	for i := range many {
		say(t, bus, "t", fmt.Sprint(i))
		if i%100 == 0 {
			eventually(t, "the quick one kept up", func() bool { return len(quick.all()) > i })
		}
	}
	eventually(t, "the quick one heard all", func() bool { return len(quick.all()) == many })
	close(release)
	eventually(t, "the slow one heard the newest", func() bool { return slices.Contains(slow.all(), fmt.Sprint(many-1)) })
	slow.mu.Lock()
	defer slow.mu.Unlock()
	if slow.missed == 0 || len(slow.payloads) == many {
		t.Errorf("the slow one heard %d of %d and was told %d times that it missed some", len(slow.payloads), many, slow.missed)
	}
}

func mayCancelWhileItHears(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	listening(t, bus, "t")
	var calls atomic.Int64
	var cancel func()
	ready := make(chan struct{})
	cancel = bus.Subscribe("t", func([]byte) {
		<-ready
		calls.Add(1)
		cancel()
	})
	close(ready)
	eventually(t, "it heard", func() bool { say(t, bus, "t", "news"); return calls.Load() > 0 })
	witness := listening(t, bus, "t")
	say(t, bus, "t", "more")
	eventually(t, "the other heard", func() bool { return slices.Contains(witness.all(), "more") })
	if n := calls.Load(); n != 1 {
		t.Errorf("heard %d times, though it cancelled at the first", n)
	}
}

func runWaitsForTheLastCall(t *testing.T, node func() Bus) {
	bus := node()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- bus.Run(ctx) }()
	began, finish := make(chan struct{}), make(chan struct{})
	var once sync.Once
	bus.Subscribe("t", func([]byte) {
		once.Do(func() { close(began) })
		<-finish
	})
	eventually(t, "a call began", func() bool {
		say(t, bus, "t", "news")
		select {
		case <-began:
			return true
		default:
			return false
		}
	})
	stop()
	select {
	case <-ended:
		t.Error("Run returned while a call was under way")
	case <-time.After(20 * time.Millisecond):
	}
	close(finish)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	bus.Subscribe("t", func([]byte) { t.Error("called after Run ended") })() // and it must not hang
}

func aCancelledPublisherIsTold(t *testing.T, node func() Bus) {
	bus := node()
	running(t, bus)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := bus.Publish(ctx, "t", []byte("x")); err == nil {
		t.Error("no error")
	}
}

func TestRedisComesBack(t *testing.T) {
	server := miniredis.RunT(t)
	var log lockedLog
	bus, err := NewRedis("redis://"+server.Addr(), "", slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	running(t, bus)
	h := listening(t, bus, "t")
	h.mu.Lock()
	before := h.missed
	h.mu.Unlock()

	server.Close()
	if err := bus.Publish(t.Context(), "t", []byte("lost")); err == nil {
		t.Error("published to a Redis that is away")
	}
	eventually(t, "the loss is logged", func() bool { return strings.Contains(log.String(), "redis is away") })
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "subscribers hear that they may have missed something", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return h.missed > before
	})
	say(t, bus, "t", "again")
	eventually(t, "messages arrive again", func() bool { return slices.Contains(h.all(), "again") })
	if !strings.Contains(log.String(), "redis is back") || strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("logged %s", log.String())
	}
}

func TestRedisThatHangsHoldsUpNobodyLongerThanASecond(t *testing.T) {
	hanging := listenAndSayNothing(t)
	bus, err := NewRedis("redis://"+hanging, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := bus.Publish(t.Context(), "t", []byte("x")); err == nil {
		t.Error("no error")
	}
	if took := time.Since(start); took > 2*redisPatience {
		t.Errorf("it took %s", took)
	}
}

func TestAFaultyAddressOfRedisIsRefusedWithoutShowingIt(t *testing.T) {
	for _, dsn := range []string{"redis://:hunter-two@h/x", "redis://:%zzhunter-two@h", "hunter-two"} {
		if _, err := NewRedis(dsn, "", slog.New(slog.DiscardHandler)); err == nil || strings.Contains(err.Error(), "hunter-two") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}
