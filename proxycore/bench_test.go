package proxycore_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"roundhouse/proxycore"
)

// bare is the reference: a ReverseProxy that rewrites URL and key and flushes at once.
func bare(target string) http.Handler {
	u, err := url.Parse(target)
	if err != nil {
		panic(err)
	}
	return &httputil.ReverseProxy{
		FlushInterval: -1,
		Transport: &http.Transport{
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, MaxIdleConns: 200, MaxIdleConnsPerHost: 100,
			DisableCompression: true, WriteBufferSize: 16 << 10, ForceAttemptHTTP2: true,
		},
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL.Scheme, p.Out.URL.Host = u.Scheme, u.Host
			p.Out.URL.Path = strings.TrimPrefix(p.Out.URL.Path, "/proxy/openai")
			p.Out.Header["Authorization"] = []string{"Bearer key-a"}
		},
	}
}

// roundTripper asks a handler over a real connection, with no allocation of its own that differs between handlers.
type asker struct {
	client *http.Client
	url    string
	body   []byte
}

func newAsker(t testing.TB, handler http.Handler, body []byte) asker {
	front := httptest.NewServer(handler)
	t.Cleanup(front.Close)
	return asker{client: front.Client(), url: front.URL + "/proxy/openai/v1/chat/completions", body: body}
}

func (a asker) ask(t testing.TB) {
	q, err := http.NewRequest(http.MethodPost, a.url, bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+proxyKey)
	q.Header.Set("Content-Type", "application/json")
	res, err := a.client.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != 200 {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	res.Body.Close()
}

func manyKeys(n int) *proxycore.KeySet {
	b := proxycore.NewKeySetBuilder(n)
	for i := range n {
		key := fmt.Sprintf("key-%047d", i)
		b.Add(int64(i+1), []byte(key), digest([]byte(key)))
	}
	return b.Build()
}

func quietGateway(t testing.TB, keys *proxycore.KeySet, upstream string) *proxycore.Gateway {
	g := proxycore.New(proxycore.Options{SpillDir: t.TempDir()})
	if err := g.Swap(proxycore.SnapshotConfig{
		Groups: []proxycore.GroupConfig{openGroup(t, keys, upstream)}, Digest: digest,
		ProxyKeys: []proxycore.ProxyKey{{ID: 1, Digest: digest([]byte(proxyKey))}},
	}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close(context.Background()) })
	return g
}

func chatOf(size int) []byte {
	return []byte(`{"model":"gpt-4o","messages":[{"role":"user","content":"` + strings.Repeat("lorem ipsum ", size/12) + `"}]}`)
}

// TestAllocationsBeyondABareProxy holds that everything the gateway does costs at most ten allocations a request.
func TestAllocationsBeyondABareProxy(t *testing.T) {
	up := httptest.NewServer(http.HandlerFunc(good))
	defer up.Close()
	body := chatOf(1000)
	reference := newAsker(t, bare(up.URL), body)
	ours := newAsker(t, quietGateway(t, manyKeys(1000), up.URL), body)
	measure := func(a asker) float64 {
		a.ask(t)
		return testing.AllocsPerRun(300, func() { a.ask(t) })
	}
	r, o := measure(reference), measure(ours)
	t.Logf("a bare proxy allocates %.0f times a request, the gateway %.0f times", r, o)
	if o > r+10 {
		t.Errorf("%.0f allocations more than a bare proxy; at most 10", o-r)
	}
}

func BenchmarkProxy(b *testing.B) {
	up := httptest.NewServer(http.HandlerFunc(good))
	b.Cleanup(up.Close)
	for _, size := range []int{1 << 10, 100 << 10, 1 << 20} {
		for _, target := range []struct {
			name    string
			handler http.Handler
		}{
			{"bare", bare(up.URL)},
			{"gateway", quietGateway(b, manyKeys(10), up.URL)},
			{"million", quietGateway(b, manyKeys(1_000_000), up.URL)},
		} {
			b.Run(fmt.Sprintf("%dKB/%s", size>>10, target.name), func(b *testing.B) {
				a := newAsker(b, target.handler, chatOf(size))
				b.ReportAllocs()
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						a.ask(b)
					}
				})
			})
		}
	}
}

func BenchmarkPickAmongAMillionMostlyDead(b *testing.B) {
	up := httptest.NewServer(http.HandlerFunc(good))
	b.Cleanup(up.Close)
	g := quietGateway(b, manyKeys(1_000_000), up.URL)
	for id := range int64(900_000) {
		g.Withdraw(groupID, id+1)
	}
	a := newAsker(b, g, chatOf(1000))
	for b.Loop() {
		a.ask(b)
	}
}

// BenchmarkBuildKeySet shows what building leaves behind: bytes allocated beyond the set's own, 55 and the text a key.
func BenchmarkBuildKeySet(b *testing.B) {
	const keys = 1_000_000
	for _, length := range []int{20, 51, 164} {
		b.Run(fmt.Sprintf("%d characters", length), func(b *testing.B) {
			key := bytes.Repeat([]byte("k"), length)
			b.ReportAllocs()
			for b.Loop() {
				set := proxycore.NewKeySetBuilder(keys)
				for i := range int64(keys) {
					set.Add(i+1, key, [32]byte{})
				}
				set.Build()
			}
		})
	}
}
