package server

import (
	"io"
	"net/http"
	"time"
)

// pace is how often a deadline is moved while bytes flow: seldom, since it costs a lock of the poller.
func pace(silence time.Duration) time.Duration { return min(5*time.Second, silence/4) }

// patientBody lets a client take as long as it likes as long as it goes on sending: each read may wait for silence. The
// deadline is therefore moved by progress and never ends a healthy upload.
type patientBody struct {
	io.ReadCloser
	control *http.ResponseController
	silence time.Duration
	moved   time.Time
}

func (b *patientBody) Read(p []byte) (int, error) {
	every := pace(b.silence)
	if now := time.Now(); now.Sub(b.moved) >= every {
		b.moved = now
		_ = b.control.SetReadDeadline(now.Add(b.silence + every)) // without deadlines there is merely no limit
	}
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		// From here on the server itself reads, to notice a client that goes away, for as long as the answer takes.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// PatientReads lets a client take as long as it likes as long as it goes on sending: bytes of a body may be waited for for
// silence, after which reading fails. It is for servers with Options.ReadTimeout, whose deadline it moves; the core has a way
// of its own.
func PatientReads(silence time.Duration, next http.Handler) http.Handler {
	if silence <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		if r.Body == nil || r.Body == http.NoBody {
			// The server itself reads now, to notice a client that goes away, for as long as the answer takes.
			_ = control.SetReadDeadline(time.Time{})
			next.ServeHTTP(w, r)
			return
		}
		// The body is replaced in a copy: by the one of the request the server knows whether the client waits for a 100-continue.
		patient := r.WithContext(r.Context())
		patient.Body = &patientBody{ReadCloser: r.Body, control: control, silence: silence}
		next.ServeHTTP(w, patient)
	})
}

// PatientWrites lets a client take as long as it likes as long as it goes on reading: bytes may wait for it for silence, after
// which the connection is cut. Zero is no limit. The core has a way of its own; this is for everything else.
func PatientWrites(silence time.Duration, next http.Handler) http.Handler {
	if silence <= 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&patientWriter{ResponseWriter: w, control: http.NewResponseController(w), silence: silence}, r)
	})
}

type patientWriter struct {
	http.ResponseWriter
	control *http.ResponseController
	silence time.Duration
	moved   time.Time
}

func (w *patientWriter) Write(p []byte) (int, error) {
	w.move()
	return w.ResponseWriter.Write(p)
}

// FlushError is what http.ResponseController flushes by; what was buffered goes out now and may have to wait.
func (w *patientWriter) FlushError() error {
	w.move()
	return w.control.Flush()
}

// Flush is for those who ask for an http.Flusher.
func (w *patientWriter) Flush() { _ = w.FlushError() }

// Unwrap lets http.ResponseController reach the connection.
func (w *patientWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *patientWriter) move() {
	every := pace(w.silence)
	if now := time.Now(); now.Sub(w.moved) >= every {
		w.moved = now
		_ = w.control.SetWriteDeadline(now.Add(w.silence + every)) // without deadlines there is merely no limit
	}
}
