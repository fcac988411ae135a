package proxycore

import (
	"cmp"
	"io"
	"net/http"
	"strings"

	"roundhouse/proxycore/dialect"
)

// shaped is a request as one group asks for it. Attempts of the same group share it.
type shaped struct {
	group *group
	model string
	path  string
	query string
	// body replaces the client's; nil when that one goes as it came.
	body *payload
	// plain is set when the body's coding had to be taken off to edit it.
	plain bool
}

func (s *shaped) release() {
	if s.body != nil {
		s.body.release()
	}
	*s = shaped{}
}

// redirect returns the model to ask for in place of the one named, and whether a strict group would have it at all.
func (g *group) redirect(model string) (string, bool) {
	to, ok := g.redirects[model]
	if !ok {
		return model, !g.strict
	}
	return to, true
}

// checkModel holds the asked group's strictness, for bodies in which no model can be found as well.
func (x *exchange) checkModel(readable bool) *refusal {
	g := x.asked
	if !g.strict || !x.namesModel(readable) {
		return nil
	}
	switch {
	case !readable:
		return refuse(dialect.CodeUnsupportedCoding, BadRequest, "This group admits only listed models, and the body's coding cannot be read.")
	case x.facts.Ambiguous:
		return refuse(dialect.CodeModelNotAllowed, BadRequest, "This group admits only listed models, and the request names its model ambiguously.")
	case x.upgrades() && x.facts.Model == "":
		return refuse(dialect.CodeModelNotAllowed, BadRequest, "This group admits only listed models, and the address of this socket names none.")
	}
	if _, ok := g.redirect(x.facts.Model); !ok {
		return refuse(dialect.CodeModelNotAllowed, BadRequest, "The model "+quoted(x.named())+" is not configured for this group.")
	}
	return nil
}

// namesModel reports whether the request asks something of a model, named or not, or may do so where that cannot be seen: in a
// body that nobody here can read, or in a socket when it is open.
func (x *exchange) namesModel(readable bool) bool {
	unclear := !readable || !x.facts.Understood && strings.HasPrefix(x.in.Header.Get("Content-Type"), "application/json")
	return x.named() != "" || x.facts.Inference || x.facts.Ambiguous || unclear || x.upgrades()
}

// named is the model as the client named it, for eyes: a long name is cut.
func (x *exchange) named() string { return cmp.Or(x.facts.Model, x.facts.LongModel) }

// quoted is a client's word fit for an answer: bounded, and without what a terminal or a page could trip over.
func quoted(text string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == '"' {
			return -1
		}
		return r
	}, text)
	return `"` + clean[:min(len(clean), 100)] + `"`
}

// shapeFor makes the request what the group asks of its upstreams: its redirect after the asked group's, then its overrides,
// which stand. Bytes are spliced where a value stands; everything else arrives as the client sent it.
func (x *exchange) shapeFor(g *group) *refusal {
	if x.shaped.group == g {
		return nil
	}
	x.shaped.release()
	s := shaped{group: g, path: x.target.path, query: x.target.query, model: x.facts.Model}
	if s.model != "" {
		s.model, _ = x.asked.redirect(s.model)
	}
	if g != x.asked && (x.named() != "" || x.facts.Inference) {
		to, ok := g.redirect(s.model)
		if !ok {
			return refuse(dialect.CodeModelNotAllowed, BadRequest, "No group serves the model "+quoted(cmp.Or(s.model, x.facts.LongModel))+".")
		}
		s.model = to
	}
	var renaming dialect.Edits
	if s.model != x.facts.Model {
		path, edits, ok := x.inspection.Rename(s.model)
		if ok {
			s.path, s.query, renaming = path, x.inspection.RenameQuery(s.query, s.model), edits
		} else {
			s.model = x.facts.Model
		}
	}
	if x.body != nil && (len(renaming) > 0 || g.overrides != nil) {
		if r := x.editBody(&s, renaming); r != nil {
			return r
		}
	}
	x.shaped = s
	return nil
}

// editBody splices the edits and the group's overrides into the body.
func (x *exchange) editBody(s *shaped, renaming dialect.Edits) *refusal {
	body := x.body
	if coding := x.in.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		plain, r := x.decodeBody(coding)
		if r != nil {
			return r
		}
		defer plain.release()
		body, s.plain = plain, true
	}
	edits, err := s.group.overrides.Edits(body.reader())
	if err != nil {
		x.gateway.options.Logger.Error("a request body could not be read again", "error", err)
		return refuse(dialect.CodeInternal, Overload, "The gateway could not read the request body again.")
	}
	edits = edits.Over(renaming)
	if len(edits) == 0 {
		s.plain = false
		return nil
	}
	if model, ok := s.group.overrides.Model(); ok {
		s.model = model
	}
	s.body = body.edited(edits)
	return nil
}

// decodeBody takes the coding off the client's body.
func (x *exchange) decodeBody(coding string) (*payload, *refusal) {
	plain, ok := dialect.Decode(x.body.reader(), coding)
	if !ok {
		return nil, refuse(dialect.CodeUnsupportedCoding, BadRequest,
			"This group changes request bodies, and the coding of this one cannot be read.")
	}
	limit := x.gateway.options.MaxBody
	body, err := x.gateway.memory.read(source{
		Reader: io.LimitReader(plain, limit+1), declared: -1, limit: limit, dir: x.gateway.options.SpillDir,
	})
	if err != nil {
		bad := refuse(dialect.CodeBadRequest, BadRequest, "The request body is not in the coding it names.")
		bad.charged, bad.detail = ChargedClient, "decode the request body: "+err.Error()
		return nil, bad
	}
	return body, nil
}

// streams reports whether the request asks for a stream, as the upstream will read it.
func (x *exchange) streams(g *group) bool {
	if value, set := g.overrides.Stream(); set {
		return value
	}
	return x.facts.Stream
}

// dress puts the key and the group's header rules on an outgoing header. It returns the query to ask with.
func (x *exchange) dress(r *http.Request, a *attempt, query string) string {
	carrier := a.group.carrier.For(a.group.dialect, a.path)
	if carrier == dialect.Bearer {
		r.Header["Authorization"] = []string{a.pool.keys.bearer(a.index)}
	} else {
		query = carrier.Set(r.Header, query, a.pool.keys.key(a.index))
	}
	if _, _, lists := x.listsModels(a.group); lists {
		r.Header["Accept-Encoding"] = []string{"identity"}
	}
	if a.plain {
		delete(r.Header, "Content-Encoding")
	}
	if len(a.group.rules) > 0 {
		v := variables{
			clientIP: x.gateway.clientIP(x.in), group: a.group.name, key: a.pool.keys.key(a.index), now: a.started,
		}
		for i := range a.group.rules {
			r.Host = a.group.rules[i].apply(r.Header, r.Host, v)
		}
	}
	return query
}
