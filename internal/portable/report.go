package portable

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// Report is what applying a document did, or in a dry run would do.
type Report struct {
	Changes []Change `json:"changes"`
	// Notes say what was left as it is although the document speaks of it, and why.
	Notes []string `json:"notes,omitempty"`
	// Applied says that the changes were made; false in a dry run and when there were none.
	Applied bool `json:"applied"`
}

// Text is the report for a terminal: a line for each change under its subject, then the notes. Empty when there is nothing to
// tell.
func (r Report) Text() string {
	var out strings.Builder
	subject := ""
	for _, c := range r.Changes {
		if c.Subject != subject {
			subject = c.Subject
			sign := "~"
			if c.Field == "" {
				sign = c.Sign
			}
			fmt.Fprintf(&out, "%s %s\n", sign, subject)
		}
		switch {
		case c.Field == "":
		case c.Sign == "~":
			fmt.Fprintf(&out, "    ~ %s: %s → %s\n", c.Field, inline(c.Before), inline(c.After))
		case c.After != nil:
			fmt.Fprintf(&out, "    + %s: %s\n", c.Field, inline(c.After))
		default:
			fmt.Fprintf(&out, "    %s %s\n", c.Sign, c.Field)
		}
	}
	for _, note := range r.Notes {
		fmt.Fprintf(&out, "! %s\n", note)
	}
	return out.String()
}

// Deleted are the subjects and proxy keys that are gone, as Text names them.
func (r Report) Deleted() []string {
	var all []string
	for _, c := range r.Changes {
		switch {
		case c.Sign == "-" && c.Field == "":
			all = append(all, c.Subject)
		case c.Sign == "-" && (c.Subject == "proxy keys" || strings.HasPrefix(c.Field, "proxyKeys[")):
			all = append(all, c.Subject+" "+c.Field)
		}
	}
	return all
}

// inline is a value on one line.
func inline(v any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) != nil {
		return "?"
	}
	return strings.TrimSpace(out.String())
}
