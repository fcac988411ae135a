package files

import (
	"encoding/csv"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
)

// What the table writes, encoding/csv reads as it was, but for the quote in front of what a spreadsheet would run.
func TestATableIsReadAsItWasWritten(t *testing.T) {
	rows := [][]string{
		{"a", "b", "c"},
		{"", "", ""},
		{"plain", "with, comma", `with "quotes"`},
		{"two\nlines", " leading space", "\u00a0leading no-break space"},
		{`\.`, "trailing ", "語, 語"},
		{"=cmd()", "+1", "-1,5"},
		{"@x", "\ttab", "ends with \\"},
	}
	answer := httptest.NewRecorder()
	table := newTable(answer, "some.csv", rows[0])
	for _, row := range rows[1:] {
		table.row(row)
	}
	table.flush()
	read, err := csv.NewReader(strings.NewReader(answer.Body.String())).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for i, cell := range row {
			if isFormula([]byte(cell)) {
				row[i] = "'" + cell
			}
		}
	}
	if !reflect.DeepEqual(read, rows) {
		t.Errorf("read as\n%q", read)
	}
}
