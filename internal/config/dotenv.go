package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

var variableName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// LoadDotEnv reads lines of the form NAME=value. Empty lines and lines that start with # are passed over, and so is the
// word export before a name. A value may stand in single quotes, where every character is itself, or in double quotes,
// where \n, \t, \", \\ and \$ are escapes; without quotes it ends at " #" and loses the space around it. Nothing is
// expanded. The error joins one per faulty line, by number and never with its value; then there are no variables.
func LoadDotEnv(r io.Reader) (map[string]string, error) {
	text, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, err
	}
	values, at := map[string]string{}, map[string]int{}
	var faults []error
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, err := dotEnvLine(line)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("line %d: %w", number, err))
		case at[name] > 0:
			faults = append(faults, fmt.Errorf("line %d: %s was given in line %d already; remove one of them", number, name, at[name]))
		default:
			values[name], at[name] = value, number
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return values, nil
}

// ReadDotEnv reads the file at path; one that does not exist has no variables.
func ReadDotEnv(path string) (map[string]string, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return map[string]string{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	values, err := LoadDotEnv(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return values, nil
}

// Under lays the file's values under the environment: a variable that getenv has wins, empty counts as not given.
func Under(getenv func(string) string, values map[string]string) func(string) string {
	return func(name string) string {
		if value := getenv(name); value != "" {
			return value
		}
		return values[name]
	}
}

func dotEnvLine(line string) (name, value string, err error) {
	if rest, ok := strings.CutPrefix(line, "export"); ok && strings.TrimLeft(rest, " \t") != rest {
		line = strings.TrimLeft(rest, " \t")
	}
	name, value, ok := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !ok {
		return "", "", errors.New("no =; write NAME=value, or # before a comment")
	}
	if !variableName.MatchString(name) {
		return "", "", errors.New("what stands before = is no name; use letters, digits and _")
	}
	value = strings.TrimSpace(value)
	switch {
	case strings.ContainsRune(value, 0):
		return "", "", fmt.Errorf("%s holds a NUL character; remove it", name)
	case strings.HasPrefix(value, "'"), strings.HasPrefix(value, `"`):
		value, err = quoted(value)
	default:
		value = unquoted(value)
	}
	if err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	return name, value, nil
}

// unquoted ends the value where a comment begins.
func unquoted(value string) string {
	if strings.HasPrefix(value, "#") {
		return ""
	}
	for i := 1; i < len(value); i++ {
		if value[i] == '#' && (value[i-1] == ' ' || value[i-1] == '\t') {
			return strings.TrimSpace(value[:i])
		}
	}
	return value
}

// quoted reads up to the closing quote; only a comment may follow it.
func quoted(value string) (string, error) {
	quote := value[0]
	escapes := map[byte]byte{'n': '\n', 't': '\t', '"': '"', '\\': '\\', '$': '$'}
	var out strings.Builder
	for i := 1; i < len(value); i++ {
		switch c := value[i]; {
		case c == quote:
			if rest := strings.TrimSpace(value[i+1:]); rest != "" && !strings.HasPrefix(rest, "#") {
				return "", errors.New("something follows the closing quote; escape the quote inside, or remove what follows")
			}
			return out.String(), nil
		case c == '\\' && quote == '"':
			i++
			if i == len(value) {
				break
			}
			plain, ok := escapes[value[i]]
			if !ok {
				return "", errors.New(`an unknown escape; \n, \t, \", \\ and \$ are known, and single quotes take everything as it is`)
			}
			out.WriteByte(plain)
		default:
			out.WriteByte(c)
		}
	}
	return "", errors.New("the closing quote is missing; a value stands on one line")
}
