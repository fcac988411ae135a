package databasetest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	_ "github.com/lib/pq" // the driver, where nothing else of the test brings it
)

// StartPostgres starts a PostgreSQL with these settings, name=value each, whichever engine TEST_DATABASE names, and ends it with
// the test. A test is skipped where it is not installed.
func StartPostgres(t testing.TB, settings ...string) *Server {
	t.Helper()
	return startServer(t, "postgres", settings...)
}

// Database names a fresh, empty database of the server, another one each time.
func (s *Server) Database() string {
	s.t.Helper()
	name := fmt.Sprintf("roundhouse_test_%016x", rand.Uint64())
	s.Do("CREATE DATABASE " + name)
	return named(s.t, s.engine, s.dsn, name)
}

// Do runs one statement on a connection of its own.
func (s *Server) Do(statement string) {
	s.t.Helper()
	admin := s.admin()
	defer func() { _ = admin.Close() }()
	if _, err := admin.Exec(statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// BeStandby starts a PostgreSQL anew as one that follows a primary: it answers questions and takes no writes until it is
// promoted.
func (s *Server) BeStandby() {
	s.t.Helper()
	_ = s.process.Process.Signal(syscall.SIGINT) // what pg_ctl calls fast: a crash would leave it to find its way first
	_ = s.process.Wait()
	if err := os.WriteFile(filepath.Join(s.data, "standby.signal"), nil, 0o644); err != nil {
		s.t.Fatal(err)
	}
	s.Start()
}

// Pause stops every process of a PostgreSQL as a machine that hangs does: connections stay open and nothing answers. Resume lets
// them go on.
func (s *Server) Pause()  { s.signal(syscall.SIGSTOP) }
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	pid := strconv.Itoa(s.process.Process.Pid)
	// The first is stopped first, so that it makes no more of them.
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
	children, err := os.ReadFile(filepath.Join("/proc", pid, "task", pid, "children"))
	if err != nil {
		_ = s.process.Process.Signal(syscall.SIGCONT)
		s.leaveOut("this system does not tell of a process's children")
	}
	for _, child := range strings.Fields(string(children)) {
		if pid, err := strconv.Atoi(child); err == nil {
			_ = syscall.Kill(pid, sig) // it may end meanwhile
		}
	}
}
