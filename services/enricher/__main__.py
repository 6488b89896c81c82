"""The enricher as a process: `python -m services.enricher` on Kafka, `--jsonl` as a filter."""

from services.enricher.work import prepare
from shared.topology import ENRICHER
from shared.transport.middle import main

if __name__ == "__main__":
    main(ENRICHER, prepare)
