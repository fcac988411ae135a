package keypool

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// array is how far a JSON array of strings was read. It has a scanner of its own since encoding/json would hold the whole
// of a string in memory, and since an array cut short must still yield the keys before the cut.
type array struct {
	// elements is how many strings were read.
	elements int
	ended    bool
}

// nextElement returns the next string of the array. What is no string ends the reading: nothing after it can be told apart.
func (p *Parser) nextElement() (Entry, error) {
	if p.array.ended {
		return Entry{}, io.EOF
	}
	c, err := p.afterSpace()
	if err == nil && p.array.elements == 0 && c == '{' {
		return p.broken("an array of strings is expected, not an object")
	}
	if err == nil && p.array.elements == 0 && c == '[' {
		c, err = p.afterSpace()
	} else if err == nil && c == ',' {
		if c, err = p.afterSpace(); err == nil && c == ']' {
			return p.broken("a string is missing after the comma")
		}
	} else if err == nil && c != ']' {
		return p.broken("a comma or ] is missing")
	}
	switch {
	case errors.Is(err, io.EOF):
		return p.broken("the array is cut short")
	case err != nil:
		return Entry{}, err
	case c == ']':
		return p.afterArray()
	case c != '"':
		return p.broken("only strings can be keys")
	}
	p.array.elements++
	return p.stringElement()
}

// afterArray demands that nothing but white space follows the array.
func (p *Parser) afterArray() (Entry, error) {
	_, err := p.afterSpace()
	if err == nil {
		return p.broken("something follows the array")
	}
	p.array.ended = true
	return Entry{}, err
}

// afterSpace returns the next byte that is no JSON white space.
func (p *Parser) afterSpace() (byte, error) {
	for {
		c, err := p.readByte()
		if err != nil || c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return c, err
		}
	}
}

// broken ends the reading with one entry that says where the JSON went wrong.
func (p *Parser) broken(message string) (Entry, error) {
	p.array.ended = true
	return Entry{Line: p.line, Reason: BadJSON, Message: fmt.Sprintf("line %d, column %d: %s", p.line, p.column, message)}, nil
}

// stringElement reads a string whose opening quote was read. White space around a key is dropped.
func (p *Parser) stringElement() (Entry, error) {
	p.reset()
	line := p.line
	blanks, oddBlank := 0, ' '
	for {
		r, err := p.readRune()
		switch {
		case errors.Is(err, io.EOF):
			return p.broken("the array is cut short within a string")
		case err != nil:
			return Entry{}, err
		case r == '"':
			return p.entry(line), nil
		case r < ' ':
			return p.broken("a control character within a string")
		case r == '\\':
			if r, err = p.escaped(); errors.Is(err, errBadEscape) || errors.Is(err, io.EOF) {
				return p.broken("an escape that JSON does not know")
			} else if err != nil {
				return Entry{}, err
			}
		}
		if strings.ContainsRune(" \t\r\n", r) {
			if blanks++; r != ' ' {
				oddBlank = r
			}
			continue
		}
		for ; blanks > 0; blanks-- {
			if len(p.buf) > 0 {
				p.keep(oddBlank)
			}
		}
		oddBlank = ' '
		p.keep(r)
	}
}

var errBadEscape = errors.New("bad escape")

// escaped reads what follows a backslash.
func (p *Parser) escaped() (rune, error) {
	c, err := p.readByte()
	if err != nil {
		return 0, err
	}
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b':
		return '\b', nil
	case 'f':
		return '\f', nil
	case 'n':
		return '\n', nil
	case 'r':
		return '\r', nil
	case 't':
		return '\t', nil
	case 'u':
		return p.escapedUnit()
	}
	return 0, errBadEscape
}

// escapedUnit reads the digits of \u and, for the first half of a surrogate pair, the second half. Half a pair is invalid.
func (p *Parser) escapedUnit() (rune, error) {
	first, err := p.hex4()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	if next, _ := p.in.Peek(2); string(next) != `\u` {
		return invalid, nil
	}
	if _, err := p.in.Discard(2); err != nil {
		return 0, err
	}
	p.column += 2
	second, err := p.hex4()
	return utf16.DecodeRune(first, second), err
}

func (p *Parser) hex4() (rune, error) {
	var r rune
	for range 4 {
		c, err := p.readByte()
		if err != nil {
			return 0, err
		}
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, errBadEscape
		}
		r = r<<4 | rune(digit)
	}
	return r, nil
}
