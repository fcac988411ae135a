package wire

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

// echo is the address of a server that says everything back.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.Copy(conn, conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// askAnew connects and asks once.
func askAnew(w *Wire) error {
	conn, err := net.Dial("tcp", w.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	return ask(conn, 10*time.Second)
}

// ask says one byte and waits for it to come back.
func ask(conn net.Conn, patience time.Duration) error {
	if _, err := conn.Write([]byte{'x'}); err != nil {
		return err
	}
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	_, err := io.ReadFull(conn, make([]byte, 1))
	return err
}

func TestAWireCarriesHangsBreaksAndIsMended(t *testing.T) {
	w, err := Open(echo(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	conn, err := net.Dial("tcp", w.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := ask(conn, 10*time.Second); err != nil {
		t.Fatal(err)
	}

	w.Hang()
	if err := ask(conn, 50*time.Millisecond); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a hung wire: %v", err)
	}
	w.Mend()
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
		t.Errorf("what was under way is lost: %v", err)
	}

	w.Slow(30 * time.Millisecond)
	began := time.Now()
	if err := ask(conn, 10*time.Second); err != nil || time.Since(began) < 60*time.Millisecond {
		t.Errorf("a slow wire took %v: %v", time.Since(began), err)
	}
	w.Slow(0)

	w.Cut()
	if err := ask(conn, 10*time.Second); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a cut wire: %v", err)
	}
	if err := askAnew(w); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a new connection over a cut wire: %v", err)
	}
	w.Mend()
	if err := askAnew(w); err != nil {
		t.Errorf("after mending: %v", err)
	}
}
