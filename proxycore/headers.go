package proxycore

import (
	"net/http"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// strip takes off an outgoing header what carries the proxy key, what is for one hop only, what a forwarding proxy added and
// what the provider must not know of the console; then it adds our Via. Everything else stays as it is.
func (x *exchange) strip(h http.Header) {
	for name := range h {
		switch name {
		case "Authorization", "X-Api-Key", "Api-Key", "X-Goog-Api-Key", "Cookie", "Expect",
			"Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Fastly-Client-Ip",
			"Cf-Connecting-Ip", "Cf-Connecting-Ipv6", "Cf-Ipcountry", "Cf-Ray", "Cf-Visitor", "Cf-Worker", "Cdn-Loop":
			delete(h, name)
		case protocolHeader:
			stripProtocols(h)
		default:
			if strings.HasPrefix(name, "X-Forwarded-") {
				delete(h, name)
			}
		}
	}
	if theirs := h["Via"]; len(theirs) > 0 {
		h["Via"] = append(theirs[:len(theirs):len(theirs)], x.gateway.via...)
	} else {
		h["Via"] = x.gateway.via
	}
}

// stripProtocols takes the proxy key out of the subprotocols that a WebSocket client offers.
func stripProtocols(h http.Header) {
	var kept []string
	for _, value := range h[protocolHeader] {
		for protocol := range strings.SplitSeq(value, ",") {
			if protocol = strings.TrimSpace(protocol); protocol != "" && !strings.HasPrefix(protocol, protocolPrefix) {
				kept = append(kept, protocol)
			}
		}
	}
	if len(kept) == 0 {
		delete(h, protocolHeader)
		return
	}
	h[protocolHeader] = []string{strings.Join(kept, ", ")}
}

// asOneHop makes a request's header that of our own hop: what was for the client's alone goes, but for its wish to be given
// trailers or another protocol, which is ours as well.
func asOneHop(h http.Header) {
	upgrade, trailers := upgradeOf(h), containsToken(h["Te"], "trailers")
	dropHop(h)
	if trailers {
		h["Te"] = []string{"trailers"}
	}
	if upgrade != "" {
		h["Connection"], h["Upgrade"] = []string{"Upgrade"}, []string{upgrade}
	}
}

// upgradeOf is the protocol that a header asks or agrees to change to; empty for none.
func upgradeOf(h http.Header) string {
	if !containsToken(h["Connection"], "upgrade") {
		return ""
	}
	return valueOf(h, "Upgrade")
}

// dropHop takes off what is for one hop only (RFC 9110 §7.6.1).
func dropHop(h http.Header) {
	for _, value := range h["Connection"] {
		for name := range strings.SplitSeq(value, ",") {
			h.Del(textproto.TrimString(name))
		}
	}
	for _, name := range [...]string{
		"Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade",
	} {
		delete(h, name)
	}
}

// inventNoAgent keeps net/http from naming itself for a client that names nothing.
func inventNoAgent(h http.Header) {
	if _, there := h["User-Agent"]; !there {
		h["User-Agent"] = []string{""}
	}
}

// valueOf is the first value of a header, whose name is in canonical form; empty when there is none.
func valueOf(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

func containsToken(values []string, token string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(textproto.TrimString(part), token) {
				return true
			}
		}
	}
	return false
}

// headerRule is a HeaderRule with its value taken apart.
type headerRule struct {
	set  bool
	name string
	// parts alternate: text, variable, text, …
	parts []string
}

func newHeaderRule(r HeaderRule) headerRule {
	rule := headerRule{set: r.Set, name: http.CanonicalHeaderKey(r.Name)}
	text := r.Value
	for rest := r.Value; ; {
		begin := strings.Index(rest, "${")
		end := strings.IndexByte(rest[max(begin, 0):], '}')
		if begin < 0 || end < 0 {
			break
		}
		name := rest[begin+2 : begin+end]
		rest = rest[begin+end+1:]
		if !isVariable(name) {
			continue
		}
		rule.parts = append(rule.parts, text[:len(text)-len(rest)-len("${}")-len(name)], name)
		text = rest
	}
	rule.parts = append(rule.parts, text)
	return rule
}

func isVariable(name string) bool {
	switch name {
	case "CLIENT_IP", "GROUP_NAME", "API_KEY", "TIMESTAMP_MS", "TIMESTAMP_S":
		return true
	}
	return false
}

// variables are what header rules may speak of.
type variables struct {
	clientIP, group, key string
	now                  time.Time
}

func (v variables) value(name string) string {
	switch name {
	case "CLIENT_IP":
		return v.clientIP
	case "GROUP_NAME":
		return v.group
	case "API_KEY":
		return v.key
	case "TIMESTAMP_MS":
		return strconv.FormatInt(v.now.UnixMilli(), 10)
	}
	return strconv.FormatInt(v.now.Unix(), 10)
}

// apply changes the header; for Host it returns the new one, else host as it was.
func (r *headerRule) apply(h http.Header, host string, v variables) string {
	if !r.set {
		delete(h, r.name)
		inventNoAgent(h)
		return host
	}
	var value strings.Builder
	for i, part := range r.parts {
		if i%2 == 1 {
			part = v.value(part)
		}
		value.WriteString(part)
	}
	if r.name == "Host" {
		return value.String()
	}
	h[r.name] = []string{value.String()}
	return host
}
