"""The enricher as a process: `python -m services.enricher` on Kafka, `--jsonl < tagged > enriched` as a filter, with
`--profile FILE` for what is known of the hosts."""

from services.enricher.work import prepare
from shared.topology import ENRICHER
from shared.transport.middle import main

if __name__ == "__main__":
    main(ENRICHER, prepare, profiled=True)
