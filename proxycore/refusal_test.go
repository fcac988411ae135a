package proxycore_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// Our own answers wear the shape that each dialect's SDKs can read.
func TestOwnAnswersWearTheDialectsShape(t *testing.T) {
	silent := openStage(t, afterRequest((*actor).untilLeft))
	limited := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	for name, codeOf := range map[dialect.Name]func(body string) string{
		dialect.OpenAI: codeOfOpenAI, dialect.OpenAIResponses: codeOfOpenAI,
		dialect.Anthropic: func(body string) string {
			var told struct {
				Type      string
				RequestID string `json:"request_id"`
				Error     struct {
					Type, Message string
					Details       struct {
						Code string `json:"error_code"`
					}
				}
			}
			if json.Unmarshal([]byte(body), &told) != nil || told.Type != "error" || told.Error.Type == "" || told.Error.Message == "" || told.RequestID == "" {
				return body
			}
			return told.Error.Details.Code
		},
		dialect.Gemini: func(body string) string {
			var told struct {
				Error struct {
					Code            int
					Message, Status string
					Details         []struct{ Reason string }
				}
			}
			if json.Unmarshal([]byte(body), &told) != nil || told.Error.Code == 0 || told.Error.Status == "" || len(told.Error.Details) != 1 {
				return body
			}
			return told.Error.Details[0].Reason
		},
	} {
		for _, row := range []struct {
			name, method, path string
			spoil              func(*proxycore.GroupConfig)
			status             int
			code               string
			wait               bool // there is a Retry-After
		}{
			{"nobody listens", "POST", "/v1/x", func(g *proxycore.GroupConfig) { g.Upstreams[0].URL = "http://" + closedAddress(t) }, 502, "gateway_upstream_failed", false},
			{"no answer in time", "POST", "/v1/x", func(g *proxycore.GroupConfig) {
				g.Upstreams[0].URL, g.Settings.RequestTimeout = silent.url(), 200*time.Millisecond
			}, 504, "gateway_upstream_timeout", false},
			{"no keys", "POST", "/v1/x", func(g *proxycore.GroupConfig) { g.Keys = nil }, 503, "gateway_no_active_key", true},
			{"no upstreams", "POST", "/v1/x", func(g *proxycore.GroupConfig) { g.Upstreams = nil }, 503, "gateway_no_upstream", true},
			{"all keys cool", "POST", "/v1/x", nil, 429, "gateway_keys_cooling", true},
			{"a method", "PROPFIND", "/v1/x", nil, 405, "gateway_method_not_allowed", false},
			{"a body too large", "POST", "/v1/x?" + strings.Repeat("x", 100), nil, 413, "gateway_body_too_large", false},
			{"a path that leaves", "GET", "/v1/%2e%2e/x", nil, 400, "gateway_bad_request", false},
		} {
			t.Run(string(name)+" "+row.name, func(t *testing.T) {
				group := groupAt(t, 1, limited.URL)
				group.Dialect = name
				if row.spoil != nil {
					row.spoil(&group)
				}
				r := newRig(t, proxycore.Options{MaxBody: 100}, group)
				if row.status == 429 {
					r.do(r.request(row.method, row.path, "{}"))
				}
				body := ""
				if row.method == http.MethodPost {
					body = "{}"
				}
				if row.status == 413 {
					body = strings.Repeat("x", 101)
				}
				q := r.request(row.method, "", body)
				q.URL.Opaque = strings.TrimPrefix(r.front.URL, "http:") + "/proxy/openai" + row.path
				got := r.do(q)
				r.wantStatus(got, row.status)
				if code := codeOf(got.body); code != row.code || got.header.Get("X-Request-Id") == "" || got.header.Get("Retry-After") != "" != row.wait {
					t.Errorf("%s %v", code, got.header)
				}
			})
		}
	}
}

func codeOfOpenAI(body string) string {
	var told struct {
		Error struct{ Message, Type, Code string }
	}
	if json.Unmarshal([]byte(body), &told) != nil || told.Error.Message == "" || told.Error.Type == "" {
		return body
	}
	return told.Error.Code
}
