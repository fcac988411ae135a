package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"roundhouse/internal/audit"
	"roundhouse/internal/config"
	"roundhouse/internal/gptload"
)

const importUsage = `Take groups, aggregates, keys, settings and proxy keys from the database of a GPT-Load 1.4.

  roundhouse import gpt-load --dsn gpt-load.db --dry-run
  roundhouse import gpt-load --dsn "postgres://user@host/gpt_load" --encryption-key-file gpt-load.key

  --dsn DSN                    GPT-Load's database: a file's path, postgres://user:password@host/database, or
                               user:password@tcp(host)/database; one with a password belongs into GPT_LOAD_DSN in the
                               environment or in .env instead, since arguments show in every list of processes
  --encryption-key-file FILE   holds GPT-Load's ENCRYPTION_KEY and nothing else; or GPT_LOAD_ENCRYPTION_KEY
  --dry-run                    report what would be taken, and take nothing
  --data-dir DIR               as the gateway is started with

The report says what was taken, what is another here than it was there and why, and what was not taken. What is here
already stays as it is, and a second run changes nothing. GPT-Load's database is only read. A gateway that runs serves
what was taken within 20 seconds.
`

// importGPTLoad is the command import gpt-load.
func importGPTLoad(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	options, conf, err := importOptions(args, env)
	if err != nil {
		return misused("import gpt-load", importUsage, err, stdout, stderr)
	}
	p, err := openOffline(ctx, conf, mayBeMade)
	if err != nil {
		return failed("import gpt-load", err, stderr)
	}
	defer p.closeOffline(ctx)
	options.DB, options.Catalog, options.Settings, options.Keys = p.db, p.catalog, p.settings, p.keys
	report, err := gptload.Import(audit.WithActor(ctx, "roundhouse import gpt-load"), options)
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted; what was taken stays, and another run goes on")
		}
		return failed("import gpt-load", err, stderr)
	}
	_, _ = io.WriteString(stdout, report.Text())
	return exitOK
}

func importOptions(args []string, env func(string) string) (o gptload.Options, conf config.Config, err error) {
	if len(args) == 0 || args[0] != "gpt-load" {
		if len(args) > 0 && (args[0] == "--help" || args[0] == "-help" || args[0] == "-h") {
			return o, conf, flag.ErrHelp
		}
		return o, conf, errors.New("from what? write roundhouse import gpt-load")
	}
	var keyPath string
	conf, err = configure("import gpt-load", args[1:], env, func(flags *flag.FlagSet) {
		flags.StringVar(&o.DSN, "dsn", "", "")
		flags.StringVar(&keyPath, "encryption-key-file", "", "")
		flags.BoolVar(&o.DryRun, "dry-run", false, "")
	})
	if err != nil {
		return o, conf, err
	}
	layered, err := withDotEnv(env)
	if err != nil {
		return o, conf, err
	}
	o.DSN, o.EncryptionKey = cmp.Or(o.DSN, layered("GPT_LOAD_DSN")), layered("GPT_LOAD_ENCRYPTION_KEY")
	if keyPath != "" {
		if o.EncryptionKey, err = keyFile(keyPath); err != nil {
			return o, conf, fmt.Errorf("--encryption-key-file: %w", err)
		}
	}
	if o.DSN == "" {
		return o, conf, errors.New("where is GPT-Load's database? give --dsn")
	}
	return o, conf, nil
}
