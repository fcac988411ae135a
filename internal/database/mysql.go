package database

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/go-sql-driver/mysql"
)

// mysqlPool makes MySQL and MariaDB behave like the other engines: UTC, strict about what does not fit, and counting the rows
// that matched.
func mysqlPool(dsn string, dialer *dialer) (*sql.DB, error) {
	config, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, errors.New("the DSN is not of the form user:password@tcp(host)/database") // err could repeat the password
	}
	config.ParseTime = true
	config.Loc = time.UTC
	config.ClientFoundRows = true
	config.DialFunc = dialer.DialContext
	config.InterpolateParams = true // one round trip instead of three for a statement that is sent once
	if config.Params == nil {
		config.Params = map[string]string{}
	}
	config.Params["time_zone"] = "'+00:00'"
	// MariaDB alone reads what is in the comment: it ends the transaction of a node that hangs, whose locks others wait for.
	config.Params["sql_mode"] = "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION' /*M!100300 , idle_write_transaction_timeout = 10 */"
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetConnMaxLifetime(3 * time.Minute) // below the server's wait_timeout and what proxies before it allow
	return pool, nil
}

// mysqlContended reports a lock wait timeout, a deadlock, or MariaDB's snapshot conflict.
func mysqlContended(err error) bool {
	const lockWaitTimeout, deadlock, checkRead = 1205, 1213, 1020
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == lockWaitTimeout || e.Number == deadlock || e.Number == checkRead)
}

// mysqlReadOnly reports a server, or a transaction, that takes no writes.
func mysqlReadOnly(err error) bool {
	const optionPrevents, readOnlyTransaction, readOnlyMode = 1290, 1792, 1836
	var e *mysql.MySQLError
	return errors.As(err, &e) && (e.Number == optionPrevents || e.Number == readOnlyTransaction || e.Number == readOnlyMode)
}

// stepMySQL runs one statement of a migration together with its count: as one transaction when it changes rows, one after the
// other when it changes the schema, which commits by itself. Where a kill came between the two, again says that the statement
// may be done already, and what then refuses it is no error.
func stepMySQL(ctx context.Context, conn *sql.Conn, statement, count string, again bool) error {
	if err := execAll(ctx, conn, "BEGIN"); err != nil {
		return err
	}
	err := execAll(ctx, conn, statement)
	if again && mysqlDone(err) {
		err = nil
	}
	if err == nil {
		err = execAll(ctx, conn, count, "COMMIT")
	}
	if err != nil {
		return errors.Join(err, execAll(context.WithoutCancel(ctx), conn, "ROLLBACK"))
	}
	return nil
}

// mysqlDone reports that what a statement of a schema makes is there, or that what it takes away is gone.
func mysqlDone(err error) bool {
	const tableExists, unknownTable, columnExists, indexExists, unknownColumn, cannotDrop = 1050, 1051, 1060, 1061, 1054, 1091
	var e *mysql.MySQLError
	return errors.As(err, &e) && slices.Contains([]uint16{tableExists, unknownTable, columnExists, indexExists, unknownColumn, cannotDrop}, e.Number)
}
