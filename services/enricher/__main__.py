"""The enricher as a process: `python -m services.enricher --jsonl`."""

from services.enricher.work import prepare
from shared.topology import ENRICHER
from shared.transport import jsonl

if __name__ == "__main__":
    jsonl.main(ENRICHER, prepare)
