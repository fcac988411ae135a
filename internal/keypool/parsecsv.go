package keypool

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
)

// longestHeader is how far a first line is looked at for the names of columns.
const longestHeader = 1024

// sheet says how a table of keys is laid out. It has a reader of its own since encoding/csv would hold the whole of a cell, or
// after a quote that nobody closes the whole of a file, in memory.
type sheet struct {
	comma rune
	// key and notes are the columns' places, from 0.
	key, notes int
}

// keyColumns are the names by which a column of keys is known.
var keyColumns = []string{"key", "keys", "api_key", "apikey", "key_value", "value"}

// sheetOf reads a first line as the names of columns; nil when it does not name one of keys and one of notes.
func sheetOf(first []byte) *sheet {
	line, _, _ := bytes.Cut(first, []byte("\n"))
	for _, comma := range ",;\t" {
		names := strings.Split(strings.ToLower(string(line)), string(comma))
		for i, name := range names {
			names[i] = strings.Trim(name, " \t\r\"")
		}
		s := &sheet{comma: comma, notes: slices.Index(names, "notes")}
		s.key = slices.IndexFunc(names, func(name string) bool { return slices.Contains(keyColumns, name) })
		if s.key >= 0 && s.notes >= 0 {
			return s
		}
	}
	return nil
}

// skipHeader reads past the line that names the columns.
func (p *Parser) skipHeader() error {
	for {
		if c, err := p.readByte(); err != nil || c == '\n' {
			return err
		}
	}
}

// nextRecord returns the key and the notes of the next line that is not blank.
func (p *Parser) nextRecord() (Entry, error) {
	for {
		line := p.line
		blank, err := p.readRecord()
		if err != nil && !errors.Is(err, io.EOF) {
			return Entry{}, err
		}
		if blank && err != nil {
			return Entry{}, err
		}
		if blank {
			continue
		}
		p.buf = bytes.TrimRight(p.buf, " ")
		entry := p.entry(line)
		if entry.Reason == "" {
			entry.Notes = strings.TrimSpace(cut(strings.ToValidUTF8(string(p.notes), ""), MaxNotes))
		}
		return entry, nil
	}
}

// readRecord reads one record (RFC 4180) and keeps the key and the notes of it, as much as either may have. The error is io.EOF
// when the input ended with it.
func (p *Parser) readRecord() (blank bool, err error) {
	p.reset()
	p.notes = p.notes[:0]
	blank = true
	column, quoted, begun := 0, false, false
	for {
		r, err := p.readRune()
		switch {
		case err != nil:
			return blank, err
		case quoted && r == '"':
			if next, _ := p.in.Peek(1); len(next) == 1 && next[0] == '"' {
				_, _ = p.readByte() // it was seen
				p.keepCell(column, r)
				continue
			}
			quoted = false
			continue
		case quoted:
		case r == '\n':
			return blank, nil
		case r == p.sheet.comma:
			column, begun = column+1, false
			continue
		case r == '\r', !begun && r == ' ':
			continue
		case !begun && r == '"':
			quoted, begun, blank = true, true, false
			continue
		}
		begun, blank = true, false
		p.keepCell(column, r)
	}
}

// keepCell keeps what belongs to the key or to the notes.
func (p *Parser) keepCell(column int, r rune) {
	switch {
	case column == p.sheet.key:
		p.keep(r)
	case column == p.sheet.notes && r != 0 && len(p.notes) < 4*MaxNotes:
		p.notes = append(p.notes, string(r)...)
	}
}
