"""The address guard: no URL of a stranger leads into our own network.

A URL passes four checks. As text: nothing that two parsers read differently. Parsed by the WHATWG URL standard
(ada-url), whose spelling is the only one used from there on: scheme, port, form of the host, names that never leave a
network. By address: every answer of the name server must be a global address. And once more at connect time
(`connect.py`), on the socket address of every single connect. Everything here is pure.

The one exception is `allow`: exact pairs of host and port that the operator set, such as `("127.0.0.1", 8811)`. A name
that merely resolves to an excepted address is not excepted.
"""

import errno
import ipaddress
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Literal

import ada_url
from msgspec import Struct

Pair = tuple[str, int]  # host as the WHATWG standard writes it (IPv6 without brackets), port
Resolve = Callable[[str], Awaitable[Sequence[str]]]  # a name to the addresses it has now; OSError when it has none

URL_LENGTH = 2048  # characters
PORTS = frozenset({80, 443, 8080, 8443})
DEFAULT_PORTS = {"http": 80, "https": 443}
# Control characters, space and backslash: read in several ways by the parsers of this world. Lone surrogates: not text.
AMBIGUOUS = re.compile(r"[\x00-\x20\x7f-\xa0\\\ud800-\udfff]")
AUTHORITY = re.compile(r"https?://([^/?#]+)", re.IGNORECASE)
LABEL = re.compile(r"[a-z0-9_-]{1,63}")
# Names for use inside a network: RFC 6761, 6762 (local), 7686 (onion), 8375 (home.arpa), 9476 (alt), ICANN's
# reservation of internal, and the suffixes that routers hand out. `test` is not among them: it never resolves.
_SUFFIXES = "alt corp home home.arpa internal intranet invalid lan local localdomain localhost onion private"
PRIVATE_SUFFIXES = tuple(f".{suffix}" for suffix in _SUFFIXES.split())
# Not for us although `ipaddress` calls some of them global (IANA special-purpose registries; RFC in brackets).
DENIED_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "100.64.0.0/10",  # carrier-grade NAT, and Alibaba's metadata service (6598)
        "168.63.129.16/32",  # Azure's wire server, in public space
        "192.0.0.0/24",  # protocol assignments, and Oracle's metadata service (6890)
        "192.88.99.0/24",  # 6to4 relays (7526)
        "198.18.0.0/15",  # benchmarks (2544)
        "::/96",  # IPv4-compatible (4291)
        "64:ff9b::/96",  # NAT64: an IPv4 address in disguise (6052)
        "64:ff9b:1::/48",  # local NAT64 (8215)
        "100::/64",  # discard (6666)
        "2001::/32",  # Teredo (4380)
        "2001:db8::/32",  # documentation (3849)
        "2002::/16",  # 6to4 (3056)
        "3fff::/20",  # documentation (9637)
        "5f00::/16",  # segment routing (9602)
        "fec0::/10",  # site-local (3879)
    )
)


