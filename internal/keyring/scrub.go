package keyring

import (
	"context"
	"errors"
	"fmt"

	"roundhouse/ent/generated/ent/keyring"
	"roundhouse/internal/database"
)

// scrub writes the tables that held clear text anew, so that no page of the database's own files keeps what was replaced.
// What lies beside them, as backups and the servers' own logs of changes, it cannot reach.
func scrub(ctx context.Context, db *database.DB) error {
	if db.Engine == database.SQLite {
		return scrubSQLite(ctx, db)
	}
	rewrite := "VACUUM FULL %s"
	if db.Engine == database.MySQL {
		rewrite = "ALTER TABLE `%s` FORCE"
	}
	tables := []string{keyring.Table}
	for _, c := range columns {
		tables = append(tables, c.table)
	}
	for _, table := range tables {
		if _, err := db.ExecContext(ctx, fmt.Sprintf(rewrite, table)); err != nil {
			return fmt.Errorf("rewrite %s: %w", table, err)
		}
	}
	return nil
}

// scrubSQLite writes the whole file anew and then empties the WAL, which still holds pages from before.
func scrubSQLite(ctx context.Context, db *database.DB) error {
	if _, err := db.ExecContext(ctx, "VACUUM"); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	if err != nil {
		return err
	}
	defer rows.Close()
	var busy, inWAL, moved int
	if !rows.Next() {
		return errors.Join(errors.New("no answer to the checkpoint"), rows.Err())
	}
	if err := rows.Scan(&busy, &inWAL, &moved); err != nil {
		return err
	}
	if busy != 0 {
		return fmt.Errorf("%w, or some other program reads the database: end it and run this again", ErrAnother)
	}
	return rows.Err()
}
