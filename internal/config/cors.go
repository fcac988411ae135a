package config

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const everything = "*"

// token is what RFC 9110 §5.6.2 lets a method or a header be named.
var token = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

func (v *variables) cors() CORS {
	c := CORS{
		Enabled:     v.boolean("ENABLE_CORS", false),
		Origins:     v.origins("ALLOWED_ORIGINS"),
		Methods:     v.tokens("ALLOWED_METHODS", "GET,POST,PUT,DELETE,OPTIONS"),
		Headers:     v.tokens("ALLOWED_HEADERS", everything),
		Credentials: v.boolean("ALLOW_CREDENTIALS", false),
	}
	for i, method := range c.Methods {
		c.Methods[i] = strings.ToUpper(method)
	}
	if c.Enabled && len(c.Origins) == 0 && v.text("ALLOWED_ORIGINS", "") == "" {
		v.fault("ALLOWED_ORIGINS", "", "empty while ENABLE_CORS is true", "list the origins that may call /proxy, such as https://app.example.com, or give *")
	}
	if c.Enabled && c.Credentials && slices.Contains(c.Origins, everything) {
		v.fault("ALLOWED_ORIGINS", everything, "every origin together with ALLOW_CREDENTIALS=true would let any page act for its visitor",
			"list the origins, or set ALLOW_CREDENTIALS=false")
	}
	return c
}

// origins reads what a browser sends as Origin: scheme, host, and a port that is not the scheme's own.
func (v *variables) origins(name string) []string {
	var all []string
	for _, part := range v.list(name, "") {
		if part == everything {
			all = append(all, part)
			continue
		}
		u, err := url.Parse(part)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil ||
			strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
			v.fault(name, shown(u, part), "not an origin", "separate origins by commas, each scheme://host or scheme://host:port, or give *")
			continue
		}
		host := strings.ToLower(u.Host)
		host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[u.Scheme])
		all = append(all, u.Scheme+"://"+host)
	}
	return alone(all)
}

// shown is the part as given unless it may hold a password.
func shown(u *url.URL, part string) string {
	if u == nil || u.User != nil {
		return ""
	}
	return part
}

func (v *variables) tokens(name, fallback string) []string {
	all := v.list(name, fallback)
	for _, part := range all {
		if !token.MatchString(part) {
			v.fault(name, part, "not a name", "separate names by commas, or give *")
		}
	}
	return alone(all)
}

// alone drops the other parts of a list that names everything.
func alone(parts []string) []string {
	if slices.Contains(parts, everything) {
		return []string{everything}
	}
	return parts
}