class Denied(OSError):
    """The guard refuses. `why` is one line for people. An OSError, because at connect time aiohttp treats it as one."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EACCES, why)
        self.why = why


class Target(Struct, frozen=True, gc=False):
    """A URL that may be asked for, its address still to be checked when the host is a name."""

    url: str  # as the WHATWG standard writes it, fragment included
    host: str  # ASCII; an IPv6 address without brackets
    port: int
    is_address: bool
    excepted: bool  # the operator allowed this pair of host and port


def exception(text: str) -> Pair:
    """`127.0.0.1:8811`, `newsroom:8811` or `[::1]:8811` to the pair that `allow` holds.

    Raises:
        ValueError: not one host and one port.
    """
    match = re.fullmatch(r"([a-z0-9._-]+|\[[0-9a-f:]+\]):([0-9]{1,5})", text.lower())
    if match is None or not 0 < int(match[2]) < 65536:
        raise ValueError(f"{text!r} is not an exact HOST:PORT pair")
    return match[1].strip("[]"), int(match[2])


def check_text(url: str) -> None:
    """Refuses what parsers disagree about. Relative references (of a redirect) are checked by this alone.

    Raises:
        Denied: over 2,048 characters, or with control characters, spaces, backslashes or lone surrogates.
    """
    if len(url) > URL_LENGTH:
        raise Denied(f"URL is longer than {URL_LENGTH} characters")
    if AMBIGUOUS.search(url):
        raise Denied("control character, space or backslash in the URL")


def check_address(address: str) -> None:
    """Refuses every address that is not on the public internet. IPv4 inside IPv6 is looked at as IPv4.

    Raises:
        Denied: loopback, private, link-local, reserved, multicast, a cloud's metadata service, or no address at all.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        raise Denied(f"{address} is not an address") from None
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.scope_id is not None:
            raise Denied(f"{address} names a network interface")
        ip = ip.ipv4_mapped or ip
    if not ip.is_global or ip.is_multicast or ip.is_reserved or any(ip in network for network in DENIED_NETWORKS):
        raise Denied(f"{address} is not a global address")


def check_addresses(host: str, addresses: Iterable[str]) -> None:
    """Refuses a name unless it has addresses and all of them are global.

    Raises:
        Denied: names the host and the address.
    """
    none = True
    for address in addresses:
        none = False
        try:
            check_address(address)
        except Denied as denied:
            raise Denied(f"{host} resolves to {denied.why}") from None
    if none:
        raise Denied(f"{host} has no address")


def _check_name(host: str) -> None:
    name = host.removesuffix(".")
    if len(name) > 253 or not all(LABEL.fullmatch(label) for label in name.split(".")):
        raise Denied(f"{host[:80]} is not a host name")
    if "." not in name:
        raise Denied(f"{host} is a name without a dot")
    if f".{name}".endswith(PRIVATE_SUFFIXES):
        raise Denied(f"{host} is a name for use inside a network")


def check_url(url: str, allow: frozenset[Pair] = frozenset()) -> Target:
    """Everything that can be said about an absolute URL without asking a name server.

    Raises:
        Denied: says which rule refused it.
    """
    check_text(url)
    authority = AUTHORITY.match(url)
    if authority is None:
        raise Denied("not an absolute http or https URL")
    if "@" in authority[1] or "%" in authority[1]:
        raise Denied("user name, password or percent-encoding in the host")
    try:
        parsed = ada_url.URL(url)
    except ValueError:
        raise Denied("not a URL by the WHATWG standard") from None
    host = parsed.hostname.strip("[]")
    port = int(parsed.port) if parsed.port else DEFAULT_PORTS[parsed.protocol.removesuffix(":")]
    is_address = parsed.host_type != ada_url.HostType.DEFAULT
    target = Target(parsed.href, host, port, is_address, (host, port) in allow)
    if parsed.host_type == ada_url.HostType.IPV4 and re.sub(r":[0-9]*$", "", authority[1]) != host:
        raise Denied(f"an unusual spelling of {host}")
    if target.excepted:
        return target
    if port not in PORTS:
        raise Denied(f"port {port} is not one of {', '.join(map(str, sorted(PORTS)))}")
    if is_address:
        check_address(host)
    else:
        _check_name(host)
    return target


async def verdict(
    url: str, resolve: Resolve, allow: frozenset[Pair] = frozenset()
) -> tuple[Literal["allow", "deny"], str]:
    """What would become of a request for this URL, and why.

    A name is looked up twice, as a fetch and the next one would: a name that turns from a public to a private address
    is denied here, as it is at connect time.
    """
    try:
        target = check_url(url, allow)
        if target.excepted:
            return "allow", "excepted by the operator"
        if not target.is_address:
            for _ in range(2):
                check_addresses(target.host, await resolve(target.host))
    except Denied as denied:
        return "deny", denied.why
    except OSError as error:
        return "deny", f"no address: {error.strerror or error}"
    return "allow", "global address" if target.is_address else "every answer is a global address"
