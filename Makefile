# Edgedesk. `make dev` runs it, `make test` proves it. `make help` lists the rest.
# Everything that can be chosen is a variable: make dev PORT=9000 STATE=/some/folder

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules
# Or cargo would ask make how many processes it may start, and not be answered.
unexport MAKEFLAGS MFLAGS

PORT ?= 8787
HOST ?= 127.0.0.1
STATE ?= .wrangler/state
SEEDS ?= 25
EXAMPLES ?= 50
SECONDS ?= 60
# Each test file has a server of its own, and waits for it half of the time.
TESTS_AT_ONCE ?= $(shell nproc 2>/dev/null || echo 2)
# Tools that take minutes to compile live outside the checkout, by version. They run for seconds, so they are compiled quickly.
TOOLS ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/edgedesk/tools

WORKER_BUILD_VERSION := 0.8.7
SCHEMATHESIS_VERSION := 4.32.5
CARGO_MUTANTS_VERSION := 27.1.0
WASM_BINDGEN_VERSION := $(shell sed -n '/^name = "wasm-bindgen"$$/{n;s/version = "\(.*\)"/\1/p;}' Cargo.lock)
WORKER_BUILD := $(TOOLS)/worker-build-$(WORKER_BUILD_VERSION)/bin/worker-build
WASM_BINDGEN := $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION)/bin/wasm-bindgen
CARGO_MUTANTS := $(TOOLS)/cargo-mutants-$(CARGO_MUTANTS_VERSION)/bin/cargo-mutants
SCHEMATHESIS := $(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)/bin/schemathesis

# npm's `node` package brings a Node that is new enough for workerd's tools.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
export WRANGLER_SEND_METRICS := false
export WRANGLER_HIDE_BANNER := true
export CLOUDFLARE_CF_FETCH_ENABLED := false
export NO_UPDATE_NOTIFIER := 1

RUST_SOURCES := $(shell find src schema -type f) Cargo.toml Cargo.lock askama.toml public/dashboard.html public/openapi.json

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

.PHONY: dev
dev: build ## run Edgedesk on this machine: installs what is missing, builds, seeds, serves on PORT
	node tools/dev.mjs --port $(PORT) --host $(HOST) --state $(STATE)

.PHONY: test
test: build browser payloads ## everything: domain, contract, black box, browser
	cargo test --quiet
	node --test --test-concurrency=$(TESTS_AT_ONCE) --test-reporter=spec "tests/{tools,api,faults}/*.test.mjs"
	node --test --test-concurrency=$(TESTS_AT_ONCE) --test-reporter=spec "tests/browser/*.test.mjs"

.PHONY: compiled
compiled: ## the domain's tests, not run yet
	cargo test --quiet --no-run

.PHONY: faults
faults: build ## whatever can go wrong, many times over, judged by what is stored: make faults SEEDS=100
	SEEDS=$(SEEDS) node --test --test-concurrency=1 --test-reporter=spec "tests/faults/*.test.mjs"

.PHONY: schemathesis
schemathesis: build $(SCHEMATHESIS) ## every operation of the contract with made-up requests: make schemathesis EXAMPLES=200
	node tests/fuzz/schemathesis.mjs $(SCHEMATHESIS) --max-examples $(EXAMPLES)

.PHONY: fuzz
fuzz: ## every parser with what nobody means, so long for each: make fuzz SECONDS=60
	FUZZ_SECONDS=$(SECONDS) cargo test --quiet --test fuzz -- --test-threads=$(TESTS_AT_ONCE)

.PHONY: mutants
mutants: node_modules $(CARGO_MUTANTS) ## a fault in each place of permit, decide and view: a test finds every one (hours)
	node tools/mutants.mjs $(CARGO_MUTANTS)

.PHONY: explore
explore: ## the assignment protocol with several mishaps at once: millions of states, minutes
	cargo test --release --test model -- --ignored --nocapture assignment

.PHONY: check
check: node_modules vendor wasm-target ## format, lint, types, contract, specification
	cargo fmt --all --check
	cargo clippy --quiet --all-targets -- --deny warnings
	cargo clippy --quiet --lib --target wasm32-unknown-unknown -- --deny warnings
	npm run --silent lint
	npm run --silent types
	node tools/preload.mjs
	node tools/specification.mjs

.PHONY: bench
bench: build ## what it costs, beside a bare Worker and object in the same run
	node tests/bench/bench.mjs

.PHONY: deploy-check
deploy-check: build ## what would be deployed, and its size
	@wrangler deploy --dry-run --outdir build/deploy > build/deploy.log 2>&1 || { cat build/deploy.log >&2; exit 1; }
	@grep -E "Total Upload|^env\." build/deploy.log
	@printf 'gzipped at the best setting: %s bytes of 3 MB (free) or 10 MB (paid)\n' "$$(cat build/index.js build/*.wasm | gzip -9 | wc -c)"

.PHONY: format
format: node_modules vendor ## bring everything into form
	cargo fmt --all
	npm run --silent format
	node tools/preload.mjs --write

.PHONY: contract
contract: ## write public/openapi.json and docs/permissions.md from the code
	UPDATE_CONTRACT=1 cargo test --quiet --test contract

.PHONY: screenshots
screenshots: build browser ## take the pictures of the README
	node tests/browser/screenshots.mjs

