package auth

import (
	"net/netip"
	"sync"
	"time"
)

const (
	// mostWrong wrong keys of one address within wrongWindow are read; further ones are refused unread.
	mostWrong   = 5
	wrongWindow = 15 * time.Minute
	// mostWrongInAll bounds those of all addresses within a minute, and with it the table: 1500 addresses in wrongWindow.
	mostWrongInAll    = 100
	wrongInAllWindow  = time.Minute
	addressesPerPurge = 1000
)

// throttle counts wrong admin keys. A right key never asks it, so that no one is locked out by a stranger's guesses. Its
// zero value is ready.
type throttle struct {
	mu        sync.Mutex // guards what follows
	all       []time.Time
	addresses map[netip.Prefix][]time.Time
}

// wrong counts a wrong key and returns zero, or returns how long the address, or everyone, is to wait and counts nothing.
func (t *throttle) wrong(address netip.Addr, now time.Time) (wait time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := neighbourhood(address)
	t.all = within(t.all, now, wrongInAllWindow)
	mine := within(t.addresses[from], now, wrongWindow)
	if len(mine) >= mostWrong {
		return mine[0].Add(wrongWindow).Sub(now)
	}
	if len(t.all) >= mostWrongInAll {
		return t.all[0].Add(wrongInAllWindow).Sub(now)
	}
	if t.addresses == nil {
		t.addresses = map[netip.Prefix][]time.Time{}
	}
	if len(t.addresses) >= addressesPerPurge {
		for other, times := range t.addresses {
			if len(within(times, now, wrongWindow)) == 0 {
				delete(t.addresses, other)
			}
		}
	}
	t.all = append(t.all, now)
	t.addresses[from] = append(mine, now)
	return 0
}

// within drops the times that lie as far back as the window is long; times are in order.
func within(times []time.Time, now time.Time, window time.Duration) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= window {
		times = times[1:]
	}
	return times
}

// neighbourhood is what one person can have all addresses of: one of IPv4, a /64 of IPv6.
func neighbourhood(address netip.Addr) netip.Prefix {
	bits := address.BitLen()
	if address.Is6() {
		bits = 64
	}
	prefix, _ := address.Prefix(bits) // the zero Prefix stands for all without an address
	return prefix
}
