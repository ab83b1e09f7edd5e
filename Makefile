# Kontor. `make` alone lists what can be asked for.
#
# PYTHON=python3.12   the Python to start from (3.11 or newer)
# PORT=8080           the demo's front door
# WORKERS=2           parallel test processes (0: none)
# ARGS=...            more arguments for pytest

PYTHON ?= python3
PORT ?= 8080
WORKERS ?= 2
ARGS ?=
export PORT ONCE

PY := .venv/bin/python
SERVERS := $(PY) -m services.ops.local
PYTEST := $(PY) -m pytest -n $(WORKERS) --dist loadfile
# Folders of tests that need no server, in the order of their speed
QUICK := $(wildcard tests/pure tests/wired)

.DEFAULT_GOAL := help
.PHONY: help preflight install demo up down reset check lint format types test faults bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

preflight:
	@$(PYTHON) deploy/bootstrap/preflight.py --port $(PORT)

install: ## Check this machine and install Kontor's packages into .venv
	@$(PYTHON) deploy/bootstrap/preflight.py
	@$(PYTHON) deploy/bootstrap/venv.py

demo: preflight install ## Bring the whole system up with a pretend shop on every platform (PORT=8080; ONCE=1 ends by itself)
	@$(PY) -m services.ops.demo

up: install ## Start PostgreSQL and RabbitMQ for this folder and leave them running
	@$(SERVERS) up

down: ## Stop everything this folder started; the data stays
	@if [ -x $(PY) ]; then $(SERVERS) down; fi

reset: ## Remove everything made here: servers, databases, data, packages
	@if [ -x $(PY) ]; then $(SERVERS) reset; fi
	@rm -rf .local .venv build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

check: lint types ## Everything that needs no server: style, types, rules between rooms, quick tests
	@$(PYTEST) $(QUICK) -m "not thorough and not fault" --hypothesis-profile quick $(ARGS)

lint: install ## Style and the rules between rooms
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/lint-imports

types: install ## Types, strictly
	@$(PY) -m mypy

format: install ## Put the code into shape
	@$(PY) -m ruff check --fix-only --quiet .
	@$(PY) -m ruff format .

test: install ## All tests, with real servers that are provided as for the demo
	@$(PYTEST) tests -m "not fault" --session-timeout 2700 $(ARGS)

faults: install ## Processes and servers killed under load, the long tests; build/ledger.json tells of every order
	@$(PY) -m pytest tests -m "fault or journey" --ledger build/ledger.json $(ARGS)

bench: install ## Measure orders per second on this machine
	@$(PY) -m tests.bench $(ARGS)
