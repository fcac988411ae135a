package database

import (
	"context"
	"net"
	"sync/atomic"
	"syscall"
	"time"
)

// dialPatience is how long a server may take to accept a connection.
const dialPatience = 5 * time.Second

// dialer connects to a server and counts how long it is silent. A machine that hangs, and a network that swallows what it is
// given, would otherwise hold a connection and who waits at it for a quarter of an hour.
type dialer struct {
	// most is how many nanoseconds a server may owe an answer, or not take what it is sent; 0 is no limit.
	most atomic.Int64
}

// LimitSilence takes a server that owes an answer for longer than this for gone: what waits for it fails, and the next asks on
// a connection of its own. Until it is called there is no limit, since a migration's statement may take its time. SQLite is
// never silent.
func (db *DB) LimitSilence(most time.Duration) {
	if db.dialer != nil {
		db.dialer.most.Store(int64(most))
	}
}

// DialContext implements pq.DialerContext.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{Timeout: dialPatience}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &heardConn{Conn: conn, most: &d.most}, nil
}

// Dial and DialTimeout complete pq.Dialer, which prefers DialContext.
func (d *dialer) Dial(network, address string) (net.Conn, error) {
	return d.DialContext(context.Background(), network, address)
}

func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// heardConn gives every read and write its time. Drivers read only while they are owed an answer.
type heardConn struct {
	net.Conn
	most *atomic.Int64
}

func (c *heardConn) Read(p []byte) (int, error) {
	if most := c.most.Load(); most > 0 {
		if err := c.SetReadDeadline(time.Now().Add(time.Duration(most))); err != nil {
			return 0, err
		}
	}
	return c.Conn.Read(p)
}

func (c *heardConn) Write(p []byte) (int, error) {
	if most := c.most.Load(); most > 0 {
		if err := c.SetWriteDeadline(time.Now().Add(time.Duration(most))); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

// SyscallConn lets a driver look whether an idle connection was closed.
func (c *heardConn) SyscallConn() (syscall.RawConn, error) {
	return c.Conn.(syscall.Conn).SyscallConn()
}
