"""The address guard at connect time: check and use are one, so a name that changes its answer gains nothing."""

import asyncio
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

from services.fetcher.guard import Pair, Resolve, check_address, check_addresses


async def system_addresses(host: str) -> Sequence[str]:
    """The addresses that this machine's resolver gives for a name; OSError when it has none."""
    answers = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(sockaddr[0]) for _, _, _, _, sockaddr in answers]


class Guard(AbstractResolver):
    """The guard at connect time: `TCPConnector(resolver=guard, socket_factory=guard.socket)`.

    aiohttp connects to the very answers that were checked here. Literal addresses pass resolvers by, in every HTTP
    client, so `socket` looks at each connect on its own.
    """

    def __init__(self, allow: frozenset[Pair] = frozenset(), resolve: Resolve = system_addresses) -> None:
        self._allow = allow
        self._resolve = resolve
        self._excepted: set[Pair] = set(allow)  # with the addresses that excepted names resolved to

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The checked addresses of a name. Raises Denied, or OSError where the name server has no answer."""
        addresses = await self._resolve(host)
        if (host, port) in self._allow:
            self._excepted.update((address, port) for address in addresses)
        else:
            check_addresses(host, addresses)
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    def socket(
        self, address: tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]]
    ) -> socket.socket:
        """A socket for one connect, unless its address is neither global nor excepted. Raises Denied."""
        family, kind, protocol, _, sockaddr = address
        if (sockaddr[0], sockaddr[1]) not in self._excepted:
            check_address(str(sockaddr[0]))
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Nothing is held."""
