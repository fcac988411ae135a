package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"

	"roundhouse/internal/config"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	// exitUsage says that the arguments or the environment are wrong and nothing was started.
	exitUsage = 2
)

const usage = `Roundhouse, a gateway for AI APIs.

  roundhouse [serve] [flags]   run the gateway (what it does without a command)
  roundhouse healthcheck       ask the gateway that runs here whether it is ready
  roundhouse export            write groups and settings as a file
  roundhouse apply             make groups and settings what such a file says
  roundhouse import gpt-load   take groups, keys and settings from a GPT-Load 1.4
  roundhouse copy              move an installation to another database
  roundhouse migrate-keys      switch encryption on, off, or to another key
  roundhouse version           print version, commit and Go version
  roundhouse help [COMMAND]    print this, or what the command's --help prints

Flags of serve and healthcheck, each over its variable in the environment:
  --port N        PORT      port to listen at (3001)
  --host ADDRESS  HOST      address to listen at (0.0.0.0)
  --data-dir DIR  DATA_DIR  where database and keys are kept (./data)

Everything else is in the environment, or in .env in the working directory;
.env.example tells of each variable.
`

// run is the program: it returns the exit status. env answers for the environment, empty for what is not set.
func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	command := "serve"
	if len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' {
		command, args = args[0], args[1:]
	}
	switch command {
	case "help":
		if len(args) > 0 && args[0] != "help" {
			return run(ctx, []string{args[0], "--help"}, env, stdout, stderr)
		}
		_, _ = io.WriteString(stdout, usage)
		return exitOK
	case "version":
		_, _ = fmt.Fprintf(stdout, "roundhouse %s (%s, %s)\n", version, commit(), runtime.Version())
		return exitOK
	case "serve", "healthcheck":
		return startOrAsk(ctx, command, args, env, stdout, stderr)
	}
	if do, known := chores[command]; known {
		return do(ctx, args, env, stdout, stderr)
	}
	_, _ = fmt.Fprintf(stderr, "unknown command %q\n\n%s", command, usage)
	return exitUsage
}

// chores are the commands that work on an installation and end by themselves.
var chores = map[string]func(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int{
	"export": exportConfiguration, "apply": applyConfiguration, "import": importGPTLoad, "copy": copyInstallation, "migrate-keys": migrateKeys,
}

// startOrAsk runs the gateway, or asks the one that runs how it is.
func startOrAsk(ctx context.Context, command string, args []string, env func(string) string, stdout, stderr io.Writer) int {
	conf, err := configure(command, args, env, nil)
	if errors.Is(err, flag.ErrHelp) {
		_, _ = io.WriteString(stdout, usage)
		return exitOK
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "Roundhouse cannot start:\n%v\nroundhouse help tells of flags and variables.\n", err)
		return exitUsage
	}
	if command == "healthcheck" {
		return healthcheck(ctx, conf, stdout, stderr)
	}
	if err := serve(ctx, conf, stdout, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "Roundhouse stopped: %v\n", err)
		return exitFailed
	}
	return exitOK
}

// configure joins flags, environment and .env, in this order of precedence, and checks the whole. more, when not nil, adds the
// command's own flags.
func configure(command string, args []string, env func(string) string, more func(*flag.FlagSet)) (config.Config, error) {
	flags := flag.NewFlagSet(command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	given := map[string]string{}
	for name, variable := range map[string]string{"port": "PORT", "host": "HOST", "data-dir": "DATA_DIR"} {
		flags.Func(name, variable, func(value string) error {
			if value == "" {
				return errors.New("a value is needed")
			}
			given[variable] = value
			return nil
		})
	}
	if more != nil {
		more(flags)
	}
	if err := flags.Parse(args); err != nil {
		return config.Config{}, err
	}
	if rest := flags.Args(); len(rest) > 0 {
		if strings.ContainsAny(rest[0], "@:") { // an address, which may hold a password
			return config.Config{}, errors.New("an argument is not understood; roundhouse help tells what is")
		}
		return config.Config{}, fmt.Errorf("argument %q is not understood; roundhouse help tells what is", rest[0])
	}
	layered, err := withDotEnv(env)
	if err != nil {
		return config.Config{}, err
	}
	return config.Parse(func(name string) string {
		if value, ok := given[name]; ok {
			return value
		}
		return layered(name)
	})
}

// withDotEnv lays the environment over the .env of the working directory.
func withDotEnv(env func(string) string) (func(string) string, error) {
	file, err := config.ReadDotEnv(".env")
	return config.Under(env, file), err
}

// commit is the revision the binary was built from, as Go noted it.
func commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value[:min(12, len(s.Value))]
		}
	}
	return "unknown"
}
