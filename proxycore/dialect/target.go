package dialect

import (
	"net/url"
	"strings"
)

// queryValue is the first value of a parameter in a raw query, still percent-encoded; false when it is not there.
func queryValue(query, name string) (string, bool) {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		if key, value, _ := strings.Cut(pair, "="); key == name {
			return value, true
		}
	}
	return "", false
}

// modelParameter names the model in the query of a request that opens a socket: it has no body.
const modelParameter = "model"

// queryModel is the model that the query names, empty when it names none, the beginning of one that is too long, and whether
// there is more than one such parameter, however it is spelled, or one that cannot be read for certain.
func queryModel(query string) (model, long string, two bool) {
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err != nil || !strings.EqualFold(decoded, modelParameter) {
			continue
		}
		named, err := url.QueryUnescape(value)
		switch {
		case len(named) > maxModel:
			long, two = shortened(named), true
		case err != nil || name != modelParameter || model != "" && model != named:
			two = true
		default:
			model = named
		}
	}
	return model, long, two
}

// asksForStream reports whether a raw query asks for server-sent events.
func asksForStream(query string) bool {
	if query == "" {
		return false
	}
	alt, _ := queryValue(query, "alt")
	stream, _ := queryValue(query, "stream")
	return alt == "sse" || stream == "true"
}

// endsIn reports whether the path ends in one of the endings, but for a trailing slash.
func endsIn(path string, endings []string) bool {
	path = strings.TrimSuffix(path, "/")
	for _, ending := range endings {
		if strings.HasSuffix(path, ending) {
			return true
		}
	}
	return false
}

// idBehind is the segment that follows the first of the collections in the path; empty when none is followed by one.
func idBehind(path string, collections []string) string {
	before := ""
	for path != "" {
		var segment string
		segment, path, _ = strings.Cut(path, "/")
		if before != "" && segment != "" {
			return segment
		}
		before = ""
		for _, collection := range collections {
			if segment == collection {
				before = segment
			}
		}
	}
	return ""
}
