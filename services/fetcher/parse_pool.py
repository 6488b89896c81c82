"""Feed parsing in a pool of processes, as the crawl wants it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from services.fetcher.feed_document import Feed, FeedDocument
from services.fetcher.means import Parse


def parse_in(submit: Callable[[bytes], "Future[bytes]"]) -> Parse:
    """A `Parse` that hands documents to `submit`: the method of a pool whose workers run `prepare`."""

    async def parse(document: FeedDocument) -> Feed:
        told = await asyncio.wrap_future(submit(msgspec.msgpack.encode(document)))
        return msgspec.msgpack.decode(told, type=Feed)

    return parse
