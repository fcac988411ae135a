package requestlog

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"roundhouse/proxycore"
)

// Entry is a record with its place in the log. It is not changed after it was made.
type Entry struct {
	// ID is its time: see idAt.
	ID int64
	// Node is where the record was closed, 0 to 255.
	Node int
	proxycore.Record
}

// Time is when the attempt ended, to the millisecond, as the log orders it: later than Record.Ended when the node's clock was
// set back meanwhile.
func (e *Entry) Time() time.Time { return timeOf(e.ID) }

// Cursor names the entry's place for Query's after; opaque to everyone else.
func (e *Entry) Cursor() string { return cursor(e.ID) }

// bare is the entry without its body.
func (e *Entry) bare() *Entry {
	if e.RequestBody == nil {
		return e
	}
	bare := *e
	bare.RequestBody = nil
	return &bare
}

func cursor(id int64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(id)))
}

func fromCursor(text string) (int64, error) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return 0, err
	}
	if len(raw) != 8 {
		return 0, errors.New("not 8 bytes")
	}
	return int64(binary.BigEndian.Uint64(raw)), nil
}
