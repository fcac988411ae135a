package requestlog

import (
	"strconv"
	"strings"
	"time"

	"roundhouse/internal/database"
)

// column is one of the table's and what an entry has there: see statement.value.
type column struct {
	name string
	of   func(e *Entry) any
}

// inserted are the columns in the order of scanEntry.
var inserted = []column{
	{"id", func(e *Entry) any { return e.ID }},
	{"request_id", func(e *Entry) any { return e.RequestID }},
	{"upstream_request_id", func(e *Entry) any { return e.UpstreamRequestID }},
	{"started_ms", func(e *Entry) any { return e.Started.UnixMilli() }},
	{"final", func(e *Entry) any { return e.Final }},
	{"attempt_number", func(e *Entry) any { return int64(e.AttemptNumber) }},
	{"group_id", func(e *Entry) any { return e.GroupID }},
	{"group_name", func(e *Entry) any { return e.GroupName }},
	{"parent_group_id", func(e *Entry) any { return e.ParentID }},
	{"parent_group_name", func(e *Entry) any { return e.ParentName }},
	{"dialect", func(e *Entry) any { return string(e.Dialect) }},
	{"key_id", func(e *Entry) any { return e.KeyID }},
	{"key_fingerprint", func(e *Entry) any { return when(e.KeyID != 0, octets(e.KeyFingerprint[:])) }},
	{"proxy_key_id", func(e *Entry) any { return e.ProxyKeyID }},
	{"proxy_key_fingerprint", func(e *Entry) any { return when(e.ProxyKeyID != 0, octets(e.ProxyKeyFingerprint[:])) }},
	{"node", func(e *Entry) any { return int64(e.Node) }},
	{"model", func(e *Entry) any { return e.Model }},
	{"upstream_model", func(e *Entry) any { return e.UpstreamModel }},
	{"method", func(e *Entry) any { return e.Method }},
	{"path", func(e *Entry) any { return e.Path }},
	{"upstream", func(e *Entry) any { return e.Upstream }},
	{"status_code", func(e *Entry) any { return int64(e.StatusCode) }},
	{"outcome", func(e *Entry) any { return string(e.Outcome) }},
	{"charged", func(e *Entry) any { return string(e.Charged) }},
	{"cooled_seconds", func(e *Entry) any { return int64((e.Cooled + time.Second - 1) / time.Second) }},
	{"stream", func(e *Entry) any { return e.Stream }},
	{"trial", func(e *Entry) any { return e.Trial }},
	{"probe", func(e *Entry) any { return e.Probe }},
	{"wait_ms", func(e *Entry) any { return max(e.Wait, 0).Milliseconds() }},
	{"connect_ms", func(e *Entry) any { return when(e.Connect >= 0, e.Connect.Milliseconds()) }},
	{"header_ms", func(e *Entry) any { return when(e.Header >= 0, e.Header.Milliseconds()) }},
	{"first_byte_ms", func(e *Entry) any { return when(e.FirstByte >= 0, e.FirstByte.Milliseconds()) }},
	{"duration_ms", func(e *Entry) any { return tookMs(&e.Record) }},
	{"request_bytes", func(e *Entry) any { return e.RequestBytes }},
	{"response_bytes", func(e *Entry) any { return e.ResponseBytes }},
	{"input_tokens", func(e *Entry) any { return when(e.Usage.Known, e.Usage.Input) }},
	{"output_tokens", func(e *Entry) any { return when(e.Usage.Known, e.Usage.Output) }},
	{"cached_tokens", func(e *Entry) any { return when(e.Usage.Known, e.Usage.Cached) }},
	{"cache_write_tokens", func(e *Entry) any { return when(e.Usage.Known, e.Usage.CacheWrite) }},
	{"reasoning_tokens", func(e *Entry) any { return when(e.Usage.Known, e.Usage.Reasoning) }},
	{"service_tier", func(e *Entry) any { return e.Usage.ServiceTier }},
	{"client_ip", func(e *Entry) any { return e.ClientIP }},
	{"user_agent", func(e *Entry) any { return e.UserAgent }},
	{"error", func(e *Entry) any { return e.Error }},
	{"request_body", func(e *Entry) any { return when(e.RequestBody != nil, string(e.RequestBody)) }},
}

// columns names them all.
var columns = func() string {
	names := make([]string, len(inserted))
	for i, c := range inserted {
		names[i] = c.name
	}
	return strings.Join(names, ", ")
}()

// when is the value, or nil: not known, or never reached.
func when[T any](known bool, value T) any {
	if known {
		return value
	}
	return nil
}

// rowsPerStatement is how many rows one INSERT carries. The SQLite driver binds parameters in quadratic time; to a server each
// statement is a journey.
func rowsPerStatement(engine database.Engine) int {
	if engine == database.SQLite {
		return 50
	}
	return 500
}

// insertStatement inserts the entries.
func insertStatement(engine database.Engine, entries []*Entry) (string, []any) {
	s := newStatement(engine)
	if engine == database.SQLite {
		// A failure undoes the whole transaction, so that no statement needs a journal of its own.
		s.text.WriteString("INSERT OR FAIL INTO request_logs (" + columns + ") ")
		varying := s.selectShared(entries)
		s.rows(entries, varying)
		s.text.WriteByte(')')
		return s.text.String(), s.args
	}
	s.text.WriteString("INSERT INTO request_logs (" + columns + ") ")
	s.rows(entries, inserted)
	return s.text.String(), s.args
}

// selectShared writes once what all entries share, and refers to the rows that are to follow for the columns it returns: to
// parse a statement is half of what it costs SQLite, and two thirds of a batch are the same in every row.
func (s *statement) selectShared(entries []*Entry) (varying []column) {
	s.text.WriteString("SELECT ")
	for i, c := range inserted {
		if i > 0 {
			s.text.WriteByte(',')
		}
		if i > 0 && shared(c, entries) {
			s.value(c.of(entries[0]))
			continue
		}
		varying = append(varying, c)
		s.text.WriteString("column")
		s.text.WriteString(strconv.Itoa(len(varying)))
	}
	s.text.WriteString(" FROM (")
	return varying
}

func shared(c column, entries []*Entry) bool {
	first := c.of(entries[0])
	for _, e := range entries[1:] {
		if c.of(e) != first {
			return false
		}
	}
	return true
}

// rows writes the columns of the entries.
func (s *statement) rows(entries []*Entry, columns []column) {
	s.text.WriteString("VALUES ")
	for i, e := range entries {
		if i > 0 {
			s.text.WriteByte(',')
		}
		for j, c := range columns {
			s.text.WriteByte(map[bool]byte{true: '(', false: ','}[j == 0])
			s.value(c.of(e))
		}
		s.text.WriteByte(')')
	}
}
