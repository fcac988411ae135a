package dialect

import (
	"bytes"
	"cmp"
	"encoding/json"
	"net/url"
	"strings"
	"unicode/utf8"
)

// What a wanted member of a request's body says.
const (
	asModel = iota + 1
	asStream
	asObject
)

const (
	// maxModel is the longest name of a model that counts as one, in bytes.
	maxModel = 256
	// maxLongModel is how many bytes are kept of a longer one.
	maxLongModel = 252
)

// Head is the head of a client's request.
type Head struct {
	Method string
	// Path and Query are as sent; see Dialect.
	Path, Query string
	ContentType string
}

// Facts are what a request says of itself.
type Facts struct {
	Target
	// Model is as the client named it, by path or body; empty when it named none, named it in a way that is not a string,
	// or with more than 256 bytes; see Target.LongModel.
	Model string
	// Stream is set when path, query or body ask for a stream.
	Stream bool
	// Object is the id of an owned object that path or body name; empty when they name none.
	Object string
	// Understood is false when there was a body and it is neither a JSON object nor a form: nothing can be said of it, and
	// it cannot be edited. Strictness must refuse it.
	Understood bool
	// Ambiguous is set when the body has a member that differs from a wanted one by upper and lower case alone, or a wanted
	// one twice with different values, or another model than the path, or the query names two: parsers disagree on what it
	// asks for, so strictness must refuse it.
	Ambiguous bool
}

// Inspection reads one request while its body goes by. It is reused: Begin starts anew. Not for use at once.
type Inspection struct {
	head    Head
	target  Target
	empty   bool
	isForm  bool
	scanner scanner
	form    form
}

// Begin starts with the head of a request.
func (n *Inspection) Begin(d Dialect, h Head) {
	n.head, n.target = h, d.Target(h.Method, h.Path, h.Query)
	n.empty = true
	n.isForm = n.form.begin(d.members(), h.ContentType)
	n.scanner.begin(d.members(), true)
}

// Write takes the next bytes of the body, with any Content-Encoding already taken off. It keeps no reference and never
// fails. A body may come whole or in any pieces.
func (n *Inspection) Write(p []byte) (int, error) {
	n.empty = n.empty && len(p) == 0
	if n.isForm {
		return n.form.Write(p)
	}
	return n.scanner.Write(p)
}

// Facts is called after the last Write.
func (n *Inspection) Facts() Facts {
	f := Facts{
		Target: n.target, Model: n.target.Model, Stream: n.target.Stream, Object: n.target.Object, Ambiguous: n.target.TwoModels,
	}
	switch {
	case n.empty:
		f.Understood = true
		return f
	case n.isForm:
		f.Understood = n.form.whole()
	default:
		f.Understood = n.scanner.whole()
		f.Ambiguous = f.Ambiguous || n.scanner.variant
	}
	if !f.Understood {
		return f
	}
	model, stream, object := n.last(asModel, &f.Ambiguous), n.last(asStream, &f.Ambiguous), n.last(asObject, nil)
	if model != nil {
		named := strings.TrimPrefix(n.string(model), model.prefix)
		f.Ambiguous = f.Ambiguous || f.Model != "" && f.Model != named
		f.Model = cmp.Or(f.Model, named)
		if named == "" {
			f.LongModel = n.longName(model)
		}
	}
	if stream != nil && strings.EqualFold(string(n.text(stream)), "true") {
		f.Stream = true
	}
	if object != nil && f.Object == "" {
		f.Object = n.string(object)
	}
	return f
}

// found are the occurrences of wanted members in the body.
func (n *Inspection) found() []member {
	if n.isForm {
		return n.form.found
	}
	return n.scanner.found
}

// text is the beginning of a member's value as written.
func (n *Inspection) text(m *member) []byte {
	if n.isForm {
		return n.form.texts[m.text.Start:m.text.End]
	}
	return n.scanner.text(m)
}

// string is the text that a member's value means; empty when it is none or too long.
func (n *Inspection) string(m *member) string {
	if text := n.beginning(m); !m.cut && len(text) <= maxModel {
		return text
	}
	return ""
}

// longName is the beginning of the name in a member for which string is too short; empty when it is not, or no text.
func (n *Inspection) longName(m *member) string {
	text := n.beginning(m)
	if text == "" || !m.cut && len(text) <= maxModel {
		return ""
	}
	return shortened(strings.TrimPrefix(text, m.prefix))
}

// beginning is the text that a member's value means, or as much of it as was kept; empty when it is none.
func (n *Inspection) beginning(m *member) string {
	raw := n.text(m)
	switch {
	case n.isForm:
		return strings.ToValidUTF8(string(raw), "\ufffd")
	case m.cut:
		return unquoteBeginning(raw)
	}
	text, _ := unquote(raw)
	return text
}

// shortened is the beginning of a name, cut between two runes, with an ellipsis behind it.
func shortened(name string) string {
	end := min(len(name), maxLongModel)
	for end > 0 && end < len(name) && !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + "…"
}

// last is the last occurrence of the members with that meaning, which is the one most parsers take; nil when there is none.
// It sets ambiguous, where that is asked for, when an earlier one says something else.
func (n *Inspection) last(as int, ambiguous *bool) *member {
	var last *member
	found := n.found()
	for i := range found {
		m := &found[i]
		if m.as != as {
			continue
		}
		if last != nil && ambiguous != nil && !bytes.Equal(n.text(last), n.text(m)) {
			*ambiguous = true
		}
		last = m
	}
	return last
}

// Rename returns the path and the edits that make the request name another model; the edits quote it as the body's kind
// demands, at every place where the body names one. A model that the query names is for RenameQuery. False when the request
// has no place that names a model, or it cannot be told.
func (n *Inspection) Rename(model string) (path string, edits Edits, ok bool) {
	path = n.head.Path
	ok = n.target.Model != ""
	if span := n.target.ModelSpan; span.End > 0 {
		path = path[:span.Start] + url.PathEscape(model) + path[span.End:]
	}
	if n.empty || n.isForm && !n.form.whole() || !n.isForm && !n.scanner.whole() {
		return path, nil, ok
	}
	found := n.found()
	for i := range found {
		m := &found[i]
		if m.as != asModel {
			continue
		}
		name := model
		if m.prefix != "" && strings.HasPrefix(n.string(m), m.prefix) {
			name = m.prefix + model
		}
		text := []byte(name)
		if !n.isForm {
			text = quoted(name)
		} else if strings.ContainsAny(name, "\r\n") {
			continue // it would end the field
		}
		edits, ok = append(edits, Edit{m.value, text}), true
	}
	return path, edits, ok
}

// RenameQuery returns the query, which may have lost parameters since Begin, with another model where it is the query that
// names one; every other byte stays.
func (n *Inspection) RenameQuery(query, model string) string {
	if n.target.Model == "" || n.target.ModelSpan.End > 0 {
		return query
	}
	value, ok := queryValue(query, modelParameter)
	if !ok {
		return query
	}
	start := strings.Index("&"+query, "&"+modelParameter+"=") + len(modelParameter) + 1
	return query[:start] + url.QueryEscape(model) + query[start+len(value):]
}

// quoted is a text as a JSON string, with nothing escaped that need not be.
func quoted(text string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
