package dialect

import (
	"bytes"
	"encoding/json"
	"io"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func edited(t testing.TB, overrides, body string) string {
	t.Helper()
	o, err := ParseOverrides(json.RawMessage(overrides))
	if err != nil {
		t.Fatal(err)
	}
	edits, err := o.Edits(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	checkEdits(t, edits, len(body))
	got := string(edits.Append(nil, []byte(body)))
	streamed, err := io.ReadAll(edits.Reader(strings.NewReader(body), int64(len(body))))
	if err != nil || string(streamed) != got {
		t.Fatalf("read as %q (%v), appended as %q", streamed, err, got)
	}
	if len(got)-len(body) != edits.Delta() {
		t.Fatalf("delta %d, is %d", edits.Delta(), len(got)-len(body))
	}
	return got
}

func checkEdits(t testing.TB, edits Edits, size int) {
	t.Helper()
	at := 0
	for _, edit := range edits {
		if edit.Start < at || edit.End < edit.Start || edit.End > size {
			t.Fatalf("edits out of order: %v", edits)
		}
		at = edit.End
	}
}

func TestOverridesSplice(t *testing.T) {
	tests := []struct{ name, overrides, body, want string }{
		{"set", `{"temperature":0.5}`, `{ "temperature" : 1,"seed":9007199254740993}`, `{ "temperature" : 0.5,"seed":9007199254740993}`},
		{"insert", `{"stream":true}`, ` {"a":1} `, ` {"stream":true,"a":1} `},
		{"insert into nothing", `{"b":{"c":1},"a":"<"}`, `{ }`, `{"a":"<","b":{"c":1} }`},
		{"delete first", `{"a":null}`, `{"a":1, "b":2}`, `{ "b":2}`},
		{"delete last", `{"b":null}`, `{"a":1 , "b":2 }`, `{"a":1  }`},
		{"delete the last two", `{"b":null,"c":null}`, `{"a":1,"b":2,"c":[3]}`, `{"a":1}`},
		{"delete all", `{"a":null,"b":null}`, `{"a":1,"b":2}`, `{}`},
		{"delete all, insert", `{"a":null,"b":null,"c":3}`, `{"a":1,"b":2}`, `{"c":3}`},
		{"delete around", `{"a":null,"c":null}`, `{"a":1,"b":2,"c":3}`, `{"b":2}`},
		{"delete what is not there", `{"x":null,"y.z":null}`, `{"a":1}`, `{"a":1}`},
		{"every duplicate", `{"a":9}`, `{"a":1,"\u0061":2,"b":{"a":3}}`, `{"a":9,"\u0061":9,"b":{"a":3}}`},
		{"nested set", `{"a.b":9}`, `{"a":{"b":1,"c":2}}`, `{"a":{"b":9,"c":2}}`},
		{"nested insert", `{"a.b":9,"a.x.y":8}`, `{"a":{"c":2}}`, `{"a":{"b":9,"x":{"y":8},"c":2}}`},
		{"nested insert makes objects", `{"a.b.c":9,"a.d":null}`, `{"z":1}`, `{"a":{"b":{"c":9}},"z":1}`},
		{"nested where there is no object", `{"a.b":9}`, `{"a":null}`, `{"a":{"b":9}}`},
		{"nested delete", `{"a.b":null}`, `{"a":{"b":1}}`, `{"a":{}}`},
		{"no object", `{"a":1}`, `[{"a":2}]`, `[{"a":2}]`},
		{"broken", `{"a":1}`, `{"a":2,}`, `{"a":2,}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := edited(t, test.overrides, test.body); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestOverridesAreRefusedWithTheMembersName(t *testing.T) {
	for overrides, part := range map[string]string{
		`[]`:                                    "not a JSON object",
		`{"a":1,"a.b":2}`:                       `"a.b"`,
		`{"a.b":1,"a.b.c":null}`:                `"a.b.c"`,
		`{"a..b":1}`:                            `"a..b"`,
		`{"":1}`:                                `""`,
		`{"a.b.c.d.e.f.g.h.i":1}`:               `"a.b.c.d.e.f.g.h.i"`,
		`{"` + strings.Repeat("n", 65) + `":1}`: "64 bytes",
	} {
		if _, err := ParseOverrides(json.RawMessage(overrides)); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", overrides, err)
		}
	}
	for _, none := range []string{``, `null`, `{}`} {
		o, err := ParseOverrides(json.RawMessage(none))
		if o != nil || err != nil {
			t.Errorf("%q: %v, %v", none, o, err)
		}
		if _, set := o.Stream(); set {
			t.Errorf("%q sets stream", none)
		}
		if edits, err := o.Edits(strings.NewReader(`{}`)); edits != nil || err != nil {
			t.Errorf("%q edits: %v, %v", none, edits, err)
		}
	}
}

func TestOverridesTellStreamAndModel(t *testing.T) {
	o, err := ParseOverrides(json.RawMessage(`{"stream":true,"model":"other"}`))
	if err != nil {
		t.Fatal(err)
	}
	if value, set := o.Stream(); !value || !set {
		t.Error("stream is not set")
	}
	if model, set := o.Model(); model != "other" || !set {
		t.Errorf("model %q, %v", model, set)
	}
	if o, _ = ParseOverrides(json.RawMessage(`{"stream":null,"model":1}`)); o == nil {
		t.Fatal("null is none")
	}
	if _, set := o.Stream(); set {
		t.Error("a deleted stream is set")
	}
	if _, set := o.Model(); set {
		t.Error("a number is a model")
	}
}

func TestOverridesLieOverRedirects(t *testing.T) {
	body := `{"model":"a","model":"b","n":1}`
	_, rename, _ := inspect(openAI{}, posted("/v1/chat/completions"), body, 0).Rename("redirected")
	for overrides, want := range map[string]string{
		`{"n":2}`:              `{"model":"redirected","model":"redirected","n":2}`,
		`{"model":"forced"}`:   `{"model":"forced","model":"forced","n":1}`,
		`{"model":null}`:       `{"n":1}`,
		`{"x":0,"model":null}`: `{"x":0,"n":1}`,
		`{"x":0}`:              `{"x":0,"model":"redirected","model":"redirected","n":1}`,
	} {
		o, err := ParseOverrides(json.RawMessage(overrides))
		if err != nil {
			t.Fatal(err)
		}
		edits, _ := o.Edits(strings.NewReader(body))
		both := edits.Over(rename)
		checkEdits(t, both, len(body))
		if got := string(both.Append(nil, []byte(body))); got != want {
			t.Errorf("%s: got %s, want %s", overrides, got, want)
		}
	}
}

// FuzzSplice holds edits to encoding/json: what they make of a body reads as a map changed the same way.
func FuzzSplice(f *testing.F) {
	f.Add(`{"a":1,"b":{"c":[2,{"d":3}]},"e":"f"}`, `{"a":null,"b.c":true,"g.h":{}}`)
	f.Add(`{"a":1,"a":{"b":2},"b":null}`, `{"a.b":null,"b":null,"c":0}`)
	f.Add(` { "a" : { } , "a" : 3 } `, `{"a.b.c":"<x>","a.d":null}`)
	f.Fuzz(func(t *testing.T, body, overrides string) {
		if !utf8.ValidString(body) || !utf8.ValidString(overrides) {
			return
		}
		o, err := ParseOverrides(json.RawMessage(overrides))
		if err != nil {
			return
		}
		want, ok := decoded(body)
		if !ok {
			return
		}
		var members map[string]any
		decoder := json.NewDecoder(strings.NewReader(overrides))
		decoder.UseNumber()
		if o != nil && decoder.Decode(&members) != nil {
			t.Fatal("overrides were read and are no object")
		}
		for path, value := range members {
			change(want, strings.Split(path, "."), value)
		}
		edits, err := o.Edits(bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		checkEdits(t, edits, len(body))
		got, ok := decoded(string(edits.Append(nil, []byte(body))))
		if !ok || !reflect.DeepEqual(got, want) {
			t.Fatalf("%s with %s:\n got %v\nwant %v", body, overrides, got, want)
		}
	})
}

// decoded reads an object with its numbers as they are written.
func decoded(body string) (map[string]any, bool) {
	decoder := json.NewDecoder(strings.NewReader(body))
	decoder.UseNumber()
	var object map[string]any
	if err := decoder.Decode(&object); err != nil || object == nil {
		return nil, false
	}
	_, err := decoder.Token()
	return object, err == io.EOF
}

// change applies one override to a decoded object.
func change(object map[string]any, path []string, value any) {
	if len(path) == 1 {
		if object[path[0]] = value; value == nil {
			delete(object, path[0])
		}
		return
	}
	child, ok := object[path[0]].(map[string]any)
	if !ok {
		if value == nil {
			return
		}
		child = map[string]any{}
		object[path[0]] = child
	}
	change(child, path[1:], value)
}
