// Command showroom fills a stopped gateway's database with days of traffic that looks like a working day's: for the pictures of
// the console and for measurements by hand. Groups and keys are those that are there; records and rollups go the way they
// always go. It knows nothing of HTTP and asks no upstream.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"roundhouse/internal/database"
	"roundhouse/internal/requestlog"
	"roundhouse/internal/stats"
)

// node is the last number there is: a living node has it only when 255 others are there, so that ids and rollup rows never meet.
const node = 255

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("showroom", flag.ContinueOnError)
	flags.SetOutput(stderr)
	dsn := flags.String("database", "", "the database, as DATABASE_DSN has it")
	requests := flags.Int("requests", 20_000, "how many requests to write")
	days := flags.Int("days", 7, "over how many days until now they are spread")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *dsn == "" || *requests < 1 || *days < 1 {
		fmt.Fprintln(stderr, "give -database, and at least one request and one day")
		return 2
	}
	if err := fill(ctx, *dsn, *requests, *days); err != nil {
		fmt.Fprintf(stderr, "showroom: %v\n", err)
		return 1
	}
	fmt.Fprintf(stdout, "wrote %d requests over %d days\n", *requests, *days)
	return 0
}

func fill(ctx context.Context, dsn string, requests, days int) error {
	db, err := database.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	cast, err := readCast(ctx, db)
	if err != nil {
		return err
	}
	callers, err := readCallers(ctx, db)
	if err != nil {
		return err
	}
	log := requestlog.New(requestlog.Options{
		DB: db, Node: node, Hooks: []requestlog.Hook{stats.New(stats.Options{DB: db, Node: node}).Rollup},
		DrainTimeout: 10 * time.Minute,
	})
	writing, stop := context.WithCancel(context.Background())
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- log.Run(writing) }()

	play := newPlay(cast, callers, time.Now(), requests, days)
	for i := range requests {
		for _, r := range play.request(i) {
			log.Record(r)
		}
		// The log drops what its queue cannot hold, and nobody here is in a hurry.
		for log.Counts().Waiting > 20_000 {
			if err := pause(ctx); err != nil {
				return err
			}
		}
	}
	stop()
	if err := <-ended; err != nil {
		return err
	}
	if left := log.Counts(); left.Waiting+int(left.Dropped+left.Rejected) > 0 {
		return fmt.Errorf("not all was written: %+v", left)
	}
	return nil
}

// pause lets the writer work for a moment.
func pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(20 * time.Millisecond):
		return nil
	}
}
