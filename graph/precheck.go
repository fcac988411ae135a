package graph

import (
	"context"
	"math"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// Bounds of one operation. Introspection as GraphiQL asks for it is 15 levels deep.
const (
	mostTokens     = 8000
	deepest        = 16
	mostRootFields = 20
	mostSelections = 5000
)

// precheck refuses an operation that would be dear to validate, before gqlgen looks at it: the library's own complexity
// limit walks a fragment again at each place it is spread, which doubles its time with every level.
type precheck struct{}

var _ interface {
	graphql.HandlerExtension
	graphql.OperationParameterMutator
} = precheck{}

func (precheck) ExtensionName() string { return "Precheck" }

func (precheck) Validate(graphql.ExecutableSchema) error { return nil }

func (precheck) MutateOperationParameters(_ context.Context, request *graphql.RawParams) *gqlerror.Error {
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, mostTokens)
	if err != nil {
		// A document that does not parse is answered by gqlgen, which says where; only the flood is ours to stop.
		if len(request.Query) > 64<<10 {
			return badRequest("the document cannot be read, or has more than %d tokens", mostTokens)
		}
		return nil
	}
	m := measure{fragments: map[string]*ast.FragmentDefinition{}, known: map[string]extent{}}
	for _, f := range doc.Fragments {
		m.fragments[f.Name] = f
	}
	for _, op := range doc.Operations {
		e := m.of(op.SelectionSet)
		switch {
		case e.endless:
			return badRequest("a fragment spreads itself")
		case e.top > mostRootFields:
			return badRequest("%d fields at the root; at most %d are answered at once", e.top, mostRootFields)
		case e.depth > deepest:
			return badRequest("%d levels deep; at most %d are answered", e.depth, deepest)
		case e.selections > mostSelections:
			return badRequest("more than %d fields once every fragment is spread", mostSelections)
		}
	}
	return nil
}

// extent is the size of a selection set with its fragments spread.
type extent struct {
	top, depth, selections int
	endless                bool
}

// measure walks each fragment once, whatever the number of its spreads.
type measure struct {
	fragments map[string]*ast.FragmentDefinition
	known     map[string]extent
	open      []string
}

func (m *measure) of(set ast.SelectionSet) extent {
	var sum extent
	for _, selection := range set {
		var e extent
		switch s := selection.(type) {
		case *ast.Field:
			inner := m.of(s.SelectionSet)
			e = extent{top: 1, depth: inner.depth + 1, selections: inner.selections + 1, endless: inner.endless}
		case *ast.InlineFragment:
			e = m.of(s.SelectionSet)
		case *ast.FragmentSpread:
			e = m.ofFragment(s.Name)
		}
		sum.top = saturate(sum.top, e.top)
		sum.selections = saturate(sum.selections, e.selections)
		sum.depth = max(sum.depth, e.depth)
		sum.endless = sum.endless || e.endless
	}
	return sum
}

func (m *measure) ofFragment(name string) extent {
	if e, ok := m.known[name]; ok {
		return e
	}
	definition := m.fragments[name]
	if definition == nil {
		return extent{}
	}
	for _, open := range m.open {
		if open == name {
			return extent{endless: true}
		}
	}
	m.open = append(m.open, name)
	e := m.of(definition.SelectionSet)
	m.open = m.open[:len(m.open)-1]
	m.known[name] = e
	return e
}

// saturate adds without ever growing past what a bound needs to see.
func saturate(a, b int) int { return min(a+b, math.MaxInt32) }

func badRequest(message string, args ...any) *gqlerror.Error {
	e := gqlerror.Errorf(message, args...)
	e.Extensions = map[string]any{"code": codeBadInput}
	return e
}
