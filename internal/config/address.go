package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// Engine is a kind of database.
type Engine string

// The databases there are.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
	MySQL    Engine = "mysql"
)

// None of the faults below may repeat the value or what a parser says about it: both hold the password.

var (
	urlScheme = regexp.MustCompile(`^([a-z][a-z0-9+.-]*)://`)
	// mysqlForm is the driver's own: user and password, a network, an address in parentheses, a database.
	mysqlForm = regexp.MustCompile(`(^|@)(tcp|unix)\([^)]+\)/[^/?]+(\?|$)`)
	mysqlLike = regexp.MustCompile(`(^|@)(tcp|unix)\(`)
	// accountLike is an account at a host, which no one means as a file's path.
	accountLike = regexp.MustCompile(`^[^/\\:]*:[^/\\@]*@|^(host|user|dbname)=`)
)

const dsnForms = "write postgres://user:password@host/database, user:password@tcp(host:3306)/database for MySQL, or the path of a SQLite file"

func (v *variables) databaseDSN(name, fallback string) (Engine, Secret) {
	dsn := v.text(name, fallback)
	engine, problem, remedy := readDSN(dsn)
	if problem != "" {
		v.fault(name, "", problem, remedy)
	}
	return engine, Secret(dsn)
}

// CheckDSN says what is wrong with the address of a database that is given elsewhere than in the environment, and what to write;
// it never repeats it.
func CheckDSN(dsn string) error {
	if _, problem, remedy := readDSN(dsn); problem != "" {
		return fmt.Errorf("%s; %s", problem, remedy)
	}
	return nil
}

// readDSN tells the engine by the address's form: a postgres URL, user:pass@tcp(host)/db, or a file. A problem that is not empty
// has a remedy.
func readDSN(dsn string) (engine Engine, problem, remedy string) {
	switch scheme := urlScheme.FindStringSubmatch(dsn); {
	case scheme != nil && (scheme[1] == "postgres" || scheme[1] == "postgresql"):
		if u, err := url.Parse(dsn); err != nil || u.Hostname() == "" || strings.Trim(u.Path, "/") == "" {
			problem, remedy = "not a complete PostgreSQL address",
				"write postgres://user:password@host:5432/database, with what is special in the password percent-encoded"
		}
		return Postgres, problem, remedy
	case scheme != nil:
		return SQLite, "an unknown kind of database, " + scheme[1], dsnForms
	case mysqlLike.MatchString(dsn):
		if !mysqlForm.MatchString(dsn) {
			problem, remedy = "not a complete MySQL address", "write user:password@tcp(host:3306)/database"
		}
		return MySQL, problem, remedy
	case accountLike.MatchString(dsn), strings.Contains(dsn, "://"):
		return SQLite, "neither the address of a database nor the path of a file", dsnForms
	case strings.Contains(dsn, ":memory:"):
		return SQLite, "a database in memory, which would forget everything at each start", dsnForms
	}
	return SQLite, "", ""
}

func (v *variables) redisDSN(name string) Secret {
	dsn := v.text(name, "")
	if dsn == "" {
		return ""
	}
	u, err := url.Parse(dsn)
	if err != nil || (u.Scheme != "redis" && u.Scheme != "rediss") || u.Hostname() == "" || !isDatabaseNumber(u.Path) {
		v.fault(name, "", "not an address of Redis", "write redis://:password@host:6379/0 (rediss:// for TLS; .env.example has Sentinel and Cluster), with what is special in the password percent-encoded, or leave it empty")
	}
	return Secret(dsn)
}

func isDatabaseNumber(path string) bool {
	path = strings.Trim(path, "/")
	n, err := strconv.Atoi(path)
	return path == "" || (err == nil && n >= 0)
}

// proxyURL is an outbound proxy; its address may hold a password.
func (v *variables) proxyURL(name string) Secret {
	value := v.either(name)
	if value == "" {
		return ""
	}
	u, err := url.Parse(value)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5") || u.Hostname() == "" {
		v.fault(name, "", "not an outbound proxy", "write http://host:port, https://host:port or socks5://host:port")
	}
	return Secret(value)
}

// headerSecret is a key that travels in a header, so that it must be what a header can carry (RFC 9110 §5.5).
func (v *variables) headerSecret(name string) Secret {
	value := v.getenv(name)
	if value != strings.TrimSpace(value) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		v.fault(name, "", "holds a control character, or a space at an end", "give a key without them; `openssl rand -hex 32` makes a good one")
	}
	return Secret(value)
}
