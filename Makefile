# Fieldhook. "make" alone explains the targets. Only Go and make are needed;
# what else a build or a check could use (Node, a browser, PostgreSQL, a C
# compiler) is left out by name when it is missing.

SHELL       := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO          ?= go
PKGS        ?= ./...
OUT         := bin
DIST        := internal/console/dist
LOGS        := $(OUT)/logs
HOGAN       := internal/template/testdata/hogan
CLIENTS     := internal/app/testdata/clients

# A released version is the tag; otherwise the source's own stands.
VERSION     ?= $(shell git describe --tags --dirty --match 'v*' 2>/dev/null | sed 's/^v//')
LDFLAGS     := -s -w $(if $(VERSION),-X github.com/fieldhook/fieldhook/internal/app.Version=$(VERSION))

FUZZTIME    ?= 30s
KILL_ROUNDS ?= 5
BENCH       ?= .
BENCHTIME   ?= 1s

# What a test run prints: results, and everything about failures.
SHOW := grep --line-buffered -E '^(ok|FAIL|panic:)|^ *--- FAIL' || true

##@ Use

.PHONY: build
build: ui ## Build bin/fieldhook (static, version from git) with the console in it
	@$(MAKE) --no-print-directory hub

.PHONY: hub
hub: # the binary, with whatever console there is
	@CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '$(LDFLAGS)' -o $(OUT)/fieldhook ./cmd/fieldhook
	@echo "built $(OUT)/fieldhook ($$($(OUT)/fieldhook version))"

# The console is built anew when one of its sources is newer, or Node came since.
UI_SOURCES  := $(shell find ui -path ui/node_modules -prune -o -type f -not -name 'schema.gen.ts' -not -path 'ui/e2e/*' -print) api/openapi.yaml

# Empty without npm and a Node that is new enough for what the console is built with.
NODE        := $(shell command -v npm >/dev/null && node -p 'const [a, b] = process.versions.node.split(".").map(Number); a > 20 || (a === 20 && b >= 19) ? "yes" : ""' 2>/dev/null)
GET_NODE    := Node 20.19 or newer with npm

.PHONY: ui
ui: ## Build the console into the hub's sources; needs Node
	@if [ -z "$(NODE)" ]; then \
	  [ -f $(DIST)/index.html ] || echo "left out: the console (install $(GET_NODE), then make build)"; \
	elif $(MAKE) --no-print-directory ui/node_modules/.package-lock.json; then $(MAKE) --no-print-directory $(DIST)/index.html; \
	elif [ -n "$${REQUIRE_NODE:-}" ]; then exit 1; \
	else echo "left out: the console (its packages could not be installed; make build tries again)"; fi

$(DIST)/index.html: $(UI_SOURCES) ui/node_modules/.package-lock.json
	@echo "== building the console"
	@cd ui && npm run --silent build
	@touch $@

ui/node_modules/.package-lock.json: ui/package-lock.json
	@echo "== installing what the console is built with"
	@cd ui && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

.PHONY: run
run: build ## Build and start the demo: console, example fleets, a live log (Ctrl-C stops)
	@$(OUT)/fieldhook demo

##@ Check

.PHONY: test
test: lint ## Everything that decides whether main is good; prints at the end what it left out
	@rm -rf $(LOGS) && mkdir -p $(LOGS)
	@$(MAKE) --no-print-directory build ui-test 2>&1 | tee $(LOGS)/ui.log
	@$(MAKE) --no-print-directory hogan clients 2>&1 | tee $(LOGS)/npm.log
	@echo "== tests (kill test: $(KILL_ROUNDS) rounds)"
	@KILL_ROUNDS=$(KILL_ROUNDS) $(GO) test -timeout 15m -v $(PKGS) 2>&1 | tee $(LOGS)/test.log | { $(SHOW); } \
	  || { awk -f .ci/failed.awk $(LOGS)/test.log; exit 1; }
	@$(MAKE) --no-print-directory race 2>&1 | tee $(LOGS)/race.log
	@$(MAKE) --no-print-directory fuzz FUZZTIME=20000x
	@$(MAKE) --no-print-directory browser 2>&1 | tee $(LOGS)/browser.log
	@echo "== left out"
	@grep -h '^left out: ' $(LOGS)/ui.log $(LOGS)/browser.log $(LOGS)/npm.log $(LOGS)/race.log | sed 's/^left out: /  /' || true
	@awk -f .ci/skipped.awk $(LOGS)/test.log
	@echo "== all checks passed"

.PHONY: lint
lint: ## Format, go vet, staticcheck
	@echo "== lint"
	@bad=$$(gofmt -l cmd internal); if [ -n "$$bad" ]; then echo "gofmt would change:"; echo "$$bad"; exit 1; fi
	@$(GO) vet $(PKGS)
	@$(GO) tool staticcheck $(PKGS)

