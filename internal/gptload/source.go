package gptload

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"roundhouse/internal/database"
)

// ErrNoGPTLoad is returned when the database is not one of GPT-Load 1.4.
var ErrNoGPTLoad = errors.New("this is no database of GPT-Load 1.4")

// source is GPT-Load's database.
type source struct {
	pool   *sql.DB
	engine database.Engine
}

// group is a row of groups. JSON columns are as they are written; empty for null.
type group struct {
	id                                                 int64
	name, displayName, description, kind, channel      string
	proxyKeys, upstreams, validationEndpoint           string
	testModel, paramOverrides, config, headers, models string
	sort                                               int
	strict                                             bool
}

// member is a row of group_sub_groups.
type member struct {
	group, member int64
	weight        int
}

// storedKey is a row of api_keys, as it lies there.
type storedKey struct {
	id, group                  int64
	value, hash, status, notes string
}

// open opens the database to read it; the error never repeats the DSN.
func open(ctx context.Context, dsn string) (*source, error) {
	s := &source{engine: database.EngineOf(dsn)}
	address := dsn
	switch s.engine {
	case database.SQLite:
		if _, err := os.Stat(dsn); err != nil {
			// Opening it would make an empty one. What names no file may be an address with a password in it.
			return nil, fmt.Errorf("find the database's file: %w", errors.Unwrap(err))
		}
		address = "file:" + (&url.URL{Path: dsn}).EscapedPath() + "?mode=ro&_pragma=busy_timeout(5000)"
	case database.Postgres:
		u, err := url.Parse(dsn)
		if err != nil {
			return nil, errors.New("the DSN is not a URL of the form postgres://user:password@host/database")
		}
		if query := u.Query(); !query.Has("sslmode") {
			query.Set("sslmode", "prefer") // as GPT-Load's own driver does
			u.RawQuery = query.Encode()
		}
		address = u.String()
	case database.MySQL:
	default:
		return nil, errors.New("a DSN is a file's path, postgres://user:password@host/database or user:password@tcp(host)/database")
	}
	pool, err := sql.Open(string(s.engine), address)
	if err != nil {
		return nil, errors.New("the DSN is not understood") // err could repeat it
	}
	s.pool = pool
	var settings int
	if err := pool.QueryRowContext(ctx, "SELECT count(*) FROM system_settings").Scan(&settings); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrNoGPTLoad, err), pool.Close())
	}
	return s, nil
}

// table quotes groups, which is a word of MySQL's own.
func (s *source) table(name string) string {
	if s.engine == database.MySQL {
		return "`" + name + "`"
	}
	return `"` + name + `"`
}

func (s *source) settings(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	return all, s.each(ctx, func(rows *sql.Rows) error {
		var name, value string
		err := rows.Scan(&name, &value)
		all[name] = value
		return err
	}, "SELECT setting_key, setting_value FROM system_settings")
}

func (s *source) groups(ctx context.Context) (all []group, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var g group
		texts := make([]sql.NullString, 12)
		err := rows.Scan(&g.id, &g.name, &g.channel, &texts[0], &texts[1], &texts[2], &texts[3], &texts[4], &texts[5], &texts[6], &texts[7], &texts[8], &texts[9], &texts[10], &g.sort, &g.strict)
		for i, into := range []*string{&g.displayName, &g.description, &g.kind, &g.proxyKeys, &g.upstreams, &g.validationEndpoint, &g.testModel, &g.paramOverrides, &g.config, &g.headers, &g.models} {
			*into = texts[i].String
		}
		all = append(all, g)
		return err
	}, "SELECT id, name, channel_type, display_name, description, group_type, proxy_keys, upstreams, validation_endpoint, test_model, "+
		"param_overrides, config, header_rules, model_redirect_rules, COALESCE(sort, 0), COALESCE(model_redirect_strict, false) FROM "+s.table("groups")+" ORDER BY id")
	return all, err
}

func (s *source) members(ctx context.Context) (all []member, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var m member
		err := rows.Scan(&m.group, &m.member, &m.weight)
		all = append(all, m)
		return err
	}, "SELECT group_id, sub_group_id, COALESCE(weight, 0) FROM group_sub_groups ORDER BY id")
	return all, err
}

// keysAfter are the next n keys after that id.
func (s *source) keysAfter(ctx context.Context, id int64, n int) (all []storedKey, err error) {
	err = s.each(ctx, func(rows *sql.Rows) error {
		var k storedKey
		var hash, notes sql.NullString
		err := rows.Scan(&k.id, &k.group, &k.value, &hash, &k.status, &notes)
		k.hash, k.notes = hash.String, notes.String
		all = append(all, k)
		return err
	}, fmt.Sprintf("SELECT id, group_id, key_value, key_hash, status, notes FROM api_keys WHERE id > %d ORDER BY id LIMIT %d", id, n))
	return all, err
}

func (s *source) each(ctx context.Context, take func(*sql.Rows) error, query string) error {
	rows, err := s.pool.QueryContext(ctx, query)
	if err != nil {
		return fmt.Errorf("read GPT-Load's database: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("read GPT-Load's database: %w", err)
		}
	}
	return rows.Err()
}
