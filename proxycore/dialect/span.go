package dialect

import (
	"bytes"
	"io"
)

// Span is a half-open range of byte offsets.
type Span struct{ Start, End int }

// Len is the number of bytes in the span.
func (s Span) Len() int { return s.End - s.Start }

// Edit replaces the bytes of a span; an empty span inserts, an empty text deletes.
type Edit struct {
	Span
	Text []byte
}

// Edits change a body and leave every byte outside their spans as it was. They are in order and do not overlap.
type Edits []Edit

// Delta is how much longer the edited body is; negative when it is shorter.
func (e Edits) Delta() int {
	delta := 0
	for _, edit := range e {
		delta += len(edit.Text) - edit.Len()
	}
	return delta
}

// Append appends the edited body to dst.
func (e Edits) Append(dst, body []byte) []byte {
	at := 0
	for _, edit := range e {
		dst = append(dst, body[at:edit.Start]...)
		dst = append(dst, edit.Text...)
		at = edit.End
	}
	return append(dst, body[at:]...)
}

// Reader reads the edited form of a body of that size without holding it in memory.
func (e Edits) Reader(body io.ReaderAt, size int64) io.Reader {
	readers := make([]io.Reader, 0, 2*len(e)+1)
	at := int64(0)
	for _, edit := range e {
		readers = append(readers, io.NewSectionReader(body, at, int64(edit.Start)-at), bytes.NewReader(edit.Text))
		at = int64(edit.End)
	}
	readers = append(readers, io.NewSectionReader(body, at, size-at))
	return io.MultiReader(readers...)
}

// Over lays e over lower: where two meet, e's stands. Both speak of the same body.
func (e Edits) Over(lower Edits) Edits {
	if len(lower) == 0 {
		return e
	}
	merged := make(Edits, 0, len(e)+len(lower))
	for len(e) > 0 && len(lower) > 0 {
		switch {
		case lower[0].End <= e[0].Start && lower[0].Span != e[0].Span:
			merged, lower = append(merged, lower[0]), lower[1:]
		case e[0].End <= lower[0].Start && lower[0].Span != e[0].Span:
			merged, e = append(merged, e[0]), e[1:]
		default:
			lower = lower[1:]
		}
	}
	return append(append(merged, e...), lower...)
}
