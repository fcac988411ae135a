package proxycore

import "sync/atomic"

// wheel is an order of siblings by weight, computed once: one atomic add a choice.
type wheel struct {
	next  atomic.Uint64
	order []uint16
}

// newWheel lays a smooth weighted order: in every stretch of it a sibling appears as near to its share as can be. Weights
// are divided by their greatest common divisor first; a weight of 0 never appears.
func newWheel(weights []int) *wheel {
	divisor, total := 0, 0
	for _, w := range weights {
		for a := w; a != 0; {
			divisor, a = a, divisor%a
		}
	}
	w := &wheel{}
	if divisor == 0 {
		return w
	}
	for _, weight := range weights {
		total += weight / divisor
	}
	w.order = make([]uint16, 0, total)
	credit := make([]int, len(weights))
	for range total {
		best := 0
		for i, weight := range weights {
			credit[i] += weight / divisor
			if credit[i] > credit[best] {
				best = i
			}
		}
		credit[best] -= total
		w.order = append(w.order, uint16(best))
	}
	return w
}

// turn returns siblings in the order in which to ask them, beginning at the wheel's next place, until use takes one. It
// reports whether one was taken.
func (w *wheel) turn(use func(i int) bool) bool {
	n := uint64(len(w.order))
	if n == 0 {
		return false
	}
	place := w.next.Add(1) - 1
	for step := range n {
		if use(int(w.order[(place+step)%n])) {
			return true
		}
	}
	return false
}
