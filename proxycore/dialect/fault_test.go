package dialect

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return h
}

func TestFaults(t *testing.T) {
	tests := []struct {
		name    string
		dialect Name
		status  int
		header  http.Header
		body    string
		class   Class
		code    string
		wait    time.Duration
	}{
		{"fine", OpenAI, 200, nil, `{"error":null}`, None, "", 0},
		{"redirect", OpenAI, 302, nil, ``, None, "", 0},
		{"wrong key", OpenAI, 401, nil, `{"error":{"message":"no such key","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}`, Key, "invalid_api_key", 0},
		{"no scope", OpenAI, 403, nil, `{"error":{"message":"missing scope","type":"invalid_request_error","param":null,"code":null}}`, ByStatus, "invalid_request_error", 0},
		{"foreign organization", OpenAI, 401, nil, `{"error":{"message":"wrong header","type":"invalid_request_error","code":"mismatched_organization"}}`, Request, "mismatched_organization", 0},
		{"address", OpenAI, 401, nil, `{"error":{"message":"no","code":"ip_not_authorized"}}`, Place, "ip_not_authorized", 0},
		{"region", OpenAI, 403, nil, `{"error":{"message":"no","type":"request_forbidden","code":"unsupported_country_region_territory"}}`, Place, "unsupported_country_region_territory", 0},
		{"flagged", OpenAI, 403, nil, `{"error":{"message":"flagged","code":403,"metadata":{"reasons":["violence"],"flagged_input":"x"}}}`, Request, "403", 0},
		{"content filter", OpenAI, 400, nil, `{"error":{"message":"filtered","type":null,"param":"prompt","code":"content_filter","status":400}}`, Request, "content_filter", 0},
		{"quota", OpenAI, 429, nil, `{"error":{"message":"quota","type":"insufficient_quota","code":"insufficient_quota"}}`, Account, "insufficient_quota", 0},
		{"quota, the finer code unknown", OpenAI, 429, nil, `{"error":{"message":"quota","type":"insufficient_quota","code":"some_new_limit"}}`, Account, "insufficient_quota", 0},
		{"credit", OpenAI, 402, nil, `{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}`, Account, "invalid_request_error", 0},
		{"rate", OpenAI, 429, header("Retry-After", "2", "X-Ratelimit-Limit-Tokens", "30000", "X-Ratelimit-Remaining-Tokens", "12"),
			`{"error":{"message":"slow","type":"tokens","code":"rate_limit_exceeded"}}`, RateLimit, "rate_limit_exceeded", 2 * time.Second},
		{"larger than the limit", OpenAI, 429, header("X-Ratelimit-Limit-Tokens", "30000", "X-Ratelimit-Remaining-Tokens", "30000"),
			`{"error":{"message":"large","type":"tokens","code":"rate_limit_exceeded"}}`, Request, "rate_limit_exceeded", 0},
		{"larger than the limit, by code", OpenAI, 429, nil, `{"error":{"message":"large","type":"tokens","code":"request_too_large"}}`, Request, "request_too_large", 0},
		{"requests used up, tokens not", OpenAI, 429, header("X-Ratelimit-Limit-Tokens", "9", "X-Ratelimit-Remaining-Tokens", "9", "X-Ratelimit-Remaining-Requests", "0"),
			`{"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}`, RateLimit, "rate_limit_exceeded", 0},
		{"too large", OpenAI, 413, nil, `{"error":{"message":"large"}}`, Request, "", 0},
		{"unknown 404", OpenAI, 404, nil, `{"error":{"message":"no such thing","type":"invalid_request_error"}}`, ByStatus, "invalid_request_error", 0},
		{"a 429 without words", OpenAI, 429, nil, ``, RateLimit, "", 0},
		{"a firewall", OpenAI, 403, nil, `<html>denied</html>`, Foreign, "", 0},
		{"nothing", OpenAI, 401, nil, ``, Foreign, "", 0},
		{"a string", OpenAI, 401, nil, `{"error":"invalid key"}`, ByStatus, "", 0},
		{"a detail", OpenAI, 401, nil, `{"detail":"Unauthorized"}`, ByStatus, "", 0},
		{"a bare message", OpenAI, 401, nil, `{"message":"Unauthorized","request_id":"1"}`, ByStatus, "", 0},
		{"Google's words", OpenAI, 400, nil, `[{"error":{"code":400,"message":"bad key","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}]`, Key, "API_KEY_INVALID", 0},
		{"overloaded", OpenAI, 503, nil, `{"error":{"message":"busy","type":"service_unavailable_error","code":"server_is_overloaded"}}`, Server, "server_is_overloaded", 0},
		{"a proxy's 502", OpenAI, 502, nil, `<html>`, Server, "", 0},

		{"Responses are OpenAI's", OpenAIResponses, 401, nil, `{"error":{"message":"no","code":"invalid_api_key"}}`, Key, "invalid_api_key", 0},

		{"wrong key", Anthropic, 401, nil, `{"type":"error","error":{"type":"authentication_error","message":"bad"},"request_id":"r"}`, Key, "authentication_error", 0},
		{"may not", Anthropic, 403, nil, `{"type":"error","error":{"type":"permission_error","message":"no"}}`, ByStatus, "permission_error", 0},
		{"region", Anthropic, 403, nil, `{"error":{"type":"forbidden","message":"Request not allowed"}}`, Place, "forbidden", 0},
		{"billing", Anthropic, 402, nil, `{"type":"error","error":{"type":"billing_error","message":"pay"}}`, Account, "billing_error", 0},
		{"spend cap", Anthropic, 429, nil, `{"type":"error","error":{"type":"rate_limit_error","message":"cap","details":{"error_code":"enforced_spend_limit_reached"}}}`, Account, "enforced_spend_limit_reached", 0},
		{"rate by reset", Anthropic, 429, header("Anthropic-Ratelimit-Requests-Remaining", "0", "Anthropic-Ratelimit-Requests-Reset", "2026-01-02T12:00:07Z",
			"Anthropic-Ratelimit-Tokens-Remaining", "5", "Anthropic-Ratelimit-Tokens-Reset", "2026-01-02T12:00:59Z"),
			`{"type":"error","error":{"type":"rate_limit_error","message":"slow"}}`, RateLimit, "rate_limit_error", 7 * time.Second},
		{"overloaded", Anthropic, 529, nil, `{"type":"error","error":{"type":"overloaded_error","message":"busy"}}`, Overloaded, "overloaded_error", 0},
		{"too large", Anthropic, 413, nil, `{"type":"error","error":{"type":"request_too_large","message":"big"}}`, Request, "request_too_large", 0},
		{"a limit in OpenAI's words", Anthropic, 429, nil, `{"error":{"message":"slow","type":"invalid_request_error","code":"rate_limit_exceeded"}}`, RateLimit, "invalid_request_error", 0},
		{"a key in OpenAI's words", Anthropic, 401, nil, `{"error":{"message":"no","type":"invalid_request_error","code":"invalid_api_key"}}`, ByStatus, "invalid_request_error", 0},
		{"OpenAI's shape", Anthropic, 401, nil, `{"error":{"message":"no","code":"invalid_api_key"}}`, Foreign, "", 0},

		{"wrong key", Gemini, 400, nil, `{"error":{"code":400,"message":"bad key","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID","domain":"googleapis.com"}]}}`, Key, "API_KEY_INVALID", 0},
		{"wrong argument", Gemini, 400, nil, `{"error":{"code":400,"message":"bad","status":"INVALID_ARGUMENT"}}`, ByStatus, "INVALID_ARGUMENT", 0},
		{"as a list", Gemini, 403, nil, "[{\n  \"error\": {\"code\": 403, \"message\": \"off\", \"status\": \"PERMISSION_DENIED\", \"details\": [{\"reason\": \"SERVICE_DISABLED\"}]}\n}\n]", Key, "SERVICE_DISABLED", 0},
		{"location", Gemini, 400, nil, `{"error":{"code":400,"message":"not here","status":"FAILED_PRECONDITION"}}`, Place, "FAILED_PRECONDITION", 0},
		{"address", Gemini, 403, nil, `{"error":{"code":403,"message":"not from there","status":"PERMISSION_DENIED","details":[{"reason":"API_KEY_IP_ADDRESS_BLOCKED"}]}}`, Place, "API_KEY_IP_ADDRESS_BLOCKED", 0},
		{"another's file", Gemini, 403, nil, `{"error":{"code":403,"message":"not yours","status":"PERMISSION_DENIED"}}`, Request, "PERMISSION_DENIED", 0},
		{"an unknown reason", Gemini, 403, nil, `{"error":{"code":403,"message":"no","status":"PERMISSION_DENIED","details":[{"reason":"SOMETHING_NEW"}]}}`, ByStatus, "SOMETHING_NEW", 0},
		{"quota", Gemini, 429, nil, `{"error":{"code":429,"message":"quota","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[{"quotaId":"x"}]},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"38.5s"}]}}`, RateLimit, "RESOURCE_EXHAUSTED", 38500 * time.Millisecond},
		{"newer style", Gemini, 401, nil, `{"error":{"code":"authentication","message":"bad"}}`, Key, "authentication", 0},
		{"a web page", Gemini, 403, nil, `<title>Error 403</title>`, Foreign, "", 0},
		{"unavailable", Gemini, 503, nil, `{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}`, Server, "UNAVAILABLE", 0},
	}
	for _, test := range tests {
		t.Run(string(test.dialect)+" "+test.name, func(t *testing.T) {
			d, _ := ByName(test.dialect)
			f := d.Fault(Answer{Status: test.status, Header: test.header, Body: []byte(test.body), At: noon})
			if f.Class != test.class || f.Code != test.code || f.RetryAfter != test.wait {
				t.Errorf("got %+v, want class %d, code %s, wait %v", f, test.class, test.code, test.wait)
			}
			if f.Class != None && f.Status != test.status {
				t.Errorf("status %d", f.Status)
			}
		})
	}
}

