package catalog

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"roundhouse/internal/fault"
)

// canonicalURL is a base URL in the one form that is stored: scheme and host in lower case, no trailing slash. Private and
// loopback addresses are allowed, since local models are common.
func canonicalURL(text string) (string, error) {
	const example = "such as https://api.openai.com/v1"
	text = strings.TrimSpace(text)
	if len(text) > 2048 {
		return "", errors.New("the URL is longer than 2048 characters")
	}
	// The parser's own error repeats the whole URL, which may hold a password.
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("that is no URL; give a base URL, %s", example)
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	if u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("the scheme must be http or https, %s", example)
	}
	if u.Hostname() == "" || u.Opaque != "" {
		return "", fmt.Errorf("the URL names no host; give a base URL, %s", example)
	}
	if u.User != nil {
		return "", errors.New("the URL may hold no user name or password; keys are imported into the group")
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Contains(text, "#") {
		return "", errors.New("the URL may have no query and no fragment")
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return "", errors.New("the port must be 1 to 65535")
		}
	} else if strings.HasSuffix(u.Host, ":") {
		return "", errors.New("the port is missing after the colon")
	}
	for _, segment := range strings.Split(u.Path, "/") {
		if segment == "." || segment == ".." {
			return "", errors.New("the path may have no dot segments")
		}
	}
	return u.Scheme + "://" + u.Host + strings.TrimRight(u.EscapedPath(), "/"), nil
}

// refuseUpstreams tells of URLs that no request would be sent to. Those that are none are told already.
func (c *Catalog) refuseUpstreams(faults *fault.List, upstreams []Upstream) {
	for i, upstream := range upstreams {
		base, err := url.Parse(upstream.URL)
		if err != nil {
			continue
		}
		if err := c.RefuseUpstream(base); err != nil {
			faults.Add(fmt.Sprintf("input.upstreams.%d.url", i), fault.NotAllowed, nil, "%v; give the provider's own base URL", err)
		}
	}
}
