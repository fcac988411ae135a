// Package wire is a way over loopback to a server, which can be cut, hung and slowed as networks are. Tests and measurements
// put it between the gateway and what it depends on; it refuses to know what the bytes mean.
package wire

import (
	"net"
	"sync"
	"time"
)

// Wire forwards every connection to one server. Use Open.
type Wire struct {
	// Addr is where it listens, host:port.
	Addr string

	to       string
	listener net.Listener
	working  sync.WaitGroup

	mu    sync.Mutex // guards what follows
	cut   bool
	hung  chan struct{} // nil, or closed when bytes may go on
	delay time.Duration
	conns map[*net.TCPConn]struct{}
}

// Open listens on a free port and forwards to the server, host:port. The caller closes it.
func Open(to string) (*Wire, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{Addr: listener.Addr().String(), to: to, listener: listener, conns: map[*net.TCPConn]struct{}{}}
	w.working.Go(w.accept)
	return w, nil
}

// Cut resets every connection, and each new one until Mend.
func (w *Wire) Cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	w.reset()
}

// Hang keeps connections open, and accepts new ones, but carries nothing until Mend.
func (w *Wire) Hang() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.hung == nil {
		w.hung = make(chan struct{})
	}
}

// Slow makes every piece of data take so much longer in either direction; 0 makes it quick again.
func (w *Wire) Slow(delay time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delay = delay
}

// Mend ends Cut and Hang.
func (w *Wire) Mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
	w.release()
}

// Close ends everything and returns when it has.
func (w *Wire) Close() error {
	err := w.listener.Close()
	w.mu.Lock()
	w.cut = true
	w.release()
	w.reset()
	w.mu.Unlock()
	w.working.Wait()
	return err
}

// release lets bytes go on. w.mu is held.
func (w *Wire) release() {
	if w.hung != nil {
		close(w.hung)
		w.hung = nil
	}
}

// reset breaks every connection. w.mu is held.
func (w *Wire) reset() {
	for conn := range w.conns {
		_ = conn.SetLinger(0)
		_ = conn.Close()
	}
}

func (w *Wire) accept() {
	for {
		conn, err := w.listener.Accept()
		if err != nil {
			return
		}
		w.working.Go(func() { w.carry(conn.(*net.TCPConn)) })
	}
}

// carry forwards one connection until either end closes it.
func (w *Wire) carry(near *net.TCPConn) {
	defer w.forget(near)
	if !w.keep(near) {
		return
	}
	conn, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	far := conn.(*net.TCPConn)
	defer w.forget(far)
	if !w.keep(far) {
		return
	}
	var back sync.WaitGroup
	back.Go(func() { w.copy(near, far) })
	w.copy(far, near)
	back.Wait()
}

// keep notes a connection that a cut is to break; false says that the wire is cut now.
func (w *Wire) keep(conn *net.TCPConn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.cut {
		_ = conn.SetLinger(0)
		return false
	}
	w.conns[conn] = struct{}{}
	return true
}

func (w *Wire) forget(conn *net.TCPConn) {
	w.mu.Lock()
	delete(w.conns, conn)
	w.mu.Unlock()
	_ = conn.Close()
}

// copy carries bytes one way; when they end, it says so to the other end.
func (w *Wire) copy(to, from *net.TCPConn) {
	defer to.CloseWrite()
	buffer := make([]byte, 64<<10)
	for {
		n, err := from.Read(buffer)
		w.wait()
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				_ = from.Close()
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// wait passes as much time as the wire takes.
func (w *Wire) wait() {
	for {
		w.mu.Lock()
		hung, delay := w.hung, w.delay
		w.mu.Unlock()
		if hung == nil {
			if delay > 0 {
				time.Sleep(delay)
			}
			return
		}
		<-hung
	}
}
