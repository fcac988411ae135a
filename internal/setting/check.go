package setting

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"roundhouse/internal/fault"
)

// Changes are settings by name, as text; nil sets the default (in a group: inherits) again.
type Changes map[string]*string

// CheckOverrides returns a *fault.Input with every fault of what a group is to override, at path.name; nil when there is none.
func CheckOverrides(path string, overrides Changes) error {
	var faults fault.List
	for _, name := range names(overrides) {
		at := path + "." + name
		f, known := FieldNamed(name)
		switch {
		case !known:
			faults.Add(at, fault.Unknown, nil, "there is no setting %q", name)
		case !f.GroupOverride:
			faults.Add(at, fault.NotAllowed, nil, "%s holds for every group and cannot be overridden", name)
		case overrides[name] != nil:
			f.check(&faults, at, *overrides[name])
		}
	}
	return faults.Err()
}

// names are sorted, so that faults come in the same order each time.
func names(changes Changes) []string {
	all := make([]string, 0, len(changes))
	for name := range changes {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// check notes what is wrong with a value, with the bounds in the message.
func (f Field) check(faults *fault.List, path, text string) {
	switch f.Type {
	case Int:
		bounds := map[string]any{"min": f.Min, "max": f.Max}
		n, err := strconv.Atoi(text)
		switch {
		case err != nil:
			faults.Add(path, fault.BadForm, bounds, "%.40q is no whole number", text)
		case n < f.Min:
			faults.Add(path, fault.TooSmall, bounds, "%d is too small; %s is %d to %d", n, f.Name, f.Min, f.Max)
		case n > f.Max:
			faults.Add(path, fault.TooLarge, bounds, "%d is too large; %s is %d to %d", n, f.Name, f.Min, f.Max)
		}
	case Boolean:
		if text != "true" && text != "false" {
			faults.Add(path, fault.BadForm, nil, "%.40q is neither true nor false", text)
		}
	case String:
		if len(text) > 2048 {
			faults.Add(path, fault.TooLong, map[string]any{"max": 2048}, "%d bytes; at most 2048", len(text))
		} else if f.form != nil {
			if err := f.form(text); err != nil {
				faults.Add(path, fault.BadForm, nil, "%v", err)
			}
		}
	case List:
	}
}

func checkAppURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || !usablePort(u) || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("an http or https URL is expected, such as https://ai.example.com, without user name, query or fragment")
	}
	return nil
}

// checkProxyURL never repeats the value, which may hold a password.
func checkProxyURL(text string) error {
	if text == "" || text == "direct" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || !slices.Contains([]string{"http", "https", "socks5"}, u.Scheme) || u.Hostname() == "" || !usablePort(u) || (u.Path != "" && u.Path != "/") || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("an http, https or socks5 URL is expected, such as socks5://127.0.0.1:1080, or direct for no proxy")
	}
	return nil
}

// usablePort is false for a port that no server can have.
func usablePort(u *url.URL) bool {
	if u.Port() == "" {
		return !strings.HasSuffix(u.Host, ":")
	}
	n, err := strconv.Atoi(u.Port())
	return err == nil && n >= 1 && n <= 65535
}

// checkStatusCodes knows the grammar: statuses and ranges of 100 to 999, separated by commas or line ends.
func checkStatusCodes(text string) error {
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		from, to, isRange := strings.Cut(part, "-")
		low, err := status(from)
		if err != nil {
			return fmt.Errorf("in %.40q: %w", part, err)
		}
		if !isRange {
			continue
		}
		high, err := status(to)
		if err != nil {
			return fmt.Errorf("in %.40q: %w", part, err)
		}
		if high < low {
			return fmt.Errorf("in %.40q: the range ends before it begins", part)
		}
	}
	return nil
}

func status(text string) (int, error) {
	text = strings.TrimSpace(text)
	n, err := strconv.Atoi(text)
	if err != nil || n < 100 || n > 999 || len(text) != 3 { // Atoi reads +500, too
		return 0, fmt.Errorf("%.20q is no status; give 100 to 999, or a range such as 500-599", text)
	}
	return n, nil
}
