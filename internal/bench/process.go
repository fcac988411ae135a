//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// endTime is how long a process may take to stop by itself.
const endTime = 15 * time.Second

// process is a child on an address of its own. Its output is a file in its folder.
type process struct {
	name, dir, address string
	command            *exec.Cmd
	ended              chan error
}

// launch starts a program in dir and waits until it accepts connections on the address. env is the whole of its environment.
func launch(ctx context.Context, name, dir, address string, env []string, argv ...string) (*process, error) {
	output, err := os.OpenFile(filepath.Join(dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer func() { _ = output.Close() }()
	p := &process{name: name, dir: dir, address: address, command: exec.Command(argv[0], argv[1:]...), ended: make(chan error, 1)}
	p.command.Dir, p.command.Env, p.command.Stdout, p.command.Stderr = dir, env, output, output
	// A frozen child outlives nobody: it could not end by itself.
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() { p.ended <- p.command.Wait() }()
	for deadline := time.Now().Add(time.Minute); ; {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return p, conn.Close()
		}
		select {
		case err := <-p.ended:
			said, _ := os.ReadFile(output.Name()) // what it said is a help, not a need
			return nil, fmt.Errorf("%s ended at once: %v\n%s", name, err, said)
		case <-ctx.Done():
			p.end()
			return nil, fmt.Errorf("start %s: %w", name, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			p.end()
			return nil, fmt.Errorf("start %s: it does not accept connections", name)
		}
	}
}

func (p *process) pid() int { return p.command.Process.Pid }

// freeze stops the process where it stands, so that what it has put off does not disturb another's run. These and thaw fail
// only for a process that has ended, which the load on it tells.
func (p *process) freeze() { _ = p.command.Process.Signal(syscall.SIGSTOP) }

func (p *process) thaw() { _ = p.command.Process.Signal(syscall.SIGCONT) }

// end stops the process and waits for it.
func (p *process) end() {
	p.thaw()
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(endTime):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// freeAddress is one of loopback that nobody listens on.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String(), nil
}
