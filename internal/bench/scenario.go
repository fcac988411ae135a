//go:build linux

package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"roundhouse/internal/bench/load"
	"roundhouse/internal/bench/mock"
)

// population is which keys a gateway has.
type population struct {
	keys int
	// deadPercent of them are out of rotation, the oldest: a choice that looks for a living one by steps meets all of them.
	deadPercent int
	// beside is how many keys a second group has, which is under load of its own; 0 is no such group.
	beside int
}

func (p population) dead() int { return p.keys * p.deadPercent / 100 }

func (p population) String() string {
	switch {
	case p.deadPercent > 0:
		return fmt.Sprintf("%s keys, %d %% dead", thousands(p.keys), p.deadPercent)
	case p.beside > 0:
		return fmt.Sprintf("%s keys beside %s", thousands(p.keys), thousands(p.beside))
	}
	return thousands(p.keys) + " keys"
}

// thousands writes a count with its thousands told apart.
func thousands(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}

// few is the population where keys are not what is measured.
var few = population{keys: 100}

// scenario is one kind of traffic.
type scenario struct {
	name, title string
	connections int
	bodyBytes   int
	// events is the length of a stream, one every so often; 0 is an answer that is no stream.
	events int
	every  time.Duration
	// requests are asked of each contestant in a round, begun over ramp; 0 is as many as the time allows.
	requests int64
	ramp     time.Duration
	// populations are the keys that the core and the gateway take part with.
	populations []population
	// places are gateways of few keys elsewhere than on a file of their own.
	places []place
	// beside has as many connections again ask the group beside, or the reference, at the same time; they are not measured.
	beside bool
	// fresh has every contestant start for this scenario, since what an earlier one took of memory is not given back at once.
	fresh bool
	// core leaves the whole gateway out.
	core bool
	// rounds in a short run; a full one has nine.
	rounds int
	// long is left to full runs.
	long bool
}

var scenarios = []scenario{
	{name: "1kb", title: "1 KB body, 64 connections", connections: 64, bodyBytes: 1 << 10, populations: []population{few}, rounds: 5},
	{name: "100kb", title: "100 KB body, 32 connections", connections: 32, bodyBytes: 100 << 10, populations: []population{few}, rounds: 5},
	{name: "1mb", title: "1 MB body, 8 connections", connections: 8, bodyBytes: 1 << 20, populations: []population{few}, rounds: 5},
	{name: "stream", title: "streams of 50 events, 32 connections", connections: 32, bodyBytes: 1 << 10, events: 50, populations: []population{few}, rounds: 5},
	{name: "paced", title: "1,000 streams of 200 events, one every 50 ms", connections: 1000, bodyBytes: 1 << 10, events: 200, every: 50 * time.Millisecond,
		requests: 1000, ramp: time.Second, populations: []population{few}, rounds: 2},
	{name: "keys", title: "10 and 100,000 keys, 1 KB body, 64 connections", connections: 64, bodyBytes: 1 << 10,
		populations: []population{{keys: 10}, {keys: 100_000}, {keys: 100_000, deadPercent: 90}}, rounds: 5},
	{name: "million", title: "10 and 1,000,000 keys, 1 KB body, 64 connections", connections: 64, bodyBytes: 1 << 10,
		populations: []population{{keys: 10}, {keys: 1_000_000}, {keys: 1_000_000, deadPercent: 90}}, long: true},
	{name: "beside", title: "a group of 10 keys beside a busy one, 1 KB body, 32 connections each", connections: 32, bodyBytes: 1 << 10,
		populations: []population{{keys: 10, beside: 10}, {keys: 10, beside: 1_000_000}}, beside: true, core: true, long: true},
	{name: "first", title: "first byte of short streams, one at a time", connections: 1, bodyBytes: 1 << 10, events: 3, requests: 2000,
		populations: []population{few}, rounds: 5, long: true},
	{name: "fast", title: "20,000 fast streams of 50 events, 8 connections", connections: 8, bodyBytes: 1 << 10, events: 50, requests: 20_000,
		populations: []population{few}, rounds: 1, long: true},
	{name: "open", title: "5,000 open streams of 40 events, one every 250 ms", connections: 5000, bodyBytes: 1 << 10, events: 40, every: 250 * time.Millisecond,
		requests: 5000, ramp: 5 * time.Second, populations: []population{few}, rounds: 2, fresh: true, long: true},
	{name: "upload", title: "64 uploads of 20 MB at once", connections: 64, bodyBytes: 20 << 20, requests: 64, populations: []population{few}, rounds: 3, fresh: true, long: true},
	{name: "cluster", title: "a node of three beside a single one, 1 KB body, 64 connections", connections: 64, bodyBytes: 1 << 10, places: places, long: true},
	{name: "start", title: "after a start with many keys, 1 KB body, 8 connections", connections: 8, bodyBytes: 1 << 10,
		populations: []population{{keys: 100_000}, {keys: 1_000_000}}, rounds: 1, long: true},
}

const fullRounds = 9

// names are those of the scenarios of a short run, or of all.
func names(long bool) []string {
	var all []string
	for _, s := range scenarios {
		if long || !s.long {
			all = append(all, s.name)
		}
	}
	return all
}

// roundsFor is how many rounds the scenario gets.
func (s scenario) roundsFor(o options) int {
	switch {
	case o.rounds > 0:
		return o.rounds
	case o.full || s.rounds == 0:
		return fullRounds
	}
	return s.rounds
}

// spec is the scenario's load on one contestant.
func (s scenario) spec(c *contestant, each time.Duration) load.Spec {
	spec := load.Spec{
		URL: c.url, Connections: s.connections, Requests: s.requests, Ramp: s.ramp, Body: s.body(),
		Header: map[string]string{"Authorization": "Bearer " + c.proxyKey},
	}
	if s.requests == 0 {
		spec.Duration = each
	}
	if s.events > 0 {
		spec.Header[mock.ScriptHeader], spec.Terminal = mock.Script(s.events, s.every), mock.Terminal
	}
	return spec
}

// body is a chat completion's of the scenario's size, with what is of interest behind the messages, where clients put it.
func (s scenario) body() []byte {
	const before = `{"model":"gpt-4o-mini","messages":[{"role":"system","content":"You are brief."},{"role":"user","content":"`
	after := `"}],"temperature":0.7,"max_tokens":256}`
	if s.events > 0 {
		after = `"}],"temperature":0.7,"max_tokens":256,"stream":true,"stream_options":{"include_usage":true}}`
	}
	const text = "The quick brown fox jumps over the lazy dog, again and again, for as long as it takes. "
	room := s.bodyBytes - len(before) - len(after)
	return []byte(before + strings.Repeat(text, room/len(text)+1)[:room] + after)
}
