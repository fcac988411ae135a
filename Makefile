# Roundhouse: what one does with this tree. `make help` lists it.

SHELL      := bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS  += --no-print-directory
.DEFAULT_GOAL := help

BIN     := bin/roundhouse
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOBUILD := CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=$(VERSION)"
CONSOLE := frontend/dist/index.html
MODULES := frontend/node_modules/.package-lock.json
FUZZTIME ?= 30s

# What was left out, said once and, under CI, fatal.
leave_out = if [ "$${CI:-}" = true ]; then echo "missing: $(1)" >&2; exit 1; else echo "left out: $(1)"; fi

# A script of the console's that needs a browser; Debian's is installed where that is possible.
define in_browser
if ! command -v npm >/dev/null; then $(call leave_out,the browser tests need Node 20 with npm); exit 0; fi
browser=$$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$$browser" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	echo "browser   installing chromium and CJK fonts from Debian's packages"
	apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium fonts-noto-cjk >/dev/null
	browser=$$(command -v chromium)
fi
if [ -z "$$browser" ]; then $(call leave_out,the browser tests need Chromium: apt-get install chromium fonts-noto-cjk); exit 0; fi
$(MAKE) $(MODULES)
BROWSER_PATH="$$browser" npm --prefix frontend run --silent $(1)
endef

##@ Use

.PHONY: help
help: ## List what make can do
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build everything and start on port 3001 (PORT=… for another)
	@exec ./$(BIN)

.PHONY: build
build: ## Build the console and the binary, side by side
	@$(MAKE) -j2 console compile
	echo "binary    linking $(BIN)"
	$(GOBUILD) -o $(BIN) ./cmd/roundhouse

.PHONY: compile
compile:
	@echo "binary    compiling (about two minutes the first time, seconds after)"
	$(GOBUILD) -o /dev/null ./cmd/roundhouse
	echo "binary    compiled"

.PHONY: console
console:
	@if command -v npm >/dev/null; then $(MAKE) $(CONSOLE); else echo "console   left out: Node 20 with npm is not installed; the page at / says how to build it"; fi

$(MODULES): frontend/package.json frontend/package-lock.json
	@echo "console   installing packages"
	npm --prefix frontend ci --no-audit --no-fund --loglevel=error
	touch $@

