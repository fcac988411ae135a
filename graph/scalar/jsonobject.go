package scalar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/99designs/gqlgen/graphql"

	"roundhouse/internal/fault"
)

// MarshalJSONObject writes a JSON object as it is; an empty one when there is none.
func MarshalJSONObject(raw json.RawMessage) graphql.Marshaler {
	return graphql.WriterFunc(func(w io.Writer) {
		if len(raw) == 0 {
			raw = json.RawMessage("{}")
		}
		_, _ = w.Write(raw)
	})
}

// UnmarshalJSONObject reads a JSON object. Numbers of a variable arrive as json.Number and keep every digit.
func UnmarshalJSONObject(v any) (json.RawMessage, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fault.One("", fault.BadForm, nil, "a JSON object is expected, not %T", v)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(m); err != nil {
		return nil, fmt.Errorf("write the JSON object: %w", err)
	}
	return json.RawMessage(bytes.TrimSpace(out.Bytes())), nil
}
