package sdktest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"roundhouse/internal/upstreamtest"
)

func stories() []story {
	return slices.Concat(openAIStories(), anthropicStories(), geminiStories())
}

// pool is the keys of every group, the first of which is used without a gateway, too. They are two, so that what belongs
// to the one that made it, a file or a response, is found only by a gateway that remembers which that was. They are made
// at run time so that no scanner takes them for real ones.
func pool() []string {
	return []string{fmt.Sprintf("sk-test-%024d", 1), fmt.Sprintf("sk-test-%024d", 2)}
}

func upstreamKey() string { return pool()[0] }

// broken is how a connection that broke is kept: a cancel is the client's own, all else is the network's.
func broken(err error) string {
	if errors.Is(err, context.Canceled) {
		return "cancelled"
	}
	return "broken off"
}

// TestDirectly tells each story twice without a gateway: what differs between two tellings of one story would be blamed on
// the gateway later.
func TestDirectly(t *testing.T) {
	upstream := upstreamtest.New(t, pool()...)
	for _, tale := range stories() {
		t.Run(tale.name, func(t *testing.T) {
			base := upstream.URL + tale.path + tale.directPath
			first := perform(t, upstream, tale, base, upstreamKey())
			for _, difference := range compare(first, perform(t, upstream, tale, base, upstreamKey())) {
				t.Error(difference)
			}
		})
	}
	t.Run("node", func(t *testing.T) { runNode(t, nil, "") })
}

// TestThroughTheGateway tells each story once without and once through a running gateway.
func TestThroughTheGateway(t *testing.T) {
	gateway := startGateway(t)
	proxyKey := gateway.createProxyKey(t)
	upstream := upstreamtest.New(t, pool()...)
	for _, tale := range stories() {
		t.Run(tale.name, func(t *testing.T) {
			group := tale.group
			if group == "" {
				group = tale.name // one of its own, so that the errors of one story do not rest the keys of the next
			}
			gateway.createGroup(t, group, tale.dialect, upstream.URL)
			direct := perform(t, upstream, tale, upstream.URL+tale.path+tale.directPath, upstreamKey())
			through := perform(t, upstream, tale, gateway.url+"/proxy/"+group+tale.path, proxyKey)
			for _, difference := range append(compare(direct, through), leaks(proxyKey, through.requests)...) {
				t.Error(difference)
			}
			for _, request := range through.requests {
				if !slices.Contains(pool(), request.Key) {
					t.Errorf("the upstream was shown the key %q", request.Key)
				}
			}
		})
	}
	t.Run("node", func(t *testing.T) { runNode(t, gateway, proxyKey) })
}
