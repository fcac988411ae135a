package proxycore

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

// FuzzDotSegments holds the canonical check against the plain reading of it: decode once, split, look.
func FuzzDotSegments(f *testing.F) {
	for _, seed := range []string{"/..", "/%2e%2e/x", "/a%2f..", "/a/%5c../", "/..;a", "/v1/models", "/%252e", "//", "/.%2E"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		decoded, err := url.PathUnescape(path)
		if err != nil {
			return
		}
		want := false
		for segment := range strings.FieldsFuncSeq(decoded, func(r rune) bool { return r == '/' || r == '\\' }) {
			name, _, _ := strings.Cut(segment, ";")
			want = want || name == "." || name == ".."
		}
		if got := hasDotSegment(path); got != want {
			t.Errorf("%q: %v, want %v", path, got, want)
		}
	})
}

// FuzzQuery holds that a query loses its keys and nothing else.
func FuzzQuery(f *testing.F) {
	for _, seed := range []string{"a=1&&b=%20&c", "key=x", "k%65y=1&key=2", "&key&", "a;key=1&b", "%6b%65%79=%zz&x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		rest, keys := cutKey(query)
		var want []string
		taken := 0
		for part := range strings.SplitSeq(query, "&") {
			name, _, _ := strings.Cut(part, "=")
			if decoded, err := url.QueryUnescape(name); err == nil && decoded == "key" {
				taken++
				continue
			}
			want = append(want, part)
		}
		if rest != strings.Join(want, "&") || len(keys) != taken {
			t.Errorf("%q became %q with %d keys", query, rest, len(keys))
		}
		if again, more := cutKey(rest); again != rest || len(more) > 0 {
			t.Errorf("%q is not clean", rest)
		}
	})
}

// FuzzStatusSet holds that a set is read back as it was meant, and that what cannot be read is refused whole.
func FuzzStatusSet(f *testing.F) {
	for _, seed := range []string{"401-403,408,429,500-599", "", "99", "200-100", " 404 \n500", "1-2-3", "+401"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := ParseStatusSet(text)
		if err != nil {
			if set != (StatusSet{}) {
				t.Errorf("%q: an error and a set", text)
			}
			return
		}
		var again []string
		for status := range 1100 {
			if set.Has(status) {
				again = append(again, string([]byte{byte('0' + status/100), byte('0' + status/10%10), byte('0' + status%10)}))
			}
		}
		twice, err := ParseStatusSet(strings.Join(again, ","))
		if err != nil || twice != set {
			t.Errorf("%q: %v", text, err)
		}
	})
}

// FuzzPathOnTheWire holds that setPath makes net/url spell a path as it was given.
func FuzzPathOnTheWire(f *testing.F) {
	for _, seed := range []string{"/v1/a%2Fb", "//x", "/a|b", "/a%zz", "/ä", "/a:b", "/%e4"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		if !strings.HasPrefix(path, "/") || strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '?' || r == '#' }) {
			return
		}
		u := &url.URL{Scheme: "http", Host: "upstream.test"}
		setPath(u, path)
		if got := u.RequestURI(); got != path && got != "http://upstream.test"+path {
			t.Errorf("%q is sent as %q", path, got)
		}
	})
}

// FuzzFrames holds that following a WebSocket's frames does not depend on how its bytes are cut.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{0x81, 2, 'h', 'i', 0x82, 126, 0, 3, 1, 2, 3}, 3)
	f.Add([]byte{0x81, 127, 0, 0, 0, 0, 0, 0, 0, 1, 7}, 1)
	f.Fuzz(func(t *testing.T, stream []byte, step int) {
		if step <= 0 {
			return
		}
		var whole, parts frames
		whole.pass(stream)
		for piece := range slices.Chunk(stream, step) {
			parts.pass(piece)
		}
		if whole.left != parts.left || !slices.Equal(whole.header, parts.header) {
			t.Errorf("%v and %v", whole, parts)
		}
	})
}
