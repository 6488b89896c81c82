"""`python -m tests.bench.indexmemory [MINUTES]`: what a process that fills the embedded index needs of memory.

Printed twice a minute: its own memory, which must stay flat, and the files of the index that are mapped into it, which
grow with the index and which the system takes back whenever it needs the room. Resident memory is the sum of both.
Generated documents as in `tests.bench.searchindex`; every second batch is of articles that were written before.
"""

import random
import re
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from shared.searchindex.embedded import EmbeddedIndex
from tests.bench.searchindex import documents, vocabulary

BATCH, EVERY_SECONDS = 50, 30
MOST = 1_000_000  # documents


def resident(kind: str) -> float:
    """`RssAnon` or `RssFile` of proc(5), MiB."""
    found = re.search(rf"^{kind}:\s+(\d+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    chance = random.Random(1)
    given = documents(MOST, vocabulary(chance), chance)
    until, next_look, written = time.monotonic() + minutes * 60, 0.0, 0
    print(f"{'documents':>10}{'index MB':>10}{'own MiB':>10}{'mapped MiB':>12}")
    with tempfile.TemporaryDirectory() as folder:
        index = EmbeddedIndex(Path(folder) / "index")
        while time.monotonic() < until:
            batch = list(islice(given, BATCH))
            index.apply(batch)
            index.apply(batch)
            written += len(batch)
            if time.monotonic() >= next_look:
                size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file()) / 1e6
                print(f"{written:>10}{size:>10.0f}{resident('RssAnon'):>10.0f}{resident('RssFile'):>12.0f}", flush=True)
                next_look = time.monotonic() + EVERY_SECONDS
        index.close()


if __name__ == "__main__":
    main()
