package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"roundhouse/internal/cluster/redistest"
	"roundhouse/internal/database/databasetest"
	"roundhouse/internal/upstreamtest"
	"roundhouse/internal/wire"
)

// Redis is never needed to answer: whatever befalls it, no client sees a failure, what changes at one node is in force at the
// other within 20 seconds, they hear each other again within ten of its return, and nothing is counted twice.
func TestRedisIsNeverNeededToAnswer(t *testing.T) {
	if os.Getenv("TEST_DATABASE") != "postgres" {
		t.Skip("nodes share PostgreSQL: TEST_DATABASE and its DSN are not set; what befalls Redis is the same on MySQL")
	}
	server := redistest.New(t)
	way, err := wire.Open(server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = way.Close() })
	upstream := upstreamtest.New(t, "key-pooled-*")
	dsn := databasetest.DSN(t)
	env := map[string]string{"DATABASE_DSN": dsn, "AUTH_KEY": "admin-key-of-the-tests", "REDIS_DSN": "redis://" + way.Addr}
	a, b := start(t, env), start(t, env)
	a.group("openai", "OPENAI", upstream.URL+"/v1", keyNames(5)...)
	b.within(20*time.Second, "a group made without Redis to be served by the other node", func() bool { status, _ := b.chat("openai", hello); return status == http.StatusOK })
	load := putUnderLoad(t, a, b)

	nothing := func() {}
	for _, fault := range []struct {
		name        string
		begin, mend func()
		// deaf says that nodes do not hear each other meanwhile.
		deaf bool
	}{
		{"R1 absent at the start", nothing, server.Start, false},
		{"R2 killed and started again", server.Kill, server.Start, true},
		{"R3 emptied", func() { server.Do("FLUSHALL"); server.Do("SCRIPT FLUSH") }, nothing, false},
		{"R4 hung", server.Pause, server.Resume, true},
		{"R5 listeners cut off", func() { server.Do("CLIENT KILL TYPE pubsub") }, nothing, false},
		{"R6 cut off from the nodes", way.Cut, way.Mend, false},
		{"R7 a replica that refuses writes", func() { server.Do("REPLICAOF 127.0.0.1 1") }, func() { server.Do("REPLICAOF NO ONE") }, false},
		{"R8 full", func() { server.Do("CONFIG SET maxmemory 1") }, func() { server.Do("CONFIG SET maxmemory 0") }, false},
		{"R9 junk under our names", func() {
			server.Do("PUBLISH roundhouse:keys junk")
			server.Do("PUBLISH roundhouse:changed {}")
			server.Do("SET roundhouse:keys junk")
		}, nothing, false},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.begin()
			if fault.deaf {
				changeReaches(t, a, b, fault.name)
			}
			fault.mend()
			t.Logf("they hear each other after %v", untilHeard(t, a, b).Round(time.Millisecond))
		})
	}

	load.end()
	reconcile(t, a, databasetest.OpenAt(t, dsn), int(a.sent.Load()+b.sent.Load()), len(upstream.Requests()), 0)
}

// changeReaches demands that a setting changed at one node is in force at the other within the time that takes without messages.
func changeReaches(t *testing.T, from, to *gateway, value string) {
	t.Helper()
	address := "https://gateway.example/" + url.PathEscape(value)
	from.do(`mutation($u: String!) { updateSettings(input: {appUrl: $u}) { version } }`, map[string]any{"u": address})
	to.within(20*time.Second, "a setting to be in force at the other node", func() bool {
		return to.do(`{ settings { appUrl } }`, nil)["settings"].(map[string]any)["appUrl"] == address
	})
}

// untilHeard is how long it takes until a viewer at one node hears what is changed at the other, which only messages tell.
func untilHeard(t *testing.T, from, to *gateway) time.Duration {
	t.Helper()
	began := time.Now()
	changes := to.subscribe(`subscription { configChanged { actor } }`)
	begun, stop := context.WithCancel(context.Background())
	var speaker sync.WaitGroup
	speaker.Go(func() {
		for n := 0; begun.Err() == nil; n++ {
			from.do(`mutation($u: String!) { updateSettings(input: {appUrl: $u}) { version } }`, map[string]any{"u": fmt.Sprint("https://gateway.example/", n)})
			select {
			case <-begun.Done():
			case <-time.After(100 * time.Millisecond):
			}
		}
	})
	defer speaker.Wait()
	defer stop()
	changes()
	took := time.Since(began)
	if took > 10*time.Second {
		t.Errorf("they heard each other after %v", took)
	}
	return took
}
