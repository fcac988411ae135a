// Package proc asks the kernel what a process has used: CPU time and memory, from /proc, on Linux alone. It refuses to know
// what the process is for.
package proc

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times under /proc: USER_HZ is 100 on every architecture that Go runs on (proc_pid_stat(5)).
const tick = 10 * time.Millisecond

// CPU is the user and system time that a process has used so far, its threads included.
func CPU(pid int) (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, fmt.Errorf("read CPU time: %w", err)
	}
	// The command's name, in parentheses, may hold anything; what follows begins with the third field.
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	const utime, stime, skipped = 14, 15, 3
	if len(fields) <= stime-skipped {
		return 0, fmt.Errorf("read CPU time: odd line %q", raw)
	}
	return ticks(fields[utime-skipped]) + ticks(fields[stime-skipped]), nil
}

// Resident is the memory of a process that is in RAM now, in bytes.
func Resident(pid int) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	fields := strings.Fields(string(raw))
	if len(fields) < 2 {
		return 0, fmt.Errorf("read memory: odd line %q", raw)
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	return pages * int64(os.Getpagesize()), nil
}

// Machine is the CPU time that all processes together have used since the machine started; 0 when it cannot be read.
func Machine() time.Duration {
	raw, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(raw), "\n")
	fields := strings.Fields(line)
	const user, nice, system, irq, softirq = 1, 2, 3, 6, 7
	if len(fields) <= softirq {
		return 0
	}
	return ticks(fields[user]) + ticks(fields[nice]) + ticks(fields[system]) + ticks(fields[irq]) + ticks(fields[softirq])
}

// ticks reads a count of ticks; one that is none counts as 0.
func ticks(field string) time.Duration {
	n, err := strconv.ParseInt(field, 10, 64)
	if err != nil {
		return 0
	}
	return time.Duration(n) * tick
}
