package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"roundhouse/graph"
	"roundhouse/internal/cluster"
)

// What nodes tell each other: that rows changed which a snapshot is built from, and which configuration someone changed.
const (
	changedTopic = "changed"
	configTopic  = "config"
)

// mostUntold is how many changes of the configuration may wait for a bus that is away; viewers miss what comes beyond.
const mostUntold = 100

// announcer tells every node that something changed, without making whoever changed it wait for the bus.
type announcer struct {
	bus    cluster.Bus
	wake   chan struct{}
	news   chan graph.ConfigNews
	logger *slog.Logger
}

func newAnnouncer(bus cluster.Bus, logger *slog.Logger) *announcer {
	return &announcer{bus: bus, wake: make(chan struct{}, 1), news: make(chan graph.ConfigNews, mostUntold), logger: logger}
}

// changed asks for an announcement and returns at once.
func (a *announcer) changed() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// configured asks for the news to be told and returns at once.
func (a *announcer) configured(news graph.ConfigNews) {
	select {
	case a.news <- news:
	default:
	}
}

// run announces until ctx is cancelled. A message that is lost costs other nodes some seconds: they look anyway.
func (a *announcer) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.wake:
			a.publish(ctx, changedTopic, []byte{})
		case news := <-a.news:
			payload, err := json.Marshal(news)
			if err == nil {
				a.publish(ctx, configTopic, payload)
			}
		}
	}
}

func (a *announcer) publish(ctx context.Context, topic string, payload []byte) {
	if err := a.bus.Publish(ctx, topic, payload); err != nil {
		a.logger.Debug("a change was not announced to other nodes", "topic", topic, "error", err)
	}
}

// hearConfig passes on what any node announced. That messages were missed is nothing a viewer could be told.
func hearConfig(tell func(graph.ConfigNews)) func(payload []byte) {
	return func(payload []byte) {
		var news graph.ConfigNews
		if json.Unmarshal(payload, &news) == nil {
			tell(news)
		}
	}
}

// heard reads what some node changed: the settings here, the rest when the snapshot is built.
func (p *program) heard([]byte) {
	ctx, cancel := context.WithTimeout(p.sockets, 5*time.Second)
	defer cancel()
	if err := p.settings.Load(ctx); err != nil {
		p.logger.Debug("the settings were not read; they are in a while", "error", err)
	}
	p.publisher.Changed(0)
}
