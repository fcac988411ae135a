package dialect

import (
	"bytes"
	"mime"
	"strings"
)

// Bounds of a form; one beyond them is not understood.
const (
	maxPartHead = 4 << 10
	maxParts    = 1_024
)

// form finds wanted fields of a multipart/form-data body (RFC 7578) that arrives in any pieces. Files are passed over.
type form struct {
	wants []want
	found []member
	texts []byte

	delimiter []byte // CRLF, two dashes, the boundary
	matched   int    // bytes of the delimiter just seen
	state     formState
	offset    int
	head      []byte // the part's header so far
	parts     int
	in        bool // the part in hand is wanted: the last found
}

type formState uint8

const (
	insidePart      formState = iota // or before the first
	behindDelimiter                  // two dashes end the form, CRLF begins a part
	behindDash
	behindPadding  // spaces and tabs may stand between a delimiter and its CRLF (RFC 2046 §5.1.1)
	beforePartHead // the CR was seen
	insidePartHead
	behindForm
	brokenForm
)

// begin starts on a body of that type. False when it is no form.
func (f *form) begin(wants []want, contentType string) bool {
	if len(contentType) < 10 || !strings.EqualFold(contentType[:10], "multipart/") {
		return false
	}
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/form-data" || parameters["boundary"] == "" {
		return false
	}
	if cap(f.found) > 64 { // a hostile form's
		*f = form{}
	}
	*f = form{wants: wants, found: f.found[:0], texts: f.texts[:0], head: f.head[:0]}
	f.delimiter = append(f.delimiter[:0], "\r\n--"+parameters["boundary"]...)
	f.matched = 2 // the first delimiter has no line before it
	return true
}

// whole reports whether the form came to its end.
func (f *form) whole() bool { return f.state == behindForm }

// Write takes the next piece. It never fails: see whole.
func (f *form) Write(p []byte) (int, error) {
	for i := 0; i < len(p); {
		n := 1
		switch c := p[i]; f.state {
		case insidePart:
			n = f.readPart(p[i:])
		case behindDelimiter:
			switch c {
			case '-':
				f.state = behindDash
			case '\r', ' ', '\t':
				f.endPart(f.offset - len(f.delimiter))
				f.state, n = behindPadding, 0
			case '\n': // some readers take lines that end so, and then find other parts than we would
				f.state = brokenForm
			default: // another boundary that begins like ours
				f.keep(f.delimiter)
				f.state, n = insidePart, 0
			}
		case behindDash:
			if c == '-' {
				f.endPart(f.offset - len(f.delimiter) - 1)
				f.state = behindForm
			} else {
				f.keep(f.delimiter)
				f.keep([]byte{'-'})
				f.state, n = insidePart, 0
			}
		case behindPadding:
			switch c {
			case ' ', '\t':
			case '\r':
				f.state = beforePartHead
			default:
				f.state = brokenForm
			}
		case beforePartHead:
			if f.state = brokenForm; c == '\n' {
				f.head, f.state = append(f.head[:0], '\r', '\n'), insidePartHead
			}
		case insidePartHead:
			f.head = append(f.head, c)
			switch {
			case c == '\n' && f.head[len(f.head)-2] != '\r', len(f.head) > maxPartHead: // as behind a delimiter
				f.state = brokenForm
			case bytes.HasSuffix(f.head, []byte("\r\n\r\n")):
				f.beginPart()
			}
		default:
			n = len(p) - i
		}
		i += n
		f.offset += n
	}
	return len(p), nil
}

// readPart goes on inside a part and returns how many bytes it took. A carriage return stands in the delimiter only at its
// beginning, so that a false start can be told by one byte.
func (f *form) readPart(p []byte) int {
	if f.matched == 0 {
		n := bytes.IndexByte(p, '\r')
		if n < 0 {
			n = len(p)
		}
		if n > 0 {
			f.keep(p[:n])
			return n
		}
	}
	if p[0] == f.delimiter[f.matched] {
		if f.matched++; f.matched == len(f.delimiter) {
			f.matched, f.state = 0, behindDelimiter
		}
		return 1
	}
	f.keep(f.delimiter[:f.matched])
	f.matched = 0
	return 0
}

// beginPart reads a part's header and begins its content, which starts behind the byte in hand.
func (f *form) beginPart() {
	f.state, f.in = insidePart, false
	if f.parts++; f.parts > maxParts {
		f.state = brokenForm
		return
	}
	name, ok := fieldName(f.head)
	if !ok {
		return
	}
	for i := range f.wants {
		if f.wants[i].name != name {
			continue
		}
		start := f.offset + 1
		f.found = append(f.found, member{
			want: &f.wants[i], in: -1, value: Span{start, start}, text: Span{len(f.texts), len(f.texts)},
		})
		f.in = true
	}
}

// endPart ends a part before that offset.
func (f *form) endPart(end int) {
	if f.in {
		f.found[len(f.found)-1].value.End = end
	}
	f.in = false
}

// keep adds to the text of a wanted part.
func (f *form) keep(p []byte) {
	if !f.in {
		return
	}
	m := &f.found[len(f.found)-1]
	if room := maxText - m.text.Len(); len(p) > room {
		p, m.cut = p[:room], true
	}
	f.texts = append(f.texts, p...)
	m.text.End = len(f.texts)
}

// fieldName is the name of the field that a part's header begins; false for a file, or when there is none.
func fieldName(head []byte) (string, bool) {
	const disposition = "content-disposition:"
	for line := range strings.SplitSeq(string(head), "\r\n") {
		if len(line) < len(disposition) || !strings.EqualFold(line[:len(disposition)], disposition) {
			continue
		}
		_, parameters, err := mime.ParseMediaType(line[len(disposition):])
		_, file := parameters["filename"]
		return parameters["name"], err == nil && !file
	}
	return "", false
}
