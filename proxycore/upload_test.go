package proxycore_test

import (
	"net/http"
	"sync"
	"testing"

	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// A resumable upload belongs to the key that opened it, of which only a header of the first answer tells.
func TestAResumableUploadStaysWithTheKeyThatOpenedIt(t *testing.T) {
	var mu sync.Mutex
	var keys []string
	up := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		keys = append(keys, r.Header.Get("X-Goog-Api-Key"))
		mu.Unlock()
		if r.URL.Query().Get("upload_id") == "" {
			w.Header().Set("X-Goog-Upload-URL", "http://"+r.Host+"/upload/v1beta/files?upload_id=u1&upload_protocol=resumable")
		}
		w.WriteHeader(http.StatusOK)
	})
	group := openGroup(t, keySet("key-a", "key-b", "key-c"), up.URL)
	group.Dialect = dialect.Gemini
	r := newRig(t, proxycore.Options{}, group)
	r.wantStatus(r.do(r.request(http.MethodPost, "/upload/v1beta/files", `{}`)), http.StatusOK)
	for range 6 {
		r.wantStatus(r.do(r.request(http.MethodPost, "/upload/v1beta/files?upload_id=u1&upload_protocol=resumable", "bytes")), http.StatusOK)
	}
	for i, key := range keys {
		if key == "" || key != keys[0] {
			t.Errorf("step %d went with %q, the upload was opened with %q", i, key, keys[0])
		}
	}
}
