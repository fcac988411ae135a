package files

import (
	"net/http"
	"strconv"

	"roundhouse/internal/fault"
	"roundhouse/proxycore"
)

// The headers by which a trial pins the key, by its id, and the upstream, by its base URL.
const (
	pinnedKey      = "X-Roundhouse-Key"
	pinnedUpstream = "X-Roundhouse-Upstream"
)

// Trials answers /try/{group}/… for an administrator: one request through the data plane, as the console's workbench sends
// it. Errors before the data plane is asked are the admin API's; all others are what a client of the group would get.
func (f *Files) Trials() http.Handler { return http.HandlerFunc(f.try) }

func (f *Files) try(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	pin := proxycore.Pin{Upstream: r.Header.Get(pinnedUpstream)}
	if text := r.Header.Get(pinnedKey); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			f.refuse(w, r, fault.One(pinnedKey, fault.BadForm, nil, "%.80q is no key's id", text))
			return
		}
		key, err := f.Keys.Plain(r.Context(), id)
		if err != nil {
			f.refuse(w, r, err)
			return
		}
		pin.Key = &proxycore.PinnedKey{GroupID: key.GroupID, ID: key.ID, Text: key.Text, Digest: key.Digest}
	}
	// The headers speak to us alone.
	trial := r.WithContext(r.Context())
	trial.Header = r.Header.Clone()
	trial.Header.Del(pinnedKey)
	trial.Header.Del(pinnedUpstream)
	f.Gateway.Try(w, trial, pin)
}
