// Package graph is the admin API: it authenticates, bounds and reads a GraphQL operation, calls a room, and translates the
// answer back. It holds no rule of business and writes no row itself.
package graph

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"roundhouse/graph/generated"
	"roundhouse/internal/audit"
	"roundhouse/internal/auth"
)

const (
	// largestRequest bounds a POST and a socket's message, in bytes.
	largestRequest int64 = 8 << 20
	// dearest is the complexity an operation may have; a full page of records with every field is about 10,000.
	dearest = 20000
)

// Guard says who a request comes from.
type Guard interface {
	// Check names the actor of a request that carries the admin key or a live session; the error says why it may not speak.
	Check(r *http.Request) (actor string, err error)
	// CheckInit does the same with a socket's first message, for a handshake that Check did not admit.
	CheckInit(ctx context.Context, r *http.Request, payload map[string]any) (actor string, err error)
	// Refuse answers a request that Check did not admit.
	Refuse(w http.ResponseWriter, r *http.Request, err error)
}

// NewHandler answers POST /graphql and the socket at GET /graphql. Who a request is from is settled before any of it is read.
func NewHandler(resolver *Resolver, guard Guard, logger *slog.Logger) http.Handler {
	server := handler.New(generated.NewExecutableSchema(generated.Config{Resolvers: resolver}))
	server.AddTransport(socket(guard))
	server.AddTransport(transport.POST{})
	server.SetQueryCache(lru.New[*ast.QueryDocument](200))
	server.SetParserTokenLimit(mostTokens)
	server.Use(precheck{})
	server.Use(extension.FixedComplexityLimit(dearest))
	server.Use(extension.Introspection{})
	server.SetErrorPresenter(presenter(logger))
	server.SetRecoverFunc(recovered(logger))
	server.AroundResponses(func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		response := next(withLoads(ctx, resolver))
		// A document that was refused has no operation.
		if op := graphql.GetOperationContext(ctx).Operation; op != nil && op.Operation == ast.Mutation {
			resolver.Rooms.InForce(ctx)
		}
		return response
	})
	return &endpoint{server: server, guard: guard}
}

// endpoint admits a request, and hands on what is well-formed.
type endpoint struct {
	server http.Handler
	guard  Guard
	// known and unknown are the sockets that are open, by whether the handshake showed who it is: strangers, who have ten
	// seconds to say it, take no place of an administrator's page.
	known, unknown atomic.Int64
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	ctx := context.WithValue(r.Context(), handshake{}, r)
	actor, err := e.guard.Check(r)
	switch {
	case err == nil:
		ctx = audit.WithActor(ctx, actor)
	case isSocket(r) && errors.Is(err, auth.ErrSignedOut):
		// The socket's first message may still carry the admin key.
	default:
		e.guard.Refuse(w, r, err)
		return
	}
	if isSocket(r) {
		open := &e.known
		if err != nil {
			open = &e.unknown
		}
		defer open.Add(-1)
		if open.Add(1) > mostSockets {
			w.Header().Set("Retry-After", "60")
			refuseWith(w, http.StatusServiceUnavailable, codeBusy, "too many sockets are open; close some")
			return
		}
		e.server.ServeHTTP(w, r.WithContext(ctx))
		return
	}
	body, status, message := readOperation(w, r)
	if status != 0 {
		refuseWith(w, status, codeBadInput, message)
		return
	}
	r = r.WithContext(ctx)
	r.Body = io.NopCloser(body)
	e.server.ServeHTTP(w, r)
}

// readOperation takes one JSON object of bounded size from a POST. It reads the body here because gqlgen repeats a body that
// it cannot read in its answer, and such a body may hold keys.
func readOperation(w http.ResponseWriter, r *http.Request) (body io.Reader, status int, message string) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", "POST")
		return nil, http.StatusMethodNotAllowed, "send operations by POST, subscriptions over a graphql-transport-ws socket"
	}
	if media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || media != "application/json" {
		return nil, http.StatusUnsupportedMediaType, "send Content-Type: application/json"
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestRequest))
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return nil, http.StatusRequestEntityTooLarge, "an operation may have 8 MiB; import more keys as a file"
		}
		return nil, http.StatusBadRequest, "the request broke off"
	}
	var operation struct {
		Query *string `json:"query"`
	}
	if err := json.Unmarshal(raw, &operation); err != nil || operation.Query == nil {
		return nil, http.StatusBadRequest, `the body must be one JSON object with "query"`
	}
	return strings.NewReader(string(raw)), 0, ""
}

func refuseWith(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]any{{
		"message": message, "extensions": map[string]any{"code": code},
	}}})
}
