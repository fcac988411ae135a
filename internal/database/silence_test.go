package database_test

import (
	"context"
	"testing"
	"time"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/internal/database/databasetest"
)

// A server that hangs while it owes an answer is given up in time, and asked again when it goes on.
func TestASilentServerIsGivenUp(t *testing.T) {
	server := databasetest.StartPostgres(t)
	db := databasetest.OpenAt(t, server.Database())
	db.LimitSilence(300 * time.Millisecond)
	ask := func() error { return db.SQL().QueryRow("SELECT 1").Scan(new(int)) }
	if err := ask(); err != nil {
		t.Fatal(err)
	}
	server.Pause()
	began := time.Now()
	err := ask()
	took := time.Since(began)
	server.Resume()
	if !database.Away(err) || took > 10*time.Second {
		t.Errorf("after %v: %v", took, err)
	}
	for deadline := time.Now().Add(20 * time.Second); ask() != nil; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it is not asked again")
		}
	}
}

// D9: a server that takes no writes any more is left, so that the next connection may lead to the one that does.
func TestAStandbyIsLeft(t *testing.T) {
	server := databasetest.StartPostgres(t)
	db := databasetest.OpenAt(t, server.Database())
	server.BeStandby()
	write := func() error {
		return db.InTx(context.Background(), func(ctx context.Context, tx *ent.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM request_logs")
			return err
		})
	}
	var err error
	for range 3 { // the first may meet a connection that died with the primary
		if err = write(); err == nil {
			t.Fatal("a standby took a write")
		}
	}
	if idle := db.SQL().Stats().Idle; !database.Away(err) || idle != 0 {
		t.Errorf("%d connections are kept after %v", idle, err)
	}
	server.Do("SELECT pg_promote()")
	if err := write(); err != nil {
		t.Error(err)
	}
}
