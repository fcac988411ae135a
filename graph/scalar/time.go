// Package scalar says how the schema's own scalars stand on the wire.
package scalar

import (
	"io"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/internal/fault"
)

// timeForm is RFC 3339 in UTC with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

// MarshalTime writes an instant in UTC with milliseconds.
func MarshalTime(t time.Time) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, strconv.Quote(t.UTC().Format(timeForm)))
	})
}

// UnmarshalTime reads an RFC 3339 instant of any zone and precision.
func UnmarshalTime(v any) (time.Time, error) {
	s, ok := v.(string)
	if !ok {
		return time.Time{}, fault.One("", fault.BadForm, nil, "a time is an RFC 3339 string, such as %q", "2026-01-31T12:00:00Z")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, fault.One("", fault.BadForm, nil, "%q is not an RFC 3339 time, such as %q", s, "2026-01-31T12:00:00Z")
	}
	return t.UTC(), nil
}
