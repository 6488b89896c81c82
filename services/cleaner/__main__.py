"""Runs the cleaner as a filter: `python -m services.cleaner --jsonl < raw > clean`."""

from services.cleaner.work import prepare
from shared.topology import CLEANER
from shared.transport.jsonl import main

if __name__ == "__main__":
    main(CLEANER, prepare)
