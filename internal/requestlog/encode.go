package requestlog

import (
	"encoding/binary"
	"errors"
	"time"
)

// entryFormat is the first byte of an encoded entry. Fields are only ever added at its end, where an older entry ends early.
const entryFormat = 1

var errFormat = errors.New("an entry of an unknown form")

// encodeEntry appends the entry.
func encodeEntry(b []byte, e *Entry) []byte {
	c := codec{b: append(b, entryFormat), writing: true}
	c.entry(e)
	return c.b
}

// decodeEntry reads what encodeEntry wrote.
func decodeEntry(b []byte) (*Entry, error) {
	if len(b) == 0 || b[0] != entryFormat {
		return nil, errFormat
	}
	e := &Entry{}
	c := codec{b: b[1:]}
	c.entry(e)
	if c.broken {
		return nil, errFormat
	}
	return e, nil
}

// codec passes over an entry's fields, writing them or reading them: one list for both.
type codec struct {
	b       []byte
	writing bool
	broken  bool
}

func (c *codec) entry(e *Entry) {
	integer(c, &e.ID)
	integer(c, &e.Node)
	text(c, &e.RequestID)
	text(c, &e.UpstreamRequestID)
	c.instant(&e.Started)
	c.instant(&e.Ended)
	c.truths(&e.Final, &e.Stream, &e.Trial, &e.Probe, &e.Usage.Known)
	integer(c, &e.AttemptNumber)
	integer(c, &e.GroupID)
	text(c, &e.GroupName)
	integer(c, &e.ParentID)
	text(c, &e.ParentName)
	text(c, &e.Dialect)
	integer(c, &e.KeyID)
	c.octets(e.KeyFingerprint[:])
	integer(c, &e.ProxyKeyID)
	c.octets(e.ProxyKeyFingerprint[:])
	text(c, &e.Model)
	text(c, &e.UpstreamModel)
	text(c, &e.Method)
	text(c, &e.Path)
	text(c, &e.Upstream)
	integer(c, &e.StatusCode)
	text(c, &e.Outcome)
	text(c, &e.Charged)
	for _, d := range []*time.Duration{&e.Cooled, &e.Wait, &e.Connect, &e.Header, &e.FirstByte} {
		integer(c, d)
	}
	for _, n := range []*int64{&e.RequestBytes, &e.ResponseBytes, &e.Usage.Input, &e.Usage.Output, &e.Usage.Cached, &e.Usage.CacheWrite, &e.Usage.Reasoning} {
		integer(c, n)
	}
	text(c, &e.Usage.ServiceTier)
	text(c, &e.ClientIP)
	text(c, &e.UserAgent)
	text(c, &e.Error)
	c.body(&e.RequestBody)
}

func integer[T ~int | ~int64](c *codec, p *T) {
	if c.writing {
		c.b = binary.AppendVarint(c.b, int64(*p))
		return
	}
	if len(c.b) == 0 {
		return // written before the field was
	}
	n, size := binary.Varint(c.b)
	if size <= 0 {
		c.b, c.broken = nil, true
		return
	}
	*p, c.b = T(n), c.b[size:]
}

func text[T ~string](c *codec, p *T) {
	n := len(*p)
	integer(c, &n)
	if c.writing {
		c.b = append(c.b, *p...)
		return
	}
	*p = T(c.next(n))
}

// body tells none from an empty one.
func (c *codec) body(p *[]byte) {
	n := len(*p)
	if *p == nil {
		n = -1
	}
	integer(c, &n)
	switch {
	case c.writing:
		c.b = append(c.b, *p...)
	case n >= 0:
		*p = append([]byte{}, c.next(n)...)
	}
}

// octets are as many as there is room for.
func (c *codec) octets(p []byte) {
	if c.writing {
		c.b = append(c.b, p...)
		return
	}
	copy(p, c.next(min(len(p), len(c.b))))
}

func (c *codec) truths(all ...*bool) {
	bits := 0
	for i, p := range all {
		if *p {
			bits |= 1 << i
		}
	}
	integer(c, &bits)
	if c.writing {
		return // watchers read the record meanwhile
	}
	for i, p := range all {
		*p = bits&(1<<i) != 0
	}
}

// instant is kept to the microsecond.
func (c *codec) instant(p *time.Time) {
	us := p.UnixMicro()
	integer(c, &us)
	if !c.writing {
		*p = time.UnixMicro(us).UTC()
	}
}

// next are the next n bytes.
func (c *codec) next(n int) []byte {
	if n < 0 || n > len(c.b) {
		c.b, c.broken = nil, true
		return nil
	}
	taken := c.b[:n]
	c.b = c.b[n:]
	return taken
}
