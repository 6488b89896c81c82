"""`python -m services.fetcher guard [--resolve TABLE.json] -- URL...`: what the guard says, one JSON line each."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO

from services.fetcher.connect import system_addresses
from services.fetcher.guard import Pair, Resolve, verdict

REBIND = "REBIND"
PUBLIC, LOOPBACK = "93.184.216.34", "127.0.0.1"


def table_resolver(table: Mapping[str, Sequence[str]]) -> Resolve:
    """A resolver that reads a table of names to addresses; a name not in it does not exist.

    The entry `REBIND` answers with a public address the first time and with loopback from then on.
    """
    rebound: set[str] = set()

    async def resolve(host: str) -> Sequence[str]:
        addresses = table.get(host, table.get(host.removesuffix(".")))
        if addresses is None:
            raise OSError(f"{host} does not exist")
        if REBIND not in addresses:
            return addresses
        answer = LOOPBACK if host in rebound else PUBLIC
        rebound.add(host)
        return [answer if address == REBIND else address for address in addresses]

    return resolve


def read_table(path: Path) -> Resolve:
    """The resolver of a JSON file: `{"name": ["address", ...]}`, alone or under the key `resolves`.

    Raises:
        ValueError: names the file and what is wrong with it.
    """
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read ({error.strerror})") from None
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from None
    if isinstance(table, dict) and isinstance(table.get("resolves"), dict):
        table = table["resolves"]
    if not isinstance(table, dict) or not all(
        isinstance(addresses, list) and all(isinstance(address, str) for address in addresses)
        for addresses in table.values()
    ):
        raise ValueError(f"{path}: expected an object of names to lists of addresses")
    return table_resolver(table)


def run(
    urls: Sequence[str], table: Path | None = None, allow: frozenset[Pair] = frozenset(), out: TextIO | None = None
) -> None:
    """Writes `{"url", "verdict": "allow" or "deny", "why"}` per URL, in order, to `out` (standard output).

    Raises:
        ValueError: the table cannot be used.
    """
    resolve = read_table(table) if table else system_addresses

    async def answer() -> None:
        for url in urls:
            decision, why = await verdict(url, resolve, allow)
            print(json.dumps({"url": url, "verdict": decision, "why": why}), file=out or sys.stdout, flush=True)

    asyncio.run(answer())
