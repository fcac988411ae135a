package files

import (
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"syscall"

	"roundhouse/ent/generated/ent"
	"roundhouse/ent/generated/ent/group"
	enttask "roundhouse/ent/generated/ent/task"
	"roundhouse/ent/schema"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
	"roundhouse/internal/task"
)

// importKeys takes the keys of a file: with preview=true it says what an import would do, else it stores the file and starts
// the task that does it, which shows fileName.
func (f *Files) importKeys(w http.ResponseWriter, r *http.Request) {
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); strings.HasPrefix(media, "multipart/") {
		say(w, http.StatusUnsupportedMediaType, "send the file itself as the body, not a form", map[string]any{"code": "BAD_INPUT"})
		return
	}
	var input query
	input.read(r.URL.Query())
	groupID, preview, name := input.number("groupId"), input.truth("preview"), input.text("fileName")
	if groupID == 0 {
		input.faults.Add("groupId", fault.Required, nil, "name the group by groupId")
	}
	err := input.done()
	if err == nil {
		err = f.holdsKeys(r.Context(), groupID)
	}
	switch {
	case err != nil:
		f.refuse(w, r, err)
	case preview != nil && *preview:
		f.previewKeys(w, r, groupID)
	default:
		f.startImport(w, r, groupID, name)
	}
}

// holdsKeys refuses a group that is not there, and an aggregate.
func (f *Files) holdsKeys(ctx context.Context, groupID int64) error {
	g, err := f.Catalog.Get(ctx, groupID)
	if err == nil && g.Kind == group.KindAGGREGATE {
		return fault.One("groupId", fault.NotAllowed, nil, "%s is an aggregate; its members hold the keys", g.Name)
	}
	return err
}

func (f *Files) startImport(w http.ResponseWriter, r *http.Request, groupID int64, name string) {
	file, ticket, err := f.receive(r.Body)
	switch {
	case errors.Is(err, errBroken):
		say(w, http.StatusBadRequest, "the upload broke off; nothing was imported", map[string]any{"code": "BAD_INPUT"})
		return
	case errors.Is(err, syscall.ENOSPC):
		say(w, http.StatusInsufficientStorage, "there is no room left in DATA_DIR for this file", map[string]any{"code": "LIMIT"})
		return
	case err != nil:
		f.refuse(w, r, err)
		return
	}
	instructions, err := json.Marshal(ticket)
	if err == nil {
		err = f.Keys.Begin(r.Context(), groupID, "importKeys")
	}
	var started *ent.Task
	if err == nil {
		order := f.importOrder(groupID, file)
		order.FileName, order.Instructions = name, string(instructions)
		started, err = f.Tasks.Start(r.Context(), order)
	}
	if err != nil {
		file.remove()
		f.refuse(w, r, err)
		return
	}
	answer(w, http.StatusAccepted, map[string]string{"taskId": strconv.FormatInt(started.ID, 10)})
}

func (f *Files) importOrder(groupID int64, file *upload) task.Order {
	return task.Order{
		Kind: enttask.KindIMPORT_KEYS, GroupID: groupID, Ended: file.remove,
		Job: func(ctx context.Context, p *task.Progress) error {
			defer f.InForce(ctx)
			return f.Keys.Import(ctx, groupID, file, p)
		},
	}
}

// TakeUp is what an import is to do whose process has ended; the error says in words why nobody can.
func (f *Files) TakeUp(row *ent.Task) (task.Order, error) {
	file, err := f.reopen(ticketOf(row))
	if err != nil {
		f.Logger.Warn("an import cannot go on", "task", row.ID, "error", err)
		return task.Order{}, errors.New("interrupted: the process stopped and its upload cannot be read any more; import the file again")
	}
	return f.importOrder(row.GroupID, file), nil
}

// previewKeys reads the file as it comes and stores nothing.
func (f *Files) previewKeys(w http.ResponseWriter, r *http.Request, groupID int64) {
	from := &source{Reader: r.Body}
	preview, err := f.Keys.Preview(r.Context(), groupID, from)
	switch {
	case from.broken:
		say(w, http.StatusBadRequest, "the upload broke off", map[string]any{"code": "BAD_INPUT"})
	case err != nil:
		f.refuse(w, r, err)
	default:
		answer(w, http.StatusOK, previewView(preview))
	}
}

// previewView is an ImportPreview as the admin API shows it.
func previewView(p keypool.Preview) map[string]any {
	problems := make([]map[string]any, len(p.Problems))
	for i, problem := range p.Problems {
		problems[i] = problemView(problem)
	}
	return map[string]any{
		"lines": p.Lines, "fresh": p.Fresh, "repeated": p.Repeated, "alreadyThere": p.AlreadyThere, "unusable": p.Unusable,
		"sample": append([]string{}, p.Sample...), "problems": problems,
	}
}

func problemView(p schema.TaskProblem) map[string]any {
	view := map[string]any{"line": nil, "keyMasked": nil, "reason": p.Reason, "message": p.Message}
	if p.Line != 0 {
		view["line"] = p.Line
	}
	if p.KeyMasked != "" {
		view["keyMasked"] = p.KeyMasked
	}
	return view
}
