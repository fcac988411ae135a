package setting

import (
	"strconv"
)

// Values are the settings in force. Times are in the unit the name or its field says.
type Values struct {
	AppURL                         string
	RequestLogRetentionDays        int
	RequestLogWriteIntervalMinutes int
	EnableRequestBodyLogging       bool
	RequestTimeout                 int
	ConnectTimeout                 int
	ResponseHeaderTimeout          int
	IdleConnTimeout                int
	StreamIdleTimeout              int
	MaxIdleConns                   int
	MaxIdleConnsPerHost            int
	// ProxyURL is in clear; Shown masks it.
	ProxyURL                     string
	MaxRetries                   int
	BlacklistThreshold           int
	FailoverStatusCodes          string
	BlacklistStatusCodes         string
	CooldownSeconds              int
	KeyValidationIntervalMinutes int
	KeyValidationConcurrency     int
	KeyValidationTimeoutSeconds  int
	// Version is raised by one at every change; 1 when nothing was ever changed.
	Version int
}

// Defaults are the values of an installation where nothing was changed.
func Defaults() Values {
	v := Values{Version: 1}
	for _, f := range fields {
		v.set(f.Name, f.Default)
	}
	return v
}

// Effective are the values with a group's overrides laid over them. What is unknown or unreadable is passed over: it was
// checked when it was written.
func Effective(v Values, overrides map[string]string) Values {
	for name, text := range overrides {
		v.set(name, text)
	}
	return v
}

// place is where a setting's value lies: one of the three is not nil, none for a setting that is kept elsewhere.
type place struct {
	number *int
	text   *string
	flag   *bool
}

func (v *Values) place(name string) place {
	switch name {
	case "appUrl":
		return place{text: &v.AppURL}
	case "requestLogRetentionDays":
		return place{number: &v.RequestLogRetentionDays}
	case "requestLogWriteIntervalMinutes":
		return place{number: &v.RequestLogWriteIntervalMinutes}
	case "enableRequestBodyLogging":
		return place{flag: &v.EnableRequestBodyLogging}
	case "requestTimeout":
		return place{number: &v.RequestTimeout}
	case "connectTimeout":
		return place{number: &v.ConnectTimeout}
	case "responseHeaderTimeout":
		return place{number: &v.ResponseHeaderTimeout}
	case "idleConnTimeout":
		return place{number: &v.IdleConnTimeout}
	case "streamIdleTimeout":
		return place{number: &v.StreamIdleTimeout}
	case "maxIdleConns":
		return place{number: &v.MaxIdleConns}
	case "maxIdleConnsPerHost":
		return place{number: &v.MaxIdleConnsPerHost}
	case "proxyUrl":
		return place{text: &v.ProxyURL}
	case "maxRetries":
		return place{number: &v.MaxRetries}
	case "blacklistThreshold":
		return place{number: &v.BlacklistThreshold}
	case "failoverStatusCodes":
		return place{text: &v.FailoverStatusCodes}
	case "blacklistStatusCodes":
		return place{text: &v.BlacklistStatusCodes}
	case "cooldownSeconds":
		return place{number: &v.CooldownSeconds}
	case "keyValidationIntervalMinutes":
		return place{number: &v.KeyValidationIntervalMinutes}
	case "keyValidationConcurrency":
		return place{number: &v.KeyValidationConcurrency}
	case "keyValidationTimeoutSeconds":
		return place{number: &v.KeyValidationTimeoutSeconds}
	}
	return place{}
}

// set gives the named setting a value from its text; a text that is none leaves it as it is.
func (v *Values) set(name, text string) {
	p := v.place(name)
	switch {
	case p.text != nil:
		*p.text = text
	case p.number != nil:
		if n, err := strconv.Atoi(text); err == nil {
			*p.number = n
		}
	case p.flag != nil:
		if b, err := strconv.ParseBool(text); err == nil {
			*p.flag = b
		}
	}
}

// Text is the named setting's value as text, in clear.
func (v Values) Text(name string) string {
	p := v.place(name)
	switch {
	case p.text != nil:
		return *p.text
	case p.number != nil:
		return strconv.Itoa(*p.number)
	case p.flag != nil:
		return strconv.FormatBool(*p.flag)
	}
	return ""
}

// Value is the named setting's value: an int, a string in clear, or a bool; nil when no setting of that name has one here.
func (v Values) Value(name string) any {
	p := v.place(name)
	switch {
	case p.text != nil:
		return *p.text
	case p.number != nil:
		return *p.number
	case p.flag != nil:
		return *p.flag
	}
	return nil
}
