package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test's binary be the gateway, in a process of its own.
const asProgram = "ROUNDHOUSE_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// process is a gateway in a process of its own, which a test may kill and pause.
type process struct {
	*gateway
	env  map[string]string
	port string
	cmd  *exec.Cmd
}

// startProcess starts a gateway as start does, but apart.
func startProcess(t *testing.T, env map[string]string) *process {
	t.Helper()
	return startProcessIn(t, t.TempDir(), env)
}

func startProcessIn(t *testing.T, dir string, env map[string]string) *process {
	t.Helper()
	p := processIn(t, dir, env)
	p.again()
	t.Cleanup(p.close)
	return p
}

// processIn is one that does not run yet.
func processIn(t *testing.T, dir string, env map[string]string) *process {
	t.Helper()
	p := &process{
		gateway: &gateway{t: t, dir: dir, output: &output{}, admin: env["AUTH_KEY"], proxy: "proxy-key-of-the-tests"},
		env:     env, port: freePort(t),
	}
	p.url = "http://127.0.0.1:" + p.port
	return p
}

// again starts the process in the same place, after kill or for the first time, and waits until it is ready.
func (p *process) again() {
	p.t.Helper()
	p.begin(nil)
	p.await("the gateway to be ready", p.ready)
}

// begin starts the process, which prints to where it is told, or into the test's memory.
func (p *process) begin(prints *os.File) {
	p.t.Helper()
	p.output = &output{}
	cmd := exec.Command(os.Args[0], "serve", "--host", "127.0.0.1", "--port", p.port, "--data-dir", p.dir)
	cmd.Dir, cmd.Stdout, cmd.Stderr = p.dir, p.output, p.output
	if prints != nil {
		cmd.Stdout, cmd.Stderr = prints, prints
	}
	cmd.Env = []string{asProgram + "=1"}
	for name, value := range p.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	if err := cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	stopped := make(chan int, 1)
	p.cmd, p.stopped = cmd, stopped
	p.stop = func() { _ = cmd.Process.Signal(syscall.SIGTERM) }
	go func() {
		status := exitOK
		var exit *exec.ExitError
		if err := cmd.Wait(); errors.As(err, &exit) {
			status = exit.ExitCode()
		} else if err != nil {
			status = exitFailed
		}
		stopped <- status
	}()
}

// refuses starts the process, which must end by itself and say this.
func (p *process) refuses(says string) {
	p.t.Helper()
	p.begin(nil)
	select {
	case status := <-p.stopped:
		p.stopped <- exitOK
		if status == exitOK || !strings.Contains(p.output.String(), says) {
			p.t.Errorf("it ended with status %d and says\n%s", status, p.output)
		}
	case <-time.After(time.Minute):
		p.t.Errorf("it went on:\n%s", p.output)
		p.kill()
	}
}

// leads reports whether the process says that it leads.
func (p *process) leads() bool {
	const said = "leadership changed"
	log := p.output.String()
	last := strings.LastIndex(log, said)
	if last < 0 {
		return false
	}
	words, _, _ := strings.Cut(log[last:], "\n")
	return strings.Contains(words, "leads=true")
}

// kill ends the process as kill -9 does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.stopped
	p.stopped <- exitOK
}

// pause stops the process as a machine that hangs does; resume lets it go on.
func (p *process) pause()  { _ = p.cmd.Process.Signal(syscall.SIGSTOP) }
func (p *process) resume() { _ = p.cmd.Process.Signal(syscall.SIGCONT) }
