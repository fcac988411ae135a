package dialect

import (
	"bytes"
	"strconv"
)

// What a wanted member of a usage object counts.
const (
	asInput = iota + 1
	asOutput
	asCached
	asCacheWrite
	asReasoning
	asTool
	asTotal
	counts // how many there are, with the zero
)

// counted are the numbers of one usage object, by what they count; -1 where it says nothing.
type counted [counts]int64

// uncounted is a usage object that says nothing.
var uncounted = counted{-1, -1, -1, -1, -1, -1, -1, -1}

// known reports whether any number is there.
func (c counted) known() bool { return c != uncounted }

// of is a number, 0 where it says nothing.
func (c counted) of(as int) int64 { return max(0, c[as]) }

// usageIn reads the object that the member of that quoted name has in the text: the first such object, or the last. Nothing
// but a member's name can read so: inside a string its quotes would be escaped.
func usageIn(text []byte, name string, wants []want, last bool) counted {
	for from, to := 0, len(text); ; {
		at := 0
		if last {
			at = lastIndex(text[:to], name)
		} else if at = bytes.Index(text[from:], []byte(name)); at >= 0 {
			at += from
		}
		if at < 0 {
			return uncounted
		}
		from, to = at+len(name), at
		if at > 0 && text[at-1] == '\\' {
			continue
		}
		if c := countIn(memberValue(text[from:]), wants); c.known() {
			return c
		}
	}
}

// lastBlock is how much lastIndex searches at once.
const lastBlock = 512

// lastIndex is bytes.LastIndex, which goes back byte by byte; this goes back by blocks, each searched forwards, for which the
// machine has instructions. What is looked for mostly stands in the last one.
func lastIndex(text []byte, name string) int {
	for end := len(text); end >= len(name); end -= lastBlock {
		// What begins in this block may end in the next.
		block := text[max(0, end-lastBlock-len(name)+1):end]
		if bytes.Contains(block, []byte(name)) {
			return end - len(block) + bytes.LastIndex(block, []byte(name))
		}
	}
	return -1
}

// memberValue is what follows a member's name and its colon; empty when there is no colon.
func memberValue(text []byte) []byte {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 || text[0] != ':' {
		return nil
	}
	return bytes.TrimLeft(text[1:], " \t\r\n")
}

// countIn reads the object that the text begins with.
func countIn(text []byte, wants []want) counted {
	c := uncounted
	if len(text) == 0 || text[0] != '{' {
		return c
	}
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	s.begin(wants, false)
	_, _ = s.Write(text)
	if !s.closed {
		return c
	}
	for i := range s.found {
		m := &s.found[i]
		if m.as == 0 {
			continue
		}
		value := text[m.value.Start:m.value.End]
		if n, err := strconv.ParseInt(string(value), 10, 64); err == nil && n >= 0 {
			c[m.as] = n
		}
	}
	return c
}

// serviceTier is the text of the last member of that quoted name that has one, at most 64 bytes; empty when there is none. The
// name is "service_tier", or "serviceTier".
func serviceTier(text []byte, name string) string {
	// Most answers have none. A quote is everywhere and an underscore or a capital is not, so that this says so far sooner than
	// a search for the whole name.
	if !bytes.Contains(text, []byte(name[len(`"service`):])) {
		return ""
	}
	for to := len(text); ; {
		at := lastIndex(text[:to], name)
		if at < 0 {
			return ""
		}
		to = at
		value := memberValue(text[at+len(name):])
		if len(value) == 0 || value[0] != '"' || at > 0 && text[at-1] == '\\' {
			continue
		}
		if end := bytes.IndexByte(value[1:], '"'); end >= 0 && end <= 64 {
			word, _ := unquote(value[:end+2])
			return word
		}
	}
}

// lastEvent gives the payloads of the answer's events to read, the last first, until one is what it looks for, and passes
// over those without the needle. An answer that is no stream of events is one payload: its head.
func (e *Excerpt) lastEvent(head, tail []byte, needle string, read func(payload []byte) bool) {
	if !e.events {
		if bytes.Contains(head, []byte(needle)) {
			read(head)
		}
		return
	}
	for _, text := range [...][]byte{tail, e.longLine(), head} {
		for len(text) > 0 {
			at := lastIndex(text, needle)
			if at < 0 {
				break
			}
			start := bytes.LastIndexByte(text[:at], '\n') + 1
			line := text[start:]
			if end := bytes.IndexByte(line, '\n'); end >= 0 {
				line = line[:end]
			}
			text = text[:start]
			if payload, ok := bytes.CutPrefix(line, []byte("data:")); ok && read(bytes.TrimSpace(payload)) {
				return
			}
		}
	}
}

// firstPayload is the answer's beginning, or of a stream that of its first event's data.
func (e *Excerpt) firstPayload(head []byte) []byte {
	if !e.events {
		return head
	}
	_, payload, _ := bytes.Cut(head, []byte("data:"))
	payload, _, _ = bytes.Cut(payload, []byte("\n"))
	return payload
}

// words are the texts of wanted members of the object that the payload begins with, in order of their meaning; the object
// may be cut.
func words(payload []byte, wants []want) []string {
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	s.begin(wants, false)
	_, _ = s.Write(payload)
	var words []string
	for i := range s.found {
		m := &s.found[i]
		if m.as == 0 || m.value.Len() < 0 {
			continue
		}
		if word, ok := unquote(payload[m.value.Start:m.value.End]); ok && word != "" && len(word) <= maxModel {
			words = append(words, word)
		}
	}
	return words
}
