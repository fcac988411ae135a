package files

import (
	"net/http"
	"slices"
	"strings"

	"roundhouse/internal/catalog"
	"roundhouse/internal/fault"
	"roundhouse/proxycore/dialect"
)

// connection is what a gateway before ours has to know of a group to send it traffic, in the words of New API's importer.
type connection struct {
	Name        string `json:"name"`
	DisplayName string `json:"display_name"`
	ChannelType string `json:"channel_type"`
	Path        string `json:"path"`
}

// channels are the importer's names of our dialects.
var channels = map[dialect.Name]string{
	dialect.OpenAI: "openai", dialect.OpenAIResponses: "openai-response", dialect.Anthropic: "anthropic", dialect.Gemini: "gemini",
}

// Integration answers GET /api/integration/info and /proxy/{group}/api/integration/info to whoever shows a proxy key: the
// enabled groups that the key opens, or that one.
func (f *Files) Integration() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/integration/info", f.integration)
	mux.HandleFunc("GET /proxy/{group}/api/integration/info", f.integration)
	return mux
}

func (f *Files) integration(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	opened, ok := f.Gateway.Opens(r)
	if !ok {
		say(w, http.StatusUnauthorized, "show a proxy key", map[string]any{"code": "UNAUTHORIZED"})
		return
	}
	groups, err := f.Catalog.List(r.Context())
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	wanted, one := r.PathValue("group"), r.PathValue("group") != ""
	connections := []connection{}
	for _, g := range groups {
		if slices.Contains(opened, g.ID) && (!one || g.Name == wanted) {
			connections = append(connections, connectionOf(g))
		}
	}
	if one && len(connections) == 0 {
		f.refuse(w, r, fault.ErrNotFound)
		return
	}
	answer(w, http.StatusOK, map[string]any{"code": 0, "message": "Success", "data": connections})
}

// connectionOf names the path of an OPENAI group that is validated elsewhere than at its dialect's own path, so that the
// importer asks there as well; the channel then is a custom one.
func connectionOf(g *catalog.Group) connection {
	name := dialect.Name(g.Dialect)
	c := connection{Name: g.Name, DisplayName: g.DisplayName, ChannelType: channels[name], Path: "/proxy/" + g.Name}
	if c.DisplayName == "" {
		c.DisplayName = g.Name
	}
	d, ok := dialect.ByName(name)
	if ok && name == dialect.OpenAI && g.ValidationPath != "" && g.ValidationPath != d.Defaults().ValidationPath {
		c.ChannelType, c.Path = "custom", c.Path+"/"+strings.TrimPrefix(g.ValidationPath, "/")
	}
	return c
}
