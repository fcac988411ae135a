// Package redistest runs real Redis servers of a test's own, which the test may kill, stop and break. It needs redis-server
// on the PATH; a test that asks for one without it is skipped.
package redistest

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a process of redis-server at a fixed loopback address.
type Server struct {
	// Addr is host:port, the same after a restart.
	Addr string

	t       testing.TB
	binary  string
	args    []string
	speaks  *tls.Config // nil where the server speaks in clear
	process *exec.Cmd
}

// New returns a server that is not started. Arguments are redis-server's, after those that New gives.
func New(t testing.TB, args ...string) *Server {
	t.Helper()
	return newAt(t, "127.0.0.1", args...)
}

func newAt(t testing.TB, host string, args ...string) *Server {
	t.Helper()
	binary, err := exec.LookPath("redis-server")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("redis-server is not installed: apt-get install redis-server")
	}
	if err != nil {
		t.Skip("redis-server is not installed")
	}
	addr := freeAddr(t, host)
	_, port, _ := net.SplitHostPort(addr)
	args = append([]string{"--bind", host, "--port", port, "--dir", t.TempDir(), "--save", "", "--appendonly", "no"}, args...)
	s := &Server{Addr: addr, t: t, binary: binary, args: args}
	t.Cleanup(func() {
		if s.process != nil {
			s.Kill()
		}
	})
	return s
}

// Start returns a server that answers.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	s := New(t, args...)
	s.Start()
	return s
}

// StartSentinel returns a Sentinel that watches the server under the name, and finds it dead after half a second. With an
// authority it speaks TLS alone, at an address of its own that its certificate names.
func StartSentinel(t testing.TB, name string, server *Server, authority *Authority) *Server {
	t.Helper()
	host, port, _ := net.SplitHostPort(server.Addr)
	conf := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor %s %s %s 1\nsentinel down-after-milliseconds %s 500\nsentinel failover-timeout %s 3000\n", name, host, port, name, name)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newAt(t, "127.0.0.9")
	s.args = append([]string{conf, "--sentinel"}, s.args[:6]...) // a Sentinel keeps no data
	authority.secure(s)
	s.Start()
	return s
}

// URL is the server's address as REDIS_DSN takes it.
func (s *Server) URL() string { return s.Scheme() + s.Addr + "/0" }

// Scheme is how the server's URL begins.
func (s *Server) Scheme() string {
	if s.speaks == nil {
		return "redis://"
	}
	return "rediss://"
}

// Start starts the process, anew after Kill, and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	s.process = exec.Command(s.binary, s.args...)
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	await(s.t, "redis-server to answer", func() bool { _, err := s.ask("PING"); return err == nil })
}

// Kill ends the process at once.
func (s *Server) Kill() {
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	s.process = nil
}

// Pause stops the process as a machine that hangs does: connections stay open and nothing answers. Resume lets it go on.
func (s *Server) Pause()  { s.signal(syscall.SIGSTOP) }
func (s *Server) Resume() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

// Do gives the server one command, words apart by spaces, and returns its answer, printed.
func (s *Server) Do(command string) (answer string) {
	s.t.Helper()
	answer, err := s.ask(strings.Fields(command)...)
	if err != nil {
		s.t.Fatalf("%s: %v", command, err)
	}
	return answer
}

func (s *Server) ask(words ...string) (answer string, err error) {
	return ask(s.speaks, s.Addr, words...)
}

// ask gives a server one command and returns its answer, printed.
func ask(secure *tls.Config, addr string, words ...string) (answer string, err error) {
	client := redis.NewClient(&redis.Options{Addr: addr, TLSConfig: secure, DialTimeout: time.Second, ReadTimeout: time.Second, MaxRetries: -1, DisableIdentity: true})
	defer client.Close()
	args := make([]any, len(words))
	for i, word := range words {
		args[i] = word
	}
	got, err := client.Do(context.Background(), args...).Result()
	return fmt.Sprint(got), err
}

func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func freeAddr(t testing.TB, host string) string {
	t.Helper()
	listener, err := net.Listen("tcp", host+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// Follow makes the server a replica of another.
func (s *Server) Follow(other *Server) {
	s.t.Helper()
	host, port, _ := net.SplitHostPort(other.Addr)
	s.Do("REPLICAOF " + host + " " + port)
}

// AwaitReplica returns when the Sentinel knows of a replica to fail over to.
func (s *Server) AwaitReplica(name string) {
	s.t.Helper()
	await(s.t, "a replica", func() bool {
		replicas, _ := s.ask("SENTINEL", "REPLICAS", name)
		return strings.Contains(replicas, "master-link-status:ok") || strings.Contains(replicas, "master-link-status ok")
	})
}
