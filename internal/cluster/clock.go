package cluster

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"
)

const (
	// beat is how often a node renews what it holds.
	beat = 3 * time.Second
	// patience bounds one exchange with the database, so that a hanging one is noticed before a lease runs out.
	patience = 5 * time.Second
)

// clock is the database's own time in milliseconds since 1970, the only one that all nodes share. By PostgreSQL's now() a
// transaction would see the time it began.
var clock = map[string]string{
	"sqlite":   "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
	"postgres": "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
	"mysql":    "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)",
}

// querier is a database, or a transaction on it.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// store speaks to the shared database in the engine's tongue.
type store struct {
	db     querier
	engine string
}

// text writes {clock} out, and ? as the engine wants it.
func (s store) text(query string) string {
	query = strings.ReplaceAll(query, "{clock}", clock[s.engine])
	if s.engine != "postgres" {
		return query
	}
	var out strings.Builder
	n := 0
	for part := range strings.SplitAfterSeq(query, "?") {
		if before, ok := strings.CutSuffix(part, "?"); ok {
			n++
			part = before + "$" + strconv.Itoa(n)
		}
		out.WriteString(part)
	}
	return out.String()
}

// change runs a statement and returns how many rows it matched.
func (s store) change(ctx context.Context, query string, args ...any) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	result, err := s.db.ExecContext(ctx, s.text(query), args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// each calls scan for every row of the answer.
func (s store) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, s.text(query), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// last gives what is released at the end a little time of its own, though the context that ran until now is over.
func last(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}
