package files

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"roundhouse/ent/generated/ent/key"
	"roundhouse/internal/fault"
	"roundhouse/internal/keypool"
)

// largestSelector bounds the body that names keys, as the admin API bounds an operation.
const largestSelector = 8 << 20

var statuses = []keypool.Status{key.StatusACTIVE, key.StatusINVALID, key.StatusDISABLED}

// exportAll sends a group's keys in clear, those of some statuses or all, one a line.
func (f *Files) exportAll(w http.ResponseWriter, r *http.Request) {
	var q query
	q.read(r.URL.Query())
	s := keypool.Selector{GroupID: q.number("groupId")}
	if s.GroupID == 0 {
		q.faults.Add("groupId", fault.Required, nil, "name the group by groupId")
	}
	for _, word := range q.list("status") {
		if s.Filter == nil {
			s.Filter = &keypool.Filter{}
		}
		s.Filter.StatusIn = append(s.Filter.StatusIn, oneOf(&q, "status", word, statuses))
	}
	s.All = s.Filter == nil
	if err := q.done(); err != nil {
		f.refuse(w, r, err)
		return
	}
	f.exportKeys(w, r, s)
}

// exportSelected does the same for the keys that a KeySelector of the admin API names: the body, or the field keys of a form,
// by which a browser takes the file without a page that holds it.
func (f *Files) exportSelected(w http.ResponseWriter, r *http.Request) {
	var named selector
	body, err := selectorText(w, r)
	if err == nil {
		decoder := json.NewDecoder(body)
		decoder.DisallowUnknownFields()
		err = decoder.Decode(&named)
	}
	if err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			say(w, http.StatusRequestEntityTooLarge, "a selector may have 8 MiB", map[string]any{"code": "BAD_INPUT"})
			return
		}
		// The decoder's own words could repeat a key.
		f.refuse(w, r, fault.One("keys", fault.BadForm, nil, `send a KeySelector as JSON, such as {"groupId": "1", "all": true}`))
		return
	}
	f.exportKeys(w, r, named.selector())
}

func selectorText(w http.ResponseWriter, r *http.Request) (io.Reader, error) {
	r.Body = http.MaxBytesReader(w, r.Body, largestSelector)
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/x-www-form-urlencoded" {
		return r.Body, nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	return strings.NewReader(r.PostForm.Get("keys")), nil
}

func (f *Files) exportKeys(w http.ResponseWriter, r *http.Request, s keypool.Selector) {
	g, err := f.Catalog.Get(r.Context(), s.GroupID)
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	var out *bufio.Writer
	open := func() {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Content-Disposition", `attachment; filename="keys-`+g.Name+`.txt"`)
		out = bufio.NewWriterSize(w, 32<<10)
	}
	err = f.Keys.Export(r.Context(), s, func(text string) error {
		if out == nil {
			open()
		}
		_, _ = out.WriteString(text) // the writer keeps its error
		return out.WriteByte('\n')
	})
	switch {
	case err != nil && out == nil:
		f.refuse(w, r, err)
		return
	case out == nil:
		open()
	}
	if flushErr := out.Flush(); err != nil || flushErr != nil {
		f.Logger.WarnContext(r.Context(), "an export of keys broke off", "group", s.GroupID, "error", errors.Join(err, flushErr))
		panic(http.ErrAbortHandler) // half a file must not be taken for a whole one
	}
}

// selector is a KeySelector as JSON; ids are decimal strings there, and numbers are taken too.
type selector struct {
	GroupID id        `json:"groupId"`
	IDs     []id      `json:"ids"`
	Text    string    `json:"text"`
	Filter  *selected `json:"filter"`
	All     bool      `json:"all"`
	Except  []id      `json:"except"`
	UpTo    id        `json:"upTo"`
}

// selected is a KeyFilter.
type selected struct {
	StatusIn         []keypool.Status `json:"statusIn"`
	Cooling          *bool            `json:"cooling"`
	FaultIn          []keypool.Fault  `json:"faultIn"`
	LastStatusCodeIn []int            `json:"lastStatusCodeIn"`
	UnusedSince      time.Time        `json:"unusedSince"`
	CreatedFrom      time.Time        `json:"createdFrom"`
	CreatedTo        time.Time        `json:"createdTo"`
	Search           string           `json:"search"`
}

func (s *selector) selector() keypool.Selector {
	all := keypool.Selector{
		GroupID: int64(s.GroupID), IDs: numbers(s.IDs), Text: s.Text, All: s.All, Except: numbers(s.Except), UpTo: int64(s.UpTo),
	}
	if f := s.Filter; f != nil {
		all.Filter = &keypool.Filter{
			StatusIn: f.StatusIn, Cooling: f.Cooling, FaultIn: f.FaultIn, LastStatusCodeIn: f.LastStatusCodeIn,
			UnusedSince: f.UnusedSince, CreatedFrom: f.CreatedFrom, CreatedTo: f.CreatedTo, Search: f.Search,
		}
	}
	return all
}

type id int64

func (i *id) UnmarshalJSON(raw []byte) error {
	text := string(raw)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	if text == "null" {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	*i = id(n)
	return err
}

// numbers is nil for nil: nothing was named, which is not the same as an empty list.
func numbers(ids []id) []int64 {
	if ids == nil {
		return nil
	}
	all := make([]int64, len(ids))
	for i, n := range ids {
		all[i] = int64(n)
	}
	return all
}
