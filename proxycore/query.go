package proxycore

import (
	"net/url"
	"strings"
)

// cutKey takes every "key" parameter out of a raw query, whatever its spelling, and leaves all other bytes as they are. It
// returns the decoded values it took.
func cutKey(query string) (rest string, keys []string) {
	if !mayHoldKey(query) {
		return query, nil
	}
	kept := make([]byte, 0, len(query))
	first := true
	for part := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(part, "=")
		if decoded, err := url.QueryUnescape(name); err == nil && decoded == "key" {
			if decoded, err := url.QueryUnescape(value); err == nil {
				value = decoded
			}
			keys = append(keys, value)
			continue
		}
		if !first {
			kept = append(kept, '&')
		}
		first = false
		kept = append(kept, part...)
	}
	return string(kept), keys
}

// mayHoldKey is a cheap "no" for almost every query.
func mayHoldKey(query string) bool {
	return query != "" && (strings.Contains(query, "key") || strings.Contains(query, "%"))
}
