package server

import (
	"net/http"
	"slices"
	"strings"
)

const everything = "*"

// CORSOptions say which pages of other origins may call, with what, and whether with credentials.
type CORSOptions struct {
	// Origins are "*" alone, which must not come with Credentials, or origins as browsers write them, in small letters.
	Origins []string
	// Methods and Headers are "*" alone, or names. Methods are in capitals.
	Methods, Headers []string
	Credentials      bool
}

// exposed are the headers of an answer that scripts may read besides the few they always may.
const exposed = "X-Request-Id, Request-Id, Retry-After, Retry-After-Ms, X-Should-Retry, Content-Disposition, Content-Encoding, Location"

// CORS answers preflights, which carry no key, itself and lets the page's script read the answers of next. A request of any
// other origin passes untouched: without the headers it is the browser that keeps the answer from the page.
func CORS(o CORSOptions, next http.Handler) http.Handler {
	anyOrigin := slices.Contains(o.Origins, everything)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		origin := r.Header.Get("Origin")
		preflight := r.Method == http.MethodOptions && origin != "" && r.Header.Get("Access-Control-Request-Method") != ""
		h := w.Header()
		if !anyOrigin {
			h.Add("Vary", "Origin") // a cache must not give one origin another's answer
		}
		allowed := origin != "" && (anyOrigin || slices.Contains(o.Origins, strings.ToLower(origin)))
		if allowed {
			if anyOrigin {
				h.Set("Access-Control-Allow-Origin", everything)
			} else {
				h.Set("Access-Control-Allow-Origin", origin)
			}
			if o.Credentials {
				h.Set("Access-Control-Allow-Credentials", "true")
			}
		}
		switch {
		case !preflight:
			if allowed {
				h.Set("Access-Control-Expose-Headers", exposed)
			}
			next.ServeHTTP(w, r)
		case !allowed:
			w.WriteHeader(http.StatusForbidden)
		default:
			o.permit(h, r)
			w.WriteHeader(http.StatusNoContent)
		}
	})
}

// permit says what a page may send. With "*" what it asks for is repeated, since "*" itself leaves out Authorization, and
// means nothing at all together with credentials (Fetch §3.2.3).
func (o CORSOptions) permit(h http.Header, r *http.Request) {
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	methods, headers := strings.Join(o.Methods, ", "), strings.Join(o.Headers, ", ")
	if methods == everything {
		methods = r.Header.Get("Access-Control-Request-Method")
	}
	if headers == everything {
		headers = r.Header.Get("Access-Control-Request-Headers")
	}
	h.Set("Access-Control-Allow-Methods", methods)
	if headers != "" {
		h.Set("Access-Control-Allow-Headers", headers)
	}
	h.Set("Access-Control-Max-Age", "600")
}
