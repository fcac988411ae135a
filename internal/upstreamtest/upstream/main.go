// Command upstream runs the scripted upstream as a process, for suites that are not written in Go. Its first line says
// where it listens; it knows no more than its flags.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"roundhouse/internal/upstreamtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("upstream", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "address to listen on")
	keys := flags.String("keys", "", "keys to accept, separated by commas; a trailing * accepts every key that begins so")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintf(stderr, "listen: %v\n", err)
		return 1
	}
	handler := upstreamtest.NewHandler(strings.Split(*keys, ",")...)
	handler.Controlled = true
	server := upstreamtest.Start(listener, handler)
	fmt.Fprintln(stdout, listener.Addr())
	<-ctx.Done()
	if err := server.Close(); err != nil {
		fmt.Fprintf(stderr, "close: %v\n", err)
		return 1
	}
	return 0
}
