package gptload

import (
	"fmt"
	"slices"
	"strings"

	"roundhouse/internal/keypool"
)

// Report says what an import took, what it changed and why, and what it had to leave. No secret is in it.
type Report struct {
	DryRun bool
	Groups []*GroupReport
	// Settings and ProxyKeys are those taken, the latter masked.
	Settings, ProxyKeys []string
	// Changed says what is another here than it was there, Refused what is not taken at all, each with its reason.
	Changed, Refused []string
}

// GroupReport is what became of one group.
type GroupReport struct {
	Name string
	// State is "new", "there" for one that was there already and stays as it is, or "refused".
	State string
	Keys  keypool.Added
	// Unopened are keys that could not be deciphered.
	Unopened int64

	id int64
}

// Text is the report for a terminal.
func (r Report) Text() string {
	var out strings.Builder
	for _, g := range r.Groups {
		sign := map[string]string{"new": "+", "there": "=", "refused": "!"}[g.State]
		fmt.Fprintf(&out, "%s group %s", sign, g.Name)
		if g.State == "there" {
			out.WriteString(" (there already, left as it is)")
		}
		if g.State != "refused" && g.Keys != (keypool.Added{}) {
			fmt.Fprintf(&out, ": %d keys taken, %d there already, %d unusable", g.Keys.Added, g.Keys.There, g.Keys.Unusable)
		}
		out.WriteString("\n")
	}
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"Settings taken", r.Settings}, {"Proxy keys taken", r.ProxyKeys}, {"Changed, and why", r.Changed}, {"Not taken, and why", r.Refused},
	} {
		if len(part.lines) > 0 {
			fmt.Fprintf(&out, "\n%s\n  %s\n", part.title, strings.Join(part.lines, "\n  "))
		}
	}
	fmt.Fprintf(&out, "\n%s\n", r.sentence())
	return out.String()
}

func (r Report) sentence() string {
	var groups, keys int64
	for _, g := range r.Groups {
		keys += g.Keys.Added
		if g.State == "new" {
			groups++
		}
	}
	switch {
	case groups == 0 && keys == 0 && len(r.Settings) == 0 && len(r.ProxyKeys) == 0:
		return "Nothing to take: all of it is here."
	case r.DryRun:
		return fmt.Sprintf("Dry run: %d groups, %d keys, %d settings and %d proxy keys were not taken.", groups, keys, len(r.Settings), len(r.ProxyKeys))
	}
	return fmt.Sprintf("Taken: %d groups, %d keys, %d settings and %d proxy keys.", groups, keys, len(r.Settings), len(r.ProxyKeys))
}

func (r *Report) changed(format string, args ...any) {
	r.Changed = append(r.Changed, fmt.Sprintf(format, args...))
}

func (r *Report) refused(format string, args ...any) {
	r.Refused = append(r.Refused, fmt.Sprintf(format, args...))
}

// sum says for each group how many of its keys could not be deciphered.
func (r *Report) sum() {
	for _, g := range r.Groups {
		if g.Unopened > 0 {
			r.refused("group %s: %d keys do not open with this encryption key", g.Name, g.Unopened)
		}
	}
	slices.SortStableFunc(r.Groups, func(a, b *GroupReport) int { return strings.Compare(a.Name, b.Name) })
}
