package graph

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"roundhouse/ent/generated/ent"
	"roundhouse/internal/database"
	"roundhouse/internal/fault"
)

// The closed list of extensions.code.
const (
	codeBadInput = "BAD_INPUT"
	codeNotFound = "NOT_FOUND"
	codeConflict = "CONFLICT"
	codeBusy     = "BUSY"
	codeLimit    = "LIMIT"
	codeInternal = "INTERNAL"
)

// presenter turns what a room returned into what a caller may read: a code, the faults of the input, or an id to look for in
// the log.
func presenter(logger *slog.Logger) graphql.ErrorPresenterFunc {
	return func(ctx context.Context, err error) *gqlerror.Error {
		out := &gqlerror.Error{Message: err.Error(), Path: graphql.GetPath(ctx)}
		var shown *gqlerror.Error
		if errors.As(err, &shown) {
			if shown.Path != nil {
				out.Path = shown.Path
			}
			out.Locations = shown.Locations
			if shown.Unwrap() == nil || isOfTheLibrary(shown) {
				return refusedByTheLibrary(out, shown)
			}
			err = shown.Unwrap()
			out.Message = err.Error()
		}
		out.Extensions = map[string]any{}
		var input *fault.Input
		switch {
		case errors.As(err, &input):
			describe(out, input)
		case errors.Is(err, fault.ErrNotFound), ent.IsNotFound(err):
			out.Extensions["code"] = codeNotFound
		case errors.Is(err, fault.ErrConflict), ent.IsConstraintError(err):
			out.Extensions["code"] = codeConflict
		case errors.Is(err, fault.ErrBusy):
			out.Extensions["code"] = codeBusy
		case errors.Is(err, fault.ErrLimit):
			out.Extensions["code"] = codeLimit
		case database.Away(err) && !errors.Is(err, context.Canceled):
			logger.WarnContext(ctx, "admin request: the database does not answer", "path", out.Path.String(), "error", err)
			out.Message = "the database does not answer at the moment; requests are served meanwhile: try again in a while"
			out.Extensions["code"] = codeBusy
		default:
			hide(ctx, logger, out, err)
		}
		return out
	}
}

// isOfTheLibrary tells errors that parsing and validation made from those of a room.
func isOfTheLibrary(e *gqlerror.Error) bool {
	code, _ := e.Extensions["code"].(string)
	return code == errcode.ParseFailed || code == errcode.ValidationFailed || code == codeBadInput
}

// refusedByTheLibrary gives a document or a variable that does not fit the schema the contract's code and field.
func refusedByTheLibrary(out, shown *gqlerror.Error) *gqlerror.Error {
	out.Message = shown.Message
	field := inputPath(shown.Path)
	out.Extensions = map[string]any{"code": codeBadInput, "field": field, "errors": []map[string]any{{
		"path": field, "reason": fault.BadForm, "params": map[string]any{}, "message": shown.Message,
	}}}
	return out
}

// describe names every fault at once, and the first one's path as the field.
func describe(out *gqlerror.Error, input *fault.Input) {
	list := make([]map[string]any, len(input.Faults))
	for i, f := range input.Faults {
		path := f.Path
		if path == "" {
			path = inputPath(out.Path)
		}
		params := f.Params
		if params == nil {
			params = map[string]any{}
		}
		list[i] = map[string]any{"path": path, "reason": f.Reason, "params": params, "message": f.Message}
		if i == 0 {
			out.Extensions["field"] = path
			out.Message = f.Message
		}
	}
	if len(list) > 1 {
		out.Message = fmt.Sprintf("%s (and %d more)", out.Message, len(list)-1)
	}
	out.Extensions["code"] = codeBadInput
	out.Extensions["errors"] = list
}

// hide keeps what a stranger must not read in the log, under an id that the caller is given.
func hide(ctx context.Context, logger *slog.Logger, out *gqlerror.Error, err error) {
	id := rand.Text()
	if !errors.Is(err, context.Canceled) {
		logger.ErrorContext(ctx, "admin request", "request", id, "path", out.Path.String(), "error", err)
	}
	out.Message = "internal error; the log has more under request " + id
	out.Extensions["code"] = codeInternal
	out.Extensions["requestId"] = id
}

// inputPath says which argument a path of the library leads to: without the root field or the word "variable".
func inputPath(path ast.Path) string {
	var parts []string
	for i, element := range path {
		switch e := element.(type) {
		case ast.PathName:
			if i > 0 {
				parts = append(parts, string(e))
			}
		case ast.PathIndex:
			parts = append(parts, fmt.Sprint(int(e)))
		}
	}
	return strings.Join(parts, ".")
}

// recovered turns a panic into an error that names nothing.
func recovered(logger *slog.Logger) graphql.RecoverFunc {
	return func(ctx context.Context, cause any) error {
		logger.ErrorContext(ctx, "panic in a resolver", "cause", fmt.Sprintf("%T", cause), "path", graphql.GetPath(ctx).String())
		return errors.New("panic in a resolver")
	}
}
