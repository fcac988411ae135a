package dialect

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// want is a member to look for in a JSON object: a tree of literals describes a whole search.
type want struct {
	name string
	// as says what the member is to whoever searches; the scanner only carries it.
	as int
	// prefix is what a value may begin with beside what it means.
	prefix string
	// into are wanted members of the member's own value, where that is an object.
	into []want
}

// member is one occurrence of a wanted member.
type member struct {
	*want
	// in is the index of the occurrence whose object holds this one; -1 for the outermost object.
	in int
	// before and after are the offsets of the commas around the member; -1 without one.
	before, after int
	key, value    Span
	// text is where in the scanner's texts the value stands, as it was written.
	text Span
	// cut is set when the value is longer than its text.
	cut bool
	// object is set when the value is an object that was looked into; count is then the number of its members.
	object bool
	count  int
}

// Bounds of a scan; a body beyond them counts as no JSON object.
const (
	maxDepth   = 10_000 // encoding/json's own
	maxMembers = 1_024
	maxTexts   = 16 << 10
	maxFrames  = 8
)

const (
	maxName = 64  // bytes of a wanted name
	maxText = 512 // bytes kept of a value
)

// scanner finds the wanted members of one JSON object that arrives in any pieces, in one pass. It looks at structure only
// where it must: what it skips may be broken in ways that leave strings and brackets whole. It agrees with encoding/json
// on everything that encoding/json accepts, but for keeping every occurrence of a member.
type scanner struct {
	wants []want
	// keep makes the scanner copy the beginning of found values into texts.
	keep bool

	found []member
	texts []byte
	// start and count are the offset behind the outermost brace and the number of members there.
	start, count int
	// closed is set once the outermost object ended, whatever came behind it.
	closed bool
	// variant is set when a member's name differs from a wanted one by upper and lower case alone.
	variant bool

	state  state
	base   int // offset of the piece in hand
	depth  int // open brackets of a value that is skipped
	odd    bool
	frames [maxFrames]frame
	open   int // frames in use
	from   int // where in the piece the current value's text goes on
	nameAt int
	name   []byte // the name in hand, as far as it came in pieces
	long   bool   // the name in hand is longer than any wanted one
	few    [6]member
	short  [maxName]byte
}

// frame is an object that the scan is inside of and looks into.
type frame struct {
	wants []want
	// member is the occurrence whose value the object is; -1 for the outermost.
	member int
	// current is the occurrence that is being read; -1 when it is not wanted.
	current int
	comma   int
	count   int
}

type state uint8

const (
	beforeObject state = iota
	beforeFirstName
	beforeName
	insideName
	beforeColon
	beforeValue
	insideString
	insideScalar
	insideNested
	insideNestedString
	afterValue
	afterObject
	broken
)

// byte classes of JSON outside of strings.
type class uint8

const (
	invalid class = iota
	white
	scalar
	quote
	opening
	closing
	comma
	colon
)

var classes = [256]class{
	' ': white, '\t': white, '\n': white, '\r': white,
	'"': quote, '{': opening, '[': opening, '}': closing, ']': closing, ',': comma, ':': colon,
	'+': scalar, '-': scalar, '.': scalar,
	'0': scalar, '1': scalar, '2': scalar, '3': scalar, '4': scalar,
	'5': scalar, '6': scalar, '7': scalar, '8': scalar, '9': scalar,
	'a': scalar, 'e': scalar, 'f': scalar, 'l': scalar, 'n': scalar, 'r': scalar, 's': scalar, 't': scalar, 'u': scalar, 'E': scalar,
}

// begin starts a scan for wants.
func (s *scanner) begin(wants []want, keep bool) {
	if cap(s.found) == 0 || cap(s.found) > 64 {
		s.found = s.few[:0]
	}
	if cap(s.texts) > 4<<10 {
		s.texts = nil
	}
	s.wants, s.keep = wants, keep
	s.found, s.texts = s.found[:0], s.texts[:0]
	s.start, s.count, s.closed, s.variant = 0, 0, false, false
	s.state, s.base, s.depth, s.odd, s.open = beforeObject, 0, 0, false, 0
}

// whole reports whether what was written is one JSON object, entirely.
func (s *scanner) whole() bool { return s.state == afterObject }

