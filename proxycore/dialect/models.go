package dialect

import (
	"bytes"
	"encoding/json"
	"strings"
)

// listShape says how a dialect lists models.
type listShape struct {
	// list and id name the member that holds the list, and the member of an entry that names its model.
	list, id string
	// prefix stands before the name in an entry.
	prefix string
	entry  func(name string) []byte
}

// What a list of models is searched for.
const (
	asList = iota + 1
	asMore
	asToken
	asFirst
	asLast
)

// editList adds names to a list of models; see Dialect.ModelList. Entries that stay, stay as they came.
func editList(body []byte, shape listShape, t Target, names []string, alone bool) ([]byte, bool) {
	var s scanner
	s.begin([]want{
		{name: shape.list, as: asList},
		{name: "has_more", as: asMore}, {name: "nextPageToken", as: asToken},
		{name: "first_id", as: asFirst}, {name: "last_id", as: asLast},
	}, false)
	_, _ = s.Write(body)
	var list *member
	for i := range s.found {
		if s.found[i].as == asList {
			list = &s.found[i]
		}
	}
	var entries []json.RawMessage
	if !s.whole() || list == nil || json.Unmarshal(body[list.value.Start:list.value.End], &entries) != nil {
		return body, false
	}
	text, listed := shape.merge(entries, names, alone, t.FirstPage)
	edits := Edits{}
	for i := range s.found {
		switch m := &s.found[i]; {
		case m == list:
			edits = append(edits, Edit{m.value, text})
		case alone && m.as == asMore:
			edits = append(edits, Edit{m.value, []byte("false")})
		case alone && m.as == asToken:
			edits = append(edits, Edit{m.value, []byte(`""`)})
		case alone && (m.as == asFirst || m.as == asLast):
			name := []byte("null")
			if len(listed) > 0 && m.as == asFirst {
				name = quoted(listed[0])
			} else if len(listed) > 0 {
				name = quoted(listed[len(listed)-1])
			}
			edits = append(edits, Edit{m.value, name})
		}
	}
	return edits.Append(nil, body), true
}

// merge is the new list's text and the names in it: what the upstream listed, or of that only what names has when they stand
// alone, and behind it on the first page the names that the upstream left out.
func (shape listShape) merge(entries []json.RawMessage, names []string, alone, first bool) ([]byte, []string) {
	wanted := make(map[string]bool, len(names))
	for _, name := range names {
		wanted[name] = true
	}
	var kept [][]byte
	var listed []string
	for _, entry := range entries {
		var members map[string]json.RawMessage
		name := ""
		if json.Unmarshal(entry, &members) == nil {
			name, _ = unquote(members[shape.id])
			name = strings.TrimPrefix(name, shape.prefix)
		}
		if alone && !wanted[name] {
			continue
		}
		delete(wanted, name)
		kept, listed = append(kept, entry), append(listed, name)
	}
	for _, name := range names {
		if first && wanted[name] {
			delete(wanted, name)
			kept, listed = append(kept, bytes.TrimSpace(shape.entry(name))), append(listed, name)
		}
	}
	text := append([]byte{'['}, bytes.Join(kept, []byte{','})...)
	return append(text, ']'), listed
}
