package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"roundhouse/internal/cluster"
	"roundhouse/internal/config"
	"roundhouse/internal/database"
)

const copyUsage = `Copy a whole installation into another database, of the same or another engine.

  roundhouse copy --from data/roundhouse.db --to "postgres://user@host/roundhouse"

  --from DSN   what is copied
  --to DSN     an empty database that takes it: a file's path, postgres://user:password@host/database, or
               user:password@tcp(host)/database

A DSN with a password belongs into DATABASE_DSN_FROM or DATABASE_DSN_TO in the environment or in .env instead, since
arguments show in every list of processes.

Every node must be stopped. Each table is read back and compared by count and checksum. Sealed secrets stay sealed:
ENCRYPTION_KEY is the same afterwards. Interrupted, run it again; until it has ended no gateway starts on the target.
The source is left as it is.
`

// copyInstallation is the command copy.
func copyInstallation(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	options, err := copyOptions(args, env)
	if err != nil {
		return misused("copy", copyUsage, err, stdout, stderr)
	}
	var tables int
	var rows int64
	options.Idle = idle
	options.Told = func(t database.CopiedTable) {
		tables++
		rows += t.Rows
		_, _ = fmt.Fprintf(stdout, "%-24s %12d rows  %s\n", t.Name, t.Rows, t.Checksum)
	}
	if err := database.Copy(ctx, options); err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted; the source is as it was, and the same command begins anew")
		}
		return failed("copy", err, stderr)
	}
	_, _ = fmt.Fprintf(stdout, "Copied and compared: %d tables, %d rows. Start the nodes with DATABASE_DSN naming the new database, everything else as it was.\n", tables, rows)
	return exitOK
}

func copyOptions(args []string, env func(string) string) (o database.CopyOptions, err error) {
	flags := flag.NewFlagSet("copy", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.From, "from", "", "")
	flags.StringVar(&o.To, "to", "", "")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, errors.New("an argument is not understood") // it may hold a password
	}
	layered, err := withDotEnv(env)
	if err != nil {
		return o, err
	}
	o.From, o.To = cmp.Or(o.From, layered("DATABASE_DSN_FROM")), cmp.Or(o.To, layered("DATABASE_DSN_TO"))
	if o.From == "" || o.To == "" {
		return o, errors.New("both databases are needed: give --from and --to")
	}
	if err := config.CheckDSN(o.From); err != nil {
		return o, fmt.Errorf("--from: %w", err)
	}
	if err := config.CheckDSN(o.To); err != nil {
		return o, fmt.Errorf("--to: %w", err) // taken for a file's path, it would make that file
	}
	if database.EngineOf(o.From) == database.SQLite {
		if _, err := os.Stat(o.From); err != nil {
			// Opening it would make an empty one. What names no file may be an address with a password in it.
			return o, fmt.Errorf("--from: find the file: %w", errors.Unwrap(err))
		}
	}
	return o, nil
}

// idle refuses while nodes run: what they write would be missing from the copy, or be in its way.
func idle(ctx context.Context, db *database.DB) error {
	nodes, err := cluster.NewRoster(cluster.RosterOptions{DB: db.SQL(), Engine: db.Name(), Logger: slog.New(slog.DiscardHandler)}).Nodes(ctx)
	if err != nil || len(nodes) == 0 {
		return err
	}
	return fmt.Errorf("nodes that run on the %s database: %d; stop them all (one that was killed is forgotten after 15 seconds)", db.Name(), len(nodes))
}
