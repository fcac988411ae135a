package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"

	"roundhouse/internal/config"
	"roundhouse/internal/heapfloor"
	"roundhouse/internal/server"
)

// serve builds the program, runs it until ctx is cancelled, and stops it in order.
func serve(ctx context.Context, conf config.Config, stdout, stderr io.Writer) error {
	logger, lines, closeLog, err := newLogger(conf, stderr)
	if err != nil {
		return err
	}
	defer closeLog()
	defer heapfloor.Keep(heapfloor.Bytes)()
	signal.Ignore(syscall.SIGPIPE) // who reads what is printed may go
	hurried, endHurry := hurry(ctx)
	defer endHurry()
	// net/http prints what an upstream sends out of turn, up to 4 KiB of it, which may be part of somebody's answer.
	log.SetOutput(io.Discard)
	// Go's own transports read these where a .env cannot put them.
	for name, value := range conf.ForProcess() {
		if err := os.Setenv(name, value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	p, err := build(ctx, conf, logger, lines)
	if err != nil {
		if ctx.Err() != nil { // stopped while it waited for the database
			return nil
		}
		return err
	}
	p.hurried = hurried
	err = runStages(ctx,
		p.listeners(conf, logger, stdout),
		[]stage{p.prober.Run, p.lease.Led(p.prober.Schedule), p.publisher.Run, p.announcer.run, p.health.Run, p.posts.run},
		[]stage{p.tasks.Run, p.lease.Led(p.tasks.Adopt), p.lease.Led(p.resolver.ClearOrphans)},
		[]stage{p.stats.Run, p.clock.Run, p.lease.Led(p.stats.Retain), p.lease.Led(p.log.Retain)},
		[]stage{p.keys.Run, p.keys.Tell},
		[]stage{p.log.Run},
		[]stage{p.roster.Run, p.lease.Run, p.bus.Run},
	)
	return errors.Join(err, p.db.Close())
}

// hurry returns a channel that is closed when the program is told to stop a second time: what is open is cut off then, and
// what is in memory is written. A third time ends the process at once. The caller ends it.
func hurry(ctx context.Context) (hurried <-chan struct{}, end func()) {
	again, now := make(chan os.Signal, 1), make(chan struct{})
	ended, end := context.WithCancel(context.Background())
	context.AfterFunc(ctx, func() {
		signal.Notify(again, syscall.SIGINT, syscall.SIGTERM)
		defer signal.Stop(again)
		select {
		case <-again:
			close(now)
		case <-ended.Done():
		}
	})
	return now, end
}

// listeners are the servers that this configuration asks for.
func (p *program) listeners(conf config.Config, logger *slog.Logger, stdout io.Writer) []stage {
	main := server.Options{
		Addr: conf.Addr(), Handler: p.handler(conf), Logger: logger,
		ReadTimeout: conf.ReadTimeout, WriteTimeout: conf.WriteTimeout, IdleTimeout: conf.IdleTimeout, Grace: conf.Grace, Hurried: p.hurried,
		Ready: p.gateway.HasSnapshot,
		Stopping: func() {
			p.endSockets()
			p.gateway.EndSockets()
		},
		Abort:    func(ctx context.Context) { _ = p.gateway.Close(ctx) },
		OnListen: func(addr net.Addr) { p.welcome(stdout, conf, addr) },
	}
	stages := []stage{listen(main)}
	if conf.ConsoleAddr != "" {
		console := main
		console.Addr, console.Variable, console.Handler, console.OnListen, console.Abort = conf.ConsoleAddr, "CONSOLE_ADDR", p.console(conf), nil, nil
		stages = append(stages, listen(console))
	}
	if conf.MetricsAddr != "" {
		stages = append(stages, listen(server.Options{Addr: conf.MetricsAddr, Variable: "METRICS_ADDR", Handler: p.metrics.Handler(), Logger: logger}))
	}
	if conf.PprofAddr != "" {
		stages = append(stages, listen(server.Options{Addr: conf.PprofAddr, Variable: "PPROF_ADDR", Handler: profiles(), Logger: logger}))
	}
	return stages
}

func listen(o server.Options) stage {
	return func(ctx context.Context) error { return server.Run(ctx, o) }
}

// profiles serves what go tool pprof asks for.
func profiles() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return mux
}
