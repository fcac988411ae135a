package requestlog

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"roundhouse/internal/database"
	"roundhouse/proxycore"
	"roundhouse/proxycore/dialect"
)

// tookMs is how long the attempt took.
func tookMs(r *proxycore.Record) int64 { return max(r.Ended.Sub(r.Started), 0).Milliseconds() }

// selected names the columns in the order of entryOf, the body only with bodies.
func selected(engine database.Engine, bodies bool) string {
	names := make([]string, len(inserted))
	for i, c := range inserted {
		names[i] = c.name
		if _, isText := c.of(&Entry{}).(string); isText && engine == database.SQLite {
			// The driver asks for every text's declared type, row by row; an expression has none.
			names[i] = "+" + c.name
		}
	}
	if !bodies {
		names[len(names)-1] = "NULL"
	}
	return strings.Join(names, ", ")
}

// reader reads rows of the selected columns. It is for one statement.
type reader struct {
	cells cells
	into  []any
}

func newReader() *reader {
	r := &reader{cells: cells{values: make([]any, len(inserted))}, into: make([]any, len(inserted))}
	for i := range r.into {
		r.into[i] = &r.cells.values[i] // as the driver gives it: database/sql converts by reflection
	}
	return r
}

// entry reads one row.
func (r *reader) entry(rows *sql.Rows) (*Entry, error) {
	if err := rows.Scan(r.into...); err != nil {
		return nil, fmt.Errorf("read a request log: %w", err)
	}
	r.cells.at, r.cells.err = 0, nil
	e := entryOf(&r.cells)
	if r.cells.err != nil {
		return nil, fmt.Errorf("read a request log: %w", r.cells.err)
	}
	return e, nil
}

// entryOf reads the columns in the order in which they are inserted.
func entryOf(c *cells) *Entry {
	e := &Entry{}
	e.ID = c.number()
	e.RequestID, e.UpstreamRequestID = c.text(), c.text()
	e.Started = time.UnixMilli(c.number()).UTC()
	e.Final, e.AttemptNumber = c.truth(), int(c.number())
	e.GroupID, e.GroupName = c.number(), c.text()
	e.ParentID, e.ParentName = c.number(), c.text()
	e.Dialect = dialect.Name(c.text())
	e.KeyID = c.number()
	copy(e.KeyFingerprint[:], c.text())
	e.ProxyKeyID = c.number()
	copy(e.ProxyKeyFingerprint[:], c.text())
	e.Node = int(c.number())
	e.Model, e.UpstreamModel = c.text(), c.text()
	e.Method, e.Path, e.Upstream = c.text(), c.text(), c.text()
	e.StatusCode = int(c.number())
	e.Outcome, e.Charged = proxycore.Outcome(c.text()), proxycore.Charged(c.text())
	e.Cooled = time.Duration(c.number()) * time.Second
	e.Stream, e.Trial, e.Probe = c.truth(), c.truth(), c.truth()
	e.Wait = ms(c.number())
	e.Connect, e.Header, e.FirstByte = c.reached(), c.reached(), c.reached()
	e.Ended = e.Started.Add(ms(c.number()))
	e.RequestBytes, e.ResponseBytes = c.number(), c.number()
	e.Usage.Known = !c.none()
	e.Usage.Input, e.Usage.Output, e.Usage.Cached = c.number(), c.number(), c.number()
	e.Usage.CacheWrite, e.Usage.Reasoning = c.number(), c.number()
	e.Usage.ServiceTier = c.text()
	e.ClientIP, e.UserAgent, e.Error = c.text(), c.text(), c.text()
	if !c.none() {
		e.RequestBody = []byte(c.text())
	}
	return e
}

func ms(n int64) time.Duration { return time.Duration(n) * time.Millisecond }

// lastID is the highest id of the table; 0 when it is empty.
func (l *Log) lastID(ctx context.Context) (int64, error) {
	var last sql.NullInt64
	err := l.rows(ctx, newStatement(l.options.DB.Engine).add("SELECT MAX(id) FROM request_logs"), func(rows *sql.Rows) error {
		return rows.Scan(&last)
	})
	return last.Int64, err
}

// taken says whose rows the ids of the batch are.
func (l *Log) taken(ctx context.Context, batch []*Entry) (map[int64]owner, error) {
	ids := make([]string, len(batch))
	for i, e := range batch {
		ids[i] = fmt.Sprint(e.ID)
	}
	found := map[int64]owner{}
	s := newStatement(l.options.DB.Engine).add("SELECT id, request_id, attempt_number, final, started_ms FROM request_logs WHERE id IN (" + strings.Join(ids, ",") + ")")
	err := l.rows(ctx, s, func(rows *sql.Rows) error {
		var id int64
		var o owner
		if err := rows.Scan(&id, &o.request, &o.attempt, &o.final, &o.startedMS); err != nil {
			return err
		}
		found[id] = o
		return nil
	})
	return found, err
}

// rows calls each for every row of a query.
func (l *Log) rows(ctx context.Context, s *statement, each func(*sql.Rows) error) error {
	rows, err := l.options.DB.QueryContext(ctx, s.text.String(), s.args...)
	if err != nil {
		return fmt.Errorf("query request logs: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("query request logs: %w", err)
	}
	return nil
}
