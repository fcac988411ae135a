package proxycore

import (
	"net/http"
	"sync"
	"time"
)

// headerPatience is how long a stream's header waits for its first piece. Together they leave in one write, which is a good
// part of what a short stream costs; what comes later would not have been noticed earlier.
const headerPatience = time.Millisecond

// lateHeader sends a stream's header by itself when its first piece does not come soon.
type lateHeader struct {
	client *http.ResponseController
	timer  *time.Timer

	mu  sync.Mutex // guards met, and the client while the header is sent
	met bool
}

func sendLate(client *http.ResponseController) *lateHeader {
	h := &lateHeader{client: client}
	h.timer = time.AfterFunc(headerPatience, h.send)
	return h
}

func (h *lateHeader) send() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.met {
		// Whoever writes the first piece meets the same error.
		_ = h.client.Flush()
	}
}

// meet says that the first piece is there, or the end. Afterwards the client is the caller's alone.
func (h *lateHeader) meet() {
	if h.timer.Stop() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.met = true
}
