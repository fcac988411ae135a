package event

import (
	"sync"
	"testing"
	"testing/synctest"
)

func TestEverySubscriberGetsEveryValueInOrder(t *testing.T) {
	hub := NewHub[int]()
	one, two := hub.Subscribe(3), hub.Subscribe(3)
	defer one.Close()
	defer two.Close()
	for v := range 3 {
		hub.Publish(v)
	}
	for _, s := range []*Subscription[int]{one, two} {
		for want := range 3 {
			if got := <-s.C; got != want {
				t.Fatalf("got %d, want %d", got, want)
			}
		}
		if n := s.Dropped(); n != 0 {
			t.Errorf("%d dropped though there was room", n)
		}
	}
}

func TestASlowReaderLosesTheOldestAndIsToldHowMany(t *testing.T) {
	hub := NewHub[int]()
	s := hub.Subscribe(2)
	defer s.Close()
	for v := range 5 {
		hub.Publish(v)
	}
	if n := s.Dropped(); n != 3 {
		t.Errorf("dropped %d, want 3", n)
	}
	if n := s.Dropped(); n != 0 {
		t.Errorf("asked again, %d dropped, want 0", n)
	}
	if a, b := <-s.C, <-s.C; a != 3 || b != 4 {
		t.Errorf("kept %d and %d, want the newest, 3 and 4", a, b)
	}
}

func TestASizeBelowOneHoldsOne(t *testing.T) {
	hub := NewHub[string]()
	s := hub.Subscribe(0)
	defer s.Close()
	hub.Publish("a")
	hub.Publish("b")
	if got := <-s.C; got != "b" {
		t.Errorf("got %q, want b", got)
	}
}

func TestAClosedSubscriptionGetsNothingMore(t *testing.T) {
	var hub Hub[int]
	s := hub.Subscribe(4)
	hub.Publish(1)
	s.Close()
	s.Close()
	hub.Publish(2)
	if got, open := <-s.C; got != 1 || !open {
		t.Errorf("what it held: got %d, %t", got, open)
	}
	if got, open := <-s.C; open {
		t.Errorf("got %d after Close", got)
	}
	if n := hub.Subscribers(); n != 0 {
		t.Errorf("%d subscribers left", n)
	}
}

func TestPublishDoesNotWaitForAReaderWhoNeverReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := NewHub[int]()
		stuck, read := hub.Subscribe(1), hub.Subscribe(1)
		defer stuck.Close()
		published := make(chan struct{})
		go func() {
			defer close(published)
			for v := range 1000 {
				hub.Publish(v)
			}
		}()
		<-published // a publisher that waits would be found as a deadlock
		if got := <-read.C; got != 999 {
			t.Errorf("got %d, want the newest", got)
		}
		read.Close()
	})
}

func TestNothingIsLostUncounted(t *testing.T) {
	const publishers, each = 8, 2000
	hub := NewHub[int]()
	s := hub.Subscribe(16)

	var got int64
	var reader, writers sync.WaitGroup
	reader.Go(func() {
		for range s.C {
			got++
		}
	})
	for range publishers {
		writers.Go(func() {
			for v := range each {
				hub.Publish(v)
				if v%500 == 0 {
					hub.Subscribe(1).Close() // others come and go meanwhile
				}
			}
		})
	}
	writers.Wait()
	s.Close()
	reader.Wait()
	if sum := got + s.Dropped(); sum != publishers*each {
		t.Errorf("read and dropped are %d together, want %d", sum, publishers*each)
	}
}
