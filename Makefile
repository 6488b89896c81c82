# Every target says what it does in `make help`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
EXTRAS := fetcher cleaner tagger enricher indexer search newsroom local dev
