// Command roundhouse is the gateway: it reads its configuration, builds the rooms, joins them, runs them and stops them. It
// holds no rule of business.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // TZ works where the system has no zone files, as in a bare container
)

// version is set by the linker; "dev" when it was not.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	// A second signal ends the process at once, as its default is, unless serve makes something else of it.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}
