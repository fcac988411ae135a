package cluster

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
)

// mailbox collects what a post brought.
type mailbox struct {
	mu     sync.Mutex
	values []string
}

func (m *mailbox) put(v string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values = append(m.values, v)
}

func (m *mailbox) all() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(m.values), func(v string) bool { return v == probe })
}

func (m *mailbox) has(v string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.values, v)
}

// office is a node's post, at work.
func office(t *testing.T, bus Bus) (*Post[string], *mailbox) {
	post, box := NewPost[string](bus, "post", slog.New(slog.DiscardHandler)), &mailbox{}
	post.Hear(box.put)
	t.Cleanup(run(t, post.Run))
	return post, box
}

func TestPostReachesOtherNodesInOrderAndNotItsOwn(t *testing.T) {
	for name, reach := range media() {
		if name == "memory" {
			continue // one node: nobody to reach
		}
		t.Run(name, func(t *testing.T) {
			node := reach(t)
			here, there := node(), node()
			running(t, here)
			running(t, there)
			post, own := office(t, here)
			_, box := office(t, there)
			eventually(t, "the way is open", func() bool { post.Send(probe); return box.has(probe) })
			var want []string
			for i := range 200 {
				want = append(want, fmt.Sprint(i))
				post.Send(want[i])
			}
			eventually(t, "all came", func() bool { return len(box.all()) == len(want) })
			if got := box.all(); !slices.Equal(got, want) {
				t.Errorf("%v", got)
			}
			if got := own.all(); len(got) != 0 {
				t.Errorf("it heard itself: %v", got)
			}
		})
	}
}

// R9: what else is said under our names, by older versions or by strangers, is passed over.
func TestPostPassesOverWhatIsNoLetter(t *testing.T) {
	node := media()["miniredis"](t)
	bus := node()
	running(t, bus)
	_, box := office(t, bus)
	stranger := NewPost[string](node(), "post", slog.New(slog.DiscardHandler))
	t.Cleanup(run(t, stranger.Run))
	eventually(t, "the way is open", func() bool { stranger.Send(probe); return box.has(probe) })
	for _, junk := range []string{"", "\x00\xff", "[]", `{"values":[{"a":1}]}`, `{"from":7}`, "null"} {
		say(t, bus, "post", junk)
	}
	stranger.Send("after all that")
	eventually(t, "a letter comes after junk", func() bool { return box.has("after all that") })
	if got := box.all(); !slices.Equal(got, []string{"after all that"}) {
		t.Errorf("%q", got)
	}
}

func TestPostNeverWaitsAndKeepsABound(t *testing.T) {
	bus, err := NewRedis("redis://"+listenAndSayNothing(t), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	post := NewPost[int](bus, "post", slog.New(slog.DiscardHandler))
	for i := range 10 * mostUnsent {
		post.Send(i)
	}
	post.mu.Lock()
	defer post.mu.Unlock()
	if len(post.unsent) != mostUnsent {
		t.Errorf("%d wait", len(post.unsent))
	}
}
