package sdktest

import (
	"encoding/base64"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"roundhouse/internal/upstreamtest"
)

var (
	// counted are the ids that the upstream counts, so that no two answers have the same.
	counted = regexp.MustCompile(`(req_|file-|file_|upload-|files/)[0-9]{8}`)
	// carriers are the headers and the parameter that hold a key.
	carriers = []string{"Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key"}
	keyParam = regexp.MustCompile(`([?&])key=[^&]*&?`)
	// withheld are the upstream's headers that would act on the console's origin, which the gateway keeps to itself.
	withheld = regexp.MustCompile(`^(Set-Cookie|Clear-Site-Data|Strict-Transport-Security|Alt-Svc|Access-Control-.*)$`)
)

// cancelSlack is how much later than without a gateway the upstream may learn that the client has gone.
const cancelSlack = 100 * time.Millisecond

// compare lists what the gateway made different; empty when nothing is.
func compare(direct, through told) (differences []string) {
	note := func(format string, args ...any) { differences = append(differences, fmt.Sprintf(format, args...)) }
	sides := []struct {
		what            string
		direct, through []string
	}{
		{"what the client saw", each(direct.sight.Seen, plain), each(through.sight.Seen, plain)},
		{"the answers' status and headers", each(direct.sight.Answers, plainAnswer), each(through.sight.Answers, plainAnswer)},
		{"what the upstream was asked", each(distinct(direct.requests), plainRequest), each(distinct(through.requests), plainRequest)},
	}
	for _, side := range sides {
		if i := firstDifference(side.direct, side.through); i >= 0 {
			note("%s, number %d\ndirect:  %s\nthrough: %s", side.what, i+1, at(side.direct, i), at(side.through, i))
		}
	}
	for _, answer := range through.sight.Answers {
		if id := requestID(answer.Header); !slices.ContainsFunc(through.requests, func(r upstreamtest.Request) bool {
			return requestID(r.ResponseHeader) == id
		}) {
			note("the client was given the request id %q, which the upstream never sent", id)
		}
	}
	if late := gone(through) - gone(direct); late > cancelSlack {
		note("the upstream learnt of the client's leave %v later than without the gateway", late)
	}
	if !through.sight.First.IsZero() {
		if last := through.requests[len(through.requests)-1]; !through.sight.First.Before(last.Finished) {
			note("the first event came %v after the upstream had finished", through.sight.First.Sub(last.Finished))
		}
	}
	return differences
}

// leaks lists the requests that carry the secret to the upstream, written in any of the usual ways.
func leaks(secret string, requests []upstreamtest.Request) (found []string) {
	for _, request := range requests {
		for _, form := range []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret))} {
			if strings.Contains(string(request.Raw), form) {
				found = append(found, "the proxy key reached the upstream with "+request.Method+" "+request.Target)
				break
			}
		}
	}
	return found
}

// gone is how long the upstream took to see that the client had left; 0 when it did not leave.
func gone(story told) time.Duration {
	if story.sight.Left.IsZero() {
		return 0
	}
	last := story.requests[len(story.requests)-1]
	if last.Cancelled.IsZero() {
		return time.Hour // never, and no slack is as long
	}
	return last.Cancelled.Sub(story.sight.Left)
}

// distinct leaves out the further attempts of one request: how often a failed one is repeated is the gateway's affair.
func distinct(requests []upstreamtest.Request) []upstreamtest.Request {
	return slices.CompactFunc(slices.Clone(requests), func(a, b upstreamtest.Request) bool {
		return a.Status >= 400 && plainRequest(a) == plainRequest(b)
	})
}

// firstDifference is the first index at which the lists differ; -1 when they are equal.
func firstDifference(a, b []string) int {
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return i
		}
	}
	return -1
}

func at(list []string, i int) string {
	if i >= len(list) {
		return "(nothing)"
	}
	return list[i]
}

func each[T any](values []T, to func(T) string) []string {
	var texts []string
	for _, value := range values {
		texts = append(texts, to(value))
	}
	return texts
}

func plain(text string) string { return counted.ReplaceAllString(text, "${1}N") }

// plainAnswer is an answer without what is different each time: date, counted ids, the address an upload goes to.
func plainAnswer(a answer) string {
	header := a.Header.Clone()
	header.Del("Date")
	maps.DeleteFunc(header, func(name string, _ []string) bool { return withheld.MatchString(name) })
	if address, err := url.Parse(header.Get("X-Goog-Upload-Url")); err == nil && address.Host != "" {
		_, path, _ := strings.Cut(address.RequestURI(), "/upload/")
		header.Set("X-Goog-Upload-Url", "/upload/"+path)
	}
	return plain(fmt.Sprintf("%d %s", a.Status, lines(header)))
}

// plainRequest is a request without what carries a key, what a hop rewrites, and the boundary of a multipart body.
func plainRequest(r upstreamtest.Request) string {
	header := http.Header{}
	for _, line := range r.Header {
		header.Add(line.Name, line.Value)
	}
	for _, name := range append([]string{"Host", "Connection", "Via"}, carriers...) {
		header.Del(name)
	}
	text := fmt.Sprintf("%s %s\n%s\n\n%s", r.Method, strings.TrimRight(keyParam.ReplaceAllString(r.Target, "$1"), "?&"), lines(header), r.Body)
	if _, params, err := mime.ParseMediaType(header.Get("Content-Type")); err == nil && params["boundary"] != "" {
		text = strings.ReplaceAll(text, params["boundary"], "BOUNDARY")
	}
	return plain(text)
}

func lines(header http.Header) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			all = append(all, name+": "+value)
		}
	}
	return strings.Join(all, "\n")
}

func requestID(header http.Header) string {
	return header.Get("X-Request-Id") + header.Get("Request-Id")
}
