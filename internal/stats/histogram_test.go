package stats

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// Whatever the values look like, however they are spread over histograms that are encoded, decoded and merged, a quantile is
// within 5 % of the exact one.
func TestQuantilesAreWithinFivePercent(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	r := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	shapes := map[string]func() float64{
		"constant":    func() float64 { return 137 },
		"uniform":     func() float64 { return r.Float64() * 2000 },
		"exponential": func() float64 { return r.ExpFloat64() * 300 },
		"lognormal":   func() float64 { return math.Exp(r.NormFloat64()*2 + 5) },
		"two peaks":   func() float64 { return []float64{3, 60_000}[r.IntN(2)] + r.Float64() },
		"small":       func() float64 { return float64(r.IntN(4)) },
		"days":        func() float64 { return r.Float64() * 86_400_000 },
	}
	for name, shape := range shapes {
		for _, n := range []int{1, 2, 10, 1000, 20_000} {
			var values []int64
			parts := make([]Histogram, 1+r.IntN(5))
			for range n {
				v := int64(shape())
				values = append(values, v)
				parts[r.IntN(len(parts))].Add(v)
			}
			slices.Sort(values)
			var sum Histogram
			for i := range parts {
				if err := sum.decode(parts[i].encode()); err != nil {
					t.Fatal(err)
				}
			}
			if sum.Count() != uint64(n) {
				t.Fatalf("%s: %d values of %d", name, sum.Count(), n)
			}
			for _, q := range []float64{0, 0.5, 0.95, 0.99, 1} {
				exact := float64(values[max(1, int(math.Ceil(q*float64(n))))-1])
				if got, ok := sum.Quantile(q); !ok || math.Abs(got-exact) > 0.05*exact {
					t.Errorf("%s, %d values: p%g is %g, exactly %g", name, n, 100*q, got, exact)
				}
			}
		}
	}
}

func TestAHistogramIsSmall(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var h Histogram
	for range 1_000_000 {
		h.Add(int64(math.Exp(r.NormFloat64() + 7)))
	}
	if n := len(h.encode()); n > 400 {
		t.Errorf("%d bytes", n)
	}
}

func TestEmptyAndBrokenHistograms(t *testing.T) {
	var h Histogram
	if h.encode() != nil {
		t.Error("nothing counted is not nil")
	}
	if _, ok := h.Quantile(0.5); ok {
		t.Error("a quantile of nothing")
	}
	h.Add(-5)
	h.Add(math.MaxInt64)
	whole := h.encode()
	for _, broken := range [][]byte{{2, 0, 1}, {1, 0}, whole[:len(whole)-1], {1, 0xac, 0x02, 1}, append(bytes.Clone(whole), 0, 1), {1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 1}} {
		if err := h.decode(broken); err == nil || h.Count() != 2 {
			t.Errorf("%v: error %v, %d values", broken, err, h.Count())
		}
	}
}

func FuzzDecode(f *testing.F) {
	var h Histogram
	h.Add(12)
	h.Add(4000)
	f.Add(h.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		var once, twice Histogram
		if once.decode(b) != nil {
			return
		}
		if err := twice.decode(once.encode()); err != nil || !bytes.Equal(once.encode(), twice.encode()) {
			t.Errorf("%v read twice: %v", b, err)
		}
	})
}
