package stats

import (
	"encoding/binary"
	"errors"
	"math"
)

// A bucket's bounds lie growth apart, so that its middle is within 4 % of everything in it.
const (
	growth     = 1.08
	lastBucket = 299 // some 100 days
	// format is the first byte of an encoded histogram.
	format = 1
)

var errHistogram = errors.New("not a histogram")

// Histogram counts milliseconds in buckets that grow with the value, exactly below 1 ms and within 4 % above. Its zero value
// is empty. Histograms add up: over seconds, groups and nodes.
type Histogram struct {
	// counts has an element for each bucket up to the highest in use.
	counts []uint64
}

// Add counts one value; what is negative counts as 0.
func (h *Histogram) Add(ms int64) {
	i := bucketOf(ms)
	h.grow(i)[i]++
}

// Merge adds all that other counted.
func (h *Histogram) Merge(other *Histogram) {
	if len(other.counts) == 0 {
		return
	}
	counts := h.grow(len(other.counts) - 1)
	for i, n := range other.counts {
		counts[i] += n
	}
}

// Count is how many values were counted.
func (h *Histogram) Count() uint64 {
	var total uint64
	for _, n := range h.counts {
		total += n
	}
	return total
}

// Quantile is the value in milliseconds that the share q (0 to 1) of all values does not exceed, by nearest rank; false when
// nothing was counted.
func (h *Histogram) Quantile(q float64) (float64, bool) {
	total := h.Count()
	if total == 0 {
		return 0, false
	}
	rank := max(1, uint64(math.Ceil(q*float64(total))))
	var seen uint64
	for i, n := range h.counts {
		if seen += n; seen >= rank {
			return middle(i), true
		}
	}
	return middle(len(h.counts) - 1), true
}

// grow makes room for bucket i.
func (h *Histogram) grow(i int) []uint64 {
	if missing := i + 1 - len(h.counts); missing > 0 {
		h.counts = append(h.counts, make([]uint64, missing)...)
	}
	return h.counts
}

func bucketOf(ms int64) int {
	if ms <= 0 {
		return 0
	}
	return min(1+int(math.Log(float64(ms))/math.Log(growth)), lastBucket)
}

// middle is as far above the lower bound of bucket i as below the upper, in proportion.
func middle(i int) float64 {
	if i == 0 {
		return 0
	}
	return 2 * math.Pow(growth, float64(i)) / (1 + growth)
}

// encode writes the buckets in use: how many empty ones come before each, and its count. Nothing counted is nil.
func (h *Histogram) encode() []byte {
	var b []byte
	gap := uint64(0)
	for _, n := range h.counts {
		if n == 0 {
			gap++
			continue
		}
		if b == nil {
			b = append(make([]byte, 0, 64), format)
		}
		b = binary.AppendUvarint(b, gap)
		b = binary.AppendUvarint(b, n)
		gap = 0
	}
	return b
}

// decode adds what encode wrote; with an error it adds nothing.
func (h *Histogram) decode(b []byte) error {
	last := 0
	if err := eachBucket(b, func(i int, _ uint64) { last = i }); err != nil || len(b) == 0 {
		return err
	}
	counts := h.grow(last)
	return eachBucket(b, func(i int, n uint64) { counts[i] += n })
}

// eachBucket reads what encode wrote.
func eachBucket(b []byte, each func(bucket int, count uint64)) error {
	if len(b) == 0 {
		return nil
	}
	if b[0] != format {
		return errHistogram
	}
	b = b[1:]
	for next := uint64(0); len(b) > 0; next++ {
		gap, n := binary.Uvarint(b)
		if n <= 0 || gap > lastBucket || next+gap > lastBucket {
			return errHistogram
		}
		b = b[n:]
		count, n := binary.Uvarint(b)
		if n <= 0 {
			return errHistogram
		}
		b = b[n:]
		next += gap
		each(int(next), count)
	}
	return nil
}
