package config

import (
	"fmt"
	"log/slog"
)

// Secret is a value that no print, log line or JSON document may show. Its zero value is "none".
type Secret string

const hidden = "[hidden]"

var (
	_ fmt.Formatter  = Secret("")
	_ slog.LogValuer = Secret("")
)

// Reveal is the value itself, for the one place that uses it.
func (s Secret) Reveal() string { return string(s) }

// Format shows whether there is a value and nothing of it, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.mask())) }

// LogValue keeps the value out of structured logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.mask()) }

// MarshalText keeps the value out of JSON.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.mask()), nil }

func (s Secret) mask() string {
	if s == "" {
		return ""
	}
	return hidden
}
