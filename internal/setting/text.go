package setting

import (
	"net/url"
	"strings"
)

// trim returns the changes in the form that is stored: without white space around them, an appUrl without a slash at its
// end, since a path follows it, and no secret that only came back masked.
func trim(changes Changes, before Values) Changes {
	trimmed := make(Changes, len(changes))
	for name, value := range changes {
		if value == nil {
			trimmed[name] = nil
			continue
		}
		text := strings.TrimSpace(*value)
		if name == "appUrl" {
			text = strings.TrimRight(text, "/")
		}
		if !Masked(name, text, before.Text(name)) {
			trimmed[name] = &text
		}
	}
	return trimmed
}

// Shown is a setting's value as anyone may see it: without the password of a URL.
func Shown(name, value string) string {
	f, _ := FieldNamed(name)
	if !f.Secret || value == "" {
		return value
	}
	u, err := url.Parse(value)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}

// Masked reports whether value is only what Shown made of the stored one, as a form hands it back that changed something
// else: it is no new value, and storing it would lose the password.
func Masked(name, value, stored string) bool {
	return value != stored && value == Shown(name, stored)
}
