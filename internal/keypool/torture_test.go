package keypool_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"roundhouse/internal/keypool"
)

// numbered are n keys, one a line: more than are stored at once.
func numbered(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "key-%08d\n", i)
	}
	return text.String()
}

// Whatever a file holds, every entry of it is counted once, and the reasons say what is wrong.
func TestImportOfTorturousFiles(t *testing.T) {
	wide := "\xff\xfe"
	for _, unit := range utf16.Encode([]rune("key-aaaaaaaa\n")) {
		wide += string([]byte{byte(unit), byte(unit >> 8)})
	}
	for name, c := range map[string]struct {
		text, want string
		reason     keypool.Reason
	}{
		"mark, CRLF and blanks":         {"\xef\xbb\xbfkey-aaaaaaaa\r\n\r\n  key-bbbbbbbb\t\r\n", "2: 2+0+0", ""},
		"UTF-16":                        {wide, "2: 0+0+2", keypool.NotText},
		"an emoji is no separator":      {"key-\U0001f600-aaaaaaaa\n", "1: 1+0+0", ""},
		"NUL":                           {"key-\x00aaaaaaaa\nkey-bbbbbbbb\n", "2: 1+0+1", keypool.NotText},
		"a line of 10 MB":               {strings.Repeat("k", 10<<20) + "\nkey-bbbbbbbb\n", "2: 1+0+1", keypool.TooLong},
		"the same key over and over":    {strings.Repeat("key-aaaaaaaa\n", 1_000_001), "1000001: 1+1000000+0", ""},
		"many keys, three times":        {numbered(5000) + numbered(5000) + numbered(5000), "15000: 5000+10000+0", ""},
		"an array cut short":            {`["key-aaaaaaaa", "key-bbbbbbbb", "key-c`, "3: 2+0+1", keypool.BadJSON},
		"an object":                     {`{"keys": ["key-aaaaaaaa"]}`, "1: 0+0+1", keypool.BadJSON},
		"an array with empties, twice":  {`["", "key-aaaaaaaa", "key-aaaaaaaa"]`, "3: 1+1+1", keypool.Empty},
		"nothing but blanks and commas": {" ,;\n\t,", "0: 0+0+0", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			g := h.group(t, "openai")
			got := h.add(t, g, c.text)
			if got.String() != c.want {
				t.Errorf("%s, not %s", got, c.want)
			}
			if c.reason != "" && (len(got.problems) == 0 || got.problems[0].Reason != string(c.reason)) {
				t.Errorf("problems %v, not %s", got.problems, c.reason)
			}
			if counts := h.reconcile(t, g); counts.Active != got.succeeded {
				t.Errorf("%d keys are there", counts.Active)
			}
		})
	}
}
