package main

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// Every command is in help, tells of itself, and says where help is when it is given what it does not know.
func TestEveryCommandHelps(t *testing.T) {
	t.Chdir(t.TempDir())
	_, help := command(t, nil, "help")
	for _, name := range append(slices.Sorted(maps.Keys(chores)), "serve", "healthcheck") {
		if !strings.Contains(help, "  roundhouse "+name) && !strings.Contains(help, "["+name+"]") {
			t.Errorf("help leaves out %s", name)
		}
		for _, args := range [][]string{{name, "--help"}, {name, "-h"}, {"help", name}} {
			if status, printed := command(t, nil, args...); status != exitOK || !strings.Contains(printed, "  roundhouse "+name) && !strings.Contains(printed, "["+name+"]") {
				t.Errorf("%q: %d %s", args, status, printed)
			}
		}
		args := []string{name, "--no-such-flag"}
		if name == "import" {
			args = []string{name, "gpt-load", "--no-such-flag"}
		}
		if status, printed := command(t, nil, args...); status != exitUsage || !strings.Contains(printed, "not defined: -no-such-flag") || !strings.Contains(printed, "help tells") {
			t.Errorf("%q: %d %s", args, status, printed)
		}
	}
	if status, printed := command(t, nil, "exprot"); status != exitUsage || !strings.Contains(printed, `unknown command "exprot"`) {
		t.Errorf("%d %s", status, printed)
	}
}
