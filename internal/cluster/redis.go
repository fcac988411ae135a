package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// redisPatience bounds every exchange with Redis: what it carries are hints, and no change waits for them longer.
	redisPatience = time.Second
	// redisSilence is how long the connection that listens may be silent before it is asked whether it still lives.
	redisSilence = 5 * time.Second
	// longestPause bounds the growing pause between tries to connect again.
	longestPause = 2 * time.Second
)

// Redis is the bus of nodes that share a Redis. Messages are published as they are and kept nowhere, so that what is said
// while a node is cut off is lost to it; on every connection its subscribers hear a nil payload.
type Redis struct {
	client   redis.UniversalClient
	prefix   string
	logger   *slog.Logger
	audience audience
}

var _ Bus = (*Redis)(nil)

// NewRedis reads the address of one Redis, of Sentinels or of a Redis Cluster, and connects to nothing yet. The prefix keeps
// installations apart that share a Redis; empty is "roundhouse". The error never repeats the address, which may hold a password.
func NewRedis(dsn, prefix string, logger *slog.Logger) (*Redis, error) {
	client, err := newRedisClient(dsn)
	if err != nil {
		return nil, err
	}
	redis.SetLogger(clientLog{logger}) // else the client writes to stderr by itself
	if prefix == "" {
		prefix = "roundhouse"
	}
	return &Redis{client: client, prefix: prefix + ":", logger: logger}, nil
}

// Publish implements Bus; the error says that Redis could not be told.
func (r *Redis) Publish(ctx context.Context, topic string, payload []byte) error {
	ctx, cancel := context.WithTimeout(ctx, redisPatience)
	defer cancel()
	if err := r.client.Publish(ctx, r.prefix+topic, payload).Err(); err != nil {
		return fmt.Errorf("publish %s: %w", topic, err)
	}
	return nil
}

// Subscribe implements Bus; messages arrive while Run does its work.
func (r *Redis) Subscribe(topic string, hear func(payload []byte)) (cancel func()) {
	return r.audience.add(topic, hear)
}

// Run implements Bus. When it returns, Publish works no longer.
func (r *Redis) Run(ctx context.Context) error {
	defer r.audience.end()
	defer r.client.Close()
	pause, away := time.Duration(0), false
	for ctx.Err() == nil {
		err := r.listen(ctx, func() {
			if away {
				r.logger.Info("redis is back")
			}
			pause, away = 0, false
			r.audience.missed()
		})
		if ctx.Err() != nil {
			break
		}
		if !away {
			r.logger.Warn("redis is away; nodes learn of changes later until it is back", "error", err)
			away = true
		}
		pause = min(max(2*pause, 50*time.Millisecond), longestPause)
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
	return nil
}

// Name implements Bus.
func (r *Redis) Name() string { return "redis" }

// listen hands messages on over one connection until it breaks. One pattern takes in every topic, so that a subscription
// added later needs nothing of Redis.
func (r *Redis) listen(ctx context.Context, connected func()) error {
	messages := r.client.PSubscribe(ctx, escapePattern(r.prefix)+"*")
	defer messages.Close()
	defer context.AfterFunc(ctx, func() { messages.Close() })() // Receive does not heed ctx by itself
	asked := false
	for {
		message, err := messages.ReceiveTimeout(ctx, redisSilence)
		var silent net.Error
		switch {
		case err == nil:
			asked = false
		case errors.As(err, &silent) && silent.Timeout() && !asked:
			asked = true
			if err := messages.Ping(ctx); err != nil {
				return err
			}
			continue
		default:
			return err
		}
		switch m := message.(type) {
		case *redis.Subscription:
			connected()
		case *redis.Message:
			r.audience.tell(strings.TrimPrefix(m.Channel, r.prefix), []byte(m.Payload))
		}
	}
}

// escapePattern takes their meaning from the characters that Redis reads as wildcards.
func escapePattern(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(s)
}

// clientLog takes what the Redis client has to say; it matters only to someone who looks for a fault.
type clientLog struct{ logger *slog.Logger }

func (l clientLog) Printf(ctx context.Context, format string, args ...any) {
	l.logger.DebugContext(ctx, fmt.Sprintf(format, args...))
}
