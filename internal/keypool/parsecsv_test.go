package keypool

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestParserReadsTablesWithNotes(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":                    {"key,notes\na1,for a\nb2,for b", "2:a1=for a|3:b2=for b"},
		"other order, other words": {"Notes,Group,API_KEY\r\nfor a,x,a1\r\n\r\n,,b2\r\n", "2:a1=for a|4:b2="},
		"byte order mark":          {"\xef\xbb\xbfkey;notes\na1;for a, and b", "2:a1=for a, and b"},
		"quotes":                   {"\"key\",\"notes\"\n\"a1\",\"says \"\"a\"\"\ntwice\"\nb2 , plain ", "2:a1=says \"a\"\ntwice|4:b2=plain"},
		"no key":                   {"key,notes\n,for nobody\na1", "2!EMPTY|3:a1="},
		"too long":                 {"key,notes\n" + strings.Repeat("k", MaxKeyBytes+1) + ",x\na1,y", "2!TOO_LONG|3:a1=y"},
		"bad bytes":                {"key,notes\na\x001,x\nb2,a\x00\xffb", "2!NOT_TEXT|3:b2=a\uFFFDb"},
		"long notes":               {"key,notes\na1," + strings.Repeat("é", 2*MaxNotes), "2:a1=" + strings.Repeat("é", MaxNotes)},
		"a quote nobody closes":    {"key,notes\na1,\"b2,c3\nd4", "2:a1=b2,c3\nd4"},
		"only the columns":         {"key,notes\n", ""},
		"keys that are no table":   {"key,note\na1", "1:key=|1:note=|2:a1="},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for p := NewParser(strings.NewReader(c.in)); ; {
				e, err := p.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if e.Reason != "" {
					got = append(got, fmt.Sprintf("%d!%s", e.Line, e.Reason))
				} else {
					got = append(got, fmt.Sprintf("%d:%s=%s", e.Line, e.Text, e.Notes))
				}
			}
			if all := strings.Join(got, "|"); all != c.want {
				t.Errorf("%q, not %q", all, c.want)
			}
		})
	}
}

func TestATableOfOneCellIsReadInLittleMemory(t *testing.T) {
	p := NewParser(io.MultiReader(strings.NewReader("key,notes\n\""), strings.NewReader(strings.Repeat("k", 10<<20))))
	if e, err := p.Next(); err != nil || e.Reason != TooLong {
		t.Fatalf("%+v %v", e, err)
	}
	if cap(p.buf) > 2*MaxKeyBytes || cap(p.notes) > 8*MaxNotes {
		t.Errorf("kept %d and %d bytes", cap(p.buf), cap(p.notes))
	}
	if _, err := p.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}
