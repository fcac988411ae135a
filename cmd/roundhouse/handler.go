package main

import (
	"context"
	"net/http"
	"strings"

	"roundhouse/frontend"
	"roundhouse/graph"
	"roundhouse/internal/config"
	"roundhouse/internal/server"
)

// handler serves /proxy and, unless it has a listener of its own, the console with its API. Paths are told apart here and
// not by http.ServeMux, which would redirect a path it deems unclean; under /proxy every byte of it is the client's.
func (p *program) handler(conf config.Config) http.Handler {
	var proxy http.Handler = p.gateway
	if conf.CORS.Enabled {
		proxy = server.CORS(server.CORSOptions{
			Origins: conf.CORS.Origins, Methods: conf.CORS.Methods, Headers: conf.CORS.Headers, Credentials: conf.CORS.Credentials,
		}, proxy)
	}
	rest := http.NotFoundHandler()
	if conf.ConsoleAddr == "" {
		rest = p.console(conf)
	}
	integration := p.files.Integration()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case r.Method == http.MethodGet && isIntegration(path):
			integration.ServeHTTP(w, r)
		case path == "/proxy", strings.HasPrefix(path, "/proxy/"):
			proxy.ServeHTTP(w, r)
		default:
			rest.ServeHTTP(w, r)
		}
	})
}

// isIntegration reports whether a path is the integration's: alone, or right behind a group's name.
func isIntegration(path string) bool {
	before, ok := strings.CutSuffix(path, "/api/integration/info")
	name, proxied := strings.CutPrefix(before, "/proxy/")
	return ok && (before == "" || proxied && name != "" && !strings.Contains(name, "/"))
}

// console serves the pages, the admin API, its files, the workbench's trials and the session.
func (p *program) console(conf config.Config) http.Handler {
	trials, rest := p.admin.Guard(p.files.Trials()), p.pagesAndAPI(conf)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/try/") {
			// The core is patient in a way of its own, and ends what is open when the program stops.
			trials.ServeHTTP(w, r)
			return
		}
		rest.ServeHTTP(w, r)
	})
}

func (p *program) pagesAndAPI(conf config.Config) http.Handler {
	pages := frontend.Handler(frontend.Options{Log: p.logger})
	admin := p.untilStopped(graph.NewHandler(p.resolver, p.admin, p.logger))
	session := p.admin.SessionHandler()
	files := p.untilStopped(p.admin.Guard(p.files.Handler()))
	return server.PatientReads(conf.ReadTimeout, server.PatientWrites(conf.WriteTimeout, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case path == "/graphql":
			admin.ServeHTTP(w, r)
		case path == "/session":
			session.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/import/"), strings.HasPrefix(path, "/export/"):
			files.ServeHTTP(w, r)
		default:
			pages.ServeHTTP(w, r)
		}
	})))
}

// untilStopped ends what is still open, sockets above all, when the program stops.
func (p *program) untilStopped(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		stop := context.AfterFunc(p.sockets, cancel)
		defer stop()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}
