"""Whether any of the brokers accepts connections: the part of readiness that no client library says."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from shared.observe.metrics import SERVER_REACHABLE

EVERY_SECONDS = 2.0


async def reachable(servers: Sequence[str]) -> bool:
    """Tries the `host:port` addresses in turn; true at the first that accepts a connection within two seconds."""
    for server in servers:
        host, _, port = server.rpartition(":")
        with suppress(OSError, ValueError):
            _, writer = await asyncio.wait_for(asyncio.open_connection(host.strip("[]"), int(port)), EVERY_SECONDS)
            writer.close()
            SERVER_REACHABLE.labels("kafka").set(1)
            return True
    SERVER_REACHABLE.labels("kafka").set(0)
    return False
