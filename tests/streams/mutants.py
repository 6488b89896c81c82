"""Services with one fault each, to prove that the account would notice: `python -m tests.streams.mutants FAULT MODULE`.

Each fault is a way in which pipelines like this one lose or double articles.
"""

import runpy
import sys
import uuid
from typing import Any

from msgspec.structs import replace


def commit_before_processing() -> None:
    """Acknowledges a message when it comes, as Faust's default agent may."""
    from shared.transport.lanes import Lanes, Letter

    put = Lanes.put

    async def early(self: Lanes, letter: Letter) -> None:
        letter.ack()
        await put(self, letter)

    Lanes.put = early  # type: ignore[method-assign]


def random_ids() -> None:
    """Gives every document an id of its own, so that the same article twice is two."""
    from services.indexer import sink

    document = sink.document
    sink.document = lambda article: replace(document(article), id=uuid.uuid4().hex)


def seen_before_acknowledged() -> None:
    """Forgets an article of the outbox when it is handed to the producer."""
    from services.fetcher.state import Store

    pending = Store.pending

    def forgetful(self: Store, limit: int, after: int = 0) -> Any:
        rows = pending(self, limit, after)
        self.acknowledge([row for row, _ in rows])
        return rows

    Store.pending = forgetful  # type: ignore[method-assign]


FAULTS = {fault.__name__: fault for fault in (commit_before_processing, random_ids, seen_before_acknowledged)}

if __name__ == "__main__":
    _, wanted, module, *arguments = sys.argv
    FAULTS[wanted]()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
