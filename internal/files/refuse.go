package files

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"

	"roundhouse/internal/database"
	"roundhouse/internal/fault"
)

// refuse answers an error in the shape that the admin API gives it, with the status that fits its code.
func (f *Files) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var input *fault.Input
	switch {
	case errors.As(err, &input):
		say(w, http.StatusBadRequest, input.Faults[0].Message, map[string]any{
			"code": "BAD_INPUT", "field": input.Faults[0].Path, "errors": described(input),
		})
	case errors.Is(err, fault.ErrNotFound):
		say(w, http.StatusNotFound, err.Error(), map[string]any{"code": "NOT_FOUND"})
	case errors.Is(err, fault.ErrBusy):
		w.Header().Set("Retry-After", "5")
		say(w, http.StatusServiceUnavailable, err.Error(), map[string]any{"code": "BUSY"})
	case database.Away(err) && !errors.Is(err, context.Canceled):
		f.Logger.WarnContext(r.Context(), "admin file: the database does not answer", "path", r.URL.Path, "error", err)
		w.Header().Set("Retry-After", "5")
		say(w, http.StatusServiceUnavailable, "the database does not answer at the moment; try again in a while", map[string]any{"code": "BUSY"})
	default:
		id := rand.Text()
		if !errors.Is(err, context.Canceled) {
			f.Logger.ErrorContext(r.Context(), "admin file", "request", id, "path", r.URL.Path, "error", err)
		}
		say(w, http.StatusInternalServerError, "internal error; the log has more under request "+id, map[string]any{"code": "INTERNAL", "requestId": id})
	}
}

// described are all faults of an input.
func described(input *fault.Input) []map[string]any {
	all := make([]map[string]any, len(input.Faults))
	for i, f := range input.Faults {
		params := f.Params
		if params == nil {
			params = map[string]any{}
		}
		all[i] = map[string]any{"path": f.Path, "reason": f.Reason, "params": params, "message": f.Message}
	}
	return all
}

func say(w http.ResponseWriter, status int, message string, extensions map[string]any) {
	answer(w, status, map[string]any{"errors": []map[string]any{{"message": message, "extensions": extensions}}})
}

// answer sends a value of our own making as JSON.
func answer(w http.ResponseWriter, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value) // who is gone hears nothing
}
