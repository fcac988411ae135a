package database

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"time"
)

// precision is how exactly an instant is stored by the engine that does so least.
const precision = time.Millisecond

// sum is over rows in the order of their ids, and does not depend on the engine they were read from.
type sum struct {
	hash hash.Hash
	rows int64
}

func newSum() *sum { return &sum{hash: sha256.New()} }

// text is the first half of the digest, which tells rows apart as well and fits on a line.
func (s *sum) text() string { return hex.EncodeToString(s.hash.Sum(nil)[:16]) }

func (s *sum) add(rows [][]any) {
	for _, row := range rows {
		for _, value := range row {
			s.value(value)
		}
		s.rows++
	}
}

// value takes a value in with its kind and length, so that no two rows read alike.
func (s *sum) value(v any) {
	var kind byte
	var text []byte
	switch v := v.(type) {
	case nil:
		kind = '0'
	case bool:
		kind, text = 'b', fmt.Appendf(nil, "%t", v)
	case int64:
		kind, text = 'i', binary.BigEndian.AppendUint64(nil, uint64(v))
	case string:
		kind, text = 's', canonical(v)
	case []byte:
		kind, text = 'x', v
	case time.Time:
		kind, text = 't', binary.BigEndian.AppendUint64(nil, uint64(v.UnixMilli()))
	}
	s.hash.Write(binary.BigEndian.AppendUint64([]byte{kind}, uint64(len(text))))
	s.hash.Write(text)
}

// canonical is one form for all that says the same as JSON: PostgreSQL keeps an object's members in an order of its own, and
// no white space.
func canonical(text string) []byte {
	if text == "" || (text[0] != '{' && text[0] != '[') {
		return []byte(text)
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil || decoder.More() {
		return []byte(text)
	}
	out, err := json.Marshal(v)
	if err != nil {
		return []byte(text)
	}
	return out
}
