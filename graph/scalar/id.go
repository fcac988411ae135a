package scalar

import (
	"encoding/json"
	"io"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/internal/fault"
)

// MarshalID writes an id as a string, so that a browser keeps its last digits.
func MarshalID(id int64) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		_, _ = io.WriteString(w, `"`+strconv.FormatInt(id, 10)+`"`)
	})
}

// UnmarshalID reads an id, as a string or a number.
func UnmarshalID(v any) (int64, error) {
	switch x := v.(type) {
	case string:
		return parseID(x)
	case json.Number:
		return parseID(x.String())
	case int64:
		return x, nil
	case int:
		return int64(x), nil
	}
	return 0, fault.One("", fault.BadForm, nil, "an id is a decimal number in a string")
}

func parseID(s string) (int64, error) {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, fault.One("", fault.BadForm, nil, "%.40q is not an id: a decimal number in a string is expected", s)
	}
	return id, nil
}
