package dialect

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// post makes a probe with what is given or, where that is empty, the defaults.
func post(defaults Defaults, model, path string, body func(model, path string) any, header http.Header) Probe {
	if model == "" {
		model = defaults.TestModel
	}
	if path == "" {
		path = defaults.ValidationPath
	}
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return Probe{
		Method: http.MethodPost,
		Path:   strings.ReplaceAll(path, "{model}", url.PathEscape(model)),
		Header: header,
		Body:   encode(body(model, path)),
	}
}

// encode is a value of our own making as JSON in one line, with nothing escaped that need not be.
func encode(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // strings, numbers and structs of them always encode
	return b.Bytes()
}
