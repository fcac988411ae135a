package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// lastID is the highest id that the table ever gave, of rows long gone too: history still names them.
func (db *DB) lastID(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	var highest, given int64
	if err := tx.QueryRowContext(ctx, "SELECT COALESCE(MAX(id), 0) FROM "+db.quoted(table)).Scan(&highest); err != nil {
		return 0, err
	}
	var err error
	switch db.Engine {
	case SQLite:
		err = tx.QueryRowContext(ctx, "SELECT seq FROM sqlite_sequence WHERE name = ?", table).Scan(&given)
	case Postgres:
		err = tx.QueryRowContext(ctx, "SELECT COALESCE(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0)", db.quoted(table)).Scan(&given)
	case MySQL:
		given, err = lastIDOfMySQL(ctx, tx, db.quoted(table))
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, err
	}
	return max(highest, given), nil
}

var autoIncrement = regexp.MustCompile(`(?m)^\) .*\bAUTO_INCREMENT=(\d+)`)

// lastIDOfMySQL reads the table's own words: information_schema may be a day old.
func lastIDOfMySQL(ctx context.Context, tx *sql.Tx, table string) (int64, error) {
	var name, text string
	if err := tx.QueryRowContext(ctx, "SHOW CREATE TABLE "+table).Scan(&name, &text); err != nil {
		return 0, err
	}
	next := autoIncrement.FindStringSubmatch(text)
	if next == nil {
		return 0, nil
	}
	n, err := strconv.ParseInt(next[1], 10, 64)
	return n - 1, err
}

// setLastID makes the next row's id the one above.
func (db *DB) setLastID(ctx context.Context, table string, last int64) error {
	if last == 0 {
		return nil
	}
	switch db.Engine {
	case Postgres:
		_, err := db.writer.ExecContext(ctx, "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", db.quoted(table), last)
		return err
	case MySQL:
		_, err := db.writer.ExecContext(ctx, fmt.Sprintf("ALTER TABLE %s AUTO_INCREMENT = %d", db.quoted(table), last+1))
		return err
	}
	for _, statement := range []string{"DELETE FROM sqlite_sequence WHERE name = ?1", "INSERT INTO sqlite_sequence (name, seq) VALUES (?1, ?2)"} {
		if _, err := db.writer.ExecContext(ctx, statement, table, last); err != nil {
			return err
		}
	}
	return nil
}
