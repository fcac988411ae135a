package proxycore

import (
	"fmt"
	"strconv"
	"strings"
)

const (
	lowestStatus  = 100
	highestStatus = 999
)

// StatusSet is a set of HTTP status codes from 100 to 999. The zero value is empty.
type StatusSet [(highestStatus + 1 + 63) / 64]uint64

// Has reports whether the status belongs to the set; one outside 100 to 999 never does.
func (s StatusSet) Has(status int) bool {
	return status >= lowestStatus && status <= highestStatus && s[status/64]&(1<<(status%64)) != 0
}

// ParseStatusSet reads codes and inclusive ranges, such as "401-403, 429", separated by commas or line ends. An empty text
// is the empty set. The error names the part that could not be read.
func ParseStatusSet(text string) (StatusSet, error) {
	var set StatusSet
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' || r == '\r' }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		first, err := parseStatus(low)
		if err != nil {
			return StatusSet{}, fmt.Errorf("status codes: %q: %w", part, err)
		}
		last, err := parseStatus(high)
		if err != nil {
			return StatusSet{}, fmt.Errorf("status codes: %q: %w", part, err)
		}
		if last < first {
			return StatusSet{}, fmt.Errorf("status codes: %q: the range ends before it begins", part)
		}
		for status := first; status <= last; status++ {
			set[status/64] |= 1 << (status % 64)
		}
	}
	return set, nil
}

func parseStatus(text string) (int, error) {
	text = strings.TrimSpace(text)
	status, err := strconv.ParseUint(text, 10, 16)
	if err != nil || status < lowestStatus || status > highestStatus {
		return 0, fmt.Errorf("a status code is a number from %d to %d", lowestStatus, highestStatus)
	}
	return int(status), nil
}
