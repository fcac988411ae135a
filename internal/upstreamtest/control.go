package upstreamtest

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// control serves what tests in other languages need, and records nothing of it:
//
//	GET    /_requests   what was recorded, as a JSON list
//	DELETE /_requests   forgets it
//	POST   /_script     {"key": "…", "do": ["status=429;retry-after=2", "reset"], "always": "status=401"}
//
// A script takes the place of the one its key had; without answers it makes the key an ordinary one again.
func (h *Handler) control(w http.ResponseWriter, r *http.Request, body []byte) {
	switch r.Method + " " + r.URL.Path {
	case "GET /_requests":
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(h.Requests()) // only a reader that went away makes it fail
	case "DELETE /_requests":
		h.Forget()
		w.WriteHeader(http.StatusNoContent)
	case "POST /_script":
		if err := h.script(body); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
}

func (h *Handler) script(body []byte) error {
	var asked struct {
		Key    string   `json:"key"`
		Do     []string `json:"do"`
		Always string   `json:"always"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return fmt.Errorf("read script: %w", err)
	}
	var answers []Answer
	for _, text := range asked.Do {
		answer, err := ParseAnswer(text)
		if err != nil {
			return err
		}
		answers = append(answers, answer)
	}
	always, err := ParseAnswer(asked.Always)
	if err != nil {
		return err
	}
	h.Unscript(asked.Key)
	h.Script(asked.Key, answers...)
	if asked.Always != "" {
		h.Always(asked.Key, always)
	}
	return nil
}
