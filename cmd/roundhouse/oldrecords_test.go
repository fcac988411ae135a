package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/upstreamtest"
)

// A17: while what is past retention is deleted, each page of a search over 90 days comes soon and requests are served.
func TestOldRecordsAreSearchedWhileTheyAreDeleted(t *testing.T) {
	if !onSQLite() {
		t.Skip("the others delete without holding up anybody")
	}
	const days, rows = 90, 10_000
	upstream := upstreamtest.New(t, "key-pooled-*")
	p := launch(t, t.TempDir(), nil)
	p.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(2)...)
	p.await("the group to serve", func() bool { status, _ := p.chat("openai", hello); return status == http.StatusOK })
	p.close()
	db := p.books(nil)
	copyBackwards(t, db, days, rows)
	count := func() (n int) {
		if err := db.SQL().QueryRow("SELECT COUNT(*) FROM request_logs").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	p.again()
	c := p.gather(2, 10*time.Millisecond)
	query := `query($f: RequestLogFilter, $a: String) { requestLogs(filter: $f, first: 200, after: $a) { edges { node { id } } scannedTo pageInfo { hasNextPage endCursor } } }`
	filter := map[string]any{"from": time.Now().AddDate(0, 0, -days-1).Format(time.RFC3339), "clientIp": "203.0.113.9"}
	pages := 0
	for began, after := time.Now(), any(nil); time.Since(began) < 3*time.Second; pages++ {
		at := time.Now()
		page := p.do(query, map[string]any{"f": filter, "a": after})["requestLogs"].(map[string]any)
		if took := time.Since(at); took > 2*time.Second {
			t.Errorf("a page took %v", took)
		}
		info := page["pageInfo"].(map[string]any)
		if after = info["endCursor"]; info["hasNextPage"] != true {
			after = nil
		}
	}
	c.stop()
	if c.failed.Load() > 0 || c.broken.Load() > 0 {
		t.Errorf("%d requests failed, %d broke", c.failed.Load(), c.broken.Load())
	}
	left := count() - c.count()
	if left >= before {
		t.Error("nothing was deleted meanwhile")
	}
	t.Logf("%d pages while %d rows were deleted and %d requests answered", pages, before-left, c.count())
}

// copyBackwards makes many records of the newest one, evenly over the days past.
func copyBackwards(t *testing.T, db *database.DB, days, rows int) {
	t.Helper()
	columns, err := db.SQL().Query("SELECT name FROM pragma_table_info('request_logs')")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = columns.Close() }()
	var names, values []string
	for columns.Next() {
		var name string
		if err := columns.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		switch name {
		case "id":
			name = "(started_ms - i * step) * 1048576"
		case "started_ms":
			name = "started_ms - i * step"
		case "request_id":
			name = "'copy-' || i"
		}
		values = append(values, name)
	}
	if err := columns.Err(); err != nil {
		t.Fatal(err)
	}
	_ = columns.Close()
	step := (time.Duration(days) * 24 * time.Hour / time.Duration(rows)).Milliseconds()
	text := fmt.Sprintf(`INSERT INTO request_logs (%s) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
		SELECT %s FROM n, (SELECT *, %d AS step FROM request_logs ORDER BY id DESC LIMIT 1) AS newest`, strings.Join(names, ", "), rows, strings.Join(values, ", "), step)
	if _, err := db.SQL().Exec(text); err != nil {
		t.Fatal(err)
	}
}
