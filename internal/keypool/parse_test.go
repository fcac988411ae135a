package keypool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// read returns what a parser makes of an input, one string an entry: "line:key" or "line!REASON".
func read(t testing.TB, in io.Reader) []string {
	t.Helper()
	var got []string
	p := NewParser(in)
	for {
		e, err := p.Next()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			t.Fatal(err)
		}
		if e.Reason != "" {
			got = append(got, fmt.Sprintf("%d!%s", e.Line, e.Reason))
		} else {
			got = append(got, fmt.Sprintf("%d:%s", e.Line, e.Text))
		}
	}
}

func TestParserReadsEveryFormOfInput(t *testing.T) {
	long := strings.Repeat("k", MaxKeyBytes+1)
	for name, c := range map[string]struct{ in, want string }{
		"nothing":                     {"", ""},
		"only separators":             {" ,;\n\t\r\n", ""},
		"one a line":                  {"a1\nb2\nc3", "1:a1 2:b2 3:c3"},
		"CRLF and blank lines":        {"a1\r\n\r\nb2\r\n", "1:a1 3:b2"},
		"byte order mark":             {"\xef\xbb\xbfa1\nb2", "1:a1 2:b2"},
		"commas, semicolons, spaces":  {"a1,b2;c3  d4,,\te5", "1:a1 1:b2 1:c3 1:d4 1:e5"},
		"no-break and wide spaces":    {"a1\u00a0b2\u3000c3", "1:a1 1:b2 1:c3"},
		"marks that keys may hold":    {"a+/=&%\"'1", `1:a+/=&%"'1`},
		"emoji":                       {"a😀1", "1:a😀1"},
		"NUL":                         {"a\x001\nb2", "1!NOT_TEXT 2:b2"},
		"control character":           {"a\x1b[31m1\nb2", "1!NOT_TEXT 2:b2"},
		"zero width":                  {"a\u200b1", "1!NOT_TEXT"},
		"not UTF-8":                   {"a\xff1\nb2", "1!NOT_TEXT 2:b2"},
		"UTF-16":                      {"\xff\xfea\x001\x00\n\x00b\x00", "1!NOT_TEXT 2!NOT_TEXT"},
		"longest key":                 {long[1:], "1:" + long[1:]},
		"too long":                    {"a1\n" + long + "\nb2", "1:a1 2!TOO_LONG 3:b2"},
		"JSON":                        {`["a1","b2"]`, "1:a1 1:b2"},
		"JSON with lines":             {"\n[\n \"a1\" ,\n\"b2\"\n]\n", "3:a1 4:b2"},
		"JSON, no element":            {"[ ]", ""},
		"JSON, empty strings":         {`["","  ","a1"]`, "1!EMPTY 1!EMPTY 1:a1"},
		"JSON, blanks around a key":   {`[" a1\n"]`, "1:a1"},
		"JSON, blank within a key":    {`["a  1"]`, "1:a  1"},
		"JSON, line break in a key":   {`["a\n1"]`, "1!NOT_TEXT"},
		"JSON, escapes":               {`["a\u00e9\/\ud83d\ude001"]`, "1:aé/😀1"},
		"JSON, half a surrogate pair": {`["a\ud83d","b2"]`, "1!NOT_TEXT 1:b2"},
		"JSON, NUL":                   {`["a\u0000"]`, "1!NOT_TEXT"},
		"JSON, too long":              {`["` + long + `","b2"]`, "1!TOO_LONG 1:b2"},
		"JSON cut after a comma":      {`["a1",`, "1:a1 1!BAD_JSON"},
		"JSON cut in a string":        {`["a1","b`, "1:a1 1!BAD_JSON"},
		"JSON cut at once":            {`[`, "1!BAD_JSON"},
		"JSON, comma before the end":  {`["a1",]`, "1:a1 1!BAD_JSON"},
		"JSON, no comma":              {`["a1" "b2"]`, "1:a1 1!BAD_JSON"},
		"JSON, a number":              {`["a1",7]`, "1:a1 1!BAD_JSON"},
		"JSON, more after the end":    {"[\"a1\"]\nb2", "1:a1 2!BAD_JSON"},
		"JSON, raw control character": {"[\"a\t1\"]", "1!BAD_JSON"},
		"JSON, unknown escape":        {`["a\x1"]`, "1!BAD_JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(read(t, strings.NewReader(c.in)), " "); got != c.want {
				t.Errorf("got %.200q\nwant %.200q", got, c.want)
			}
		})
	}
}

func TestParserSaysWhereTheJSONBroke(t *testing.T) {
	p := NewParser(strings.NewReader("[\"a1\",\n  nope]"))
	if _, err := p.Next(); err != nil {
		t.Fatal(err)
	}
	e, err := p.Next()
	if err != nil || e.Message != "line 2, column 3: only strings can be keys" {
		t.Errorf("got %q, %v", e.Message, err)
	}
}

// endless yields one byte for ever, up to a length.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	for i := range n {
		p[i] = 'k'
	}
	e.left -= n
	return n, nil
}

func TestParserHoldsNoLongLineInMemory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	in := io.MultiReader(strings.NewReader("a1\n"), &endless{left: 10 << 20}, strings.NewReader("\nb2"))
	got := strings.Join(read(t, in), " ")
	runtime.ReadMemStats(&after)
	if got != "1:a1 2!TOO_LONG 3:b2" {
		t.Errorf("got %q", got)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("a line of 10 MB allocated %d bytes", grown)
	}
}

func FuzzParser(f *testing.F) {
	for _, seed := range []string{"a\nb", "\xef\xbb\xbfa;b", `["a","b\u00e9"]`, `["a",`, "[", "a\x00b", "\xff\xfea\x00", `["\ud83d\ude00"]`, "[]x", " [ \"a\" ] "} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var usable, refused, broken int
		line := int64(1)
		p := NewParser(bytes.NewReader(in))
		for {
			e, err := p.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if e.Line < line {
				t.Fatalf("line %d after line %d", e.Line, line)
			}
			line = e.Line
			switch {
			case e.Reason == BadJSON:
				broken++
			case e.Reason != "":
				refused++
			default:
				usable++
				if len(e.Text) == 0 || len(e.Text) > MaxKeyBytes || !utf8.Valid(e.Text) || bytes.ContainsFunc(e.Text, func(r rune) bool { return !unicode.IsPrint(r) }) {
					t.Fatalf("%q passed for a key", e.Text)
				}
			}
		}
		body := bytes.TrimPrefix(in, []byte("\xef\xbb\xbf"))
		if first := bytes.TrimLeft(body, " \t\r\n"); !bytes.HasPrefix(first, []byte("[")) && !bytes.HasPrefix(first, []byte("{")) {
			if want := len(bytes.FieldsFunc(body, separates)); usable+refused != want || broken != 0 {
				t.Fatalf("%d usable, %d refused, %d broken of %d", usable, refused, broken, want)
			}
			return
		}
		var elements []any
		sound := json.Unmarshal(body, &elements) == nil
		for _, e := range elements {
			if _, ok := e.(string); !ok {
				sound = false
			}
		}
		if sound && (usable+refused != len(elements) || broken != 0) || !sound && broken != 1 {
			t.Fatalf("%d usable, %d refused, %d broken of %d (sound: %t)", usable, refused, broken, len(elements), sound)
		}
	})
}
