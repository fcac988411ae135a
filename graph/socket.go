package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql/handler/transport"

	"roundhouse/internal/audit"
)

const (
	// mostSockets bounds how many viewers hold on to this process.
	mostSockets = 1000
	// mostStall is how long a viewer may not take a message before its socket is closed.
	mostStall = 10 * time.Second
	// goingAway is the code with which a server closes that stops (RFC 6455 §7.4.1): the viewer is to connect again.
	goingAway = 1001
)

// handshake is the context's key for the request that opened a socket.
type handshake struct{}

// socket speaks graphql-transport-ws. A refusal closes with 4401, upon which clients stop rather than try again in a loop.
func socket(guard Guard) transport.Websocket {
	limit := largestRequest
	return transport.Websocket{
		Implementation:   sockets{},
		InitTimeout:      10 * time.Second,
		PingPongInterval: 20 * time.Second,
		PayloadReadLimit: &limit,
		InitFunc: func(ctx context.Context, payload transport.InitPayload) (context.Context, *transport.InitPayload, error) {
			if audit.Actor(ctx) != "" {
				return ctx, nil, nil
			}
			r, _ := ctx.Value(handshake{}).(*http.Request)
			actor, err := guard.CheckInit(ctx, r, payload)
			if err != nil {
				transport.AppendCloseReason(ctx, "unauthorized")
				return transport.WithWebsocketCloseCode(ctx, 4401), nil, errors.New("unauthorized")
			}
			return audit.WithActor(ctx, actor), nil, nil
		},
	}
}

func isSocket(r *http.Request) bool {
	return r.Method == http.MethodGet && strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// sockets accepts gqlgen's sockets and adds what they lack.
type sockets struct {
	transport.CoderWebsocketImplementation
}

func (s sockets) Accept(w http.ResponseWriter, r *http.Request, o transport.WebsocketAcceptOptions) (transport.WebsocketConn, error) {
	accepted, err := s.CoderWebsocketImplementation.Accept(w, r, o)
	if err != nil {
		return nil, err
	}
	conn, whole := accepted.(conn)
	if !whole {
		return nil, errors.Join(errors.New("a socket without limits and deadlines"), accepted.Close())
	}
	return &viewer{conn: conn, server: r.Context()}, nil
}

// conn is a socket with everything that gqlgen makes use of.
type conn interface {
	transport.WebsocketConn
	transport.WebsocketReadLimiter
	transport.WebsocketReadDeadliner
}

// viewer is a socket that closes on a peer that takes nothing, and says so when it is the server that goes.
type viewer struct {
	conn
	// server ends with the handshake's request: when the program stops, or once the socket is closed.
	server context.Context
}

func (v *viewer) WriteJSON(message any) error {
	stalled := time.AfterFunc(mostStall, func() { _ = v.Close() })
	defer stalled.Stop()
	return v.conn.WriteJSON(message)
}

func (v *viewer) WriteClose(code int, reason string) error {
	if code == transport.WebsocketCloseNormalClosure && v.server.Err() != nil {
		code, reason = goingAway, "the server stops"
	}
	return v.conn.WriteClose(code, reason)
}
