package proxycore

import (
	"net/http"
	"net/url"
	"strings"
)

// Where the data plane lives: for clients, and for an administrator's trials.
const (
	clientPrefix = "/proxy/"
	trialPrefix  = "/try/"
)

func (x *exchange) prefix() string {
	if x.pin != nil {
		return trialPrefix
	}
	return clientPrefix
}

// target is the request line, taken apart without decoding anything: what the client spelled is what the upstream reads.
type target struct {
	group string
	// path begins after the group's name: empty or with a slash.
	path string
	// query is without its question mark; asked is set when there was one.
	query string
	asked bool
}

// parseTarget splits {prefix}{group}/{path…}?{query}. It returns false when the path does not begin with the prefix.
func parseTarget(r *http.Request, prefix string) (t target, ok bool) {
	raw := r.RequestURI
	if raw == "" {
		raw = r.URL.RequestURI()
	}
	if !strings.HasPrefix(raw, "/") {
		// Absolute form (RFC 9112 §3.2.2): the authority says nothing here.
		_, rest, found := strings.Cut(raw, "://")
		slash := strings.IndexByte(rest, '/')
		if !found || slash < 0 {
			return target{}, false
		}
		raw = rest[slash:]
	}
	raw, t.query, t.asked = strings.Cut(raw, "?")
	rest, ok := strings.CutPrefix(raw, prefix)
	if !ok {
		return target{}, false
	}
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		t.group, t.path = rest[:slash], rest[slash:]
	} else {
		t.group = rest
	}
	return t, true
}

// hasDotSegment reports whether a segment of the path is "." or ".." however it is encoded. A backslash ends a segment and
// a semicolon its name, as they do for some servers.
func hasDotSegment(path string) bool {
	dots, named := 0, false
	dotted := func() bool { return !named && (dots == 1 || dots == 2) }
	params := false
	for i := 0; i < len(path); i++ {
		c := path[i]
		if c == '%' && i+2 < len(path) {
			if high, low := unhex(path[i+1]), unhex(path[i+2]); high >= 0 && low >= 0 {
				c = byte(high<<4 | low)
				i += 2
			}
		}
		switch {
		case c == '/' || c == '\\':
			if dotted() {
				return true
			}
			dots, named, params = 0, false, false
		case params:
		case c == ';':
			params = true
		case c == '.':
			dots++
		default:
			named = true
		}
	}
	return dotted()
}

func unhex(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// isVersion reports whether a path segment names an API version: v1, v1beta, v2alpha3.
func isVersion(segment string) bool {
	if len(segment) < 2 || segment[0] != 'v' || segment[1] < '0' || segment[1] > '9' {
		return false
	}
	for i := 2; i < len(segment); i++ {
		if c := segment[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// join puts the client's path behind the base path, byte for byte; a version that ends the one and begins the other is
// written once.
func (u *upstream) join(path string) string {
	if u.version != "" {
		if rest, ok := strings.CutPrefix(path, "/"+u.version); ok && (rest == "" || rest[0] == '/') {
			path = rest
		}
	}
	switch {
	case u.path == "":
		return path
	case path == "":
		return u.path
	}
	return u.path + path
}

// leave turns a path on the upstream's host into the client's path for it: join's opposite. It returns false for a path
// that no client's path leads to.
func (u *upstream) leave(path string) (string, bool) {
	rest, ok := strings.CutPrefix(path, u.path)
	if !ok || (rest != "" && rest[0] != '/') {
		return "", false
	}
	if u.version != "" {
		rest = "/" + u.version + rest
	}
	return rest, true
}

// setPath makes the URL spell the path exactly so.
func setPath(u *url.URL, path string) {
	u.Path, u.RawPath, u.Opaque = path, "", ""
	if u.EscapedPath() == path {
		return
	}
	if decoded, err := url.PathUnescape(path); err == nil {
		u.Path, u.RawPath = decoded, path
		if u.EscapedPath() == path {
			return
		}
	}
	// Characters that belong into no path, spelled raw: net/url would encode them.
	u.Opaque = "//" + u.Host + path
	if !strings.HasPrefix(path, "//") {
		u.Opaque = path
	}
}
