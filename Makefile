# Everything a developer needs. The first use of any target builds .venv from requirements.lock.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Where the demo listens (the neighbours' portals take the next ports) and keeps its data.
PORT ?= 8000
DATA_DIR ?= .data
export PORT DATA_DIR

VENV := .venv
RUN := $(VENV)/bin
STAMP := $(VENV)/installed-from-lock
TESTS ?= tests

.PHONY: help demo demo-reset test faults lint bench lock install messages

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1\t\2/' | expand -t 14

demo: $(STAMP) ## three portals, Georgia on PORT, Azerbaijan on PORT+1, Kazakhstan on PORT+2, with sample traffic
	@exec $(RUN)/python manage.py demo

demo-reset: $(STAMP) ## forget the demo's data
	@$(RUN)/python -P portal/embedded.py forget "$(DATA_DIR)"

test: lint ## lint, then every test, on a database and a broker of its own
	@DATA_DIR="$(abspath $(DATA_DIR))/test" $(RUN)/pytest -n auto $(TESTS)

# RUNS and MESSAGES make it shorter; each run has its own order of faults.
RUNS ?= 10
MESSAGES ?= 5000
faults: $(STAMP) ## 5,000 messages between two portals while everything breaks, ten times in a row (hours)
	@for run in $$(seq 1 $(RUNS)); do echo "Run $$run of $(RUNS)"; \
	  DATA_DIR="$(abspath $(DATA_DIR))/test" FAULTS_SEED=$$run FAULTS_MESSAGES=$(MESSAGES) \
	  nice $(RUN)/pytest -q -s -x -m faults tests/faults; done

lint: $(STAMP) ## style, types, and which room may import which
	@$(RUN)/ruff check .
	@PORTAL_TESTING=1 $(RUN)/mypy
	@$(RUN)/lint-imports --no-cache

bench: $(STAMP) ## intake latency, time to the agency's queue, routing, signed exchange, a long list, a long queue, risk, on the embedded servers
	@$(RUN)/python -m bench
	@$(RUN)/python -m bench.routing
	@$(RUN)/python -m bench.exchange
	@$(RUN)/python -m bench.list
	@$(RUN)/python -m bench.queue
	@$(RUN)/python -m bench.risk

lock: $(STAMP) ## pin the newest allowed versions again, with hashes
	@$(RUN)/python -m venv .venv/lock && .venv/lock/bin/pip install --quiet uv
	@.venv/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-header --all-extras -o requirements.lock pyproject.toml
	@.venv/lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-header -c requirements.lock -o requirements-production.lock pyproject.toml

messages: $(STAMP) ## gather texts into locale/ and compile them (needs GNU gettext)
	@PORTAL_TESTING=1 $(RUN)/python manage.py makemessages -l ru -l fa --no-wrap --no-obsolete \
	  --add-location file -i .venv -i .data -i tests -i bench
	@PORTAL_TESTING=1 $(RUN)/python manage.py compilemessages -l ru -l fa -i .venv -i .data

install: $(STAMP) ## only build .venv

# A candidate counts only if it runs: version managers leave names behind that do not.
$(STAMP): requirements.lock
	@for candidate in python3.13 python3.12 python3.11 python3 python; do \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$candidate; break; \
	  fi; \
	done; \
	if [ -z "$${python:-}" ]; then \
	  echo "Python 3.11 or newer is missing. Install it (for example: apt-get install python3 python3-venv) and run make again." >&2; exit 1; \
	fi; \
	if ! $$python -c 'import venv, ensurepip' 2>/dev/null; then \
	  echo "The venv module of $$python is missing. Install it (for example: apt-get install python3-venv) and run make again." >&2; exit 1; \
	fi; \
	echo "Building $(VENV) with $$($$python --version); this takes a minute, once."; \
	$$python -m venv $(VENV); \
	if ! $(RUN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; then \
	  echo "The packages of requirements.lock could not be installed: see pip's message above." >&2; exit 1; \
	fi; \
	cp requirements.lock $@