func TestFaultTellsTheProvidersWords(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"  two\nlines\u0000 "}}`:              "two lines",
		`{"error":"just words"}`:                                   "just words",
		"upstream connect error\n":                                 "upstream connect error",
		"<html><title>no</title>":                                  "",
		`{"error":{"message":"` + strings.Repeat("ü", 300) + `"}}`: strings.Repeat("ü", 200),
	} {
		f := openAI{}.Fault(Answer{Status: 500, Body: []byte(body)})
		if strings.TrimSpace(f.Message) != want {
			t.Errorf("%q: %q, want %q", body, f.Message, want)
		}
	}
}

func TestFaultReadsCodedBodies(t *testing.T) {
	body := []byte(`{"error":{"message":"no such key","code":"invalid_api_key"}}`)
	h := header("Content-Encoding", "gzip")
	if f := (openAI{}).Fault(Answer{Status: 401, Header: h, Body: gzipped(body)}); f.Class != Key || f.Message != "no such key" {
		t.Errorf("gzip: %+v", f)
	}
	if f := (openAI{}).Fault(Answer{Status: 401, Header: h, Body: body}); f.Class != Foreign {
		t.Errorf("what says gzip and is not: %+v", f)
	}
	if f := (openAI{}).Fault(Answer{Status: 401, Header: header("Content-Encoding", "br"), Body: body}); f.Class != Foreign {
		t.Errorf("br: %+v", f)
	}
}

func gzipped(body []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(body)
	_ = w.Close()
	return b.Bytes()
}

func TestRetryAfter(t *testing.T) {
	const century = 100 * 365 * 24 * time.Hour
	for _, test := range []struct {
		header http.Header
		want   time.Duration
	}{
		{header(), 0},
		{header("Retry-After", "2"), 2 * time.Second},
		{header("Retry-After", " 1.5 "), 1500 * time.Millisecond},
		{header("Retry-After", "-4"), 0},
		{header("Retry-After", "NaN"), 0},
		{header("Retry-After", "soon"), 0},
		{header("Retry-After", "99999999999999999999"), century},
		{header("Retry-After", "1e999"), century},
		{header("Retry-After", "Fri, 02 Jan 2026 12:01:00 GMT"), time.Minute},
		{header("Retry-After", "Fri, 02 Jan 2026 11:59:00 GMT"), 0},
		{header("Retry-After", "2", "Retry-After-Ms", "250"), 250 * time.Millisecond},
		{header("Retry-After", "2", "Retry-After-Ms", "x"), 2 * time.Second},
	} {
		if got := retryAfter(test.header, noon); got != test.want {
			t.Errorf("%v: %v, want %v", test.header, got, test.want)
		}
	}
}

// FuzzRetryAfter holds every header to a wait between nothing and a century.
func FuzzRetryAfter(f *testing.F) {
	for _, seed := range []string{"2", "1.5", "-1", "Fri, 02 Jan 2026 12:01:00 GMT", "1e308", "0x1p10", "inf"} {
		f.Add(seed, "")
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, seconds, milliseconds string) {
		h := http.Header{"Retry-After": {seconds}, "Retry-After-Ms": {milliseconds}}
		if wait := retryAfter(h, noon); wait < 0 {
			t.Fatalf("%v", wait)
		}
	})
}

// FuzzFault holds every body to a fault that can be stored and shown.
func FuzzFault(f *testing.F) {
	f.Add(401, `{"error":{"message":"a\u0000b\n\ud800","type":{},"code":1e400}}`)
	f.Add(429, `[{"error":{"status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"-9223372036854775808ns"}]}}]`)
	f.Add(529, `{"error":{"type":"overloaded_error","message":"`+strings.Repeat("ü", 300)+`"}}`)
	f.Fuzz(func(t *testing.T, status int, body string) {
		for _, d := range All() {
			fault := d.Fault(Answer{Status: status, Body: []byte(body), At: noon})
			if (fault.Class == None) != (status < 400) {
				t.Fatalf("%s: class %d for %d", d.Name(), fault.Class, status)
			}
			for _, text := range []string{fault.Message, fault.Code} {
				if !utf8.ValidString(text) || utf8.RuneCountInString(text) > 200 || strings.ContainsAny(text, "\x00\r\n") {
					t.Fatalf("%s: %q", d.Name(), text)
				}
			}
			if fault.RetryAfter < 0 {
				t.Fatalf("%s: waits %v", d.Name(), fault.RetryAfter)
			}
		}
	})
}
