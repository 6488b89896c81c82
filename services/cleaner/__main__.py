"""The cleaner as a process: `python -m services.cleaner` on Kafka, `--jsonl < raw > clean` as a filter, with
`--profile FILE` for what is known of the hosts."""

from services.cleaner.work import prepare
from shared.topology import CLEANER
from shared.transport.middle import main

if __name__ == "__main__":
    main(CLEANER, prepare, profiled=True)
