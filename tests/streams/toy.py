"""A cleaner for tests of the transport: its pages say what it should do. `python -m tests.streams.toy`."""

import ctypes
import sys
import time
from collections.abc import Callable

from shared.messages import Article, CleanArticle, RawArticle
from shared.outcomes import Reason, Reject
from shared.topology import CLEANER
from shared.transport.service import serve


def work(raw: RawArticle) -> CleanArticle:
    """Does what the page says: `sleep 2`, `reject`, `raise`, `crash`, or nothing special."""
    order, _, rest = raw.content.partition(" ")
    match order:
        case "sleep":
            time.sleep(float(rest))
        case "reject":
            raise Reject(Reason.EMPTY, rest)
        case "raise":
            raise RuntimeError(rest)
        case "crash":
            ctypes.string_at(0)
        case "broken" if not _mended():
            raise RuntimeError("everything fails until the file is there")
    base = {name: getattr(raw, name) for name in Article.__struct_fields__}
    return CleanArticle(**base, title=raw.url, text=raw.content)


def _mended() -> bool:
    import os

    return os.path.exists(os.environ["TOY_MENDED"])


def prepare() -> Callable[[RawArticle], CleanArticle]:
    return work


if __name__ == "__main__":
    sys.exit(serve(CLEANER, prepare))
