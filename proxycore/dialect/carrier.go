package dialect

import (
	"net/http"
	"net/url"
)

// Carrier is the place in a request where a key travels.
type Carrier string

// The carriers.
const (
	// DialectsOwn leaves the choice to the dialect and the path.
	DialectsOwn Carrier = "DIALECT"
	Bearer      Carrier = "BEARER"
	APIKey      Carrier = "API_KEY"
	XAPIKey     Carrier = "X_API_KEY"
	XGoogAPIKey Carrier = "X_GOOG_API_KEY"
	Query       Carrier = "QUERY"
)

// Carriers returns every carrier an administrator may choose.
func Carriers() []Carrier {
	return []Carrier{DialectsOwn, Bearer, APIKey, XAPIKey, XGoogAPIKey, Query}
}

// For resolves DialectsOwn for a dialect and a path; every other carrier, and none ("" is DialectsOwn), stays itself.
func (c Carrier) For(d Dialect, path string) Carrier {
	if c == DialectsOwn || c == "" {
		return d.Carrier(path)
	}
	return c
}

// Header is the canonical name of the header that carries the key; empty for Query and DialectsOwn.
func (c Carrier) Header() string {
	switch c {
	case Bearer:
		return "Authorization"
	case APIKey:
		return "Api-Key"
	case XAPIKey:
		return "X-Api-Key"
	case XGoogAPIKey:
		return "X-Goog-Api-Key"
	}
	return ""
}

// Prefix stands before the key in the header's value.
func (c Carrier) Prefix() string {
	if c == Bearer {
		return "Bearer "
	}
	return ""
}

// Set puts the key into the header, or behind the raw query, which it returns; what was there is kept byte for byte, but
// for the header's old values. Carriers of other kinds are not removed. c must not be DialectsOwn.
func (c Carrier) Set(header http.Header, query, key string) string {
	if name := c.Header(); name != "" {
		header[name] = []string{c.Prefix() + key}
		return query
	}
	if c != Query {
		return query
	}
	if query != "" {
		query += "&"
	}
	return query + "key=" + url.QueryEscape(key)
}

// ForCarrier returns the dialect whose clients show their key that way: the shape of an error for a caller whose group is
// not known. OpenAI's when nothing points elsewhere.
func ForCarrier(c Carrier) Dialect {
	switch c {
	case XAPIKey:
		return anthropic{}
	case XGoogAPIKey, Query:
		return gemini{}
	}
	return openAI{}
}
