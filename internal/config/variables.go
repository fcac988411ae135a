package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one thing wrong with the environment.
type Fault struct {
	Variable string
	// Value is what was given; empty where it is a secret or holds one.
	Value string
	// Problem and Remedy are sentences without a full stop.
	Problem, Remedy string
}

func (f *Fault) Error() string {
	if f.Value == "" {
		return fmt.Sprintf("%s: %s; %s", f.Variable, f.Problem, f.Remedy)
	}
	return fmt.Sprintf("%s=%q: %s; %s", f.Variable, f.Value, f.Problem, f.Remedy)
}

// variables reads values by kind and collects what is wrong with them.
type variables struct {
	getenv func(string) string
	faults []error
}

func (v *variables) err() error { return errors.Join(v.faults...) }

func (v *variables) fault(name, value, problem, remedy string) {
	v.faults = append(v.faults, &Fault{Variable: name, Value: value, Problem: problem, Remedy: remedy})
}

// text is the value without surrounding space, or the fallback when there is none.
func (v *variables) text(name, fallback string) string {
	if value := strings.TrimSpace(v.getenv(name)); value != "" {
		return value
	}
	return fallback
}

// either also asks for the name in small letters, which curl and Go's own libraries read too.
func (v *variables) either(name string) string {
	return v.text(name, v.text(strings.ToLower(name), ""))
}

func (v *variables) integer(name string, fallback, least, most int) int {
	value := v.text(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		v.fault(name, value, "not a whole number in range", fmt.Sprintf("give one from %d to %d (default %d)", least, most, fallback))
	}
	return n
}

func (v *variables) seconds(name string, fallback, least, most int) time.Duration {
	value := v.text(name, strconv.Itoa(fallback))
	n, err := strconv.Atoi(value)
	if err != nil || n < least || n > most {
		v.fault(name, value, "not a number of seconds in range",
			fmt.Sprintf("give whole seconds without a unit, from %d to %d (default %d)", least, most, fallback))
	}
	return time.Duration(n) * time.Second
}

func (v *variables) mebibytes(name string, fallback, most int) int64 {
	return int64(v.integer(name, fallback, 1, most)) << 20
}

func (v *variables) boolean(name string, fallback bool) bool {
	value := v.text(name, strconv.FormatBool(fallback))
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true
	case "false", "0", "no", "off":
		return false
	}
	v.fault(name, value, "neither yes nor no", "write true or false")
	return fallback
}

// list is the value split at commas, without empty parts.
func (v *variables) list(name, fallback string) []string {
	var parts []string
	for part := range strings.SplitSeq(v.text(name, fallback), ",") {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
	}
	return parts
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	return hostName.MatchString(s)
}

func (v *variables) host(name, fallback string) string {
	value := v.text(name, fallback)
	if !isHost(value) {
		v.fault(name, value, "not an address to listen on", "give an IP address without port or brackets, such as 127.0.0.1 or ::1")
	}
	return value
}

// address is host:port to listen on, or empty.
func (v *variables) address(name string) string {
	value := v.text(name, "")
	if value == "" {
		return ""
	}
	host, port, err := net.SplitHostPort(value)
	n, portErr := strconv.Atoi(port)
	if err != nil || portErr != nil || n < 0 || n > 65535 || (host != "" && !isHost(host)) {
		v.fault(name, value, "not an address to listen on", "give host:port, such as 127.0.0.1:9090, or leave it empty")
	}
	return value
}

// distinct refuses two listeners on one address.
func (v *variables) distinct(c Config) {
	taken := map[string]string{}
	for _, l := range []struct{ name, addr string }{
		{"PORT", c.Addr()}, {"CONSOLE_ADDR", c.ConsoleAddr}, {"METRICS_ADDR", c.MetricsAddr}, {"PPROF_ADDR", c.PprofAddr},
	} {
		_, port, err := net.SplitHostPort(l.addr)
		if err != nil || port == "0" {
			continue
		}
		if other, ok := taken[port]; ok && (sameListener(l.addr, c, other)) {
			v.fault(l.name, l.addr, "the address is already that of "+other, "give it a port of its own, or leave it empty")
			continue
		}
		taken[port] = l.name
	}
}

// sameListener reports whether addr and the listener of the other variable, on the same port, cannot both be opened.
func sameListener(addr string, c Config, other string) bool {
	otherAddr := map[string]string{"PORT": c.Addr(), "CONSOLE_ADDR": c.ConsoleAddr, "METRICS_ADDR": c.MetricsAddr, "PPROF_ADDR": c.PprofAddr}[other]
	host, _, _ := net.SplitHostPort(addr)
	otherHost, _, _ := net.SplitHostPort(otherAddr)
	return host == otherHost || isWildcard(host) || isWildcard(otherHost)
}

func isWildcard(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "" || (err == nil && ip.IsUnspecified())
}

// location is the zone named, or the system's.
func (v *variables) location(name string) *time.Location {
	value := v.text(name, "")
	if value == "" {
		return time.Local
	}
	zone, err := time.LoadLocation(value)
	if err != nil {
		v.fault(name, value, "an unknown time zone", "give a name of the IANA database, such as Europe/Berlin or UTC")
		return time.Local
	}
	return zone
}

// prefixes reads CIDRs; an address alone is itself. A prefix with bits beyond its length is refused, since either the
// address or the length was meant otherwise, and one reading would trust strangers.
func (v *variables) prefixes(name string) []netip.Prefix {
	var all []netip.Prefix
	for _, part := range v.list(name, "") {
		prefix, err := netip.ParsePrefix(part)
		if err != nil {
			addr, addrErr := netip.ParseAddr(part)
			if addrErr != nil || addr.Zone() != "" {
				v.fault(name, part, "neither a CIDR nor an address", "separate networks by commas, such as 10.0.0.0/8,fd00::/8")
				continue
			}
			prefix = netip.PrefixFrom(addr, addr.BitLen())
		}
		if prefix != prefix.Masked() {
			v.fault(name, part, "the address has bits beyond the prefix length",
				fmt.Sprintf("write %s for the network or %s for the one address", prefix.Masked(), prefix.Addr()))
			continue
		}
		all = append(all, prefix)
	}
	return all
}

func (v *variables) log(dataDir string) Log {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "warning": slog.LevelWarn, "error": slog.LevelError}
	level := v.text("LOG_LEVEL", "info")
	l := Log{Format: strings.ToLower(v.text("LOG_FORMAT", FormatText))}
	var known bool
	if l.Level, known = levels[strings.ToLower(level)]; !known {
		v.fault("LOG_LEVEL", level, "an unknown level", "give debug, info, warn or error")
	}
	if !slices.Contains([]string{FormatText, FormatJSON}, l.Format) {
		v.fault("LOG_FORMAT", l.Format, "an unknown format", "give text or json")
	}
	path := v.text("LOG_FILE_PATH", filepath.Join(dataDir, "logs", "app.log"))
	if v.boolean("LOG_ENABLE_FILE", false) {
		l.File = path
	}
	return l
}