$(CONSOLE): $(MODULES) $(shell find frontend/src frontend/public frontend/*.html frontend/*.ts -type f 2>/dev/null)
	@echo "console   building"
	npm --prefix frontend run --silent build >frontend/node_modules/.build.log 2>&1 || { cat frontend/node_modules/.build.log; exit 1; }
	touch $@
	echo "console   built"

.PHONY: migrate-keys
migrate-keys: ## Switch encryption on, off or to another key (ARGS="--from-file … --to-file …")
	@[ -x $(BIN) ] || $(GOBUILD) -o $(BIN) ./cmd/roundhouse
	exec ./$(BIN) migrate-keys $(ARGS)

##@ Develop

.PHONY: generate
generate: ## Generate ent, gqlgen and the console's typed documents
	@go generate ./ent
	go tool gqlgen generate
	if command -v npm >/dev/null; then $(MAKE) $(MODULES); npm --prefix frontend run --silent generate; fi

.PHONY: check
check: check-go check-generated check-console ## Format, vet, staticcheck, house rules, fresh generated code, the console's own checks

.PHONY: check-go
check-go:
	@bad=$$(git ls-files '*.go' | grep -v /generated/ | xargs gofmt -l); [ -z "$$bad" ] || { echo "gofmt -w $$bad"; exit 1; }
	go vet ./...
	go tool staticcheck ./...
	go test ./internal/archtest
	$(MAKE) deps

.PHONY: deps
deps:
	@outside=$$(go list -deps -f '{{if not .Standard}}{{.ImportPath}}{{end}}' ./proxycore/... | grep -v '^roundhouse/proxycore' || true)
	[ -z "$$outside" ] || { echo "proxycore needs more than the standard library: $$outside"; exit 1; }

GENERATED := ent/generated graph frontend/src/generated

.PHONY: check-generated
check-generated:
	@before=$$(find $(GENERATED) -type f -exec sha256sum {} + 2>/dev/null | sort -k2)
	$(MAKE) generate >/dev/null
	after=$$(find $(GENERATED) -type f -exec sha256sum {} + 2>/dev/null | sort -k2)
	diff <(echo "$$before") <(echo "$$after") || { echo "generated code was stale; it is fresh now: commit it"; exit 1; }

.PHONY: check-console
check-console:
	@if command -v npm >/dev/null; then $(MAKE) $(MODULES); npm --prefix frontend run --silent check; else $(call leave_out,the console's checks need Node 20 with npm); fi

##@ Test

.PHONY: test
test: check test-go test-databases fuzz acceptance e2e ## Everything: checks, tests on each engine, fuzzing, real SDK clients, a real browser

.PHONY: test-go
test-go: ## The Go tests, with the race detector
	@go test -race -timeout 15m ./...

# The packages whose tests ask for a database of their own.
ON_DATABASES = $(shell grep -rl databasetest --include='*_test.go' cmd graph internal | xargs -n1 dirname | grep -v archtest | sort -u | sed 's|^|./|')

# Two packages at a time: two cores and a server bear no more.
.PHONY: test-databases
test-databases: ## The tests that need a database, on those that TEST_POSTGRES_DSN and TEST_MYSQL_DSN name
	@for engine in postgres mysql; do
		dsn=TEST_$${engine^^}_DSN
		if [ -z "$${!dsn:-}" ]; then $(call leave_out,the tests on $$engine need a server in $$dsn; make test-services starts one); continue; fi
		echo "test      on $$engine"
		TEST_DATABASE=$$engine go test -race -count=1 -p 2 -timeout 20m $(ON_DATABASES)
	done

.PHONY: test-services
test-services: ## Start throw-away PostgreSQL, MariaDB and Redis, run the tests on each (CMD=… for another command), stop them
	@.ci/services bash -c '$(or $(CMD),$(MAKE) test-databases)'

.PHONY: cluster-faults
cluster-faults: ## Three processes stand the cluster's faults for as long as in life (CLUSTER_SEED=… repeats an order)
	@CLUSTER_FAULTS=long .ci/services bash -c 'for engine in postgres mysql; do
		TEST_DATABASE=$$engine go test -race -count=1 -v -timeout 20m -run TestAClusterStandsItsFaults ./cmd/roundhouse
	done'

.PHONY: fuzz
fuzz: ## Each fuzz target for FUZZTIME (30s)
	@for dir in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -n1 dirname | sort -u); do
		for target in $$(grep -rho '^func Fuzz[A-Za-z0-9]*' $$dir/*_test.go | cut -c6-); do
			echo "fuzz      $$dir $$target"
			go test ./$$dir -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) >/tmp/fuzz.$$$$ 2>&1 || { cat /tmp/fuzz.$$$$; exit 1; }
			rm -f /tmp/fuzz.$$$$
		done
	done

.PHONY: acceptance
acceptance: ## The providers' own SDKs, Go and Node, through a running gateway
	@cd internal/sdktest && go vet ./... && go test -race -count=1 -timeout 15m ./...

.PHONY: e2e
e2e: build ## The console in a real browser against the real binary
	@$(call in_browser,e2e)

.PHONY: e2e-scale
e2e-scale: build ## How quick the console is with half a million keys, a million requests and a live tail at 2,000 a second (SCALE_DATA=… keeps what it fills)
	@$(call in_browser,scale)

.PHONY: screenshots
# What pictures show is a version, not that somebody has just changed a file.
screenshots: GOBUILD := $(subst -dirty,,$(GOBUILD))
screenshots: build ## Take the pictures of the console that the READMEs show, into docs/images
	@$(call in_browser,pictures)

SOAK ?= 10m
SEED ?= 1

.PHONY: soak
soak: ## Clients, faults, edits and viewers at one gateway for SOAK (10m), with choices from SEED; it must end as it began
	@go test -count=1 -tags soak -timeout 0 -run '^TestSoak$$' -v ./cmd/roundhouse -soak $(SOAK) -seed $(SEED)

.PHONY: bench
bench: ## CPU per proxied request beside a bare ReverseProxy (BENCH=full for everything; BENCHFLAGS="-only 1kb -rounds 3")
	@$(GOBUILD) -o bin/bench/roundhouse ./cmd/roundhouse
	go build -o bin/bench/bench ./internal/bench
	exec bin/bench/bench -gateway bin/bench/roundhouse $(if $(filter full,$(BENCH)),-full) \
		$(if $(TEST_POSTGRES_DSN),-postgres "$(TEST_POSTGRES_DSN)" -redis "$(TEST_REDIS_DSN)") $(BENCHFLAGS)
