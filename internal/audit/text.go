package audit

import (
	"strings"
	"unicode/utf8"
)

// fit makes text storable: no engine takes broken UTF-8, PostgreSQL no NUL, and a column has its length in bytes.
func fit(text string, size int) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "?"), "\x00", "?")
	if len(text) <= size {
		return text
	}
	for !utf8.RuneStart(text[size]) {
		size--
	}
	return text[:size]
}
