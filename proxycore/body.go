package proxycore

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"
	"sync"
	"sync/atomic"

	"roundhouse/proxycore/dialect"
)

const (
	// inMemoryBytes is the largest body that is kept in memory.
	inMemoryBytes = 1 << 20
	// spillStepBytes is how much of a larger one is in memory on its way to the disk.
	spillStepBytes = 64 << 10

	smallestClass = 10 // 1 KiB
	largestClass  = 20 // 1 MiB
)

// memory holds buffers by powers of two, and the payloads that use them. It is empty at first, grows with what is in flight
// and shrinks with every collection. Pointers go into the pools, so that putting one back allocates nothing.
type memory struct {
	classes  [largestClass - smallestClass + 1]sync.Pool
	payloads sync.Pool
}

func classOf(size int) int {
	return max(bits.Len(uint(max(size, 1)-1)), smallestClass) - smallestClass
}

// get returns a buffer of at least that size; its length is its capacity. One larger than every class is not kept.
func (m *memory) get(size int) *[]byte {
	class := classOf(size)
	if class >= len(m.classes) {
		b := make([]byte, size)
		return &b
	}
	if b, ok := m.classes[class].Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 1<<(class+smallestClass))
	return &b
}

func (m *memory) put(b *[]byte) {
	if class := classOf(len(*b)); class < len(m.classes) {
		m.classes[class].Put(b)
	}
}

// payload is a request's body, to be sent as often as attempts need it. Each attempt that may still read it holds a
// reference, and so does whoever made it; the last one to let go gives the memory or the file back. When the transport never
// says that it is done, the collector takes it.
type payload struct {
	memory *memory
	refs   atomic.Int32
	buffer *[]byte
	file   *os.File
	// base and edits are set for an edited form of a body on disk.
	base  *payload
	edits dialect.Edits
	size  int64
}

// payload returns an empty payload with one reference.
func (m *memory) payload() *payload {
	p, ok := m.payloads.Get().(*payload)
	if !ok {
		p = &payload{memory: m}
	}
	p.refs.Store(1)
	return p
}

func (p *payload) hold() { p.refs.Add(1) }

func (p *payload) release() {
	if p.refs.Add(-1) != 0 {
		return
	}
	if p.buffer != nil {
		p.memory.put(p.buffer)
	}
	if p.file != nil {
		// It has no name any more: closing frees it, and there is nobody to tell when that fails.
		_ = p.file.Close()
	}
	if p.base != nil {
		p.base.release()
	}
	p.buffer, p.file, p.base, p.edits, p.size = nil, nil, nil, nil, 0
	p.memory.payloads.Put(p)
}

// bytes returns the body when it lies in memory.
func (p *payload) bytes() []byte {
	if p.buffer == nil {
		return nil
	}
	return (*p.buffer)[:p.size]
}

// reader reads the body from its beginning. One in memory comes as a *bytes.Reader, which net/http knows and sends in one
// write with the headers.
func (p *payload) reader() io.Reader {
	switch {
	case p.base != nil:
		return p.edits.Reader(p.base.file, p.base.size)
	case p.file != nil:
		return io.NewSectionReader(p.file, 0, p.size)
	}
	return bytes.NewReader(p.bytes())
}

// edited returns the body with its edits applied, with a reference of its own; the body itself stays as it is.
func (p *payload) edited(edits dialect.Edits) *payload {
	e := p.memory.payload()
	e.size = p.size + int64(edits.Delta())
	if p.file != nil {
		p.hold()
		e.base, e.edits = p, edits
		return e
	}
	e.buffer = p.memory.get(int(e.size))
	edits.Append((*e.buffer)[:0], p.bytes())
	return e
}

// errTooLarge says that a body is over the limit.
var errTooLarge = errors.New("the request body is over the limit")

// spillError says that the disk failed us, not the client.
type spillError struct{ err error }

func (e *spillError) Error() string { return "spill a request body: " + e.err.Error() }
func (e *spillError) Unwrap() error { return e.err }

// source is a request's body on its way in.
type source struct {
	io.Reader
	// declared is its length, -1 when it is not known; limit is the most that may come.
	declared, limit int64
	// dir is where a large body is spilled.
	dir string
	// shown sees what is spilled as it comes, so that nobody has to read it from the disk for that; nil is nobody. It must not
	// fail.
	shown io.Writer
}

// keep writes the next piece of a body to its file.
func (from source) keep(file *os.File, piece []byte) error {
	if from.shown != nil {
		_, _ = from.shown.Write(piece)
	}
	if _, err := file.Write(piece); err != nil {
		return &spillError{err}
	}
	return nil
}

// read takes a whole body in. The caller owns the reference.
func (m *memory) read(from source) (*payload, error) {
	if from.declared > from.limit {
		return nil, errTooLarge
	}
	p := m.payload()
	if err := p.fill(from); err != nil {
		p.release()
		return nil, err
	}
	return p, nil
}

func (p *payload) fill(from source) error {
	size := from.declared
	switch {
	case size < 0:
		size = inMemoryBytes
	case size > inMemoryBytes:
		size = spillStepBytes
	}
	p.buffer = p.memory.get(int(size))
	n, err := readTo(from.Reader, (*p.buffer)[:size])
	p.size = int64(n)
	switch {
	case err == io.EOF && from.declared >= 0 && p.size < from.declared:
		return io.ErrUnexpectedEOF
	case err == io.EOF && p.size > from.limit:
		return errTooLarge
	case err == io.EOF:
		p.shrink()
		return nil
	case err != nil:
		return err
	case p.size == from.declared:
		return p.meetEnd(from.Reader)
	}
	return p.spill(from)
}

// readTo reads until p is full or the reader says why there is no more.
func readTo(r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	if n == len(p) && err == io.EOF {
		err = nil
	}
	return n, err
}

// meetEnd reads once more, so that the server sees the body's end and begins to watch for the client's going away.
func (p *payload) meetEnd(r io.Reader) error {
	var end [1]byte
	if _, err := r.Read(end[:]); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// shrink moves a short body of unknown length out of a buffer far too large for it.
func (p *payload) shrink() {
	if classOf(int(p.size)) == classOf(len(*p.buffer)) {
		return
	}
	large := p.buffer
	p.buffer = p.memory.get(int(p.size))
	copy(*p.buffer, (*large)[:p.size])
	p.memory.put(large)
}

// spill moves what has been read, and then the rest, into a file without a name.
func (p *payload) spill(from source) error {
	file, err := os.CreateTemp(from.dir, "body-*")
	if err != nil {
		return &spillError{err}
	}
	p.file = file
	if err := os.Remove(file.Name()); err != nil {
		return &spillError{fmt.Errorf("unlink: %w", err)}
	}
	step := p.buffer
	p.buffer = nil
	defer p.memory.put(step)
	if err := from.keep(file, (*step)[:p.size]); err != nil {
		return err
	}
	for {
		n, err := from.Read(*step)
		p.size += int64(n)
		if p.size > from.limit {
			return errTooLarge
		}
		if err := from.keep(file, (*step)[:n]); err != nil {
			return err
		}
		switch {
		case err == io.EOF && p.size < from.declared:
			return io.ErrUnexpectedEOF
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
