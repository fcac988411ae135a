package graph

import (
	"encoding/hex"
	"time"
)

// optional is nil for a zero value: what the schema shows as null.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// elapsed is a time in milliseconds; null when it is negative, which says the attempt never came so far.
func elapsed(d time.Duration) *int64 {
	if d < 0 {
		return nil
	}
	ms := d.Milliseconds()
	return &ms
}

// fingerprint is 12 hex digits; null when there is none.
func fingerprint(f [6]byte) *string {
	if f == [6]byte{} {
		return nil
	}
	return optional(hex.EncodeToString(f[:]))
}

// orZero is what a pointer leads to, or nothing.
func orZero[T any](v *T) T {
	if v == nil {
		var zero T
		return zero
	}
	return *v
}

// instant is a time stored as milliseconds since 1970; null for 0.
func instant(ms int64) *time.Time {
	if ms == 0 {
		return nil
	}
	t := time.UnixMilli(ms).UTC()
	return &t
}
