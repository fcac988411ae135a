package files

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostUnsent is how many bytes of lines wait to be sent together.
const mostUnsent = 64 << 10

// table writes an answer as CSV (RFC 4180) piece by piece. The first
// line opens it: until then an error can still be answered as one. After that, all that is left is to cut the connection, so
// that nobody takes half a file for a whole one.
type table struct {
	w      http.ResponseWriter
	name   string
	header []string
	// begun says that an error comes too late to be answered.
	begun bool
	// unsent are lines; from at on it is the cell that is being written.
	unsent []byte
	at     int
	// err is the first that sending gave; flush tells.
	err error
}

// newTable will send a file of this name that begins with the header.
func newTable(w http.ResponseWriter, name string, header []string) *table {
	return &table{w: w, name: name, header: header}
}

func (t *table) open() {
	t.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	t.w.Header().Set("Content-Disposition", `attachment; filename="`+t.name+`"`)
	t.begun = true
	t.row(t.header)
}

// row writes a whole line.
func (t *table) row(cells []string) {
	for _, text := range cells {
		t.cell(append(t.begin(), text...))
	}
	t.end()
}

// begin is what a cell is to be appended to; the result goes to cell.
func (t *table) begin() []byte {
	if !t.begun {
		t.open()
	}
	t.at = len(t.unsent)
	return t.unsent
}

// cell takes the line with one more cell behind begin's, and makes that harmless and quoted where it must be.
func (t *table) cell(line []byte) {
	raw := line[t.at:]
	if formula := isFormula(raw); formula || mustQuote(raw) {
		text := string(raw)
		if formula {
			text = "'" + text
		}
		line = line[:t.at]
		if mustQuote([]byte(text)) {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		line = append(line, text...)
	}
	t.unsent = append(line, ',')
}

// end makes the last cell's comma the line's end.
func (t *table) end() {
	t.unsent[len(t.unsent)-1] = '\n'
	if len(t.unsent) >= mostUnsent {
		t.send()
	}
}

func (t *table) send() {
	if t.err == nil {
		_, t.err = t.w.Write(t.unsent)
	}
	t.unsent = t.unsent[:0]
}

// flush sends what was written so far. Who went away makes it panic, as any handler would that cannot go on.
func (t *table) flush() {
	if !t.begun {
		t.open()
	}
	t.send()
	if t.err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = http.NewResponseController(t.w).Flush()
}

// isFormula reports what a spreadsheet takes for a formula though a stranger wrote it, such as a user agent: a quote in front
// makes it text.
func isFormula(cell []byte) bool {
	return len(cell) > 0 && strings.IndexByte("=+-@\t\r", cell[0]) >= 0
}

// mustQuote is what encoding/csv quotes.
func mustQuote(cell []byte) bool {
	if len(cell) == 0 {
		return false
	}
	for _, b := range cell {
		if b == ',' || b == '"' || b == '\n' || b == '\r' {
			return true
		}
	}
	first, _ := utf8.DecodeRune(cell)
	return unicode.IsSpace(first) || string(cell) == `\.`
}
