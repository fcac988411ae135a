package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/lmittmann/tint"

	"roundhouse/internal/config"
)

// lines is where the program's own log goes. What cannot be written at one place is written at the others, is counted, and
// stops nothing: a full disk or a closed pipe is no reason to serve nobody.
type lines struct {
	to   []io.Writer
	lost atomic.Int64
}

func (l *lines) Write(line []byte) (int, error) {
	for _, w := range l.to {
		if _, err := w.Write(line); err != nil {
			l.lost.Add(1)
		}
	}
	return len(line), nil
}

// newLogger writes to the terminal and, when the configuration asks for it, to a file. Its times are in the configured zone.
func newLogger(conf config.Config, stderr io.Writer) (logger *slog.Logger, out *lines, closeFile func(), err error) {
	closeFile = func() {}
	terminal := isTerminal(stderr)
	out = &lines{to: []io.Writer{stderr}}
	if conf.Log.File != "" {
		if err := os.MkdirAll(filepath.Dir(conf.Log.File), 0o700); err != nil {
			return nil, nil, nil, fmt.Errorf("make the log's directory: %w", err)
		}
		file, err := os.OpenFile(conf.Log.File, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("open the log: %w", err)
		}
		closeFile = func() { _ = file.Close() }
		out.to, terminal = append(out.to, file), false
	}
	if conf.Log.Format == config.FormatJSON {
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: conf.Log.Level, ReplaceAttr: inZone(conf.Location)})), out, closeFile, nil
	}
	if !terminal {
		return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: conf.Log.Level, ReplaceAttr: inZone(conf.Location)})), out, closeFile, nil
	}
	return slog.New(tint.NewTextHandler(out, &tint.Options{Level: conf.Log.Level, TimeFormat: time.TimeOnly, ReplaceAttr: inZone(conf.Location)})), out, closeFile, nil
}

func inZone(zone *time.Location) func([]string, slog.Attr) slog.Attr {
	return func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindTime {
			a.Value = slog.TimeValue(a.Value.Time().In(zone))
		}
		return a
	}
}

// isTerminal reports whether a person reads what is written there.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
