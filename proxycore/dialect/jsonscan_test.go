package dialect

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var testWants = []want{
	{name: "model"},
	{name: "stream"},
	{name: "outer", into: []want{{name: "inner", into: []want{{name: "leaf"}}}, {name: "leaf"}}},
}

// scan runs the scanner over the body in pieces of that size, or whole when it is 0.
func scan(s *scanner, body []byte, piece int) {
	s.begin(testWants, true)
	if piece == 0 {
		piece = len(body) + 1
	}
	for len(body) > 0 {
		n := min(piece, len(body))
		s.Write(body[:n])
		body = body[n:]
	}
}

func (s *scanner) describe(body []byte) string {
	var b strings.Builder
	fmt.Fprintf(&b, "whole %v variant %v start %d count %d", s.whole(), s.variant, s.start, s.count)
	for i := range s.found {
		m := &s.found[i]
		fmt.Fprintf(&b, "\n%s in %d commas %d %d key %v value %v text %q cut %v object %v count %d",
			m.name, m.in, m.before, m.after, m.key, m.value, s.text(m), m.cut, m.object, m.count)
	}
	return b.String()
}

func TestScanFindsWhatEncodingJSONReads(t *testing.T) {
	tests := []struct{ name, body, model string }{
		{"first", `{"model":"a","messages":[{"model":"x"}]}`, `"a"`},
		{"last", `{"messages":[{"role":"user","content":"say \"model\":\"no\""}],"model":"b"}`, `"b"`},
		{"the last duplicate wins", `{"model":"a","model":"b"}`, `"b"`},
		{"escaped name", `{"mod\u0065l":"c"}`, `"c"`},
		{"spaces", " {\n\t\"model\" : \"d\" , \"x\" : 1.5e-7 }\r\n ", `"d"`},
		{"backslashes before quotes", `{"x":"\\","y":"\\\"","model":"e"}`, `"e"`},
		{"a number", `{"model":9007199254740993}`, `9007199254740993`},
		{"nothing", `{}`, ``},
		{"inside a string", `{"x":"{\"model\":\"no\"}"}`, ``},
		{"deep brackets in strings", `{"x":["]","}",{"y":"[{"}],"model":null}`, `null`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for piece := range len(test.body) + 1 {
				var s scanner
				scan(&s, []byte(test.body), piece)
				got := ""
				for i := range s.found {
					if m := &s.found[i]; m.name == "model" {
						got = test.body[m.value.Start:m.value.End]
						if text := string(s.text(m)); text != got {
							t.Fatalf("in pieces of %d: kept %q of %q", piece, text, got)
						}
					}
				}
				if !s.whole() || got != test.model {
					t.Fatalf("in pieces of %d: whole %v, model %q, want %q", piece, s.whole(), got, test.model)
				}
			}
		})
	}
}

func TestScanRefusesWhatIsNoObject(t *testing.T) {
	for _, body := range []string{
		``, ` `, `[]`, `"model"`, `null`, `{`, `{"model"`, `{"model":`, `{"model":"a"`, `{"model":"a",}`, `{,}`, `{"a":1}}`,
		`{"a":1}{"b":2}`, `{"a" 1}`, `{"a"::1}`, `{'a':1}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":}`, "\ufeff{}", `{"a":/*"*/1}`,
		`{"a":[//"` + "\n" + `]}`, `{"a":NaN}`, `{"a":1]`, `{"\u00zz":1}`, `{"a":"b\"}`,
		`{"a":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
		`{` + strings.Repeat(`"model":1,`, 2_000) + `"model":1}`,
	} {
		var s scanner
		scan(&s, []byte(body), 0)
		if s.whole() {
			t.Errorf("took %.60q for an object", body)
		}
	}
}

func TestScanKeepsTheBeginningOfALongValue(t *testing.T) {
	var s scanner
	body := []byte(`{"model":"` + strings.Repeat("m", 4_000) + `","stream":true}`)
	for _, piece := range []int{0, 1, 100, 600} {
		scan(&s, body, piece)
		if m := &s.found[0]; !m.cut || len(s.text(m)) != maxText || m.value.Len() != 4_002 {
			t.Errorf("in pieces of %d: cut %v, %d bytes kept, value of %d bytes", piece, m.cut, len(s.text(m)), m.value.Len())
		}
		if m := &s.found[1]; string(s.text(m)) != "true" {
			t.Errorf("in pieces of %d: stream is %q", piece, s.text(m))
		}
	}
}

// FuzzScan holds the scanner to encoding/json, and to itself for any pieces.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"model":"a","stream":true,"messages":[{"role":"user","content":"hi \"you\" \\"}]}`,
		`{"outer":{"inner":{"leaf":1},"leaf":[2]},"outer":{"leaf":{}},"mod\u0065l":"\ud83d\ude00"}`,
		`{"MODEL":1,"m\\odel":2,"outer":3}`, `{"a":1e9,"model":{"model":null}}`, ` { } `, `[{"model":1}]`, `{"model":"a"}x`,
		"{\"model\":\"\xff\",\"\xff\":0}", `{"x":"\\\\\"","model":"\\"}`,
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, body []byte, piece uint8) {
		var whole, pieces scanner
		scan(&whole, body, 0)
		scan(&pieces, body, int(piece))
		if a, b := whole.describe(body), pieces.describe(body); a != b && whole.whole() {
			t.Fatalf("whole:\n%s\nin pieces of %d:\n%s", a, piece, b)
		} else if whole.whole() != pieces.whole() {
			t.Fatalf("whole %v, in pieces %v", whole.whole(), pieces.whole())
		}
		var members map[string]json.RawMessage
		if json.Unmarshal(body, &members) != nil || members == nil {
			return
		}
		if !whole.whole() {
			t.Fatalf("refused what encoding/json takes")
		}
		for _, wanted := range testWants {
			var got []byte
			for i := range whole.found {
				if m := &whole.found[i]; m.in < 0 && m.name == wanted.name {
					got = body[m.value.Start:m.value.End]
				}
			}
			if want := members[wanted.name]; !bytes.Equal(got, want) {
				t.Fatalf("%s: got %q, encoding/json reads %q", wanted.name, got, want)
			}
		}
	})
}

// chatBody is a chat request of about that many bytes, its model before or behind the messages.
func chatBody(size int, last bool) []byte {
	words := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for text.Len() < size-200 {
		text.WriteString([]string{"the quick ", "brown \\\"fox\\\" ", "jumps\\n", "über ", "a lazy dog. "}[words.IntN(5)])
	}
	model := `"model":"gpt-test","stream":true`
	messages := `"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"` + text.String() + `"}]`
	if last {
		return []byte(`{` + messages + `,` + model + `}`)
	}
	return []byte(`{` + model + `,` + messages + `}`)
}

func BenchmarkScan(b *testing.B) {
	for _, size := range []int{1 << 10, 100 << 10, 1 << 20} {
		body := chatBody(size, true)
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			var s scanner
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				s.begin(testWants, true)
				s.Write(body)
				if !s.whole() {
					b.Fatal("refused")
				}
			}
		})
	}
}
