package databasetest

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// Server is a PostgreSQL or MariaDB of a test's own, at a fixed loopback address, which the test may crash and start again. What was
// committed is there afterwards: it is written to the files, though not to the disk.
type Server struct {
	// Addr is host:port, the same after a restart.
	Addr string

	t      testing.TB
	engine string
	dsn    string // without a database
	// settings are PostgreSQL's, name=value each, and data is its folder.
	settings []string
	data     string
	command  func() *exec.Cmd
	process  *exec.Cmd
}

// StartServer starts a server of the engine that TEST_DATABASE names, which must be postgres or mysql, and ends it with the test. A
// test is skipped where that engine is not installed.
func StartServer(t testing.TB) *Server {
	t.Helper()
	return startServer(t, os.Getenv("TEST_DATABASE"))
}

func startServer(t testing.TB, engine string, settings ...string) *Server {
	t.Helper()
	s := &Server{t: t, engine: engine, settings: settings}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = listener.Addr().String()
	_ = listener.Close()
	switch s.engine {
	case "postgres":
		s.preparePostgres()
	case "mysql":
		s.prepareMariaDB()
	default:
		t.Fatalf("TEST_DATABASE is %q: a server is of postgres or mysql", s.engine)
	}
	t.Cleanup(func() {
		if s.process != nil {
			s.Crash()
		}
	})
	s.Start()
	return s
}

// DSN names a fresh, empty database on the server.
func (s *Server) DSN() string {
	s.t.Helper()
	admin := s.admin()
	defer func() { _ = admin.Close() }()
	const name = "roundhouse"
	if _, err := admin.Exec("CREATE DATABASE " + name); err != nil {
		s.t.Fatal(err)
	}
	return named(s.t, s.engine, s.dsn, name)
}

// Start starts the server, anew after Crash, and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	s.process = s.command()
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	admin := s.admin()
	defer func() { _ = admin.Close() }()
	for deadline := time.Now().Add(time.Minute); admin.Ping() != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			s.t.Fatalf("the %s of the test does not answer", s.engine)
		}
	}
}

// Crash ends the server at once, in the midst of whatever it does, and returns when it is gone.
func (s *Server) Crash() {
	how := os.Kill
	if s.engine == "postgres" {
		how = syscall.SIGQUIT // what pg_ctl calls immediate; killed, it would leave its children behind
	}
	_ = s.process.Process.Signal(syscall.SIGCONT) // it may be paused
	_ = s.process.Process.Signal(how)
	_ = s.process.Wait()
	s.process = nil
}

func (s *Server) admin() *sql.DB {
	s.t.Helper()
	admin, err := sql.Open(s.engine, s.dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	return admin
}

// leaveOut ends a test that cannot run here; under CI that is a failure.
func (s *Server) leaveOut(why string) {
	s.t.Helper()
	if os.Getenv("CI") == "true" {
		s.t.Fatal(why)
	}
	s.t.Skip(why)
}

func (s *Server) preparePostgres() {
	s.t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is a good one
	if path, err := exec.LookPath("postgres"); err == nil {
		found = append(found, path)
	}
	if len(found) == 0 {
		s.leaveOut("PostgreSQL is not installed: apt-get install postgresql")
	}
	slices.Sort(found)
	bin, dir := filepath.Dir(found[len(found)-1]), s.t.TempDir()
	owner := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // PostgreSQL refuses to run as root
		owner.Credential = s.give(dir, "postgres")
	}
	s.data = filepath.Join(dir, "data")
	s.run(owner, filepath.Join(bin, "initdb"), "-D", s.data, "-U", "roundhouse", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
	_, port, _ := net.SplitHostPort(s.Addr)
	s.dsn = fmt.Sprintf("postgres://roundhouse@%s/postgres?sslmode=disable", s.Addr)
	s.command = func() *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, "postgres"), "-D", s.data, "-p", port, "-c", "listen_addresses=127.0.0.1",
			"-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200")
		for _, setting := range s.settings {
			cmd.Args = append(cmd.Args, "-c", setting)
		}
		cmd.Dir, cmd.SysProcAttr = dir, owner
		return cmd
	}
}

func (s *Server) prepareMariaDB() {
	s.t.Helper()
	server, err := exec.LookPath("mariadbd")
	if err != nil {
		if server = "/usr/sbin/mariadbd"; exec.Command(server, "--version").Run() != nil {
			s.leaveOut("MariaDB is not installed: apt-get install mariadb-server")
		}
	}
	who, err := user.Current()
	if err != nil {
		s.t.Fatal(err)
	}
	dir := s.t.TempDir()
	common := []string{"--no-defaults", "--datadir=" + filepath.Join(dir, "data"), "--user=" + who.Username}
	s.run(nil, "mariadb-install-db", append(slices.Clone(common), "--auth-root-authentication-method=normal", "--skip-test-db")...)
	_, port, _ := net.SplitHostPort(s.Addr)
	s.dsn = "root@tcp(" + s.Addr + ")/"
	s.command = func() *exec.Cmd {
		return exec.Command(server, append(slices.Clone(common), "--bind-address=127.0.0.1", "--port="+port, "--socket="+filepath.Join(dir, "sock"),
			"--pid-file="+filepath.Join(dir, "pid"), "--innodb-flush-log-at-trx-commit=2", "--max-connections=200")...)
	}
}

// give makes a user the owner of a folder that it can reach, and returns what a process needs to be that user.
func (s *Server) give(dir, name string) *syscall.Credential {
	s.t.Helper()
	who, err := user.Lookup(name)
	if err != nil {
		s.t.Fatal(err)
	}
	uid, _ := strconv.Atoi(who.Uid)
	gid, _ := strconv.Atoi(who.Gid)
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		s.t.Fatal(err)
	}
	if err := os.Chown(dir, uid, gid); err != nil {
		s.t.Fatal(err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

func (s *Server) run(as *syscall.SysProcAttr, name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.SysProcAttr = "/", as // a folder that anyone may enter
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%s: %v\n%s", name, err, out)
	}
}
