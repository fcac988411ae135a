package records

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

var (
	rows = flag.Int("rows", 100_000, "how many records stand in the database before anything is measured")
	dsn  = flag.String("dsn", "", "a database that is filled once and kept; empty takes one that is gone afterwards")
)

const (
	// fillSpan is the time that the standing records are spread over, up to now.
	fillSpan = 30 * 24 * time.Hour
	// fillChunk is how many rows one statement makes.
	fillChunk = 50_000
	groups    = 10
)

// standing opens the database and sees to it that it holds as many records as -rows asks for.
func standing(b *testing.B) *database.DB {
	b.Helper()
	db := databasetest.OpenAt(b, cmp.Or(*dsn, databasetest.DSN(b)))
	var there int
	if err := db.SQL().QueryRow("SELECT COUNT(*) FROM request_logs").Scan(&there); err != nil {
		b.Fatal(err)
	}
	if there < *rows {
		fill(b, db, there, *rows)
	}
	return db
}

// fill makes the records from..to by the database's own arithmetic: ten groups of a hundred keys each, seven models, one
// request in fifty failed, request ids that begin with the time as real ones do.
func fill(b *testing.B, db *database.DB, from, to int) {
	b.Helper()
	begin := time.Now().Add(-fillSpan).UnixMilli()
	for ; from < to; from += fillChunk {
		text := fillStatement(db.Engine, begin, fillSpan.Milliseconds()/int64(to), from, min(from+fillChunk, to))
		if _, err := db.SQL().ExecContext(context.Background(), text); err != nil {
			b.Fatal(err)
		}
	}
	if db.Engine == database.Postgres {
		if _, err := db.SQL().Exec("VACUUM ANALYZE request_logs"); err != nil {
			b.Fatal(err)
		}
	}
}

// fillStatement inserts the rows from..to-1 of a log that begins at a time, every so many milliseconds.
func fillStatement(engine database.Engine, begin, every int64, from, to int) string {
	numbers := fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT %d UNION ALL SELECT i + 1 FROM n WHERE i < %d) ", from, to-1)
	source, requestID, ip := "n", "printf('%012x%020x', ms, i)", "printf('198.51.100.%d', i % 251)"
	if engine == database.Postgres {
		numbers, source = "", fmt.Sprintf("generate_series(%d::bigint, %d::bigint) AS n(i)", from, to-1)
		requestID, ip = "lpad(to_hex(ms), 12, '0') || lpad(to_hex(i), 20, '0')", "'198.51.100.' || (i % 251)"
	}
	values := [][2]string{
		{"id", "ms * 1048576 + i % 4096"}, {"request_id", requestID}, {"started_ms", "ms - 900"}, {"final", "TRUE"}, {"attempt_number", "1"},
		{"group_id", "g"}, {"group_name", "'group-' || g"}, {"dialect", "'OPENAI'"}, {"key_id", "g * 1000 + i / 10 % 100"},
		{"key_fingerprint", octets(engine)}, {"proxy_key_id", "1"}, {"proxy_key_fingerprint", octets(engine)},
		{"node", "0"}, {"model", "'model-' || (i % 7)"}, {"method", "'POST'"}, {"path", "'/v1/chat/completions'"},
		{"upstream", "'https://upstream.example/v1'"},
		{"status_code", "CASE WHEN failed THEN 502 ELSE 200 END"}, {"outcome", "CASE WHEN failed THEN 'UPSTREAM_ERROR' ELSE 'OK' END"},
		{"charged", "CASE WHEN failed THEN 'UPSTREAM' ELSE 'NOBODY' END"}, {"stream", "i % 3 = 0"},
		{"connect_ms", "0"}, {"header_ms", "400"}, {"first_byte_ms", "410"}, {"duration_ms", "900 + i % 1000"}, {"request_bytes", "800"}, {"response_bytes", "1200"},
		{"input_tokens", "100 + i % 900"}, {"output_tokens", "200"}, {"cached_tokens", "0"}, {"cache_write_tokens", "0"}, {"reasoning_tokens", "0"},
		{"client_ip", ip}, {"user_agent", "'OpenAI/Go 3.94.0'"}, {"error", "CASE WHEN failed THEN 'the upstream answered 502' ELSE '' END"},
	}
	var columns, expressions []string
	for _, v := range values {
		columns, expressions = append(columns, v[0]), append(expressions, v[1])
	}
	return fmt.Sprintf("INSERT INTO request_logs (%s) %sSELECT %s FROM (SELECT i, %d + i * %d AS ms, i %% %d + 1 AS g, i %% 50 = 7 AS failed FROM %s) AS made",
		strings.Join(columns, ", "), numbers, strings.Join(expressions, ", "), begin, every, groups, source)
}

func octets(engine database.Engine) string {
	if engine == database.Postgres {
		return `'\x0102030405ff'`
	}
	return "X'0102030405FF'"
}
