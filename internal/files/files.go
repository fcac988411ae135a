package files

import (
	"context"
	"log/slog"
	"net/http"

	"roundhouse/internal/catalog"
	"roundhouse/internal/keypool"
	"roundhouse/internal/portable"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/task"
	"roundhouse/proxycore"
)

// Options are what the handler works with; every field is needed.
type Options struct {
	Catalog *catalog.Catalog
	Keys    *keypool.Pool
	Tasks   *task.Runner
	Log     *requestlog.Log
	// Gateway takes the workbench's trials.
	Gateway *proxycore.Gateway
	// Portable writes and applies the configuration as a file.
	Portable *portable.Portable
	// InForce waits until this node serves by what is stored now.
	InForce func(ctx context.Context)
	// Dir is where uploads lie until they are imported; it is made when needed.
	Dir string
	// Seal and Open keep a secret in a task's row.
	Seal, Open func([]byte) ([]byte, error)
	Logger     *slog.Logger
}

// Files moves keys and records in and out. Use New.
type Files struct{ Options }

// New returns what answers by its Handler.
func New(o Options) *Files { return &Files{o} }

// Handler answers /import/… and /export/… for an administrator, whom the request's context names. Nothing it answers may be
// kept by a cache.
func (f *Files) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /import/keys", f.importKeys)
	mux.HandleFunc("POST /import/configuration", f.importConfiguration)
	mux.HandleFunc("GET /export/configuration", f.exportConfiguration)
	mux.HandleFunc("GET /export/keys", f.exportAll)
	mux.HandleFunc("POST /export/keys", f.exportSelected)
	mux.HandleFunc("GET /export/logs.csv", f.exportLogs)
	mux.HandleFunc("GET /export/failing-keys.csv", f.exportFailingKeys)
	mux.HandleFunc("GET /export/tasks/{file}", f.exportTask)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}
