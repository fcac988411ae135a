package server

import (
	"net"
	"net/netip"
)

// URL is the address that a person types to reach what listens at addr; one that listens everywhere, or for this machine
// alone, is at localhost.
func URL(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return "http://" + addr.String()
	}
	if ip, err := netip.ParseAddr(host); host == "" || (err == nil && (ip.IsUnspecified() || ip.IsLoopback())) {
		host = "localhost"
	}
	if port == "80" {
		port = ""
	}
	if port == "" {
		if ip, err := netip.ParseAddr(host); err == nil && ip.Is6() {
			host = "[" + host + "]"
		}
		return "http://" + host
	}
	return "http://" + net.JoinHostPort(host, port)
}
