package database

import (
	"database/sql"
	"errors"
	"net/url"

	"github.com/lib/pq"
)

// postgresPool asks for TLS where the server has it unless the DSN says otherwise, as libpq does; lib/pq would demand it.
func postgresPool(dsn string, dialer *dialer) (*sql.DB, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return nil, errors.New("the DSN is not a URL of the form postgres://user:password@host/database") // err would repeat the password
	}
	query := u.Query()
	for name, value := range map[string]string{"sslmode": "prefer", "timezone": "UTC", "application_name": "roundhouse"} {
		if !query.Has(name) {
			query.Set(name, value)
		}
	}
	u.RawQuery = query.Encode()
	connector, err := pq.NewConnector(u.String())
	if err != nil {
		return nil, err
	}
	connector.Dialer(dialer)
	return sql.OpenDB(connector), nil
}

// postgresContended reports a serialization failure or a deadlock, after which the transaction can be tried again:
// https://www.postgresql.org/docs/current/mvcc-serialization-failure-handling.html
func postgresContended(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01")
}

// postgresReadOnly reports a server, or a session, that takes no writes: a standby does not even begin a transaction that could.
func postgresReadOnly(err error) bool {
	var e *pq.Error
	return errors.As(err, &e) && (e.Code == "25006" || e.Code == "0A000")
}
