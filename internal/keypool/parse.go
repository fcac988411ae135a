package keypool

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"
)

// MaxKeyBytes is the longest key that can be taken in.
const MaxKeyBytes = 4096

// Reason says why an entry of an input holds no usable key.
type Reason string

// The closed list of reasons.
const (
	Empty   Reason = "EMPTY"
	TooLong Reason = "TOO_LONG"
	NotText Reason = "NOT_TEXT"
	BadJSON Reason = "BAD_JSON"
)

// Entry is one key of an input, or what stood in a key's place.
type Entry struct {
	// Line is where the entry begins, counted from 1.
	Line int64
	// Text is the key, valid until the next call; nil when Reason is not empty.
	Text []byte
	// Notes come with the key from a table that has a column of them.
	Notes string
	// Reason is empty for a usable key; Message then is too.
	Reason  Reason
	Message string
}

// Parser reads keys from a stream: one a line, or separated by white space, commas or semicolons, or a JSON array of
// strings, or CSV whose first line names a column of keys and one of notes. It holds no more than one key in memory, however long a line is. Use NewParser.
type Parser struct {
	in      *bufio.Reader
	line    int64
	column  int64
	begun   bool
	array   *array
	sheet   *sheet
	buf     []byte
	notes   []byte
	tooLong bool
	// badAt is the first rune that no key can hold; -1 when there is none.
	badAt rune
}

// NewParser returns a parser of r. A byte order mark at its beginning is skipped.
func NewParser(r io.Reader) *Parser {
	return &Parser{in: bufio.NewReaderSize(r, 64<<10), line: 1, buf: make([]byte, 0, MaxKeyBytes)}
}

// Next returns the next entry. The error is io.EOF at the end of the input, or what reading it returned.
func (p *Parser) Next() (Entry, error) {
	if !p.begun {
		p.begun = true
		if err := p.begin(); err != nil {
			return Entry{}, err
		}
	}
	if p.array != nil {
		return p.nextElement()
	}
	if p.sheet != nil {
		return p.nextRecord()
	}
	return p.nextWord()
}

// begin skips a byte order mark and white space, and finds out whether the input is a JSON array or a table.
func (p *Parser) begin() error {
	if mark, _ := p.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		if _, err := p.in.Discard(3); err != nil {
			return err
		}
	}
	for {
		next, err := p.in.Peek(1)
		if err != nil {
			return err
		}
		switch next[0] {
		case ' ', '\t', '\r', '\n':
			if _, err := p.readByte(); err != nil {
				return err
			}
		case '[', '{': // an object is refused as the array that it is not
			p.array = &array{}
			return nil
		default:
			first, _ := p.in.Peek(longestHeader)
			if p.sheet = sheetOf(first); p.sheet != nil {
				return p.skipHeader()
			}
			return nil
		}
	}
}

// nextWord returns the next run of bytes between separators.
func (p *Parser) nextWord() (Entry, error) {
	p.reset()
	line, length := p.line, 0
	for {
		r, err := p.readRune()
		switch {
		case errors.Is(err, io.EOF) && length > 0:
			return p.entry(line), nil
		case err != nil:
			return Entry{}, err
		case separates(r) && length > 0:
			return p.entry(line), nil
		case separates(r):
			line = p.line
		default:
			length++
			p.keep(r)
		}
	}
}

// invalid stands for a byte that is no UTF-8, which the keys of this world do not hold.
const invalid = utf8.RuneError

func separates(r rune) bool {
	return r == ',' || r == ';' || r != invalid && unicode.IsSpace(r)
}

func (p *Parser) reset() {
	p.buf, p.tooLong, p.badAt = p.buf[:0], false, -1
}

// keep appends r to the key, as long as it can still be one.
func (p *Parser) keep(r rune) {
	if p.badAt < 0 && (r == invalid || !unicode.IsPrint(r)) {
		p.badAt = r
	}
	if p.tooLong || len(p.buf)+utf8.RuneLen(r) > MaxKeyBytes {
		p.tooLong = true
		return
	}
	p.buf = utf8.AppendRune(p.buf, r)
}

// entry judges what was kept.
func (p *Parser) entry(line int64) Entry {
	switch {
	case p.tooLong:
		return Entry{Line: line, Reason: TooLong, Message: fmt.Sprintf("longer than %d bytes", MaxKeyBytes)}
	case p.badAt == invalid:
		return Entry{Line: line, Reason: NotText, Message: "not UTF-8 text; save the file as UTF-8"}
	case p.badAt >= 0:
		return Entry{Line: line, Reason: NotText, Message: fmt.Sprintf("holds the unprintable character %U", p.badAt)}
	case len(p.buf) == 0:
		return Entry{Line: line, Reason: Empty, Message: "an empty string"}
	}
	return Entry{Line: line, Text: p.buf}
}

func (p *Parser) readByte() (byte, error) {
	c, err := p.in.ReadByte()
	if err != nil {
		return 0, err
	}
	p.column++
	if c == '\n' {
		p.line++
		p.column = 0
	}
	return c, nil
}

func (p *Parser) readRune() (rune, error) {
	c, err := p.readByte()
	if err != nil || c < utf8.RuneSelf {
		return rune(c), err
	}
	if err := p.in.UnreadByte(); err != nil {
		return 0, err
	}
	r, size, err := p.in.ReadRune()
	p.column += int64(size) - 1
	return r, err
}
