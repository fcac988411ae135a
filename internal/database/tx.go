package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"roundhouse/ent/generated/ent"
)

// mostTries bounds how often a transaction is repeated that lost to another one, and mostTrying for how long.
const (
	mostTries  = 10
	mostTrying = 5 * time.Second
)

// inTx marks the context of a transaction.
type inTx struct{}

// InTx runs f in a transaction and commits it when f returns nil; otherwise nothing of it stays, and f's error is returned.
// A transaction that lost a deadlock, a serialization or a busy lock is tried again from the start, so f must do nothing
// that cannot be done twice. On SQLite it holds the one writer from its beginning: f must write through tx alone, and a
// transaction within a transaction is refused rather than waiting for ever. The context that f gets is for f alone: work that
// goes on after it needs another.
func (db *DB) InTx(ctx context.Context, f func(ctx context.Context, tx *ent.Tx) error) error {
	if ctx.Value(inTx{}) != nil {
		return errors.New("a transaction within a transaction")
	}
	ctx = context.WithValue(ctx, inTx{}, true)
	for try, began := 1, time.Now(); ; try++ {
		err := db.once(ctx, f)
		if err == nil || try == mostTries || time.Since(began) > mostTrying || !contended(err) {
			db.leaveReadOnly(err)
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(time.Duration(rand.Int64N(int64(try) * int64(20*time.Millisecond)))):
		}
	}
}

func (db *DB) once(ctx context.Context, f func(ctx context.Context, tx *ent.Tx) error) (err error) {
	options := &sql.TxOptions{}
	if db.Engine == MySQL {
		// As on PostgreSQL: a row that was waited for is read as it is then, not as it was when the transaction began.
		options.Isolation = sql.LevelReadCommitted
	}
	tx, err := db.BeginTx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed { // f failed or panicked
			if rollback := tx.Rollback(); rollback != nil && err != nil && !errors.Is(rollback, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("roll back: %w", rollback))
			}
		}
	}()
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}

// contended reports whether the same transaction may succeed when it is tried again.
func contended(err error) bool {
	return sqliteBusy(err) || postgresContended(err) || mysqlContended(err)
}
