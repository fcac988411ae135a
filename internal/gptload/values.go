package gptload

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"roundhouse/internal/setting"
)

// settingNames are GPT-Load's settings that we have too, by what they are called here.
var settingNames = map[string]string{
	"app_url": "appUrl", "request_log_retention_days": "requestLogRetentionDays",
	"request_log_write_interval_minutes": "requestLogWriteIntervalMinutes", "enable_request_body_logging": "enableRequestBodyLogging",
	"request_timeout": "requestTimeout", "connect_timeout": "connectTimeout", "idle_conn_timeout": "idleConnTimeout",
	"response_header_timeout": "responseHeaderTimeout", "max_idle_conns": "maxIdleConns", "max_idle_conns_per_host": "maxIdleConnsPerHost",
	"proxy_url": "proxyUrl", "max_retries": "maxRetries", "blacklist_threshold": "blacklistThreshold",
	"failover_status_codes": "failoverStatusCodes", "key_validation_interval_minutes": "keyValidationIntervalMinutes",
	"key_validation_concurrency": "keyValidationConcurrency", "key_validation_timeout_seconds": "keyValidationTimeoutSeconds",
}

// value is what one of GPT-Load's settings is here: nil for our default, or nothing to take. why is empty when nothing had to
// change.
func value(name, text string) (here *string, why string) {
	text = strings.TrimSpace(text)
	switch name {
	case "request_log_write_interval_minutes":
		if text == "1" { // its default; ours writes within a second and loses nothing
			return nil, ""
		}
	case "app_url":
		if u, err := url.Parse(text); err != nil || slices.Contains([]string{"", "localhost", "127.0.0.1", "0.0.0.0", "::1"}, u.Hostname()) {
			return nil, "it names no address that others reach; left empty, endpoints show the address of whoever asks"
		}
	case "failover_status_codes":
		return failoverCodes(text)
	}
	f, _ := setting.FieldNamed(settingNames[name])
	if f.Type != setting.Int {
		return &text, ""
	}
	n, err := strconv.ParseFloat(text, 64) // GPT-Load writes a million as 1e+06
	if err != nil || n != math.Trunc(n) {
		return nil, fmt.Sprintf("%.40q is no whole number; GPT-Load falls back to its default, too", text)
	}
	bounded := min(max(n, float64(f.Min)), float64(f.Max))
	text = strconv.Itoa(int(bounded))
	if bounded != n {
		why = fmt.Sprintf("%.0f is outside of %d to %d", n, f.Min, f.Max)
	}
	return &text, why
}

func failoverCodes(text string) (*string, string) {
	codes, lost, standard, err := carried(text)
	switch {
	case err != nil:
		return nil, err.Error()
	case standard:
		return nil, "GPT-Load's default becomes ours, which does not let a request at fault cost a key"
	case len(lost) > 0:
		return &codes, fmt.Sprintf("the list loses %s, which speak of the request: it is now %s", strings.Join(lost, ", "), codes)
	}
	return &codes, ""
}

// texts are the values of a group's config by name; null, which inherits, is left out.
func texts(config string) (map[string]string, error) {
	var raw map[string]json.RawMessage
	if config == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(config), &raw); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for name, v := range raw {
		var text string
		switch {
		case string(v) == "null":
		case json.Unmarshal(v, &text) == nil:
			all[name] = text
		default:
			all[name] = string(v)
		}
	}
	return all, nil
}

// split is a comma list of proxy keys, each once.
func split(list string) []string {
	var all []string
	for part := range strings.SplitSeq(list, ",") {
		if part = strings.TrimSpace(part); part != "" && !slices.Contains(all, part) {
			all = append(all, part)
		}
	}
	return all
}
