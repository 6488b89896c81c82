"""Which shard a host belongs to. All that concerns a host lies in one shard, and one process at a time has that.

A store is split by a stable hash of host and port, so that the manners towards a host are kept in one place however
many fetchers run. A port of a scheme's own and 443 count as none: then an address and its article's identity key, which
drops them too, are always in the same shard.
"""

from functools import lru_cache

import ada_url
from msgspec import Struct

from shared.identity import digest

RECENT = 4096  # addresses whose shard is remembered


@lru_cache(RECENT)
def shard_of(url: str, count: int) -> int:
    """The number of the shard, from 0, that the host of `url` belongs to when there are `count`.

    Raises:
        ValueError: not an absolute URL.
    """
    host: str = ada_url.URL(url).host
    return int(digest(host.removesuffix(":443").encode())[:12], 16) % count


class Shard(Struct, frozen=True):
    """One of the `count` parts of a store."""

    number: int = 0
    count: int = 1

    @property
    def stem(self) -> str:
        """What its files are called, their endings apart; the number of shards stands in it, so it cannot be lost."""
        return "fetcher" if self.count == 1 else f"shard-{self.number}-of-{self.count}"

    def owns(self, url: str) -> bool:
        """Whether the host of this absolute URL is one of ours."""
        return self.count == 1 or shard_of(url, self.count) == self.number


WHOLE = Shard()  # a store that is not split
