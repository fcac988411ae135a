package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"roundhouse/internal/audit"
	"roundhouse/internal/fault"
	"roundhouse/internal/portable"
)

const exportUsage = `Write groups and settings as a file.

  roundhouse export > roundhouse.json
  roundhouse export --with-secrets > roundhouse.json

  --with-secrets   header values and proxy URLs in clear instead of as fingerprints; guard the file
` + whereUsage + `
Keys are not in the file, and proxy keys, which are stored as digests, only as fingerprints.
`

const applyUsage = `Make groups and settings what a file says: all of it, or nothing. Keys are never touched.

  roundhouse apply -f roundhouse.json --dry-run
  roundhouse apply -f roundhouse.json

  -f FILE     the file, as roundhouse export writes it; - reads it from stdin
  --dry-run   show what would be done, and do nothing
  --prune     delete the groups that the file does not name, and of its lists of proxy keys those that are not in them,
              after printing their names; a group that holds keys is refused instead
` + whereUsage + `
What the file leaves out stays as it is; a list that is there is meant whole. A secret of which the file has the
fingerprint stays too. Applying a file twice changes nothing the second time.
`

const whereUsage = `
  --port N, --host ADDRESS, --data-dir DIR   as the gateway was started with

The gateway that runs there is asked, with the admin key of AUTH_KEY or of DATA_DIR/auth_key; where none runs, the
database itself is opened.
`

// exportConfiguration is the command export.
func exportConfiguration(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	secrets := false
	conf, err := configure("export", args, env, func(flags *flag.FlagSet) {
		flags.BoolVar(&secrets, "with-secrets", false, "")
	})
	if err != nil {
		return misused("export", exportUsage, err, stdout, stderr)
	}
	desk, leave, err := openDesk(ctx, conf, mustExist)
	if err != nil {
		return failed("export", err, stderr)
	}
	defer leave()
	document, err := desk.Export(audit.WithActor(ctx, "roundhouse export"), secrets)
	if err == nil {
		err = portable.Write(stdout, document)
	}
	if err != nil {
		return failed("export", err, stderr)
	}
	return exitOK
}

// applyConfiguration is the command apply.
func applyConfiguration(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	var file string
	var manner portable.Manner
	conf, err := configure("apply", args, env, func(flags *flag.FlagSet) {
		flags.StringVar(&file, "f", "", "")
		flags.BoolVar(&manner.DryRun, "dry-run", false, "")
		flags.BoolVar(&manner.Prune, "prune", false, "")
	})
	if err == nil && file == "" {
		err = errors.New("which file? give -f roundhouse.json, or -f - to read it from stdin")
	}
	if err != nil {
		return misused("apply", applyUsage, err, stdout, stderr)
	}
	document, err := readDocument(file)
	if err != nil {
		return misused("apply", applyUsage, err, stdout, stderr)
	}
	desk, leave, err := openDesk(ctx, conf, mayBeMade)
	if err != nil {
		return failed("apply", err, stderr)
	}
	defer leave()
	ctx = audit.WithActor(ctx, "roundhouse apply")
	if manner.Prune && !manner.DryRun {
		if err := nameDoomed(ctx, desk, document, stdout); err != nil {
			return failed("apply", err, stderr)
		}
	}
	report, err := desk.Apply(ctx, document, manner)
	if err != nil {
		return failed("apply", err, stderr)
	}
	_, _ = io.WriteString(stdout, report.Text())
	switch {
	case len(report.Changes) == 0:
		_, _ = fmt.Fprintln(stdout, "Nothing to change.")
	case report.Applied:
		_, _ = fmt.Fprintf(stdout, "Applied: %d changes.\n", len(report.Changes))
	default:
		_, _ = fmt.Fprintf(stdout, "Dry run: %d changes were not made.\n", len(report.Changes))
	}
	return exitOK
}

func readDocument(file string) (portable.Document, error) {
	in := os.Stdin
	if file != "-" {
		var err error
		if in, err = os.Open(file); err != nil {
			return portable.Document{}, fmt.Errorf("-f: %w", err)
		}
		defer func() { _ = in.Close() }()
	}
	d, err := portable.Read(in)
	if err != nil {
		return d, fmt.Errorf("-f %s: %w", file, err)
	}
	return d, nil
}

// nameDoomed prints what is going to be deleted before anything is.
func nameDoomed(ctx context.Context, desk configurer, document portable.Document, stdout io.Writer) error {
	plan, err := desk.Apply(ctx, document, portable.Manner{DryRun: true, Prune: true})
	if err != nil {
		return err
	}
	for _, name := range plan.Deleted() {
		_, _ = fmt.Fprintf(stdout, "deleting %s\n", name)
	}
	return nil
}

// misused says what is wrong with the arguments and where to read how it is right; --help itself is nothing wrong.
func misused(command, usage string, err error, stdout, stderr io.Writer) int {
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stdout, usage)
		return exitOK
	}
	_, _ = fmt.Fprintf(stderr, "roundhouse %s: %v\nroundhouse %s --help tells how it is used.\n", command, err, command)
	return exitUsage
}

// failed says why a command did not do what it was asked for; every fault of an input has a line of its own.
func failed(command string, err error, stderr io.Writer) int {
	var input *fault.Input
	if !errors.As(err, &input) {
		_, _ = fmt.Fprintf(stderr, "roundhouse %s: %v\n", command, err)
		return exitFailed
	}
	_, _ = fmt.Fprintf(stderr, "roundhouse %s: nothing was changed:\n", command)
	for _, f := range input.Faults {
		_, _ = fmt.Fprintf(stderr, "  %s: %s\n", f.Path, f.Message)
	}
	return exitFailed
}
