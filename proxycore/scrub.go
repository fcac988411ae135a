package proxycore

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"roundhouse/proxycore/dialect"
)

const (
	// scrubbed stands where a key stood.
	scrubbed = "[key]"
	// shortestScrubbed bounds the keys that are looked for: a shorter one would be found in every other word.
	shortestScrubbed = 6
	longestReason    = 500
)

// spellings are the forms in which an answer may repeat a key: raw, in a query, in a path, in JSON, in base64.
func spellings(key string) []string {
	if len(key) < shortestScrubbed {
		return nil
	}
	all := []string{key}
	add := func(s string) {
		for _, have := range all {
			if have == s {
				return
			}
		}
		all = append(all, s)
	}
	add(url.QueryEscape(key))
	add(url.PathEscape(key))
	if quoted, err := json.Marshal(key); err == nil {
		add(string(quoted[1 : len(quoted)-1]))
	}
	add(base64.StdEncoding.EncodeToString([]byte(key)))
	add(base64.URLEncoding.EncodeToString([]byte(key)))
	add(base64.RawURLEncoding.EncodeToString([]byte(key)))
	return all
}

// scrubText takes the key out of a text in any of its spellings.
func scrubText(text, key string) string {
	if text == "" {
		return text
	}
	for _, spelling := range spellings(key) {
		text = strings.ReplaceAll(text, spelling, scrubbed)
	}
	return text
}

// scrubBody takes the key out of an error's body. One in gzip or deflate that repeats the key goes on decoded, and header is
// changed to say so.
func scrubBody(header http.Header, body []byte, key string) ([]byte, bool) {
	forms := spellings(key)
	coding := header.Get("Content-Encoding")
	plain := body
	if coding != "" {
		reader, ok := dialect.Decode(bytes.NewReader(body), coding)
		if !ok {
			return body, false
		}
		decoded, err := io.ReadAll(io.LimitReader(reader, inMemoryBytes))
		if err != nil || len(decoded) == inMemoryBytes {
			return body, false
		}
		plain = decoded
	}
	changed := false
	for _, form := range forms {
		if bytes.Contains(plain, []byte(form)) {
			plain, changed = bytes.ReplaceAll(plain, []byte(form), []byte(scrubbed)), true
		}
	}
	if !changed {
		return body, false
	}
	header.Del("Content-Encoding")
	return plain, true
}

// coverBytes is how much of a long error is read at once.
const coverBytes = 16 << 10

// cover reads an error that is too long to be kept, with every letter of the key replaced, in any of its spellings: what framed
// the body frames it still.
type cover struct {
	from    io.Reader
	forms   [][]byte
	longest int
	buffer  []byte
	// held is read and covered, but for the beginning of a key at its end.
	held []byte
	err  error
}

func newCover(from io.Reader, key string) io.Reader {
	c := &cover{from: from, buffer: make([]byte, coverBytes)}
	for _, form := range spellings(key) {
		c.forms = append(c.forms, []byte(form))
		c.longest = max(c.longest, len(form))
	}
	if c.longest == 0 || 2*c.longest > coverBytes {
		return from
	}
	return c
}

func (c *cover) Read(p []byte) (int, error) {
	for {
		ready := len(c.held)
		if c.err == nil {
			ready -= c.longest - 1
		}
		if ready > 0 {
			n := copy(p, c.held[:ready])
			c.held = c.held[n:]
			return n, nil
		}
		if c.err != nil {
			return 0, c.err
		}
		c.fill()
	}
}

// fill reads more behind what is held, and covers what has become whole.
func (c *cover) fill() {
	kept := copy(c.buffer, c.held)
	var n int
	n, c.err = c.from.Read(c.buffer[kept:])
	c.held = c.buffer[:kept+n]
	for _, form := range c.forms {
		for rest := c.held; ; {
			at := bytes.Index(rest, form)
			if at < 0 {
				break
			}
			for i := range form {
				rest[at+i] = '*'
			}
			rest = rest[at+len(form):]
		}
	}
}

// bounded cuts a text for a record, at a rune's boundary.
func bounded(text string) string {
	if len(text) <= longestReason {
		return text
	}
	cut := longestReason
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
