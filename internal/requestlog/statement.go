package requestlog

import (
	"encoding/hex"
	"strconv"
	"strings"

	"roundhouse/internal/database"
)

// statement builds one SQL statement for the engine. What only we choose (numbers, truths, digests) is written into its text
// and what a stranger may have chosen is bound, so that there are few parameters and none is missing.
type statement struct {
	engine database.Engine
	text   strings.Builder
	args   []any
}

func newStatement(engine database.Engine) *statement { return &statement{engine: engine} }

// add appends text whose question marks stand for the args, one each.
func (s *statement) add(text string, args ...any) *statement {
	for _, arg := range args {
		before, after, _ := strings.Cut(text, "?")
		s.text.WriteString(before)
		s.mark(arg)
		text = after
	}
	s.text.WriteString(text)
	return s
}

// mark writes a placeholder for arg.
func (s *statement) mark(arg any) {
	s.args = append(s.args, arg)
	if s.engine == database.Postgres {
		s.text.WriteByte('$')
		s.text.WriteString(strconv.Itoa(len(s.args)))
		return
	}
	s.text.WriteByte('?')
}

// value writes what a row has in a column: NULL, an int64, a bool, octets or a text.
func (s *statement) value(v any) {
	switch v := v.(type) {
	case nil:
		s.text.WriteString("NULL")
	case int64:
		var digits [20]byte
		s.text.Write(strconv.AppendInt(digits[:0], v, 10))
	case bool:
		s.text.WriteString(map[bool]string{true: "TRUE", false: "FALSE"}[v])
	case octets:
		s.text.WriteString(octetsLiteral(s.engine, []byte(v)))
	case string:
		if v == "" { // as most are
			s.text.WriteString("''")
			return
		}
		s.mark(v)
	}
}

// octets are bytes that can be compared.
type octets string

func octetsLiteral(engine database.Engine, b []byte) string {
	if engine == database.Postgres {
		return `'\x` + hex.EncodeToString(b) + `'`
	}
	return "X'" + hex.EncodeToString(b) + "'"
}
