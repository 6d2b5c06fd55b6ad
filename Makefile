# The tasks of a checkout of Altyn; `make` without a target lists them.
# They need make and Python 3.11 or newer, create files inside the checkout only, and skip steps that are done.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

# Settings of other projects must not affect this one. The source of packages (index, proxy, certificates) stays as the
# user has set it; the way to install packages is set here. Variables ALTYN_* are passed on unchanged.
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONUSERBASE PYTHONWARNINGS PYTHONOPTIMIZE PYTHONSAFEPATH
unexport PYTHONDONTWRITEBYTECODE PYTHONPYCACHEPREFIX
unexport PIP_TARGET PIP_PREFIX PIP_ROOT PIP_REQUIRE_VIRTUALENV PIP_PYTHON PIP_EDITABLE PIP_DRY_RUN
unexport PIP_CONSTRAINT PIP_BUILD_CONSTRAINT PIP_REQUIREMENT PIP_REQUIRE_HASHES PIP_NO_DEPS PIP_PRE PIP_LOG PIP_REPORT
unexport PIP_NO_BINARY PIP_ONLY_BINARY PIP_PREFER_BINARY PIP_PLATFORM PIP_PYTHON_VERSION PIP_IMPLEMENTATION PIP_ABI
unexport PIP_NO_BUILD_ISOLATION PIP_UPGRADE PIP_UPGRADE_STRATEGY PIP_FORCE_REINSTALL PIP_IGNORE_INSTALLED PIP_SRC
unexport PYTEST_ADDOPTS PYTEST_PLUGINS RUFF_CONFIG MYPYPATH MYPY_CONFIG_FILE_DIR VIRTUAL_ENV
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_NO_CACHE_DIR := 1
export PIP_USER := 0
export PYTHONNOUSERSITE := 1

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip
RUN_STAMP := $(VENV)/.run-installed
PROJECT_STAMP := $(VENV)/.project-installed
DEV_STAMP := $(VENV)/.dev-installed
CLIENTS_STAMP := $(VENV)/.clients-installed

# The number of test processes; a small machine has two cores.
TEST_PROCESSES ?= 2
PYTEST := $(BIN)/python -m pytest
PYTEST_PARALLEL := --numprocesses $(TEST_PROCESSES) --dist worksteal

.PHONY: help
help:  ## list the tasks
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.PHONY: venv
venv: $(PROJECT_STAMP)  ## install Altyn and its packages in .venv

.PHONY: serve
serve: $(PROJECT_STAMP)  ## run a gateway with a demo shop
	@exec $(BIN)/altyn serve

.PHONY: test
test: system-tools check $(CLIENTS_STAMP)  ## run all checks of CI: format, lint, types, all tests
	@$(PYTEST) $(PYTEST_PARALLEL)

.PHONY: test-fast
test-fast: $(DEV_STAMP)  ## run the unit and protocol tests, in seconds and without a database
	@$(PYTEST) $(PYTEST_PARALLEL) -m 'not slow' $(wildcard tests/unit tests/protocol tests/test_tidy.py tests/test_docs.py)

.PHONY: check
check: $(DEV_STAMP)  ## check format, lint and types, without tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy

.PHONY: clients
clients: $(CLIENTS_STAMP)  ## install the public client libraries that tests drive

.PHONY: bench
bench: $(PROJECT_STAMP) system-tools  ## run benchmarks, compared with PostgreSQL alone
	@exec $(BIN)/python -m benchmarks $(BENCH)

.PHONY: docs
docs: $(PROJECT_STAMP)  ## print docs/reference from the gateway's tables
	@$(BIN)/python -m docs.printing

.PHONY: lock
lock: $(DEV_STAMP)  ## write requirements/*.lock with the newest versions that pyproject.toml allows
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group build --output-file requirements/run.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --group build --group dev --constraints requirements/run.lock \
		--output-file requirements/dev.lock pyproject.toml
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --no-deps --group clients --output-file requirements/clients.lock
	@npm update --prefix requirements/npm --package-lock-only $(NPM_OPTIONS) --omit-lockfile-registry-resolved

# --universal: one lock for every supported Python and system. --upgrade: `make lock` takes the newest versions.
LOCK_OPTIONS := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-header --no-cache \
	--no-emit-index-url --no-emit-find-links
NPM_OPTIONS := --loglevel=error --ignore-scripts --no-audit --no-fund

.PHONY: clean
clean:  ## remove .venv, caches and builds; data is kept
	@rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	@find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# Installs Chromium, wrk, PHP and npm on Debian as root; elsewhere it lists the missing programs.
.PHONY: system-tools
system-tools:
	@scripts/system-tools

# The stamps record what has been installed. They are ignored when the Python of the environment no longer runs, for
# example after an upgrade of the system.
ifneq ($(shell test -x $(BIN)/python && echo here),here)
.PHONY: $(RUN_STAMP)
endif

$(RUN_STAMP): requirements/run.lock
	@scripts/make-venv $(VENV)
	@echo 'Installing the packages of Altyn (requirements/run.lock) …'
	@$(PIP) install --quiet --require-hashes --requirement requirements/run.lock
	@touch $@

$(PROJECT_STAMP): pyproject.toml $(RUN_STAMP)
	@$(PIP) install --quiet --no-deps --no-build-isolation --no-index --editable .
	@touch $@

$(DEV_STAMP): requirements/dev.lock $(PROJECT_STAMP)
	@echo 'Installing the packages of tests and checks (requirements/dev.lock) …'
	@$(PIP) install --quiet --require-hashes --requirement requirements/dev.lock
	@touch $@

# Client libraries that cannot be in the virtual environment itself: one demands old versions of our packages, one is in
# JavaScript. None of their code runs at installation. Without npm the tests of the latter fail and say so.
$(CLIENTS_STAMP): requirements/clients.lock requirements/npm/package-lock.json | $(DEV_STAMP) system-tools
	@echo 'Installing public client libraries (requirements/clients.lock, requirements/npm) …'
	@rm -rf $(VENV)/clients $(VENV)/npm && mkdir $(VENV)/npm
	@$(PIP) install --quiet --require-hashes --no-deps --only-binary :all: --target $(VENV)/clients \
		--requirement requirements/clients.lock
	@cp requirements/npm/package.json requirements/npm/package-lock.json $(VENV)/npm
	@if command -v npm >/dev/null; then npm ci --prefix $(VENV)/npm $(NPM_OPTIONS) >/dev/null && touch $@; fi
