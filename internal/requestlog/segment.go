package requestlog

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

const (
	segmentSuffix = ".journal"
	// frameHeader is length and checksum of what follows, four bytes each.
	frameHeader = 8
	// mostFrame is far above the longest record; a length beyond it is garbage.
	mostFrame = 1 << 20
)

var (
	errTorn    = errors.New("a record is torn")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// segment is one file of the journal. Its process holds a lock on it, so that two on one folder leave each other's alone.
type segment struct {
	// file is nil when the entries are in memory alone.
	file *os.File
	// size is how many bytes of whole records it has, read up to where they were given out.
	size, read int64
	// unread entries were not given out; held ones were and are not in the database yet.
	unread, held int
	// emptying says that the database has some of it.
	emptying bool
}

// newSegment makes an empty file.
func newSegment(dir string, name int64) (*segment, error) {
	file, err := os.OpenFile(filepath.Join(dir, fmt.Sprintf("%016x%s", name, segmentSuffix)), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(file); err != nil {
		return nil, errors.Join(err, file.Close()) // a process that starts took it for an orphan and will remove it
	}
	return &segment{file: file}, nil
}

// adopt opens a file that another process left behind and cuts off what is torn. It returns nil when there is nothing to take
// over, or the other process is alive.
func adopt(name string) (s *segment, last int64, err error) {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return nil, 0, err
	}
	if err := lock(file); err != nil {
		return nil, 0, ignore(errLocked, errors.Join(err, file.Close()))
	}
	s = &segment{file: file}
	in := bufio.NewReaderSize(file, 1<<20)
	for {
		payload, err := readFrame(in)
		if err == io.EOF || errors.Is(err, errTorn) {
			break
		}
		if err != nil {
			return nil, 0, errors.Join(err, file.Close())
		}
		e, err := decodeEntry(payload)
		if err != nil {
			return nil, 0, errors.Join(err, file.Close())
		}
		last = max(last, e.ID)
		s.size += frameHeader + int64(len(payload))
		s.unread++
	}
	if s.unread == 0 {
		return nil, 0, errors.Join(os.Remove(name), file.Close())
	}
	if err := file.Truncate(s.size); err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return s, last, nil
}

// ignore is nil for the error that is expected.
func ignore(expected, err error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

// append writes frames of n entries; with an error none of them is in the segment.
func (s *segment) append(frames []byte, n int) error {
	if _, err := s.file.WriteAt(frames, s.size); err != nil {
		_ = s.file.Truncate(s.size) // a torn tail does no harm, it only takes space
		return err
	}
	s.size += int64(len(frames))
	s.unread += n
	return nil
}

// load gives out the next entries, at most of them and not more than mostLoaded bytes.
func (s *segment) load(most int) ([]*Entry, error) {
	in := bufio.NewReaderSize(io.NewSectionReader(s.file, s.read, min(mostLoaded, s.size-s.read)), 64<<10)
	var entries []*Entry
	for len(entries) < min(most, s.unread) {
		payload, err := readFrame(in)
		if len(entries) > 0 && (err == io.EOF || errors.Is(err, errTorn)) {
			break // the section ends within a record, or it is damaged, which the next call tells apart
		}
		if err != nil {
			return nil, err
		}
		e, err := decodeEntry(payload)
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
		s.read += frameHeader + int64(len(payload))
	}
	s.unread -= len(entries)
	s.held += len(entries)
	return entries, nil
}

// appendFrame appends an entry with its length and checksum.
func appendFrame(b []byte, e *Entry) []byte {
	start := len(b)
	b = encodeEntry(append(b, make([]byte, frameHeader)...), e)
	payload := b[start+frameHeader:]
	binary.LittleEndian.PutUint32(b[start:], uint32(len(payload)))
	binary.LittleEndian.PutUint32(b[start+4:], crc32.Checksum(payload, castagnoli))
	return b
}

// readFrame returns io.EOF at the end and errTorn when what follows is no whole record.
func readFrame(in io.Reader) ([]byte, error) {
	var header [frameHeader]byte
	switch n, err := io.ReadFull(in, header[:]); {
	case err == io.EOF && n == 0:
		return nil, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return nil, errTorn
	case err != nil:
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header[:])
	if length == 0 || length > mostFrame {
		return nil, errTorn
	}
	payload := make([]byte, length)
	if _, err := io.ReadFull(in, payload); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
			return nil, errTorn
		}
		return nil, err
	}
	if crc32.Checksum(payload, castagnoli) != binary.LittleEndian.Uint32(header[4:]) {
		return nil, errTorn
	}
	return payload, nil
}