.PHONY: clean
clean: ## forget what was built and what was stored on this machine
	rm -rf build target public/vendor .wrangler .schemathesis

# ---- building ----

.PHONY: build
build: build/index.js vendor

# The names of functions are a sixth of what would be sent, and nothing reads them. As old as the build's beginning: what changed meanwhile is
# built the next time.
build/index.js: $(RUST_SOURCES) $(WORKER_BUILD) $(WASM_BINDGEN) node_modules/.package-lock.json | wasm-target
	@mkdir -p target && touch target/.build-began
	WASM_BINDGEN_BIN=$(WASM_BINDGEN) WASM_OPT_BIN=$(CURDIR)/node_modules/.bin/wasm-opt \
	ESBUILD_BIN=$(CURDIR)/node_modules/@esbuild/$(ESBUILD_PLATFORM)/bin/esbuild \
	$(WORKER_BUILD) --release
	wasm-opt $(WASM_FEATURES) --strip-debug --strip-producers build/index_bg.wasm -o build/index_bg.wasm
	@touch -r target/.build-began $@

# What worker-build allows as well: newer encodings are not known to every runtime.
WASM_FEATURES := $(addprefix --enable-,mutable-globals sign-ext nontrapping-float-to-int bulk-memory multivalue \
  reference-types exception-handling)

ESBUILD_PLATFORM = $(shell node -p 'process.platform + "-" + process.arch')

.PHONY: vendor
vendor: public/vendor/.done

public/vendor/.done: tools/vendor.mjs node_modules/.package-lock.json
	node tools/vendor.mjs

# ---- what is needed, and how it is got ----

# A registry may lack packages for other platforms than this one; npm ci takes that for a stale lock file. Then the
# locked versions are installed without insisting on the others.
.PHONY: node_modules
node_modules: node_modules/.package-lock.json

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo "npm is missing: install Node.js (Debian: apt-get install npm)" >&2; exit 1; }
	npm ci --no-audit --no-fund --loglevel=silent || npm install --no-save --no-audit --no-fund --loglevel=error
	@node --version | grep -qE '^v(2[2-9]|[3-9][0-9])' || { echo "npm's package 'node' did not bring Node 22: run 'npm rebuild node'" >&2; exit 1; }
	@touch $@

.PHONY: wasm-target
wasm-target:
	@command -v cargo >/dev/null || { echo "cargo is missing: install Rust from https://rustup.rs" >&2; exit 1; }
	@test -d "$$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" || rustup target add wasm32-unknown-unknown \
	  || { echo "run: rustup target add wasm32-unknown-unknown" >&2; exit 1; }

$(WORKER_BUILD) $(WASM_BINDGEN): export CARGO_PROFILE_RELEASE_OPT_LEVEL := 1
$(WORKER_BUILD) $(WASM_BINDGEN): export CARGO_PROFILE_RELEASE_LTO := off

$(WORKER_BUILD):
	@pkg-config --exists openssl 2>/dev/null || { command -v apt-get >/dev/null && apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends libssl-dev pkg-config; } \
	  || { echo "OpenSSL's headers are missing (Debian: apt-get install libssl-dev pkg-config)" >&2; exit 1; }
	cargo install --quiet --locked --root $(TOOLS)/worker-build-$(WORKER_BUILD_VERSION) worker-build@$(WORKER_BUILD_VERSION)

# A registry may not have every version of the lock file: then the newest that fit.
$(WASM_BINDGEN):
	cargo install --quiet --locked --root $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION) wasm-bindgen-cli@$(WASM_BINDGEN_VERSION) \
	|| cargo install --quiet --root $(TOOLS)/wasm-bindgen-$(WASM_BINDGEN_VERSION) wasm-bindgen-cli@$(WASM_BINDGEN_VERSION)

$(CARGO_MUTANTS):
	cargo install --quiet --locked --root $(TOOLS)/cargo-mutants-$(CARGO_MUTANTS_VERSION) cargo-mutants@$(CARGO_MUTANTS_VERSION)

$(SCHEMATHESIS):
	@command -v python3 >/dev/null || { echo "Python is missing (Debian: apt-get install python3-venv)" >&2; exit 1; }
	python3 -m venv $(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)
	$(TOOLS)/schemathesis-$(SCHEMATHESIS_VERSION)/bin/pip install --quiet schemathesis==$(SCHEMATHESIS_VERSION)

# Attack lists for one test; without them it has the strings that npm brings.
.PHONY: payloads
payloads: node_modules
	@test -d node_modules/.cache/payloads || { mkdir -p node_modules/.cache/payloads/.deb && cd node_modules/.cache/payloads/.deb && \
	  apt-get download -qq wfuzz wapiti 2>/dev/null && for package in *.deb; do dpkg-deb -x "$$package" ..; done; } \
	  || echo "wfuzz's and wapiti's lists are not to be had here: testing without them" >&2

.PHONY: browser
browser:
	@command -v $${CHROMIUM:-chromium} >/dev/null || { command -v apt-get >/dev/null && apt-get update -qq && \
	  apt-get install -y -qq --no-install-recommends chromium; } \
	  || { echo "Chromium is missing (Debian: apt-get install chromium), or set CHROMIUM" >&2; exit 1; }
