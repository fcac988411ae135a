package proxycore

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"roundhouse/proxycore/dialect"
)

// modelListBytes bounds the model lists that are rewritten.
const modelListBytes = 4 << 20

// answer readies the answer that is passed on, and moves its header to the client's writer.
func (x *exchange) answer(res *http.Response) {
	dropHop(res.Header)
	x.welcome(res)
	x.rewriteModelList(res)
	if res.StatusCode < 300 && (isEventStream(res.Header) || x.streams(x.attempt.group)) {
		x.streaming = true
		x.gateway.streams.Add(1)
	}
	x.flow.begin(res)
	x.moveHeader(res.Header)
}

// welcome is what every answer that is passed on meets first, a socket's as well.
func (x *exchange) welcome(res *http.Response) {
	x.freeSlot()
	x.last.upstreamID = upstreamID(res.Header)
	if res.StatusCode < 300 {
		if id := dialect.UploadID(res.Header); id != "" {
			x.own(id, time.Now())
		}
	}
	x.cleanAnswer(res.Header)
}

func isEventStream(h http.Header) bool {
	return strings.HasPrefix(valueOf(h, "Content-Type"), "text/event-stream")
}

// cleanAnswer takes off an answer's header what an upstream may not say to browsers at our address, and our key wherever it
// is repeated; addresses on the upstream become the group's.
func (x *exchange) cleanAnswer(h http.Header) {
	key := x.attempt.key()
	for name, values := range h {
		switch name {
		case "Set-Cookie", "Set-Cookie2", "Clear-Site-Data", "Strict-Transport-Security", "Alt-Svc":
			delete(h, name)
			continue
		case "Location", "Content-Location", "X-Goog-Upload-Url", "X-Goog-Upload-Control-Url":
			for i := range values {
				values[i] = x.ownAddress(values[i])
			}
		}
		if strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
			continue
		}
		for i, value := range values {
			if mayRepeat(value, key) {
				values[i] = scrubText(value, key)
			}
		}
	}
	if navigates(x.in.Header) {
		h["Content-Security-Policy"] = []string{"sandbox"}
		h["X-Content-Type-Options"] = []string{"nosniff"}
	}
}

// mayRepeat is a cheap "no" for almost every header: what is shorter than the key cannot hold it.
func mayRepeat(value, key string) bool { return len(value) >= len(key) && len(key) >= shortestScrubbed }

// navigates reports whether a browser would show the answer as a page or inside one.
func navigates(h http.Header) bool {
	if dest := h["Sec-Fetch-Dest"]; len(dest) > 0 && dest[0] != "empty" {
		return true
	}
	for _, accept := range h["Accept"] {
		if strings.Contains(accept, "text/html") {
			return true
		}
	}
	return false
}

// ownAddress turns an address on the upstream's host into the group's address for it; any other stays. A key in its query is
// taken out: ours is put in again when the client comes.
func (x *exchange) ownAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	up := x.attempt.up
	if u.Host == "" && !strings.HasPrefix(u.Path, "/") || u.Host != "" && u.Host != up.host {
		return address
	}
	path, ok := up.leave(u.EscapedPath())
	if !ok {
		return address
	}
	query, _ := cutKey(u.RawQuery)
	own := x.gateway.origin(x.in) + x.prefix() + x.asked.name + path
	if query != "" {
		own += "?" + query
	}
	if u.Fragment != "" {
		own += "#" + u.EscapedFragment()
	}
	return own
}

// moveHeader hands the answer's header to the client's writer, and keeps net/http from adding what the upstream left out.
func (x *exchange) moveHeader(theirs http.Header) {
	ours := x.w.Header()
	for name, values := range theirs {
		if have := ours[name]; len(have) > 0 {
			values = slices.Concat(have, values)
		}
		ours[name] = values
	}
	for _, name := range [...]string{"Date", "Content-Type"} {
		if _, there := ours[name]; !there {
			ours[name] = nil
		}
	}
}

// listsModels reports whether the answer is a list of models that our redirects belong into, and with which names.
func (x *exchange) listsModels(g *group) (names []string, alone, ok bool) {
	if !x.facts.ModelList {
		return nil, false, false
	}
	lister := x.asked
	if len(lister.names) == 0 && !lister.strict {
		lister = g
	}
	return lister.names, lister.strict, len(lister.names) > 0 || lister.strict
}

// rewriteModelList shows the names that redirects are asked by. What is no model list after all, an error above all, passes
// untouched.
func (x *exchange) rewriteModelList(res *http.Response) {
	names, alone, ok := x.listsModels(x.attempt.group)
	if !ok || res.StatusCode != http.StatusOK || x.in.Method != http.MethodGet {
		return
	}
	x.watch.flow(time.Now(), x.attempt.group.set.StreamIdleTimeout)
	raw, err := io.ReadAll(io.LimitReader(watchedReader{res.Body, &x.watch}, modelListBytes))
	rest := res.Body
	restore := func(body []byte) {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), errorReader{err}, rest), rest}
	}
	plain, decodable := dialect.Decode(bytes.NewReader(raw), res.Header.Get("Content-Encoding"))
	if err != nil || len(raw) == modelListBytes || !decodable {
		restore(raw)
		return
	}
	body, broken := io.ReadAll(io.LimitReader(plain, modelListBytes))
	if broken != nil {
		restore(raw)
		return
	}
	listed, ok := x.attempt.group.dialect.ModelList(x.facts.Target, body, names, alone)
	if !ok {
		restore(raw)
		return
	}
	restore(listed)
	res.Header.Del("Content-Encoding")
	res.Header.Set("Content-Length", strconv.Itoa(len(listed)))
	res.ContentLength = int64(len(listed))
}

// errorReader fails with an error, or with none at all is empty.
type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) {
	if r.err == nil {
		return 0, io.EOF
	}
	return 0, r.err
}
