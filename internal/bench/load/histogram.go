package load

import (
	"math/bits"
	"time"
)

const (
	// fineBits is how many bits of a value are kept: a quantile is at most 1.6 % off.
	fineBits = 6
	fine     = 1 << fineBits
	// largestBits bounds what is told apart: 2^40 ns are 18 minutes.
	largestBits = 40
	buckets     = (largestBits - fineBits + 1) * fine
)

// histogram counts durations in constant memory. Its zero value is ready; it is not safe for concurrent use.
type histogram struct {
	total  uint64
	counts [buckets]uint32
}

func bucketOf(ns int64) int {
	if ns < fine {
		return int(max(ns, 0))
	}
	shift := bits.Len64(uint64(ns)) - 1 - fineBits
	return min((shift+1)*fine+int(ns>>shift)-fine, buckets-1)
}

// middleOf is the value in the middle of a bucket, in nanoseconds.
func middleOf(bucket int) int64 {
	if bucket < fine {
		return int64(bucket)
	}
	shift := bucket/fine - 1
	return int64(fine+bucket%fine)<<shift + int64(1)<<shift/2
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(int64(d))]++
	h.total++
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
}

// quantile returns the value below which the part q (0 to 1) of all lies; 0 when there is none.
func (h *histogram) quantile(q float64) time.Duration {
	if h.total == 0 {
		return 0
	}
	wanted := min(uint64(q*float64(h.total)), h.total-1)
	seen := uint64(0)
	for i, n := range h.counts {
		if seen += uint64(n); seen > wanted {
			return time.Duration(middleOf(i))
		}
	}
	return time.Duration(middleOf(buckets - 1))
}
