package dialect

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"strings"
	"sync"
)

// Sizes of an excerpt. An open stream holds them all, so they are small: usage stands at the end of an answer, what it is
// about at the beginning.
const (
	headSize = 2 << 10
	tailSize = 5 << 10
	// lineSize is kept of a line that is longer than the tail: of a failed response's event, which says why and then repeats
	// all that the client had asked.
	lineSize = 768
	// maxCoded bounds what is kept of a coded answer, maxDecoded what it is decoded to.
	maxCoded   = 1 << 20
	maxDecoded = 8 << 20
)

// Excerpt is a bounded copy of an answer's body, taken while it goes by: its head and its tail, or, of one in gzip or
// deflate, the first megabyte, decoded when it is read. It is reused: Begin starts anew. Not for use at once.
type Excerpt struct {
	coding string
	events bool
	ignore bool // of a coding that cannot be taken off
	total  int
	buffer [headSize + tailSize]byte // the head, and the tail as a ring
	line   [lineSize]byte            // the beginning of the line in hand
	length int                       // of the line in hand
	long   []byte                    // the beginning of the last line that was long
	coded  []byte
	cut    bool // there was more than is kept or decoded: the tail is not the answer's
}

// scanners are for reading excerpts, which takes a moment at an answer's end: an open stream needs none.
var scanners = sync.Pool{New: func() any { return new(scanner) }}

// Begin starts with the answer's Content-Type and Content-Encoding.
func (e *Excerpt) Begin(contentType, contentEncoding string) {
	const events = "text/event-stream"
	e.events = len(contentType) >= len(events) && strings.EqualFold(contentType[:len(events)], events)
	e.coding, e.total, e.cut = contentEncoding, 0, false
	e.length, e.long = 0, e.long[:0]
	e.ignore = !decodes(contentEncoding)
	if cap(e.coded) > 64<<10 {
		e.coded = nil
	}
	e.coded = e.coded[:0]
}

// Write takes the next bytes of the body as they are on the wire. It keeps no reference, never fails and, unless the body
// is coded, never allocates.
func (e *Excerpt) Write(p []byte) (int, error) {
	switch {
	case e.ignore:
	case plainCoding(e.coding):
		e.keep(p)
	default:
		room := min(len(p), maxCoded-len(e.coded))
		e.coded = append(e.coded, p[:room]...)
		e.cut = e.cut || room < len(p)
	}
	return len(p), nil
}

// keep takes bytes without a coding.
func (e *Excerpt) keep(p []byte) {
	if e.events {
		e.keepLines(p)
	}
	if e.total < headSize {
		n := copy(e.buffer[e.total:headSize], p)
		e.total += n
		p = p[n:]
	}
	if skipped := len(p) - tailSize; skipped > 0 {
		e.total += skipped
		p = p[skipped:]
	}
	for len(p) > 0 {
		n := copy(e.buffer[headSize+(e.total-headSize)%tailSize:], p)
		e.total += n
		p = p[n:]
	}
}

// keepLines keeps the beginnings of lines.
func (e *Excerpt) keepLines(p []byte) {
	if last := bytes.LastIndexByte(p, '\n'); last >= 0 && e.length+last <= tailSize {
		// Of the lines that end here none is long.
		e.length = 0
		p = p[last+1:]
	}
	for len(p) > 0 {
		end := bytes.IndexByte(p, '\n')
		part := p
		if end >= 0 {
			part = p[:end]
		}
		if e.length < lineSize {
			copy(e.line[e.length:], part)
		}
		e.length += len(part)
		if end < 0 {
			return
		}
		if e.length > tailSize {
			e.long = append(e.long[:0], e.line[:]...)
		}
		e.length = 0
		p = p[end+1:]
	}
}

// longLine is the beginning of the last line that was longer than the tail; empty when there was none.
func (e *Excerpt) longLine() []byte {
	if e.length > tailSize { // of a stream cut short
		return e.line[:]
	}
	return e.long
}

// text is what was kept, without its coding: all of it as head, and no tail, when it fits.
func (e *Excerpt) text() (head, tail []byte) {
	if len(e.coded) > 0 {
		coded := e.coded
		e.coded = e.coded[:0]
		if r, ok := Decode(bytes.NewReader(coded), e.coding); ok {
			// A broken end, of a stream cut short, leaves what came before it.
			n, _ := io.Copy(keeper{e}, io.LimitReader(r, maxDecoded))
			e.cut = e.cut || n == maxDecoded
		}
	}
	if e.cut {
		return e.buffer[:min(e.total, headSize)], []byte{}
	}
	if e.total <= len(e.buffer) {
		return e.buffer[:e.total], nil
	}
	rotate(e.buffer[headSize:], (e.total-headSize)%tailSize)
	e.total = len(e.buffer) + tailSize // in order now, and still more than fits
	return e.buffer[:headSize], e.buffer[headSize:]
}

// rotate moves what begins at start to the front, and what was before it behind. It does so in place and in small pieces: a
// copy of the whole on the stack would have thousands of streams grow theirs when they end.
func rotate(p []byte, start int) {
	for 0 < start && start < len(p) {
		if rest := len(p) - start; start <= rest {
			swap(p[:start], p[start:2*start])
			p = p[start:]
		} else {
			swap(p[:rest], p[start:])
			p, start = p[rest:], start-rest
		}
	}
}

// swap exchanges two stretches of the same length.
func swap(a, b []byte) {
	var piece [256]byte
	for len(a) > 0 {
		n := copy(piece[:], a)
		copy(a, b[:n])
		copy(b, piece[:n])
		a, b = a[n:], b[n:]
	}
}

// keeper writes decoded bytes to an excerpt.
type keeper struct{ *Excerpt }

func (k keeper) Write(p []byte) (int, error) {
	k.keep(p)
	return len(p), nil
}

func plainCoding(coding string) bool {
	return coding == "" || strings.EqualFold(coding, "identity")
}

// decodes reports whether Decode knows the coding.
func decodes(coding string) bool {
	return plainCoding(coding) || strings.EqualFold(coding, "gzip") || strings.EqualFold(coding, "x-gzip") ||
		strings.EqualFold(coding, "deflate")
}

// Decode returns a reader that takes off a Content-Encoding: gzip, x-gzip, deflate, identity or none. False for any other.
// Broken input is an error of the reader's.
func Decode(r io.Reader, contentEncoding string) (io.Reader, bool) {
	switch {
	case plainCoding(contentEncoding):
		return r, true
	case strings.EqualFold(contentEncoding, "deflate"):
		return &lateReader{open: func() (io.Reader, error) { return inflate(r) }}, true
	case decodes(contentEncoding):
		return &lateReader{open: func() (io.Reader, error) { return gzip.NewReader(r) }}, true
	}
	return nil, false
}

// inflate reads deflate as RFC 9110 means it, in zlib's wrapping, or bare, as some servers send it.
func inflate(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	// zlib's first two bytes name method 8 and, as one number, are a multiple of 31: RFC 1950, 2.2.
	if head, err := buffered.Peek(2); err == nil && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
		return zlib.NewReader(buffered)
	}
	return flate.NewReader(buffered), nil
}

// lateReader opens its reader when it is first read, since opening reads.
type lateReader struct {
	open func() (io.Reader, error)
	r    io.Reader
	err  error
}

func (l *lateReader) Read(p []byte) (int, error) {
	if l.r == nil && l.err == nil {
		l.r, l.err = l.open()
	}
	if l.err != nil {
		return 0, l.err
	}
	return l.r.Read(p)
}
