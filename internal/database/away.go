package database

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"syscall"

	"github.com/go-sql-driver/mysql"
	"github.com/lib/pq"
	"github.com/lib/pq/pqerror"
)

// Away reports whether err says that the database cannot be reached, or cannot do what it was asked at the moment, whatever the
// rows hold: trying the same later may succeed.
func Away(err error) bool {
	for _, known := range []error{driver.ErrBadConn, sql.ErrConnDone, mysql.ErrInvalidConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded, context.Canceled} {
		if errors.Is(err, known) {
			return true
		}
	}
	var network net.Error
	var system syscall.Errno
	if errors.As(err, &network) || errors.As(err, &system) {
		return true
	}
	var sqlite interface{ Code() int }
	if errors.As(err, &sqlite) {
		return slices.Contains(sqliteAway, sqlite.Code()&0xff)
	}
	var postgres *pq.Error
	if errors.As(err, &postgres) && len(postgres.Code) == 5 {
		return slices.Contains(postgresAway, string(postgres.Code.Class()))
	}
	var server *mysql.MySQLError
	return errors.As(err, &server) && slices.Contains(mysqlAway, server.Number)
}

var (
	// sqliteAway are primary result codes: busy, locked, out of memory, read only, interrupted, I/O, corrupt, full, cannot
	// open, not a database (sqlite.org/rescode.html).
	sqliteAway = []int{5, 6, 7, 8, 9, 10, 11, 13, 14, 26}
	// postgresAway are classes: connection, what a standby refuses, read-only transaction, authorization, rollback, resources, prerequisite state,
	// operator intervention, system, configuration, internal (PostgreSQL, appendix A).
	postgresAway = []string{"08", "0A", "25", "28", "40", "53", "55", "57", "58", "F0", "XX"}
	// mysqlAway are server errors: disk full, memory, too many connections, shutdown, table full, lock wait, deadlock,
	// read only (MySQL, server error reference).
	mysqlAway = []uint16{1020, 1021, 1037, 1038, 1040, 1041, 1053, 1114, 1129, 1152, 1159, 1161, 1180, 1203, 1205, 1213, 1226, 1290, 1792, 1836, 3024}
)

// Unreachable reports that Open failed because the server does not take connections at the moment: it is down, starting,
// stopping or full.
func Unreachable(err error) bool {
	var network *net.OpError // not net.Error, which errors of files are too
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, mysql.ErrInvalidConn) || errors.Is(err, driver.ErrBadConn) {
		return true
	}
	var e *pq.Error
	if errors.As(err, &e) {
		const shutdown, crashed, starting, tooMany = "57P01", "57P02", "57P03", "53300"
		return slices.Contains([]pqerror.Code{shutdown, crashed, starting, tooMany}, e.Code)
	}
	const tooManyConns, stopping = 1040, 1053
	var m *mysql.MySQLError
	return errors.As(err, &m) && (m.Number == tooManyConns || m.Number == stopping)
}