.PHONY: ui-test
ui-test: ## Types, lint and unit tests of the console; needs Node
	@if [ -z "$(NODE)" ]; then echo "left out: the console's own tests (no $(GET_NODE))"; exit 0; fi; \
	$(MAKE) --no-print-directory ui && echo "== the console's own tests" && cd ui && npm run --silent check

.PHONY: browser
browser: ## Walks through the console with a real browser; needs Node and Chromium
	@if [ -z "$(NODE)" ]; then echo "left out: the walks with a browser (no $(GET_NODE))"; exit 0; fi; \
	if ! command -v chromium >/dev/null && [ -z "$${CHROMIUM:-}" ]; then \
	  [ -z "$${REQUIRE_BROWSER:-}" ] || { echo "no chromium, and REQUIRE_BROWSER is set"; exit 1; }; \
	  echo "left out: the walks with a browser (no chromium)"; exit 0; fi; \
	$(MAKE) --no-print-directory build && echo "== walks with a browser" && cd ui && npm run --silent browser && node scripts/tour.mjs --check

.PHONY: tour
tour: browser ## Walks, then takes the pictures of docs/tour.md from them
	@cd ui && node scripts/tour.mjs

.PHONY: faults
faults: ## Faults of targets with kills in the middle, each for 10 s, on both stores; prints the table of docs/reliability.md
	@FAULT_SECONDS=10 $(GO) test -count=1 -timeout 30m -v -run '^TestFaults' ./internal/app | grep -E '^ *(---|FAIL|ok|faults_test)|\|' | sed 's/^ *faults_test.go:[0-9]*: //'

.PHONY: race
race: ## All tests under the race detector, but for kills, faults and real clients; needs a C compiler
	@echo "== race detector"
	@if ! command -v "$$($(GO) env CC)" >/dev/null; then \
	  echo "left out: the race detector (no C compiler)"; exit 0; fi; \
	CGO_ENABLED=1 $(GO) test -race -timeout 20m -skip '^Test(Kill|Faults|Particle)' $(PKGS)

.PHONY: fuzz
fuzz: ## Every fuzz target for FUZZTIME (30s, or 20000x inputs), starting from the committed corpus
	@grep -rHoE '^func Fuzz[A-Za-z0-9_]*' --include='*_test.go' cmd internal | sort | \
	while IFS=: read -r file func; do \
	  name=$${func#func }; echo "== fuzz $$name in $${file%/*} ($(FUZZTIME))"; \
	  out=$$($(GO) test -run='^$$' -fuzz="^$$name\$$" -fuzztime=$(FUZZTIME) "./$${file%/*}" 2>&1 </dev/null) \
	    || { echo "$$out"; exit 1; }; \
	done

.PHONY: kill
kill: KILL_ROUNDS = 50
kill: ## The kill -9 test for 50 rounds (KILL_ROUNDS)
	@KILL_ROUNDS=$(KILL_ROUNDS) $(GO) test -count=1 -timeout 120m -v -run '^TestKill' ./internal/app

.PHONY: hogan
hogan: # the npm package that the template engine is compared with
	@if ! command -v npm >/dev/null; then echo "left out: the comparison with hogan.js (no Node)"; \
	elif [ -d $(HOGAN)/node_modules ]; then :; \
	elif (cd $(HOGAN) && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1); then echo "== hogan.js installed"; \
	else echo "left out: the comparison with hogan.js (npm ci failed)"; fi

.PHONY: clients
clients: # the npm packages of the clients that the hub must work with
	@if ! command -v npm >/dev/null; then echo "left out: the tests with real clients (no Node)"; exit 0; fi; \
	for dir in $(CLIENTS)/*/; do \
	  if [ -d $$dir/node_modules ]; then :; \
	  elif (cd $$dir && npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1); then echo "== $$(basename $$dir) installed"; \
	  else rm -rf $$dir/node_modules; echo "left out: the tests with the client $$(basename $$dir) (npm ci failed)"; fi; \
	done

##@ Measure

.PHONY: bench
bench: ## Go benchmarks with allocations (BENCH=regexp, BENCHTIME=1s)
	@$(GO) test -run='^$$' -bench='$(BENCH)' -benchtime=$(BENCHTIME) -benchmem $(PKGS) | grep -Ev '^(\?|PASS|ok .*\[no test)'

.PHONY: trace
trace: build ## A minute of 200 events/s in the console's live list: longest task, rows in the page
	@cd ui && npm run --silent measure

##@ Other

.PHONY: clean
clean: ## Remove what the targets above made (the stores of hubs stay)
	@rm -rf $(OUT) $(HOGAN)/node_modules $(CLIENTS)/*/node_modules ui/node_modules $(DIST)/[a-z]*

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## "; print "make TARGET" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