// text is the beginning of a found member's value, as written.
func (s *scanner) text(m *member) []byte { return s.texts[m.text.Start:m.text.End] }

// Write takes the next piece. It never fails: see whole.
func (s *scanner) Write(p []byte) (int, error) {
	s.from = 0
	for i := 0; i < len(p); {
		switch s.state {
		case insideName:
			i = s.readName(p, i)
		case insideString:
			n, closed := s.skipString(p[i:])
			if i += n; closed {
				s.endValue(p, i)
			}
		case insideScalar:
			for i < len(p) && classes[p[i]] == scalar {
				i++
			}
			if i < len(p) {
				s.endValue(p, i)
			}
		case insideNested, insideNestedString:
			i = s.skipNested(p, i)
		case broken:
			i = len(p)
		default:
			if classes[p[i]] != white {
				s.token(p, i)
			}
			if s.state != insideScalar {
				i++
			}
		}
	}
	if s.state >= insideString && s.state <= insideNestedString {
		s.keepText(p[s.from:])
	}
	s.base += len(p)
	return len(p), nil
}

// token takes one byte of structure at p[i]; the caller steps over it unless it begins a scalar.
func (s *scanner) token(p []byte, i int) {
	c := p[i]
	switch s.state {
	case beforeObject:
		if c != '{' {
			break
		}
		s.start = s.base + i + 1
		s.enter(s.wants, -1)
		return
	case beforeFirstName, beforeName:
		if c == '"' {
			s.state, s.name, s.long, s.nameAt = insideName, nil, false, s.base+i
			return
		}
		if c == '}' && s.state == beforeFirstName {
			s.leave(p, i)
			return
		}
	case beforeColon:
		if c == ':' {
			s.state = beforeValue
			return
		}
	case beforeValue:
		s.beginValue(p, i)
		return
	case afterValue:
		f := &s.frames[s.open-1]
		if c == ',' {
			f.comma = s.base + i
			if f.current >= 0 {
				s.found[f.current].after = f.comma
			}
			s.state = beforeName
			return
		}
		if c == '}' {
			s.leave(p, i)
			return
		}
	}
	s.state = broken
}

// enter begins an object that is looked into.
func (s *scanner) enter(wants []want, member int) {
	s.frames[s.open] = frame{wants: wants, member: member, current: -1, comma: -1}
	s.open++
	s.state = beforeFirstName
}

// leave ends the innermost object that is looked into; its brace is p[i].
func (s *scanner) leave(p []byte, i int) {
	s.open--
	f := &s.frames[s.open]
	if f.member < 0 {
		s.count, s.closed, s.state = f.count, true, afterObject
		return
	}
	s.found[f.member].count = f.count
	s.endValue(p, i+1)
}

// readName goes on with a member's name at p[i] and, at its end, looks it up.
func (s *scanner) readName(p []byte, i int) int {
	n, closed := s.skipString(p[i:])
	raw := p[i : i+n]
	switch {
	case s.long || len(s.name)+len(raw) > 6*maxName+1: // each letter may be written as six
		s.long = true
	case !closed || len(s.name) > 0:
		if s.name == nil {
			s.name = s.short[:0]
		}
		s.name = append(s.name, raw...)
		raw = s.name
	}
	if !closed {
		return i + n
	}
	f := &s.frames[s.open-1]
	f.current = -1
	f.count++
	s.state = beforeColon
	if s.long {
		return i + n
	}
	wanted := s.lookup(f.wants, raw[:len(raw)-1])
	if wanted == nil {
		return i + n
	}
	if len(s.found) == maxMembers {
		s.state = broken
		return i + n
	}
	f.current = len(s.found)
	s.found = append(s.found, member{
		want: wanted, in: f.member, before: f.comma, after: -1, key: Span{s.nameAt, s.base + i + n},
		text: Span{len(s.texts), len(s.texts)},
	})
	return i + n
}

// lookup finds the wanted member of that name, written with or without escapes.
func (s *scanner) lookup(wants []want, raw []byte) *want {
	if bytes.IndexByte(raw, '\\') >= 0 {
		var name string
		if json.Unmarshal(append(append([]byte{'"'}, raw...), '"'), &name) != nil {
			s.state = broken
			return nil
		}
		raw = []byte(name)
	}
	for i := range wants {
		if string(raw) == wants[i].name {
			return &wants[i]
		}
	}
	if !s.variant && len(raw) <= 32 { // so long a conversion costs no allocation
		for i := range wants {
			s.variant = s.variant || strings.EqualFold(string(raw), wants[i].name)
		}
	}
	return nil
}

