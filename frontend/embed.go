// Package frontend is the built console and playground, embedded and served with a strict content policy.
// It refuses to know who is signed in or what the pages ask for.
package frontend

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"embed"
	"io/fs"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

// all: takes the leading dot of .gitkeep too, so that a checkout whose console was never built compiles.
//
//go:embed all:dist
var dist embed.FS

//go:embed unbuilt.html
var unbuilt []byte

// noncePlaceholder is what vite.config.ts writes where a nonce belongs (html.cspNonce).
const noncePlaceholder = "__CSP_NONCE__"

// Options says what Handler serves.
type Options struct {
	// Files holds a built console, index.html at its root; nil is the one embedded at compile time.
	Files fs.FS
	// Log is told of files that cannot be read; nil is slog.Default().
	Log *slog.Logger
}

// Handler serves the console: its files, index.html for every address without an extension, playground.html at
// /playground, and one page that says how to build the console when Files holds no index.html.
// It answers GET and HEAD; anything else is 405.
func Handler(opts Options) http.Handler {
	if opts.Files == nil {
		built, err := fs.Sub(dist, "dist")
		if err != nil {
			panic(err) // "dist" is a valid path, which is all that fs.Sub can object to
		}
		opts.Files = built
	}
	if opts.Log == nil {
		opts.Log = slog.Default()
	}
	return &console{files: opts.Files, log: opts.Log}
}

type console struct {
	files fs.FS
	log   *slog.Logger
	// packed remembers each asset's compressed bytes by name; the files never change while the process runs.
	packed sync.Map
}

func (c *console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin") // with none at all, a form of ours would name no origin
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	switch {
	case name == "playground", name == "playground.html":
		c.page(w, "playground.html")
	case path.Ext(name) == "", name == "index.html":
		c.page(w, "index.html")
	default:
		c.file(w, r, name)
	}
}

// page writes an HTML document with a nonce of its own. It is never stored and has no ETag: a 304 would pair the
// stored body's nonce with a new header, and the browser would refuse every style.
func (c *console) page(w http.ResponseWriter, name string) {
	body, err := fs.ReadFile(c.files, name)
	if err != nil {
		body = unbuilt
	}
	nonce := rand.Text()
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Security-Policy", policy(nonce))
	h.Set("X-Frame-Options", "DENY")
	if _, err := w.Write(bytes.ReplaceAll(body, []byte(noncePlaceholder), []byte(nonce))); err != nil {
		c.log.Debug("write console page", "page", name, "error", err)
	}
}

// policy lets nothing in but the console's own files and, for styles that components write at run time, the nonce.
func policy(nonce string) string {
	return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce + "'; img-src 'self' data:; font-src 'self'; " +
		"connect-src 'self'; worker-src 'none'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// file writes a built file; those under assets/ carry a hash of their content in their name and are kept for ever.
func (c *console) file(w http.ResponseWriter, r *http.Request, name string) {
	if strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, ".") {
		http.NotFound(w, r)
		return
	}
	body, err := fs.ReadFile(c.files, name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	kind := contentType(name)
	h.Set("Content-Type", kind)
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if strings.HasPrefix(kind, "text/") || strings.HasSuffix(name, ".svg") {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = c.compressed(name, body)
		}
	}
	if _, err := w.Write(body); err != nil {
		c.log.Debug("write console file", "file", name, "error", err)
	}
}

// compressed is body in gzip, made at the first request for name.
func (c *console) compressed(name string, body []byte) []byte {
	if packed, ok := c.packed.Load(name); ok {
		return packed.([]byte)
	}
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	// A bytes.Buffer takes every byte, so neither call can fail.
	_, _ = zip.Write(body)
	_ = zip.Close()
	c.packed.Store(name, out.Bytes())
	return out.Bytes()
}

// contentType does not leave the kinds a console consists of to the machine's mime table, which may lack or twist them.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		return "application/json"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}
