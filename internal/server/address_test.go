package server

import (
	"net"
	"net/netip"
	"testing"
)

func TestTheURLIsOneAPersonCanType(t *testing.T) {
	for addr, want := range map[string]string{
		"0.0.0.0:3001":       "http://localhost:3001",
		"[::]:3001":          "http://localhost:3001",
		"127.0.0.1:3001":     "http://localhost:3001",
		"[::1]:80":           "http://localhost",
		"192.0.2.7:3001":     "http://192.0.2.7:3001",
		"192.0.2.7:80":       "http://192.0.2.7",
		"[2001:db8::1]:3001": "http://[2001:db8::1]:3001",
		"[2001:db8::1]:80":   "http://[2001:db8::1]",
	} {
		if got := URL(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(addr))); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