// beginValue begins a value at p[i].
func (s *scanner) beginValue(p []byte, i int) {
	f := &s.frames[s.open-1]
	s.from = i
	if f.current >= 0 {
		s.found[f.current].value.Start = s.base + i
	}
	switch classes[p[i]] {
	case quote:
		s.state = insideString
	case scalar:
		s.state = insideScalar
	case opening:
		if p[i] == '{' && f.current >= 0 && len(s.found[f.current].into) > 0 && s.open < maxFrames {
			s.found[f.current].object = true
			s.enter(s.found[f.current].into, f.current)
			return
		}
		s.state, s.depth = insideNested, 1
	default:
		s.state = broken
	}
}

// endValue ends the current member's value before p[i].
func (s *scanner) endValue(p []byte, i int) {
	s.state = afterValue
	m := s.frames[s.open-1].current
	if m < 0 {
		return
	}
	s.found[m].value.End = s.base + i
	if !s.found[m].object {
		s.keepText(p[s.from:i])
	}
}

// keepText adds to the text of the current member.
func (s *scanner) keepText(p []byte) {
	if !s.keep {
		return
	}
	current := s.frames[s.open-1].current
	if current < 0 {
		return
	}
	m := &s.found[current]
	if room := maxText - m.text.Len(); len(p) > room {
		p, m.cut = p[:room], true
	}
	if len(s.texts)+len(p) > maxTexts {
		s.state = broken
		return
	}
	s.texts = append(s.texts, p...)
	m.text.End = len(s.texts)
}

// skipNested goes on inside a value whose members nobody wants, and returns where it stopped.
func (s *scanner) skipNested(p []byte, i int) int {
	if s.state == insideNestedString {
		n, closed := s.skipString(p[i:])
		if i += n; !closed {
			return i
		}
		s.state = insideNested
	}
	for i < len(p) {
		c := classes[p[i]]
		i++
		switch c {
		case quote:
			n, closed := s.skipString(p[i:])
			if i += n; !closed {
				s.state = insideNestedString
				return i
			}
		case opening:
			if s.depth++; s.depth > maxDepth {
				s.state = broken
				return i
			}
		case closing:
			if s.depth--; s.depth == 0 {
				s.endValue(p, i)
				return i
			}
		case invalid:
			s.state = broken
			return i
		}
	}
	return i
}

// skipString returns how many bytes of p belong to the string that p goes on with, the quote that closes it included. A
// quote is escaped when an odd number of backslashes stands before it; odd carries that over the edge of a piece.
func (s *scanner) skipString(p []byte) (n int, closed bool) {
	odd := s.odd
	for {
		i := bytes.IndexByte(p[n:], '"')
		if i < 0 {
			s.odd = escapes(p[n:], odd)
			return len(p), false
		}
		end := n + i
		if i > 0 && p[end-1] != '\\' || !escapes(p[n:end], odd) {
			s.odd = false
			return end + 1, true
		}
		n, odd = end+1, false
	}
}

// escapes reports whether what follows p in a string is escaped: p ends in an odd number of backslashes, counting the one
// before p where odd says so.
func escapes(p []byte, odd bool) bool {
	i := len(p)
	for i > 0 && p[i-1] == '\\' {
		i--
	}
	return (len(p)-i)%2 == 1 != (i == 0 && odd)
}

// unquoteBeginning returns what the beginning of a JSON string means, but for an escape that it breaks off in.
func unquoteBeginning(raw []byte) string {
	const longest = len(`\ud83d\ude82`)
	closed := append(slices.Clone(raw), '"')
	for end := len(raw); end > 0 && end > len(raw)-longest; end-- {
		closed[end] = '"'
		if text, ok := unquote(closed[:end+1]); ok {
			return text
		}
	}
	return ""
}

// unquote returns the string that a JSON value is; false when it is none.
func unquote(raw []byte) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' || raw[len(raw)-1] != '"' {
		return "", false
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner), true
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	return text, true
}
