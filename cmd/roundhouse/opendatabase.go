package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"roundhouse/internal/config"
	"roundhouse/internal/database"
	"roundhouse/internal/server"
)

const (
	// mostSilence is how long the database may owe an answer before what waits for it fails: above what any statement of a
	// running gateway takes on a busy server. database/sql asks up to three times when a connection is given up.
	mostSilence = 10 * time.Second
	// firstWait and longestWait are between two tries to reach a database that is not there yet.
	firstWait   = 250 * time.Millisecond
	longestWait = 5 * time.Second
)

// openDatabase opens the database, and waits for a server that cannot be reached: it may be starting as well.
func (p *program) openDatabase(ctx context.Context, conf config.Config) (*database.DB, error) {
	if err := refuseEmptied(conf); err != nil {
		return nil, err
	}
	dsn := conf.DatabaseDSN.Reveal()
	db, err := database.Open(ctx, dsn)
	if database.Unreachable(err) {
		db, err = p.awaitDatabase(ctx, conf, err)
	}
	if err != nil {
		return nil, err
	}
	db.LimitSilence(mostSilence)
	return db, nil
}

// awaitDatabase tries again and again, and meanwhile answers every request, /ready among them, with a 503. It returns when the
// address is free again for the gateway itself.
func (p *program) awaitDatabase(ctx context.Context, conf config.Config, cause error) (*database.DB, error) {
	p.logger.Warn("the database cannot be reached; waiting for it", "error", cause)
	listening, stop := context.WithCancel(ctx)
	defer stop()
	listened := make(chan error, 1)
	go func() {
		listened <- server.Run(listening, server.Options{
			Addr: conf.Addr(), Handler: http.HandlerFunc(sayWaiting), Logger: p.logger, ReadTimeout: conf.ReadTimeout,
			WriteTimeout: conf.WriteTimeout, IdleTimeout: conf.IdleTimeout, Ready: func() bool { return false },
		})
	}()
	for wait := firstWait; ; wait = min(2*wait, longestWait) {
		select {
		case err := <-listened:
			if err == nil {
				err = ctx.Err()
			}
			return nil, err
		case <-time.After(wait):
		}
		db, err := database.Open(ctx, conf.DatabaseDSN.Reveal())
		if database.Unreachable(err) {
			p.logger.Debug("the database still cannot be reached", "error", err)
			continue
		}
		stop()
		<-listened
		if err == nil {
			p.logger.Info("the database is there")
		}
		return db, err
	}
}

func sayWaiting(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Retry-After", "5")
	http.Error(w, "Roundhouse waits for its database.", http.StatusServiceUnavailable)
}

// refuseEmptied refuses a SQLite file of no bytes where an installation has been at work before: to begin anew in it would
// hide that everything is gone.
func refuseEmptied(conf config.Config) error {
	dsn := conf.DatabaseDSN.Reveal()
	if database.EngineOf(dsn) != database.SQLite {
		return nil
	}
	file, err := os.Stat(dsn)
	if err != nil || file.Size() > 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(conf.DataDir, journalFolder)); err != nil {
		return nil // a first start that did not come far
	}
	return fmt.Errorf("the database %s is empty, though this installation has been at work: restore a backup, or delete the file to begin anew", dsn)
}
