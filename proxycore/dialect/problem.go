package dialect

import (
	"net/http"
	"strconv"
	"time"
)

// Code names an error of the gateway's own. The list is closed; clients may rely on it.
type Code string

// The gateway's own errors.
const (
	CodeUnauthorized       Code = "gateway_unauthorized"
	CodeGroupNotFound      Code = "gateway_group_not_found"
	CodeGroupDisabled      Code = "gateway_group_disabled"
	CodeBadRequest         Code = "gateway_bad_request"
	CodeModelNotAllowed    Code = "gateway_model_not_allowed"
	CodeMethodNotAllowed   Code = "gateway_method_not_allowed"
	CodeRequestTimeout     Code = "gateway_request_timeout"
	CodeBodyTooLarge       Code = "gateway_body_too_large"
	CodeUnsupportedCoding  Code = "gateway_unsupported_coding"
	CodeUpgradeUnsupported Code = "gateway_upgrade_unsupported"
	CodeKeysCooling        Code = "gateway_keys_cooling"
	CodeNoActiveKey        Code = "gateway_no_active_key"
	CodeNoUpstream         Code = "gateway_no_upstream"
	CodeOverloaded         Code = "gateway_overloaded"
	CodeShuttingDown       Code = "gateway_shutting_down"
	CodeUpstreamFailed     Code = "gateway_upstream_failed"
	CodeUpstreamTimeout    Code = "gateway_upstream_timeout"
	CodeLoop               Code = "gateway_loop"
	CodeInternal           Code = "gateway_internal"
)

// Status is the HTTP status that goes with the code; 500 for a code that is not in the list.
func (c Code) Status() int {
	switch c {
	case CodeUnauthorized:
		return http.StatusUnauthorized
	case CodeGroupNotFound:
		return http.StatusNotFound
	case CodeGroupDisabled:
		return http.StatusForbidden
	case CodeBadRequest, CodeModelNotAllowed:
		return http.StatusBadRequest
	case CodeMethodNotAllowed:
		return http.StatusMethodNotAllowed
	case CodeRequestTimeout:
		return http.StatusRequestTimeout
	case CodeBodyTooLarge:
		return http.StatusRequestEntityTooLarge
	case CodeUnsupportedCoding:
		return http.StatusUnsupportedMediaType
	case CodeUpgradeUnsupported:
		return http.StatusUpgradeRequired
	case CodeKeysCooling:
		return http.StatusTooManyRequests
	case CodeNoActiveKey, CodeNoUpstream, CodeOverloaded, CodeShuttingDown:
		return http.StatusServiceUnavailable
	case CodeUpstreamFailed:
		return http.StatusBadGateway
	case CodeUpstreamTimeout:
		return http.StatusGatewayTimeout
	case CodeLoop:
		return http.StatusLoopDetected
	}
	return http.StatusInternalServerError
}

// Problem is an error of the gateway's own, for a client.
type Problem struct {
	Code Code
	// Message is fit for a stranger: no key, no address of an upstream.
	Message   string
	RequestID string
	// RetryAfter goes out in whole seconds, rounded up; 0 says nothing.
	RetryAfter time.Duration
	// NoRetry tells the SDKs that repeating is of no use: x-should-retry, which OpenAI's and Anthropic's obey.
	NoRetry bool
}

// WriteError answers with a problem in the dialect's shape: status, headers and body.
func WriteError(w http.ResponseWriter, d Dialect, p Problem) {
	body := d.ErrorBody(p)
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	if p.RequestID != "" {
		h.Set("X-Request-Id", p.RequestID)
	}
	if p.RetryAfter > 0 {
		seconds := (p.RetryAfter + time.Second - 1) / time.Second
		h.Set("Retry-After", strconv.FormatInt(int64(seconds), 10))
	}
	if p.NoRetry {
		h.Set("X-Should-Retry", "false")
	}
	w.WriteHeader(p.Code.Status())
	// A client that went away is not an error of ours.
	_, _ = w.Write(body)
}
