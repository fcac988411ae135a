package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	entsql "entgo.io/ent/dialect/sql"
	"entgo.io/ent/dialect/sql/schema"
	"entgo.io/ent/schema/field"
)

const (
	// copyBatch is how many rows are read at once and written in one transaction.
	copyBatch = 500
	// copyStatement is how many rows one INSERT carries: SQLite's driver binds in quadratic time, and MySQL bounds a packet.
	copyStatement = 32
)

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// shape is one table as one engine's rows are read and written.
type shape struct {
	db      *DB
	table   *schema.Table
	columns []string
}

func (db *DB) shape(table *schema.Table) shape {
	s := shape{db: db, table: table}
	for _, c := range table.Columns {
		s.columns = append(s.columns, c.Name)
	}
	return s
}

// walk gives every row by rising id, some at a time.
func (s shape) walk(ctx context.Context, source querier, take func(rows [][]any) error) error {
	var after any
	for {
		table := entsql.Table(s.table.Name)
		choose := entsql.Dialect(s.db.Engine.Dialect()).Select(s.columns...).From(table).OrderBy("id").Limit(copyBatch)
		if after != nil {
			choose.Where(entsql.GT("id", after))
		}
		query, args := choose.Query()
		rows, err := s.read(ctx, source, query, args)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			if err := take(rows); err != nil {
				return err
			}
			after = rows[len(rows)-1][0]
		}
		if len(rows) < copyBatch {
			return nil
		}
	}
}

func (s shape) read(ctx context.Context, source querier, query string, args []any) ([][]any, error) {
	found, err := source.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	var rows [][]any
	for found.Next() {
		cells := make([]any, len(s.columns))
		for i, c := range s.table.Columns {
			if cells[i], err = cellOf(c.Type); err != nil {
				return nil, fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		if err := found.Scan(cells...); err != nil {
			return nil, err
		}
		row := make([]any, len(cells))
		for i, c := range s.table.Columns {
			row[i] = valueOf(cells[i], c.Nullable)
		}
		rows = append(rows, row)
	}
	return rows, found.Err()
}

// cellOf is where a value of the column's type is scanned into.
func cellOf(kind field.Type) (any, error) {
	switch kind {
	case field.TypeBool:
		return new(sql.NullBool), nil
	case field.TypeInt, field.TypeInt64:
		return new(sql.NullInt64), nil
	case field.TypeString, field.TypeEnum, field.TypeJSON:
		return new(sql.NullString), nil
	case field.TypeBytes:
		return new([]byte), nil
	case field.TypeTime:
		return new(sql.NullTime), nil
	}
	return nil, fmt.Errorf("values of type %s are not known how to copy", kind)
}

// valueOf is nil, or the value as every engine takes it: instants in UTC to the millisecond.
func valueOf(cell any, nullable bool) any {
	switch c := cell.(type) {
	case *sql.NullBool:
		if c.Valid {
			return c.Bool
		}
	case *sql.NullInt64:
		if c.Valid {
			return c.Int64
		}
	case *sql.NullString:
		if c.Valid {
			return c.String
		}
	case *sql.NullTime:
		if c.Valid {
			return c.Time.UTC().Truncate(precision)
		}
	case *[]byte:
		if *c != nil {
			return *c
		}
		if !nullable { // a driver may give no bytes for an empty value
			return []byte{}
		}
	}
	return nil
}

// insert adds rows in one transaction, by what the engine does best.
func (s shape) insert(ctx context.Context, rows [][]any) error {
	tx, err := s.db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if s.db.Engine == Postgres {
		err = s.copyIn(ctx, tx, rows)
	} else {
		err = s.insertMany(ctx, tx, rows)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

func (s shape) copyIn(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	statement, err := tx.PrepareContext(ctx, fmt.Sprintf(`COPY %q ("%s") FROM STDIN`, s.table.Name, strings.Join(s.columns, `", "`)))
	if err != nil {
		return err
	}
	for _, row := range rows {
		if _, err := statement.ExecContext(ctx, row...); err != nil {
			return errors.Join(err, statement.Close())
		}
	}
	_, err = statement.ExecContext(ctx)
	return errors.Join(err, statement.Close())
}

func (s shape) insertMany(ctx context.Context, tx *sql.Tx, rows [][]any) error {
	for len(rows) > 0 {
		some := rows[:min(copyStatement, len(rows))]
		rows = rows[len(some):]
		insert := entsql.Dialect(s.db.Engine.Dialect()).Insert(s.table.Name).Columns(s.columns...)
		for _, row := range some {
			insert.Values(row...)
		}
		query, args := insert.Query()
		if _, err := tx.ExecContext(ctx, query, args...); err != nil {
			return fmt.Errorf("rows %v to %v: %w", some[0][0], some[len(some)-1][0], err)
		}
	}
	return nil
}
