package snapshot_test

import (
	"fmt"
	"io"
	"testing"

	"roundhouse/internal/keypool"
)

// BenchmarkFirstSnapshot reads a group of sealed keys from nothing, as at start.
func BenchmarkFirstSnapshot(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { firstSnapshot(b, n) })
	}
}

func firstSnapshot(b *testing.B, n int) {
	h := newHouse(b)
	g := h.group(b, "openai")
	read, write := io.Pipe()
	go func() {
		for i := range n {
			fmt.Fprintf(write, "sk-test-%040d\n", i)
		}
		write.Close()
	}()
	if err := h.pool.Import(b.Context(), g, read, keypool.Unwatched{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p := h.anew()
		if err := p.Publish(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	if h.core.group(g).Keys.Len() != n {
		b.Fatal("keys are missing")
	}
}
