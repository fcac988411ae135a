package files

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
)

// exportTask sends what a task could not use, line by line or key by key.
func (f *Files) exportTask(w http.ResponseWriter, r *http.Request) {
	text, isTable := strings.CutSuffix(r.PathValue("file"), ".csv")
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !isTable {
		f.refuse(w, r, fmt.Errorf("there is no file %.80q here: %w", r.PathValue("file"), fault.ErrNotFound))
		return
	}
	t := newTable(w, "task-"+text+".csv", []string{"line", "key", "reason", "message"})
	err = f.Tasks.Problems(r.Context(), id, func(p schema.TaskProblem) {
		t.row([]string{string(known(nil, p.Line)), p.KeyMasked, p.Reason, p.Message})
	})
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	t.flush()
}
