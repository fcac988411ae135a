package upstreamtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
)

// kind is why a request is refused; each dialect has its own status, code and words for it.
type kind int

const (
	scripted kind = iota // as the Answer says
	noKey
	wrongKey
	noPath
	noMethod
	malformed
	missingField
	unknownField
	invalidField
	noModel
	noObject
)

// problem is a refusal. A dialect fills what is empty.
type problem struct {
	kind    kind
	param   string // the field, model or object at fault
	status  int
	code    string
	message string
	retry   string // for providers that say it in the body
}

func (a Answer) problem() problem {
	status := a.Status
	if status == 0 {
		status = http.StatusInternalServerError
	}
	return problem{status: status, code: a.Code, message: a.Message, retry: a.RetryAfter}
}

// decode reads the JSON body strictly: one object, no field but the known ones, which are separated by spaces.
func (x *exchange) decode(known string, into any) *problem {
	if mediaType, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		return &problem{kind: malformed, message: "the body must be application/json"}
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(x.body, &fields); err != nil {
		return &problem{kind: malformed, message: err.Error()}
	}
	names := strings.Fields(known)
	for name := range fields {
		if !slices.Contains(names, name) {
			return &problem{kind: unknownField, param: name}
		}
	}
	if err := json.Unmarshal(x.body, into); err != nil {
		return &problem{kind: invalidField, param: "body", message: err.Error()}
	}
	return nil
}

// form reads a multipart body whole.
func (x *exchange) form() (*multipart.Form, *problem) {
	mediaType, params, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || mediaType != "multipart/form-data" {
		return nil, &problem{kind: malformed, message: "the body must be multipart/form-data"}
	}
	form, err := multipart.NewReader(bytes.NewReader(x.body), params["boundary"]).ReadForm(int64(len(x.body)) + 1)
	if err != nil {
		return nil, &problem{kind: malformed, message: err.Error()}
	}
	return form, nil
}

func formValue(form *multipart.Form, name string) string {
	if values := form.Value[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// formFile returns the first file of that name with its bytes.
func formFile(form *multipart.Form, name string) (*multipart.FileHeader, []byte, *problem) {
	files := form.File[name]
	if len(files) == 0 {
		return nil, nil, &problem{kind: missingField, param: name}
	}
	opened, err := files[0].Open()
	if err != nil {
		return nil, nil, &problem{kind: malformed, message: err.Error()}
	}
	defer opened.Close()
	var data bytes.Buffer
	if _, err := data.ReadFrom(opened); err != nil {
		return nil, nil, &problem{kind: malformed, message: err.Error()}
	}
	return files[0], data.Bytes(), nil
}

// line is a value as JSON on one line, as events of a stream carry it.
func line(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", value, err)) // maps and strings of our own making: cannot fail
	}
	return string(text)
}
