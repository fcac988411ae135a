package dialect

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Overrides are a group's parameter overrides, compiled. Immutable; nil is none.
type Overrides struct {
	root  []want
	items []override // by want.as, counted from 1
}

// override is what becomes of one member. It is a branch when the member only leads to others.
type override struct {
	path   string
	remove bool
	text   []byte
}

func (o *override) branch() bool { return !o.remove && o.text == nil }

// ParseOverrides compiles a JSON object: a member sets the top-level member of its name, or with dots in its name a nested
// one, making the objects on the way; null deletes. A name may have seven dots and its parts 64 bytes each. Empty, null and
// {} are none, which is nil. The error names the member that cannot be.
func ParseOverrides(text json.RawMessage) (*Overrides, error) {
	var members map[string]json.RawMessage
	if len(text) > 0 {
		if err := json.Unmarshal(text, &members); err != nil {
			return nil, fmt.Errorf("parameter overrides: not a JSON object: %w", err)
		}
	}
	if len(members) == 0 {
		return nil, nil
	}
	paths := make([]string, 0, len(members))
	for path := range members {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	o := &Overrides{}
	for _, path := range paths {
		item := override{path: path, text: members[path]}
		if string(item.text) == "null" {
			item.remove, item.text = true, nil
		}
		if err := o.add(&o.root, strings.Split(path, "."), item); err != nil {
			return nil, fmt.Errorf("parameter override %q: %w", path, err)
		}
	}
	return o, nil
}

// add puts an item under the wants at that path.
func (o *Overrides) add(wants *[]want, path []string, item override) error {
	name, rest := path[0], path[1:]
	if name == "" || len(name) > maxName {
		return fmt.Errorf("a part of a name has 1 to %d bytes", maxName)
	}
	if len(rest) >= maxFrames {
		return fmt.Errorf("nested deeper than %d", maxFrames)
	}
	var found *want
	for i := range *wants {
		if (*wants)[i].name == name {
			found = &(*wants)[i]
		}
	}
	if found == nil {
		branch := override{path: strings.TrimSuffix(item.path, "."+strings.Join(rest, "."))}
		if len(rest) == 0 {
			branch = item
		}
		o.items = append(o.items, branch)
		*wants = append(*wants, want{name: name, as: len(o.items)})
		found = &(*wants)[len(*wants)-1]
	} else if len(rest) == 0 || !o.items[found.as-1].branch() {
		return fmt.Errorf("in the way of %q", o.items[found.as-1].path)
	}
	if len(rest) == 0 {
		return nil
	}
	return o.add(&found.into, rest, item)
}

// Stream returns the value that the overrides give to "stream"; false, false when they leave it alone, or it is no boolean.
func (o *Overrides) Stream() (value, set bool) {
	text := o.value("stream")
	return string(text) == "true", string(text) == "true" || string(text) == "false"
}

// Model returns the value that the overrides give to "model"; "" and false when they leave it alone, or it is no string.
func (o *Overrides) Model() (string, bool) { return unquote(o.value("model")) }

// value is what the overrides set a top-level member to; nil when they do not.
func (o *Overrides) value(name string) []byte {
	if o == nil {
		return nil
	}
	for i := range o.root {
		if o.root[i].name == name {
			return o.items[o.root[i].as-1].text
		}
	}
	return nil
}

// Edits returns what changes the body as the overrides say: none, and no error, when the body is no JSON object. The error
// is the reader's. A *bytes.Reader is read in one piece.
func (o *Overrides) Edits(body io.Reader) (Edits, error) {
	if o == nil {
		return nil, nil
	}
	var s scanner
	s.begin(o.root, false)
	if _, err := io.Copy(&s, body); err != nil {
		return nil, fmt.Errorf("read body for overrides: %w", err)
	}
	if !s.whole() {
		return nil, nil
	}
	var edits Edits
	o.object(&s, o.root, -1, object{s.start, s.count}, &edits)
	slices.SortFunc(edits, func(a, b Edit) int { // where a member goes, what comes instead stands before it
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	return edits, nil
}

// object is an object of the body: where its first member may stand, and how many it has.
type object struct{ start, count int }

// object edits one object, which is the value of the found member in, or the outermost for -1.
func (o *Overrides) object(s *scanner, wants []want, in int, at object, edits *Edits) {
	var gone []*member
	var added []byte
	for i := range wants {
		w := &wants[i]
		item := &o.items[w.as-1]
		present := false
		for j := range s.found {
			m := &s.found[j]
			if m.want != w || m.in != in {
				continue
			}
			present = true
			switch {
			case item.remove:
				gone = append(gone, m)
			case m.object:
				o.object(s, w.into, j, object{m.value.Start + 1, m.count}, edits)
			default:
				if text := o.text(w); text != nil {
					*edits = append(*edits, Edit{m.value, text})
				}
			}
		}
		if text := o.text(w); !present && text != nil {
			added = append(append(append(append(added, quoted(w.name)...), ':'), text...), ',')
		}
	}
	removeMembers(gone, edits)
	if added == nil {
		return
	}
	if at.count == len(gone) {
		added = added[:len(added)-1]
	}
	*edits = append(*edits, Edit{Span{at.start, at.start}, added})
}

// text is what a wanted member becomes where there is none yet; nil when nothing under it is set.
func (o *Overrides) text(w *want) []byte {
	item := &o.items[w.as-1]
	if !item.branch() {
		return item.text
	}
	var members []byte
	for i := range w.into {
		if text := o.text(&w.into[i]); text != nil {
			members = append(append(append(append(members, quoted(w.into[i].name)...), ':'), text...), ',')
		}
	}
	if members == nil {
		return nil
	}
	members[len(members)-1] = '}'
	return append([]byte{'{'}, members...)
}

// removeMembers removes members of one object, each with a comma: the one behind it, or, of those that end the object, the
// one before.
func removeMembers(gone []*member, edits *Edits) {
	slices.SortFunc(gone, func(a, b *member) int { return cmp.Compare(a.key.Start, b.key.Start) })
	for len(gone) > 0 {
		run := 1
		for run < len(gone) && gone[run].before == gone[run-1].after {
			run++
		}
		first, last := gone[0], gone[run-1]
		span := Span{first.key.Start, last.value.End}
		switch {
		case last.after >= 0:
			span.End = last.after + 1
		case first.before >= 0:
			span.Start = first.before
		}
		*edits = append(*edits, Edit{Span: span})
		gone = gone[run:]
	}
}
