package files

import (
	"errors"
	"net/http"

	"roundhouse/internal/portable"
)

// largestConfiguration bounds a configuration: hundreds of groups with all that each may hold.
const largestConfiguration = 64 << 20

// exportConfiguration sends groups and settings as a file, with secrets=true in clear.
func (f *Files) exportConfiguration(w http.ResponseWriter, r *http.Request) {
	var q query
	q.read(r.URL.Query())
	secrets := q.truth("secrets")
	if err := q.done(); err != nil {
		f.refuse(w, r, err)
		return
	}
	d, err := f.Portable.Export(r.Context(), secrets != nil && *secrets)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", `attachment; filename="roundhouse.json"`)
	_ = portable.Write(w, d) // who is gone hears nothing
}

// importConfiguration applies such a file, all of it or nothing, and answers with what it changed: with dryRun=true would
// change. prune=true deletes what the file does not name.
func (f *Files) importConfiguration(w http.ResponseWriter, r *http.Request) {
	var q query
	q.read(r.URL.Query())
	dryRun, prune := q.truth("dryRun"), q.truth("prune")
	if err := q.done(); err != nil {
		f.refuse(w, r, err)
		return
	}
	d, err := portable.Read(http.MaxBytesReader(w, r.Body, largestConfiguration))
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		say(w, http.StatusRequestEntityTooLarge, "a configuration may have 64 MiB", map[string]any{"code": "BAD_INPUT"})
		return
	}
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	report, err := f.Portable.Apply(r.Context(), d, portable.Manner{DryRun: dryRun != nil && *dryRun, Prune: prune != nil && *prune})
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	if report.Applied {
		f.InForce(r.Context())
	}
	answer(w, http.StatusOK, report)
}
